"""Between the main window and a retraining: opens its window, follows it out of sight, and knows it again later."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject

from fer_desktop.gui.composition import Training
from fer_desktop.gui.retrain import pending
from fer_desktop.gui.retrain.pending import Stored
from fer_desktop.gui.retrain.question import CloseQuestion
from fer_desktop.gui.retrain.run_line import RunLine
from fer_desktop.gui.retrain.training_run import State, TrainingRun
from fer_desktop.gui.theme import Theme, ThemeKeeper

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow
    from fer_desktop.gui.retrain.window import RetrainWindow

_KEY: Final = "retraining"


class RetrainControl(QObject):
    """`line` stands in the main window."""

    def __init__(self, window: MainWindow, themes: ThemeKeeper) -> None:
        super().__init__(window)
        self._window, self._themes = window, themes
        self._facts: Training | None = None
        self.run = TrainingRun(self, self._training)
        self.line = RunLine()
        self.dialog: RetrainWindow | None = None
        self._question: CloseQuestion | None = None
        self._decided = False
        self.run.changed.connect(self._follow)
        self.run.ended.connect(self._ended)
        self.line.open.clicked.connect(self.open)
        window.actions_.retrain.triggered.connect(self.open)
        themes.changed.connect(self._use_theme)

    def open(self) -> None:
        if self.dialog is None:
            from fer_desktop.gui.retrain.window import RetrainWindow

            self._window.info.settle(_KEY)
            key = self._window.actions_.quit.shortcut()
            self.dialog = RetrainWindow(self._window, self.run, self._training(), self._themes.theme, key)
            self.dialog.asked_to_close.connect(lambda: self._ask(program=False))
            self.dialog.chosen.connect(self._use)
            self.dialog.seen.connect(pending.forget)
            self.dialog.went.connect(self._gone)
        elif not self.dialog.isVisible() and self.run.state is not State.NONE:
            self.dialog.show_run()
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
        self._follow()
        self.look_at_tuning()

    def look_for_runs(self) -> None:
        """At the start: follow the run that goes on, or offer what was interrupted or has ended since."""
        if not self._window.asks or self.run.state is not State.NONE:
            return
        runs = pending.all_runs(lambda folder: self._training().is_running(folder))
        going_on = [stored for stored in runs if stored.running]
        ended = pending.unseen()
        if going_on:
            self.run.watch(going_on[0])
        elif ended is not None:
            self._offer_result(*ended)
        elif runs:
            self._offer(runs[0])

    def runs_with(self, folder: Path) -> list[Stored]:
        """The runs, going on or interrupted, whose data is this folder: what they have made of it lies in theirs."""
        return [one for one in pending.all_runs(self._training().is_running) if folder in one.data.paths]

    def discard(self, stored: Stored) -> None:
        """Delete it. Where that fails, the main window tells why."""
        self._window.info.settle(_KEY)
        problem = self._training().is_running(stored.folder) or pending.discard(stored)
        if problem:
            why = self.tr("it is being trained") if problem is True else problem
            text = self.tr("The run could not be deleted: {why}").format(why=why)
            self._window.info.say(text, warning=True, key=_KEY)
            return
        pending.forget()
        self.run.let_go()
        self.look_for_runs()

    def look_at_tuning(self) -> None:
        """A fine-tuning has begun or is over: only one of the two goes on at a time."""
        if self.dialog is not None:
            self.dialog.show_other(self._why_not())

    def may_close(self) -> bool:
        """Whether the program may close now. If not, the person is asked, and closing goes on with the answer."""
        if self._decided or not self.run.active or self.run.watched or self.run.state is State.STOPPING:
            return True
        if self._window.asks:
            self._ask(program=True)
        return not self._window.asks

    def shut_down(self) -> None:
        """What trains goes on alone, unless it was told to stop."""
        self.run.leave()
        if self.dialog is not None:
            self.dialog.shut_down()
            self.dialog.hide()

    # Within

    def _training(self) -> Training:
        if self._facts is None:
            self._facts = self._window.composition.training()
        return self._facts

    def _why_not(self) -> str:
        """Why none may begin now; empty where one may. Both would take twice as long, and the picture would stutter."""
        if not self._window.samples.tuning:
            return ""
        return self.tr("A fine-tuning goes on. Retrain when it is done, or stop it first.")

    def _use_theme(self, theme: Theme) -> None:
        if self.dialog is not None:
            self.dialog.set_theme(theme)

    def _hidden(self) -> bool:
        return self.dialog is None or not self.dialog.isVisible()

    def _follow(self) -> None:
        self.line.show_run(self.run)
        self.line.setVisible(self.run.active and self._hidden() and not self._window.isFullScreen())

    def _gone(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.deleteLater()
        self.run.let_go()
        self._follow()

    def _ask(self, program: bool) -> None:
        if self.run.state is State.STOPPING:
            # That is decided. A closed program does not keep it from ending: it was told to.
            self._decide(program, stop=False)
            return
        if self._question is not None:
            self._question.raise_()
            return
        from fer_desktop.gui.retrain.run_page import headline

        parent = self.dialog if self.dialog is not None and self.dialog.isVisible() else self._window
        self._question = CloseQuestion(parent, headline(self.run), program, bool(self.run.history))
        self._question.go_on.connect(lambda: self._decide(program, stop=False))
        self._question.stop.connect(lambda: self._decide(program, stop=True))
        self._question.finished.connect(self._answered)
        self._question.open()

    def _answered(self) -> None:
        self._question = None

    def _decide(self, program: bool, stop: bool) -> None:
        if stop:
            self.run.stop()
        if self.dialog is not None:
            self.dialog.hide()
        if program:
            self._decided = True
            self._window.close()
        else:
            self._follow()

    def _ended(self) -> None:
        """Out of sight: say so. In sight, the window does."""
        if self._question is not None:
            # What it asks about is no more.
            self._question.reject()
        if not self._hidden():
            return
        run = self.run
        if run.state is State.DONE:
            self._offer_result(run.target, run.data)
            return
        stored = run.stored()
        if stored is not None:
            self._offer(stored, run.problem)
        elif run.problem:
            text = self.tr("The retraining stopped. {why}").format(why=run.problem)
            self._window.info.say(text, self.tr("Show…"), self.open, warning=True, key=_KEY, must_read=True)

    def _offer(self, stored: Stored, why: str = "") -> None:
        if stored.epoch:
            text = self.tr("A retraining was interrupted after epoch {n} of {all}.")
        else:
            text = self.tr("A retraining was interrupted before its first epoch was done.")
        text = text.format(n=stored.epoch, all=stored.epochs)
        self._window.info.say(
            f"{text} {why}".strip(),
            self.tr("Resume…"),
            lambda: self._resume(stored),
            key=_KEY,
            must_read=True,
            other=self.tr("Discard"),
            on_other=lambda: self.discard(stored),
        )

    def _offer_result(self, target: Path, data: pending.Data) -> None:
        def show() -> None:
            if self.run.state is not State.DONE:
                self.run.show_done(target, data)
            self.open()

        text = self.tr("The retraining is done. The new model is not in use yet.")
        self._window.info.say(text, self.tr("See the result…"), show, key=_KEY, must_read=True)

    def _resume(self, stored: Stored) -> None:
        if why := self._why_not():
            self._window.info.say(why, warning=True, passing=True, at_once=True)
            return
        self._window.info.settle(_KEY)
        if not self.run.active:
            self.run.resume(stored)
        self.open()

    # The model that a person chose

    def _use(self, model: Path) -> None:
        self._window.models.use(model, model.name, self._used, self._not_used)

    def _used(self) -> None:
        if self.dialog is not None:
            self.dialog.close()

    def _not_used(self, why: str) -> None:
        if self.dialog is not None:
            self.dialog.refuse(why)
