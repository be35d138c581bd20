"""The window of Fine-tune…: what will happen, how far it is, what came of it, and whether to use that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from fer_desktop.gui.parts import Button, Page
from fer_desktop.gui.question import YesNo
from fer_desktop.gui.samples.fine_tune_pages import PlanPage, RunPage
from fer_desktop.gui.samples.fine_tuning import FineTuning, State
from fer_desktop.gui.samples.library import Library
from fer_desktop.gui.samples.outcome_page import ResultPage
from fer_desktop.gui.side_window import SideWindow
from fer_desktop.gui.task import Task
from fer_desktop.gui.theme import Theme
from fer_desktop.gui.training.install_page import InstallPage
from fer_desktop.modelstore.store import ModelFolder, ModelStore

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow

FIRST_SIZE: Final = (640, 520)
SMALLEST: Final = (560, 440)


class FineTuneWindow(SideWindow):
    """`tuned`: a fine-tuning has begun, or is over."""

    tuned = Signal()

    def __init__(self, window: MainWindow, library: Library, theme: Theme) -> None:
        key = window.actions_.quit.shortcut()
        super().__init__(window, self.tr("Fine-tune"), FIRST_SIZE, SMALLEST, key)
        self._window, self._library = window, library
        self.run = FineTuning(self)
        self.question: YesNo | None = None
        self._closing = self._program_may_close = self._was_active = self._is_used = False
        self.install_page, self.plan_page = InstallPage(), PlanPage(window.settings.base_data)
        self.run_page, self.result_page = RunPage(self.run), ResultPage()
        self.pages: tuple[Page, ...] = (self.install_page, self.plan_page, self.run_page, self.result_page)
        self._stack = QStackedWidget()
        for page in self.pages:
            self._stack.addWidget(_scrolling(page))
        self.close_button = Button(self.tr("C&lose"))
        self.back = Button(self.tr("&Back"))
        self.stop = Button(self.tr("&Stop"))
        self.keep = Button(self.tr("&Keep the current one"))
        self.forward = Button("")
        self.forward.setAutoDefault(True)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self.run_page.show_run)
        self._reading: Task | None = None
        self._lay_out()
        self._connect()
        self.set_theme(theme)
        self.plan_page.show_samples(library.counts)
        library.read()
        self._turn_to(self.plan_page if self.install_page.installed else self.install_page)

    def _lay_out(self) -> None:
        footer = QHBoxLayout()
        footer.setSpacing(8)
        footer.addWidget(self.close_button)
        footer.addStretch(1)
        for button in (self.back, self.stop, self.keep, self.forward):
            footer.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(16)
        column.addWidget(self._stack, 1)
        column.addLayout(footer)

    def _connect(self) -> None:
        window = self._window
        for page in self.pages:
            page.changed.connect(self._refresh)
        self.plan_page.chose.connect(self._remember)
        self.close_button.clicked.connect(self.close)
        self.keep.clicked.connect(self.close)
        self.back.clicked.connect(lambda: self._turn_to(self.plan_page))
        self.stop.clicked.connect(self.run.stop)
        self.forward.clicked.connect(self._go_on)
        self.run.changed.connect(self._follow)
        self._library.changed.connect(self._counted)
        window.live.models.changed.connect(self._read_model)
        window.retraining.run.changed.connect(self._look_at_retraining)

    @property
    def page(self) -> Page:
        return self.pages[self._stack.currentIndex()]

    def set_theme(self, theme: Theme) -> None:
        for page in self.pages:
            page.set_theme(theme)

    def shut_down(self) -> None:
        """Whatever goes on is stopped, and leaves nothing behind."""
        self._second.stop()
        self.run.shut_down()
        self.install_page.shut_down()
        self._stop_reading()

    def may_close_program(self) -> bool:
        """Whether the program may close now. If not, the person is asked, and it closes with the answer."""
        if self._program_may_close or not self.run.active or self.run.state is State.STOPPING:
            return True
        self._ask(program=True)
        return False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._closing = False

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.isEnabled():
            event.ignore()  # until it is known, in a moment, whether the model is used
            return
        if self.run.active:
            event.ignore()
            self._ask()
            return
        if self.page is self.result_page:
            self._leave_result()
        self.shut_down()
        super().closeEvent(event)

    # Within

    def _ask(self, program: bool = False) -> None:
        """program: the whole program is being closed."""
        if self.question is not None:
            self.question.reject()
        text = self.tr("What it has learnt so far is lost. The model in use stays as it is.")
        title = self.tr("Stop the fine-tuning, and quit?") if program else self.tr("Stop the fine-tuning?")
        do = self.tr("&Stop it and quit") if program else self.tr("&Stop it")
        self.question = YesNo(self, title, text, do, self.tr("&Go on"))
        self.question.accepted.connect(self._stop_and_quit if program else self._stop_and_close)
        self.question.finished.connect(self._answered)
        self.raise_()
        self.question.open()

    def _stop_and_quit(self) -> None:
        self._program_may_close = True
        self._window.close()

    def _answered(self) -> None:
        self.question = None

    def _stop_and_close(self) -> None:
        """It ends in its own time, out of sight; what was told to stop before is ended at once."""
        if not self.run.active:
            self._close_now()
            return
        self._closing = True
        self.hide()
        self.run.stop()

    def _close_now(self) -> None:
        self.shut_down()
        self.hide()
        self.went.emit()

    def _remember(self, path: str) -> None:
        self._window.settings.base_data = path
        self._window.view_settings.save()

    def _counted(self) -> None:
        self.plan_page.show_samples(self._library.counts)

    def _read_model(self, _: str = "") -> None:
        """The model in use, which may be another now than the page says."""
        self._stop_reading()
        self._reading = Task(self, lambda: ModelStore.default().active())
        self._reading.done.connect(self._found_model)
        self._reading.failed.connect(self._no_model)

    def _stop_reading(self) -> None:
        if self._reading is not None:
            self._reading.finish()
            self._reading = None

    def _found_model(self, model: ModelFolder) -> None:
        self._reading = None
        self.plan_page.show_model(model)

    def _no_model(self, why: str) -> None:
        self._reading = None
        self.plan_page.show_model(None, why)

    def _look_at_retraining(self) -> None:
        """Both at once would take twice as long each, and the picture would stutter beside them."""
        why = self.tr("A retraining goes on. Fine-tune when it is done, or stop it first.")
        self.plan_page.show_other(why if self._window.retraining.run.active else "")

    def _go_on(self) -> None:
        page = self.page
        if not page.can_go_on():
            return
        if page is self.install_page:
            self._turn_to(self.plan_page)
        elif page is self.plan_page:
            model = self.plan_page.model
            assert model is not None
            self.run.start(self._library.folder, self.plan_page.base, str(model.path))
            self._turn_to(self.run_page)
        elif self.result_page.outcome is not None:
            new = self.result_page.outcome
            self.setEnabled(False)
            self._window.models.use(new.path, new.name, self._used, self._not_used)

    def _leave_result(self) -> None:
        """The current model stays in use, by whichever way the window is closed."""
        new = self.result_page.outcome
        if new is None or self._is_used:
            return
        if new.useless:
            self._window.models.remove(new.path, new.name)
        else:
            text = self.tr("{name} is not used. It stays in Models…, where it can be used or deleted.")
            self._window.info.say(text.format(name=new.name), key="fine-tune", passing=True)

    def _used(self) -> None:
        self._is_used = True
        self.setEnabled(True)
        self.close()

    def _not_used(self, why: str) -> None:
        self.setEnabled(True)
        self.result_page.warning.say(self.tr("The new model is not in use: {why}").format(why=why))

    def _follow(self) -> None:
        self.run_page.show_run()
        if self.run.active is not self._was_active:
            self._was_active = self.run.active
            self.tuned.emit()
        if self._closing and not self.run.active:
            QTimer.singleShot(0, self._close_now)
        elif self.run.state is State.DONE and self.run.outcome is not None and self.page is self.run_page:
            if self.question is not None:
                self.question.reject()
            with_base = self.plan_page.base is not None
            self.result_page.show_outcome(self.run.outcome, with_base, self.run.remarks)
            self._turn_to(self.result_page)
        else:
            self._refresh()

    def _turn_to(self, page: Page) -> None:
        self._stack.setCurrentIndex(self.pages.index(page))
        if page is self.plan_page:
            self._read_model()
            self._look_at_retraining()
        self._refresh()
        first = {
            self.install_page: self.install_page.install if self.install_page.possible else self.close_button,
            self.plan_page: self.forward if self.forward.isEnabled() else self.plan_page.choose_file,
            self.run_page: self.stop,
            self.result_page: self.forward if self.result_page.better else self.keep,
        }[page]
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _refresh(self) -> None:
        page, run = self.page, self.run
        ended = page is self.run_page and not run.active
        if run.active and not self._second.isActive():
            self._second.start()
        elif not run.active:
            self._second.stop()
        self.back.setVisible(ended)
        self.stop.setVisible(page is self.run_page and run.active)
        self.stop.setText(self.tr("&Stop at once") if run.state is State.STOPPING else self.tr("&Stop"))
        self.keep.setVisible(page is self.result_page)
        self.close_button.setVisible(page is not self.result_page)
        self.forward.setVisible(page is not self.run_page)
        texts = {
            self.install_page: self.tr("&Next"),
            self.plan_page: self.tr("&Start fine-tuning"),
            self.result_page: self.tr("&Use this model"),
        }
        self.forward.setText(texts.get(page, ""))
        possible = page.can_go_on()
        becomes = possible and not self.forward.isEnabled() and self.focusWidget() is self.plan_page.choose_file
        self.forward.setEnabled(possible)
        if becomes and page is self.plan_page:
            self.forward.setFocus(Qt.FocusReason.OtherFocusReason)
        keeps = page is self.result_page and not self.result_page.better
        (self.keep if keeps else self.forward).setDefault(True)


def _scrolling(page: QWidget) -> QScrollArea:
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setWidget(page)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return scroll
