"""The window of Models…: the list and, over it, the comparison of two; what a person asks goes to the control."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QFileSystemWatcher, Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar, QStackedWidget, QVBoxLayout

from fer_desktop import resources
from fer_desktop.gui.models.compare_page import ComparePage
from fer_desktop.gui.models.list_page import ListPage
from fer_desktop.gui.models.questions import DeleteQuestion, NameQuestion
from fer_desktop.gui.models.rows import Row
from fer_desktop.gui.models.words import tr
from fer_desktop.gui.parts import Button, Elided, Text, WarningCard
from fer_desktop.gui.side_window import SideWindow
from fer_desktop.gui.theme import Theme
from fer_desktop.modelstore.places import plain_name

if TYPE_CHECKING:
    from fer_desktop.gui.main_window import MainWindow
    from fer_desktop.gui.models.control import ModelsControl

FIRST_SIZE: Final = (960, 680)
SMALLEST: Final = (780, 520)
SETTLED_MS: Final = 300
"""A change in the folder of models comes as several."""


class ModelsWindow(SideWindow):
    """Esc leads from the comparison back to the list before it closes the window."""

    def __init__(self, parent: MainWindow, control: ModelsControl, theme: Theme) -> None:
        super().__init__(parent, tr("Models"), FIRST_SIZE, SMALLEST, parent.actions_.quit.shortcut())
        self._control = control
        self._choose: Path | None = None
        self._standing = ""
        """What is told of the list as it stands; it goes when that is over."""
        self.list_page, self.compare_page = ListPage(), ComparePage()
        self.question: NameQuestion | DeleteQuestion | None = None
        self.warning = WarningCard()
        self.note = Text()
        self.wait = QProgressBar()
        self.wait.setRange(0, 0)
        self.wait.setTextVisible(False)
        self.doing = Elided(12, muted=True)
        self.back = Button(tr("&Back to the list"))
        self.close_button = Button(tr("C&lose"))
        self._stack = QStackedWidget()
        for page in (self.list_page, self.compare_page):
            self._stack.addWidget(page)
        self._watcher = QFileSystemWatcher(self)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLED_MS)
        self._lay_out()
        self._connect()
        self.set_theme(theme)
        self.say("")
        self.set_busy(control.work.saying)
        self._turn_to_comparison(False)
        self.list_page.list.setFocus()

    def _lay_out(self) -> None:
        under_way = QVBoxLayout()
        under_way.setSpacing(4)
        under_way.addWidget(self.doing)
        under_way.addWidget(self.wait)
        footer = QHBoxLayout()
        footer.setSpacing(20)
        footer.addWidget(self.close_button)
        footer.addLayout(under_way, 1)
        footer.addWidget(self.back)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.warning)
        column.addWidget(self.note)
        column.addWidget(self._stack, 1)
        column.addLayout(footer)
        policy = self.wait.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.wait.setSizePolicy(policy)

    def _connect(self) -> None:
        page = self.list_page
        page.use.connect(self._use)
        page.rename.connect(self._ask_for_name)
        page.remove.connect(self._ask_to_delete)
        page.export.connect(self._ask_where_to_save)
        page.compare.connect(self._compare)
        page.changed.connect(self._look)
        page.import_button.clicked.connect(self._ask_for_file)
        page.folder_button.clicked.connect(self._ask_for_folder)
        page.back_button.clicked.connect(self._control.go_back)
        self.back.clicked.connect(self._to_the_list)
        self.close_button.clicked.connect(self.close)
        self._watcher.directoryChanged.connect(lambda _: self._settled.start())
        self._settled.timeout.connect(self.refresh)

    def set_theme(self, theme: Theme) -> None:
        for part in (self.warning, self.list_page, self.compare_page):
            part.set_theme(theme)

    def refresh(self) -> None:
        """Read the list again: other windows and other programs change it too."""
        self._settled.stop()
        folder = str(resources.user_models_dir())
        if folder not in self._watcher.directories() and Path(folder).is_dir():
            self._watcher.addPath(folder)
        self.list_page.refresh(self._control.live_id, self._choose)
        self._choose = None

    def choose(self, path: Path) -> None:
        """The next `refresh` chooses this one."""
        self._choose = path

    def say(self, text: str, warning: bool = False) -> None:
        """What came of the last change; empty: nothing yet."""
        self.warning.say(text if warning else "")
        self.note.say("" if warning else text)
        self.note.setVisible(bool(text) and not warning)

    def set_busy(self, saying: str) -> None:
        self.doing.say(saying)
        self.wait.setVisible(bool(saying))
        self.wait.setAccessibleName(saying)
        self.list_page.set_busy(bool(saying))

    def shut_down(self) -> None:
        self._settled.stop()
        self.list_page.shut_down()
        self.compare_page.shut_down()

    def reject(self) -> None:
        if self._stack.currentWidget() is self.compare_page:
            self._to_the_list()
        else:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.shut_down()
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._settled.start()

    # Within

    def _look(self) -> None:
        """Where nothing newer is told: why the model in use is not the one that was chosen, or is not in the list."""
        page = self.list_page
        problem = page.listing.problem and tr("{why}. Use a model of the list to settle this.").format(
            why=page.listing.problem
        )
        if page.live_is_gone:
            text = tr("{name} still reads in this window, but it was deleted or cannot be opened. Use another one.")
            problem = text.format(name=self._control.live_name)
        told = self.warning.text.text()
        if told in ("", self._standing) and not self.note.text():
            self._standing = problem
            if told != problem:
                self.say(problem, warning=True)

    def _use(self, row: Row) -> None:
        self._control.use(row.path, row.name)

    def _ask_for_name(self, row: Row) -> None:
        question = NameQuestion(self, row)
        question.named.connect(lambda name: self._control.rename(row.path, name))
        self._ask(question)

    def _ask_to_delete(self, row: Row) -> None:
        question = DeleteQuestion(self, row)
        question.accepted.connect(lambda: self._control.remove(row.path, row.name))
        self._ask(question)

    def _ask(self, question: NameQuestion | DeleteQuestion) -> None:
        self.question = question
        question.finished.connect(self._answered)
        question.open()

    def _answered(self) -> None:
        self.question = None
        self.list_page.list.setFocus()

    def _ask_where_to_save(self, row: Row) -> None:
        assert row.folder is not None
        name = f"{plain_name(row.folder.id)}.zip"
        # The store replaces nothing, whatever was answered here.
        chosen, _ = QFileDialog.getSaveFileName(
            self, tr("Save the model"), name, tr("Models (*.zip)"), options=QFileDialog.Option.DontConfirmOverwrite
        )
        if chosen:
            path = Path(chosen)
            self._control.export(row.path, path if path.suffix or path.is_dir() else path.with_suffix(".zip"))

    def _ask_for_file(self) -> None:
        kinds = tr("Models (*.zip *.onnx);;All files (*)")
        chosen, _ = QFileDialog.getOpenFileName(self, tr("Import a model"), "", kinds)
        if chosen:
            self._control.import_(Path(chosen))

    def _ask_for_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Import a model's folder"))
        if chosen:
            self._control.import_(Path(chosen))

    def _compare(self, row: Row) -> None:
        self.compare_page.show_pair(self.list_page.listing.rows, row.path)
        self._turn_to_comparison(True)
        self.compare_page.second.setFocus(Qt.FocusReason.OtherFocusReason)

    def _to_the_list(self) -> None:
        self.compare_page.shut_down()
        self._turn_to_comparison(False)
        self.list_page.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _turn_to_comparison(self, on: bool) -> None:
        self._stack.setCurrentWidget(self.compare_page if on else self.list_page)
        self.back.setVisible(on)
