"""Small widgets that the strip and the windows of samples share."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fer_desktop.core import emotions
from fer_desktop.core.types import UInt8Array
from fer_desktop.gui.buttons import ToolButton
from fer_desktop.gui.parts import Button
from fer_desktop.gui.samples.library import Kept
from fer_desktop.gui.samples.words import samples
from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.overlay import palette, words
from fer_desktop.overlay.painter import font

_PRESS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
FACE = 40
_GAP = 6
SHOWN = 100


def image_of(crop: UInt8Array) -> QImage:
    """A picture uint8[48, 48] of its own memory."""
    height, width = crop.shape
    return QImage(crop.tobytes(), width, height, width, QImage.Format.Format_Grayscale8).copy()


def colour_of(emotion: str, theme: Theme) -> QColor:
    return QColor(theme.rows.bars[emotions.NAMES.index(emotion)])


class StripButton(Button):
    """Pressed by Enter while it has the focus, though Enter is a key of the window; Space stays the window's."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _PRESS:
            event.accept()
            return True
        return super().event(event)


class EmotionButton(ToolButton):
    """One of the seven to choose from: its colour, its name, its key, and how many samples of it there are."""

    def __init__(self, emotion: str) -> None:
        super().__init__()
        self.emotion = emotion
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(44)
        self._theme = DARK
        self._key = str(emotions.NAMES.index(emotion) + 1)
        self._count = 0
        self.setText(words.label(emotion))
        self.set_count(0)

    def sizeHint(self) -> QSize:
        return QSize(120, 44)

    def minimumSizeHint(self) -> QSize:
        return QSize(88, 44)

    def set_count(self, count: int) -> None:
        self._count = count
        self.setAccessibleName(f"{words.label(self.emotion)}: {samples(count)}")
        self.setToolTip(f"{self.accessibleName()} ({self._key})")
        self.update()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, chosen = self._theme, self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = colour_of(self.emotion, theme)
        edge = QColor(palette.edge_on_light(colour.name())) if theme.rows.edge else colour
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setBrush(QColor(theme.hover if self.underMouse() and self.isEnabled() else theme.button))
        painter.setPen(QPen(edge, 2) if chosen else QPen(QColor(theme.outline), 1))
        painter.drawRoundedRect(frame, 6, 6)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.drawRoundedRect(frame.adjusted(3, 3, -3, -3), 4, 4)
        painter.setPen(QPen(edge, 1))
        painter.setBrush(colour)
        painter.drawRoundedRect(QRectF(10, 10, 6, self.height() - 20), 3, 3)
        left, right = 24.0, self.width() - 10.0
        text = QColor(theme.text if self.isEnabled() or chosen else theme.disabled)
        painter.setFont(font(13, bold=chosen))
        painter.setPen(text)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(left, 4, right - left, 20), middle, words.label(self.emotion))
        painter.setFont(font(12))
        painter.setPen(QColor(theme.muted))
        painter.drawText(QRectF(left, 22, right - left, 18), middle, f"{self._count:,}")
        painter.drawText(QRectF(left, 22, right - left, 18), middle | Qt.AlignmentFlag.AlignRight, self._key)
        painter.end()


class Thumbnails(QWidget):
    """The faces kept last, the newest at the left, as many as fit."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self._theme = DARK
        self._faces: list[tuple[Kept, QImage]] = []
        self.setFixedHeight(FACE + 4)
        self.setMinimumWidth(FACE + 4)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._describe()

    @property
    def count(self) -> int:
        return len(self._faces)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def add(self, kept: Kept) -> None:
        """What is shown already has another emotion now."""
        if all(kept is not shown for shown, _ in self._faces):
            self._faces.insert(0, (kept, image_of(kept.crop)))
            del self._faces[SHOWN:]
        self._describe()

    def forget(self, several: Sequence[Kept]) -> None:
        gone = set(map(id, several))
        self._faces = [one for one in self._faces if id(one[0]) not in gone]
        self._describe()

    def _describe(self) -> None:
        self.setAccessibleName(f"{self._name}: {len(self._faces)}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        for place, (kept, face) in enumerate(self._faces[: max(self.width() // (FACE + _GAP), 1)]):
            where = QRectF(2 + place * (FACE + _GAP), 2, FACE, FACE)
            painter.drawImage(where, face)
            painter.setPen(QPen(colour_of(kept.emotion, self._theme), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(where.adjusted(-1, -1, 1, 1), 3, 3)
        painter.end()


def widest(texts: list[str], size: int = 13) -> int:
    """Pixels that a button needs so that none of its texts changes its width."""
    metrics = QFontMetricsF(font(size))
    return round(max(metrics.horizontalAdvance(text) for text in texts)) + 40
