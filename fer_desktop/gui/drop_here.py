"""What a page shows before anything is open: what can be dropped or opened here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fer_desktop.gui.icons import SIZE, icon
from fer_desktop.gui.parts import Text
from fer_desktop.gui.theme import DARK, Theme


class DropHere(QWidget):
    """A dashed frame with an icon, a title, what is understood, buttons, and a promise. The first button gets the
    focus."""

    def __init__(self, icon_name: str, title: str, words: str, promise: str, buttons: Sequence[QPushButton]) -> None:
        super().__init__()
        self._theme, self._icon = DARK, icon_name
        self._sign = QLabel()
        self._sign.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(48, 48, 48, 48)
        column.setSpacing(12)
        column.addStretch(1)
        column.addWidget(self._sign)
        low = Text(promise, 12, muted=True)
        for text in (Text(title, 22, bold=True), Text(words, muted=True), low):
            text.setAlignment(Qt.AlignmentFlag.AlignCenter)
            if text is low:
                column.addSpacing(8)
                column.addLayout(row)
                column.addSpacing(8)
            column.addWidget(text)
        column.addStretch(1)
        self.setFocusProxy(buttons[0])

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        # Twice as large as on a button.
        sign = icon(self._icon, theme.muted).pixmap(QSize(SIZE, SIZE), 2 * self.devicePixelRatioF())
        sign.setDevicePixelRatio(self.devicePixelRatioF())
        self._sign.setPixmap(sign)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(self._theme.outline), 1.5)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        painter.drawRoundedRect(self.rect().adjusted(24, 24, -24, -24), 12, 12)
        painter.end()
