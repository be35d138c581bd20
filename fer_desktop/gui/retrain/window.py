"""The window of Retrain…: four steps, what leads from one to the next, and what the last one decides."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from fer_desktop.gui.composition import Training
from fer_desktop.gui.parts import Button, Page, Step
from fer_desktop.gui.retrain.data_page import DataPage
from fer_desktop.gui.retrain.plan_page import PlanPage
from fer_desktop.gui.retrain.result_page import ResultPage
from fer_desktop.gui.retrain.run_page import RunPage
from fer_desktop.gui.retrain.training_run import State, TrainingRun
from fer_desktop.gui.side_window import SideWindow
from fer_desktop.gui.task import Task
from fer_desktop.gui.theme import Theme
from fer_desktop.gui.training import words
from fer_desktop.gui.training.install_page import InstallPage

FIRST_SIZE: Final = (960, 680)
SMALLEST: Final = (840, 520)


class RetrainWindow(SideWindow):
    """`asked_to_close`: a person closes it while a training depends on it; somebody must ask what is to become of that.
    `chosen`: the model folder that is to be used.
    """

    asked_to_close = Signal()
    chosen = Signal(object)
    seen = Signal()
    """The result is on the screen."""

    def __init__(
        self, parent: QWidget, run: TrainingRun, training: Training, theme: Theme, close_key: QKeySequence
    ) -> None:
        super().__init__(parent, self.tr("Retrain"), FIRST_SIZE, SMALLEST, close_key)
        self._run = run
        # In a thread, since it takes a second; the curves are the first to need it.
        self._ahead: Task | None = Task(self, lambda: importlib.import_module("pyqtgraph"))
        self._ahead.done.connect(self._imported)
        self.install_page, self.data_page, self.plan_page = InstallPage(), DataPage(), PlanPage(training)
        self.run_page, self.result_page = RunPage(run), ResultPage()
        self.pages: tuple[Page, ...] = (
            self.install_page,
            self.data_page,
            self.plan_page,
            self.run_page,
            self.result_page,
        )
        names = (self.tr("Data"), self.tr("Plan"), self.tr("Run"), self.tr("Result"))
        self._steps = [Step(f"{number}   {name}") for number, name in enumerate(names, start=1)]
        self._stack = QStackedWidget()
        for page in self.pages:
            self._stack.addWidget(page)
            page.changed.connect(self._refresh)
        self.close_button = Button(self.tr("C&lose"))
        self.back = Button(self.tr("&Back"))
        self.save = Button(self.tr("&Save report…"))
        self.keep = Button(self.tr("&Keep the current one"))
        self.forward = Button("")
        self.forward.setAutoDefault(True)
        self._lay_out()
        self._connect()
        self.set_theme(theme)
        self._use_first_page()

    def _lay_out(self) -> None:
        steps = QHBoxLayout()
        steps.setSpacing(8)
        for step in self._steps:
            steps.addWidget(step, 1)
        footer = QHBoxLayout()
        footer.setSpacing(8)
        footer.addWidget(self.close_button)
        footer.addStretch(1)
        for button in (self.back, self.save, self.keep, self.forward):
            footer.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 24, 16)
        column.setSpacing(16)
        column.addLayout(steps)
        column.addWidget(self._stack, 1)
        column.addLayout(footer)

    def _connect(self) -> None:
        self.close_button.clicked.connect(self.close)
        self.back.clicked.connect(self._go_back)
        self.forward.clicked.connect(self._go_on)
        self.save.clicked.connect(self.result_page.ask_where_to_save)
        self.keep.clicked.connect(self.close)
        self._run.ended.connect(self._run_ended)

    @property
    def page(self) -> Page:
        return self.pages[self._stack.currentIndex()]

    def set_theme(self, theme: Theme) -> None:
        for page in self.pages:
            page.set_theme(theme)
        for step in self._steps:
            step.set_theme(theme)

    def show_run(self) -> None:
        """The run as it stands, however it came about."""
        if self._run.state is State.DONE:
            self._show_result()
        else:
            self._turn_to(self.run_page)

    def refuse(self, why: str) -> None:
        """The model that was chosen could not be used."""
        self.setEnabled(True)
        self.result_page.warning.say(self.tr("The new model is not in use: {why}").format(why=why))

    def show_other(self, why: str) -> None:
        """Why no training may begin now; empty where one may."""
        self.plan_page.show_other(why)
        self.run_page.show_other(why)

    def shut_down(self) -> None:
        """End the children that belong to the window; the run is not one of them."""
        if self._ahead is not None:
            self._ahead.finish()
            self._ahead = None
        for page in (self.install_page, self.data_page, self.plan_page, self.result_page):
            page.shut_down()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._run.active and not self._run.watched:
            event.ignore()
            self.asked_to_close.emit()
            return
        self.shut_down()
        super().closeEvent(event)

    # Within

    def _imported(self) -> None:
        self._ahead = None
        self.run_page.library_is_there()

    def _use_first_page(self) -> None:
        if self._run.state is not State.NONE:
            self.show_run()
        else:
            self._turn_to(self.data_page if self.install_page.installed else self.install_page)

    def _turn_to(self, page: Page) -> None:
        self._stack.setCurrentWidget(page)
        self._refresh()
        first = {
            self.install_page: self.install_page.install if self.install_page.possible else self.close_button,
            self.data_page: self.data_page.add_file if not self.data_page.data.paths else self.data_page.list,
            self.plan_page: next(button for button in self.plan_page.presets.values() if button.isChecked()),
            self.run_page: self.run_page.stop,
            self.result_page: self.forward,
        }[page]
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go_on(self) -> None:
        page = self.page
        if not page.can_go_on():
            return
        if page is self.install_page:
            self._turn_to(self.data_page)
        elif page is self.data_page:
            self.plan_page.prepare(words.training_faces(self.data_page.report or {"counts": {}}))
            self._turn_to(self.plan_page)
        elif page is self.plan_page:
            # Its probe would share the machine with the run.
            self.plan_page.shut_down()
            self._run.start(self.data_page.data, self.plan_page.plan)
            self._turn_to(self.run_page)
        elif page is self.run_page:
            self._show_result()
        else:
            self.setEnabled(False)
            self.chosen.emit(self._run.target)

    def _go_back(self) -> None:
        if self.page is self.plan_page:
            self._turn_to(self.data_page)
        elif self.page is self.run_page:
            if self.data_page.report is None:
                if not self.data_page.data.paths:
                    self.data_page.show_data(self._run.data)
                self._turn_to(self.data_page)
            else:
                self.plan_page.prepare(words.training_faces(self.data_page.report))
                self._turn_to(self.plan_page)

    def _run_ended(self) -> None:
        if self._run.state is State.DONE and self.page is self.run_page and self.isVisible():
            self._show_result()

    def _show_result(self) -> None:
        if self.result_page.result is None or self.result_page.model != self._run.target:
            self.result_page.compare(self._run.data, Path(self._run.target))
        self._turn_to(self.result_page)
        self.seen.emit()

    def _refresh(self) -> None:
        page = self.page
        now = max(self._stack.currentIndex() - 1, 0)
        for index, step in enumerate(self._steps):
            step.set_now(index == now)
            state = self.tr("now") if index == now else self.tr("done") if index < now else self.tr("to come")
            step.setAccessibleDescription(state)
        ended = self._run.state in (State.NONE, State.STOPPED, State.FAILED)
        on_result = page is self.result_page
        self.back.setVisible(page is self.plan_page or (page is self.run_page and ended))
        for button in (self.save, self.keep):
            button.setVisible(on_result)
        self.close_button.setVisible(not on_result)
        self.save.setEnabled(self.result_page.result is not None)
        texts = {
            self.install_page: self.tr("&Next: data"),
            self.data_page: self.tr("&Next: the plan"),
            self.plan_page: self.tr("&Start training"),
            self.run_page: self.tr("See the &result"),
            self.result_page: self.tr("&Use this model"),
        }
        self.forward.setText(texts[page])
        self.forward.setEnabled(page.can_go_on())
        verdict = self.result_page.verdict
        keeps = on_result and verdict is not None and not verdict.better
        (self.keep if keeps else self.forward).setDefault(True)
