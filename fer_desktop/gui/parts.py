"""Small widgets that the windows of Retrain…, Models… and My samples… share."""

from __future__ import annotations

import base64
import binascii
from html import escape

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from fer_desktop.gui.icons import icon
from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.overlay.painter import font


class Page(QWidget):
    """A step. `changed`: whether one can go on may be another now."""

    changed = Signal()

    def can_go_on(self) -> bool:
        return True

    def set_theme(self, theme: Theme) -> None:
        """For what is painted; the rest follows the palette and the style sheet."""


class Button(QPushButton):
    """Pressed by Enter as well as Space while it has the focus; else Enter is the window's default button's. Once,
    however long the key is held."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if not event.isAutoRepeat():
                self.click()
        else:
            super().keyPressEvent(event)


class Text(QLabel):
    """Wraps, and can be selected. Sizes of the look: 12, 13, 16, 22."""

    def __init__(self, text: str = "", size: int = 13, bold: bool = False, muted: bool = False) -> None:
        super().__init__(text)
        self.setWordWrap(True)
        self.setFont(font(size, bold))
        self.setTextFormat(Qt.TextFormat.PlainText)
        if muted:
            self.setObjectName("muted")
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def say(self, text: str) -> None:
        if text != self.text():
            self.setText(text)


class Elided(Text):
    """A line that gives up its middle where there is no room for it; the whole of it is its tool tip."""

    def __init__(self, size: int = 13, bold: bool = False, muted: bool = False) -> None:
        super().__init__(size=size, bold=bold, muted=muted)
        self.setWordWrap(False)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def say(self, text: str) -> None:
        super().say(text)
        self._tell_the_rest()

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_the_rest()

    def paintEvent(self, event: QPaintEvent) -> None:
        shown = self._shown()
        if shown == self.text():
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        painter.drawText(self.contentsRect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.end()

    def _shown(self) -> str:
        room = max(self.contentsRect().width(), 1)
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideMiddle, room)

    def _tell_the_rest(self) -> None:
        self.setToolTip("" if self._shown() == self.text() else tool_tip(self.text()))


class WarningCard(QFrame):
    """What went wrong, in words, with its sign."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self._sign = QLabel()
        self._sign.setFixedSize(20, 20)
        self.text = Text()
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(12)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 1)
        self.hide()

    def say(self, text: str) -> None:
        """An empty text hides it."""
        self.text.say(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))

    def set_theme(self, theme: Theme) -> None:
        self._sign.setPixmap(icon("warning", theme.text).pixmap(20, 20))


class Step(QLabel):
    """One of the steps, over a line; the one that is shown now stands out."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._theme = DARK
        self._now = False
        self.setFixedHeight(36)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.set_now(self._now)

    def set_now(self, now: bool) -> None:
        self._now = now
        self.setFont(font(13, bold=now))
        self.setStyleSheet(f"color: {self._theme.text if now else self._theme.muted}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        colour = self._theme.accent if self._now else self._theme.line
        painter.fillRect(0, self.height() - 2, self.width(), 2, QColor(colour))
        painter.end()


def card() -> tuple[QFrame, QVBoxLayout]:
    frame = QFrame()
    frame.setObjectName("card")
    column = QVBoxLayout(frame)
    column.setContentsMargins(16, 12, 16, 12)
    column.setSpacing(8)
    return frame, column


def tool_tip(text: str) -> str:
    """Shows the text as it is: Qt would take what looks like HTML in it for HTML."""
    return f"<span>{escape(text)}</span>" if text else ""


def picture(png: str) -> QImage:
    """From base64; a null image where it is none."""
    try:
        return QImage.fromData(base64.b64decode(png))
    except (binascii.Error, ValueError):
        return QImage()
