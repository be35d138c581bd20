"""What the window of Fine-tune… shows: what will happen, how far it is, what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar, QVBoxLayout

from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.gui.parts import Button, Elided, Page, Text, WarningCard, card
from fer_desktop.gui.samples import base_file
from fer_desktop.gui.samples.fine_tuning import FineTuning, State
from fer_desktop.gui.samples.words import samples
from fer_desktop.gui.theme import Theme
from fer_desktop.gui.training import words
from fer_desktop.modelstore.store import ModelFolder
from fer_desktop.samples import enough

FINE = 1000
FEW = 10
LEARNING = 0.9
"""Of the bar; what comes after, the writing and the proving, takes up to half a minute that nobody foresees."""


class PlanPage(Page):
    """`base`: the file or folder of other people's faces, None for none. `chose` (path or ""): it is another now."""

    chose = Signal(str)

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = Path(base) if base else None
        self._base_problem = "" if self.base is None else base_file.problem(self.base)
        self.model: ModelFolder | None = None
        self._some = False
        self._too_few = self._other = self._no_model = ""
        self.what = Text()
        self.more = Text(muted=True)
        self.start_from = Text(bold=True)
        self.path = Elided()
        self.base_note = Text(muted=True)
        self.choose_file = Button(self.tr("Choose a &file…"))
        self.choose_folder = Button(self.tr("Choose a f&older…"))
        self.none = Button(self.tr("Use &none"))
        self.warning = WarningCard()
        start, inside = card()
        inside.addWidget(Text(self.tr("Starts from the model in use"), 16, bold=True))
        inside.addWidget(self.start_from)
        others, below = card()
        below.addWidget(Text(self.tr("Faces of the base data set (optional)"), 16, bold=True))
        below.addWidget(self.path)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.choose_file, self.choose_folder, self.none):
            row.addWidget(button)
        row.addStretch(1)
        below.addLayout(row)
        below.addWidget(self.base_note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(Text(self.tr("Teach the model your own face"), 22, bold=True))
        for part in (self.what, self.more, self.warning, start, others):
            column.addWidget(part)
        column.addStretch(1)
        self.choose_file.clicked.connect(self._ask_for_file)
        self.choose_folder.clicked.connect(self._ask_for_folder)
        self.none.clicked.connect(lambda: self._set(""))
        self._show()

    def can_go_on(self) -> bool:
        ready = self.model is not None and self.model.can_teach and not self._base_problem
        return ready and not self._too_few and not self._other

    def set_theme(self, theme: Theme) -> None:
        self.warning.set_theme(theme)

    def show_samples(self, counts: Mapping[str, int]) -> None:
        total = sum(counts.values())
        self._some = bool(total)
        self._too_few = _problem(counts)
        there = ", ".join(f"{words.emotion(name)} {counts[name]:,}" for name in emotions.NAMES if counts[name])
        if not total:
            self.what.say(self.tr("There are no samples yet. Collect some first: Settings, Collect samples."))
        else:
            text = self.tr("The model goes on learning from your {n}: {there}.")
            self.what.say(text.format(n=samples(total), there=there))
        few = [words.emotion(name) for name in emotions.NAMES if counts[name] < FEW]
        text = self.tr(
            "Some of them are held out, to see whether it has learnt. It takes a minute or two, and the picture goes "
            "on beside it. The model in use stays as it is: you decide afterwards."
        )
        if total and few:
            text += " " + self.tr("Fewer than {n} so far: {names}.").format(n=FEW, names=", ".join(few))
        self.more.say(text)
        self._show()

    def show_model(self, model: ModelFolder | None, why_none: str = "") -> None:
        self.model, self._no_model = model, why_none
        self._show()

    def show_other(self, why: str) -> None:
        """Why it must wait for something else; empty where it need not."""
        if why != self._other:
            self._other = why
            self._show()

    def _ask_for_file(self) -> None:
        kinds = self.tr("Faces (*.csv *.npz);;All files (*)")
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Faces of the base data set"), self._where(), kinds)
        self._set(chosen or None)

    def _ask_for_folder(self) -> None:
        title = self.tr("A folder with a folder for each emotion")
        self._set(QFileDialog.getExistingDirectory(self, title, self._where()) or None)

    def _where(self) -> str:
        return "" if self.base is None else str(self.base.parent)

    def _set(self, path: str | None) -> None:
        """None: the person thought better of it."""
        if path is not None:
            self.base = Path(path) if path else None
            self._base_problem = "" if self.base is None else base_file.problem(self.base)
            self.chose.emit(path)
            self._show()

    def _show(self) -> None:
        self.path.say(self.tr("None") if self.base is None else str(self.base))
        self.none.setEnabled(self.base is not None)
        if self.base is None:
            note = self.tr(
                "With the faces the model was trained on, such as FER2013's CSV, it learns from both, forgets less, "
                "and it is measured what it loses on other people. Without them that is not measured."
            )
        elif self._base_problem:
            note = ""
        else:
            note = self.tr("It learns from these as well, and it is measured what it loses on them.")
        self.base_note.say(note)
        model = self.model
        self.start_from.say("…" if model is None else model.name)
        warning = self._other or self._no_model or (self._too_few if self._some else "")
        if model is not None and not model.can_teach:
            text = self.tr(
                "{name} came as an ONNX file: it reads faces, but cannot learn more. Use another model first."
            )
            warning = text.format(name=model.name)
        elif self._base_problem:
            warning = self._base_problem
        self.warning.say(warning)
        self.changed.emit()


def _problem(counts: Mapping[str, int]) -> str:
    """Why these samples are too few, and what is needed; empty where they are not."""
    try:
        enough.check(counts)
    except InputError as error:
        return str(error)
    return ""


class RunPage(Page):
    """Follows a fine-tuning until it is done."""

    def __init__(self, run: FineTuning) -> None:
        super().__init__()
        self._run = run
        self.headline = Text(size=22, bold=True)
        self.bar = QProgressBar()
        self.bar.setRange(0, FINE)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Fine-tuning"))
        self.note = Text()
        self.left = Text(muted=True)
        self.warning = WarningCard()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for part in (self.headline, self.bar, self.note, self.left, self.warning):
            column.addWidget(part)
        column.addStretch(1)
        self.show_run()

    def can_go_on(self) -> bool:
        return False

    def set_theme(self, theme: Theme) -> None:
        self.warning.set_theme(theme)

    def show_run(self) -> None:
        run = self._run
        self.headline.say(
            {
                State.RUNNING: self.tr("Fine-tuning…"),
                State.STOPPING: self.tr("Stopping…"),
                State.STOPPED: self.tr("Stopped"),
                State.FAILED: self.tr("The fine-tuning failed"),
                State.DONE: self.tr("Done"),
            }.get(run.state, "")
        )
        # Without a figure the bar moves to and fro.
        self.bar.setRange(0, FINE if run.share or not run.active else 0)
        self.bar.setValue(round(FINE * LEARNING * run.share))
        self.bar.setVisible(run.active)
        note = run.note or self.tr("Starting: reading the samples, loading the model…")
        if run.state is State.STOPPED:
            note = self.tr("Nothing was kept of it. The model in use is the same as before.")
        elif run.state is State.RUNNING and run.share >= 1:
            note = self.tr("Writing and proving the model…")
        elif run.state is State.FAILED:
            note = self.tr("The model in use is the same as before.")
        self.note.say(note)
        left = run.seconds_left()
        shown = run.state is State.RUNNING and left is not None and run.share < 1
        self.left.say(self.tr("Time left: {time}").format(time=words.duration(left or 0.0)) if shown else "")
        self.warning.say(run.problem if run.state is State.FAILED else "")
