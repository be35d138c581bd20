"""Step 3: the training as it goes, and how to pause or stop it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QProgressBar, QVBoxLayout

from fer_desktop.gui.parts import Button, Page, Text, WarningCard, card
from fer_desktop.gui.retrain.training_run import State, TrainingRun
from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.gui.training import words
from fer_desktop.gui.training.words import tr

if TYPE_CHECKING:
    from fer_desktop.gui.retrain.plots import Curves

REFRESH_MS: Final = 1000
FINE: Final = 1000


class RunPage(Page):
    """Shows a TrainingRun, whoever started it."""

    def __init__(self, run: TrainingRun) -> None:
        super().__init__()
        self._run = run
        self._theme = DARK
        self.curves: Curves | None = None
        self._can_draw = False
        self._other = ""
        self.headline = Text(size=16, bold=True)
        self.note = Text(muted=True)
        self.warning = WarningCard()
        self.epoch_bar, self.whole_bar = self._bar(self.tr("This epoch")), self._bar(self.tr("The whole run"))
        self.figures = {name: Text("–", 16) for name in ("left", "speed", "memory", "best")}
        self.pause = Button(self.tr("&Pause"))
        self.stop = Button(self.tr("&Stop"))
        self.resume = Button(self.tr("&Resume"))
        self.discard = Button(self.tr("&Discard"))
        self._lay_out()
        self.pause.clicked.connect(self._pause)
        self.stop.clicked.connect(run.stop)
        self.resume.clicked.connect(self._resume)
        self.discard.clicked.connect(self._discard)
        run.changed.connect(self._show)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._show_figures)
        self._show()

    def _bar(self, name: str) -> QProgressBar:
        bar = QProgressBar()
        bar.setRange(0, FINE)
        bar.setTextVisible(False)
        bar.setAccessibleName(name)
        return bar

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.headline, 1)
        for button in (self.pause, self.stop, self.resume, self.discard):
            top.addWidget(button)
        column.addLayout(top)
        column.addWidget(self.note)
        column.addWidget(self.warning)
        bars = QGridLayout()
        bars.setHorizontalSpacing(16)
        bars.setVerticalSpacing(8)
        for index, bar in enumerate((self.epoch_bar, self.whole_bar)):
            bars.addWidget(Text(bar.accessibleName(), 12, muted=True), index, 0)
            bars.addWidget(bar, index, 1)
        bars.setColumnStretch(1, 1)
        column.addLayout(bars)
        names = {
            "left": self.tr("Time left"),
            "speed": self.tr("Faces a second"),
            "memory": self.tr("Memory"),
            "best": self.tr("Best so far, validation"),
        }
        row = QHBoxLayout()
        row.setSpacing(24)
        for name, title in names.items():
            pair = QVBoxLayout()
            pair.setSpacing(0)
            pair.addWidget(Text(title, 12, muted=True))
            pair.addWidget(self.figures[name])
            self.figures[name].setAccessibleName(title)
            row.addLayout(pair, 1)
        column.addLayout(row)
        self._plots, self._plots_inside = card()
        column.addWidget(self._plots, 1)

    def can_go_on(self) -> bool:
        return self._run.state is State.DONE

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.warning.set_theme(theme)
        if self.curves is not None:
            self.curves.set_theme(theme)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show_curves()
        self._timer.start()
        self._show()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def library_is_there(self) -> None:
        """From now on curves can be drawn without a pause for the import."""
        self._can_draw = True
        self._show_curves()

    def show_other(self, why: str) -> None:
        """Why no run may be resumed now; empty where one may."""
        self._other = why

    # Within

    def _show_curves(self) -> None:
        if self.curves is None and self._can_draw and self.isVisible():
            from fer_desktop.gui.retrain.plots import Curves

            self.curves = Curves()
            self.curves.set_theme(self._theme)
            self._plots_inside.addWidget(self.curves)
            self._show()

    def _pause(self) -> None:
        self._run.go_on() if self._run.state is State.PAUSED else self._run.pause()

    def _resume(self) -> None:
        stored = self._run.stored()
        if self._other:
            self.warning.say(self._other)
        elif stored is not None:
            self._run.resume(stored)
        else:
            self.warning.say(self.tr("What was kept of this run is gone. Start a new one."))

    def _discard(self) -> None:
        problem = self._run.discard()
        if problem:
            self.warning.say(self.tr("The run could not be deleted: {why}").format(why=problem))

    def _show(self) -> None:
        run, state = self._run, self._run.state
        over = state in (State.STOPPED, State.FAILED)
        self.headline.say(headline(run))
        self.note.say(self._note())
        self.warning.say(run.problem if state is State.FAILED else "")
        self.pause.setVisible(run.active and not run.watched)
        self.pause.setEnabled(state in (State.TRAINING, State.PAUSED) and run.steps > 0)
        self.pause.setText(self.tr("&Go on") if state is State.PAUSED else self.tr("&Pause"))
        self.stop.setVisible(run.active)
        self.stop.setText(self.tr("&Stop at once") if state is State.STOPPING else self.tr("&Stop"))
        for button in (self.resume, self.discard):
            button.setVisible(over and run.folder.exists())
        self.whole_bar.setValue(round(FINE * run.share) if state is not State.DONE else FINE)
        self.epoch_bar.setValue(round(FINE * run.step / run.steps) if run.steps else 0)
        if self.curves is not None and self.isVisible():
            self.curves.show_run(run.epochs, run.history, run.losses)
        self._show_figures()
        self.changed.emit()

    def _note(self) -> str:
        run = self._run
        if run.state in (State.STOPPED, State.FAILED):
            if not run.folder.exists():
                return ""
            if not run.history:
                return self.tr("Nothing was learnt yet. Resume begins its first epoch anew; Discard deletes the run.")
            return self.tr("What was learnt up to there is kept. Resume goes on from it; Discard deletes it.")
        if run.state is State.STOPPING:
            return self.tr("The last whole epoch is kept.") if run.history else self.tr("No epoch is done yet.")
        if run.watched:
            return self.tr("It goes on in the background since this program was closed; news comes once an epoch.")
        if run.scenes is not None:
            done, total = run.scenes
            text = self.tr("Making scenes to learn from faces as the detector finds them: {done} of {total}")
            return text.format(done=f"{done:,}", total=f"{total:,}")
        return run.device if run.steps else run.note

    def _show_figures(self) -> None:
        run = self._run
        left, memory = run.seconds_left(), run.memory_mb() if self.isVisible() else None
        waiting = self.tr("measuring…") if run.active else "–"
        self.figures["left"].say(waiting if left is None or not run.active else words.duration(left))
        speed = run.images_per_second
        self.figures["speed"].say("–" if speed is None or not run.active else f"{speed:,.0f}")
        self.figures["memory"].say("–" if memory is None else f"{memory / 1000:.1f}{words.SPACE}GB")
        best = max((line["accuracy"] for line in run.history), default=None)
        self.figures["best"].say(words.percent(best))


def headline(run: TrainingRun) -> str:
    """How far it is, in a few words."""
    at = tr("epoch {n} of {all}").format(n=min(max(run.epoch, 1), run.epochs), all=run.epochs)
    kept = int(run.history[-1]["epoch"]) if run.history else 0
    after = (
        tr("after epoch {n} of {all}").format(n=kept, all=run.epochs) if kept else tr("before its first epoch was done")
    )
    return {
        State.NONE: tr("Nothing is being trained"),
        State.STARTING: tr("Starting: reading the data, building the network…"),
        State.TRAINING: tr("Training, {at}").format(at=at),
        State.PAUSED: tr("Paused in {at}").format(at=at),
        State.STOPPING: tr("Stopping after this step…"),
        State.STOPPED: tr("Stopped {after}").format(after=after),
        State.FAILED: tr("The training stopped {after}").format(after=after),
        State.DONE: tr("Done"),
    }[run.state]
