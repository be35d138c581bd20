"""What the windows beside the main one have in common."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QWidget

from fer_desktop.gui.task import Task
from fer_desktop.live.memory import give_back_freed

TIDY_MS: Final = 1000


class SideWindow(QDialog):
    """Not modal: the picture goes on beside it. Esc closes it, the program's own key for that quits the program.

    `went`: it was closed for good.
    """

    went = Signal()

    def __init__(
        self, parent: QWidget, title: str, size: tuple[int, int], smallest: tuple[int, int], quit_key: QKeySequence
    ) -> None:
        """size, smallest: width and height in pixels; on a smaller screen what there is of it."""
        super().__init__(parent, Qt.WindowType.Window)
        self._program = parent
        self.setWindowTitle(title)
        room = self.screen().availableSize()
        self.setMinimumSize(min(smallest[0], room.width()), min(smallest[1], room.height()))
        self.resize(min(size[0], room.width()), min(size[1], room.height()))
        quit_too = QShortcut(quit_key, self)
        quit_too.activated.connect(parent.close)

    def reject(self) -> None:
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        # Not QDialog's, which would call `reject`.
        event.accept()
        self.went.emit()
        # When its widgets have gone, what they took goes back to the system.
        program = self._program
        QTimer.singleShot(TIDY_MS, program, lambda: Task(program, give_back_freed))
