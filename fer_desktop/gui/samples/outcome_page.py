"""What a fine-tuning gained on the person's own samples, and what it lost on others."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout

from fer_desktop.gui.parts import Page, Text, WarningCard, card
from fer_desktop.gui.samples.fine_tuning import Measured, Outcome
from fer_desktop.gui.samples.words import samples, tr
from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.gui.training import words

RED = {True: "#FF8A7A", False: "#B3261E"}
"""By whether the theme is dark: 4.5:1 on cards and windows."""


class ResultPage(Page):
    """What it gained on the person's own samples, and what it lost on others."""

    def __init__(self) -> None:
        super().__init__()
        self.outcome: Outcome | None = None
        self._theme = DARK
        self.headline = Text(size=22, bold=True)
        self.why = Text()
        self.name = Text(muted=True)
        self.own, self.own_note = Text(size=16), Text(muted=True)
        self.base, self.base_note = Text(size=16), Text(muted=True)
        self.remarks = Text(size=12, muted=True)
        self.warning = WarningCard()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.headline)
        column.addWidget(self.why)
        column.addWidget(self.name)
        for title, figures, note in (
            (self.tr("On your own samples"), self.own, self.own_note),
            (self.tr("On the faces of the base data set"), self.base, self.base_note),
        ):
            frame, inside = card()
            inside.addWidget(Text(title, 13, bold=True))
            inside.addWidget(figures)
            inside.addWidget(note)
            column.addWidget(frame)
        column.addWidget(self.remarks)
        column.addWidget(self.warning)
        column.addStretch(1)

    @property
    def better(self) -> bool:
        """Known to read the person's own face better, and others no worse."""
        outcome = self.outcome
        return outcome is not None and not outcome.worse and outcome.own is not None and outcome.own.sure

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.warning.set_theme(theme)
        self._colour()

    def show_outcome(self, outcome: Outcome, with_base: bool, remarks: Sequence[str] = ()) -> None:
        """with_base: base data was given; where it could not be used, the remarks say why."""
        self.outcome = outcome
        self.remarks.say("\n".join(remarks))
        self.remarks.setVisible(bool(remarks))
        self.warning.say("")
        headline, why = verdict(outcome)
        self.headline.say(headline)
        self.why.say(why)
        text = self.tr("The new model is called: {name}").format(name=outcome.name)
        if outcome.useless:
            text += "\n" + self.tr("If you keep the current one, the new one is deleted.")
        self.name.say(text)
        own, base = outcome.own, outcome.base
        self.own.say(_figures(own))
        if own is None:
            text = self.tr("No sample was left that the model had never learnt from, to measure with.")
        else:
            text = self.tr("{n} held out, which it did not learn from. One of them is {points:.1f} points.")
            text = text.format(n=samples(own.n), points=100 / own.n)
            if own.same_hold == own.n:
                text += " " + self.tr(
                    "They come from the same hold as learnt ones: another day's may be read less well."
                )
            elif own.same_hold:
                same = self.tr(
                    "{n} of them come from the same hold as learnt ones: another day's may be read less well."
                )
                text += " " + same.format(n=f"{own.same_hold:,}")
        self.own_note.say(text)
        self.base.say(_figures(base))
        if base is None and with_base:
            self.base_note.say(self.tr("The base data set was not used. It may read other people worse than before."))
        elif base is None:
            self.base_note.say(self.tr("No base data set was given. It may read other people worse than before."))
        else:
            self.base_note.say(self.tr("{n} faces held out for testing.").format(n=f"{base.n:,}"))
        self._colour()

    def _colour(self) -> None:
        red = f"color: {RED[self._theme.dark]}"
        outcome = self.outcome
        if outcome is not None:
            no_gain = outcome.own is not None and outcome.own.points <= 0
            lost = outcome.worse and outcome.base is not None and outcome.base.points < 0
            self.headline.setStyleSheet(red if outcome.worse or no_gain else "")
            self.own.setStyleSheet(red if no_gain else "")
            self.base.setStyleSheet(red if lost else "")


def _figures(found: Measured | None) -> str:
    if found is None:
        return tr("Not measured")
    points = f"{found.points:+.1f}".replace("-", "−")
    before, after = words.percent(found.before), words.percent(found.after)
    return tr("{before} → {after} read right ({points} points)").format(before=before, after=after, points=points)


def verdict(outcome: Outcome) -> tuple[str, str]:
    """A headline, and why. What is within chance is neither called a gain nor a loss."""
    own = outcome.own
    keep = tr("Keep the current model, and collect more samples.")
    if own is None:
        return tr("It is not known whether it has learnt"), tr("Collect more samples, and fine-tune again.")
    if outcome.worse and own.points < 0:
        return tr("It reads worse than the current model"), keep
    if outcome.worse and own.sure:
        why = tr("It gained on you, and lost on others. Keep the current model if others use it too.")
        return tr("It reads your face better, and other faces worse"), why
    if outcome.worse:
        return tr("It reads other faces worse, and yours not clearly better"), keep
    if own.sure:
        return tr("It reads your face better"), tr("You can go back to the current model at any time.")
    if own.points == 0:
        return tr("It has gained nothing"), tr("It reads your held-out samples no better than before.")
    why = tr("So small a difference may be chance. With more samples held out it can be told: collect more.")
    return tr("Too few samples to tell whether it reads your face better"), why
