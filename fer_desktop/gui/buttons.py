"""Tool buttons that a keyboard can press, and that leave Space to the window, where it pauses."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QToolButton

_PRESS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ToolButton(QToolButton):
    """Reached by Tab; pressed by Enter while it has the focus, once however long the key is held."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoRaise(True)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _PRESS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _PRESS:
            if not event.isAutoRepeat():
                self.showMenu() if self.menu() is not None else self.click()
        elif event.key() == Qt.Key.Key_Space:
            # It comes here only while there is nothing to pause; a button would take it as a press.
            event.ignore()
        else:
            super().keyPressEvent(event)
