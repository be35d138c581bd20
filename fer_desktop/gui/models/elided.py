"""A line of text that gives up its middle where there is no room for it; the whole of it is its tool tip."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy

from fer_desktop.gui.parts import Text


def tool_tip(text: str) -> str:
    """Shows the text as it is: Qt would take what looks like HTML in it for HTML."""
    return f"<span>{escape(text)}</span>" if text else ""


class Elided(Text):
    def __init__(self, size: int = 13, bold: bool = False, muted: bool = False) -> None:
        super().__init__(size=size, bold=bold, muted=muted)
        self.setWordWrap(False)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.full = ""

    def say(self, text: str) -> None:
        self.full = text
        self.setAccessibleName(text)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self.full, Qt.TextElideMode.ElideMiddle, max(self.width(), 1))
        self.setText(shown)
        self.setToolTip("" if shown == self.full else tool_tip(self.full))
