"""What is seen of a recording: its widgets, where they are, and how they look. What they do is the page's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from fer_desktop.gui.recordings.header import Header
from fer_desktop.gui.recordings.home import Home
from fer_desktop.gui.recordings.screen import Screen
from fer_desktop.gui.recordings.side import NARROW, WIDE, Side
from fer_desktop.gui.recordings.style import page_style
from fer_desktop.gui.recordings.timeline import Timeline
from fer_desktop.gui.recordings.transport import Transport
from fer_desktop.gui.theme import Theme
from fer_desktop.overlay.painter import Look

if TYPE_CHECKING:
    from fer_desktop.gui.dialog_host import DialogHost

NARROW_BELOW: Final = 1000
"""Beside a small window the faces take less room."""


class RecordingsView(QWidget):
    """`stack` shows `home`, or the rest under `header`."""

    def __init__(self, dialogs: DialogHost) -> None:
        super().__init__()
        self.header = Header()
        self.home = Home(dialogs)
        self.display, self.transport, self.timeline = Screen(), Transport(), Timeline()
        self.side, self.stack = Side(), QStackedWidget()
        self._lay_out()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.display.view, 1)
        left.addWidget(self.transport)
        left.addWidget(self.timeline)
        content = QWidget()
        row = QHBoxLayout(content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self.side)
        self.stack.addWidget(self.home)
        self.stack.addWidget(content)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.stack, 1)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """To what comes first on it. A focus proxy would not do: Tab would go there from the end, past the header."""
        (self.display.view if self.stack.currentIndex() else self.home).setFocus(event.reason())

    def set_theme(self, theme: Theme) -> None:
        for part in (self.header, self.home, self.transport, self.timeline, self.side):
            part.set_theme(theme)
        self.setStyleSheet(page_style(theme))

    def set_look(self, look: Look) -> None:
        """What of the faces is painted. A recording is never mirrored."""
        self.display.set_look(look)

    def set_panel_visible(self, visible: bool) -> None:
        self.side.setVisible(visible)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.side.setFixedWidth(NARROW if self.width() < NARROW_BELOW else WIDE)
