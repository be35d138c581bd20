"""A row for each emotion: how many faces it has, as a bar in its colour, and some of them to look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from fer_desktop.core import emotions
from fer_desktop.gui.parts import picture
from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.gui.training.words import emotion, tr
from fer_desktop.overlay import palette
from fer_desktop.overlay.painter import font

ROW: Final = 44
FACE: Final = 36
GAP: Final = 4
SHOWN: Final = 8
NAME: Final = 72
COUNT: Final = 64
FACES: Final = SHOWN * (FACE + GAP)


class ClassRows(QWidget):
    """Painted; read aloud as a text."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = DARK
        self._counts: dict[str, int] = {}
        self._faces: dict[str, list[QImage]] = {}
        self.setFixedHeight(ROW * emotions.COUNT)
        self.setMinimumWidth(NAME + COUNT + FACES + 80)
        self.setAccessibleName(tr("Faces a class"))

    def sizeHint(self) -> QSize:
        return QSize(NAME + COUNT + FACES + 160, ROW * emotions.COUNT)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_data(self, counts: Mapping[str, int], examples: Mapping[str, Sequence[str]]) -> None:
        self._counts = dict(counts)
        self._faces = {name: [picture(png) for png in faces[:SHOWN]] for name, faces in examples.items()}
        text = ", ".join(f"{emotion(name)} {counts.get(name, 0):,}" for name in emotions.NAMES)
        self.setAccessibleDescription(text)
        self.setToolTip(text)
        self.update()

    @property
    def pictures(self) -> int:
        """How many faces are shown."""
        return sum(len(faces) for faces in self._faces.values())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setFont(font(13))
        most = max(self._counts.values(), default=0) or 1
        bar_left, bar_right = NAME, self.width() - FACES - COUNT
        for index, name in enumerate(emotions.NAMES):
            top, count = index * ROW, self._counts.get(name, 0)
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.setPen(QColor(self._theme.text if count else self._theme.muted))
            painter.drawText(QRectF(0, top, NAME - 8, ROW), middle | Qt.AlignmentFlag.AlignLeft, emotion(name))
            groove = QRectF(bar_left, top + ROW / 2 - 6, max(bar_right - bar_left, 8), 12)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.rows.groove))
            painter.drawRoundedRect(groove, 4, 4)
            if count:
                colour = self._theme.rows.bars[index]
                bar = QRectF(groove.x(), groove.y(), max(groove.width() * count / most, 4), groove.height())
                painter.setBrush(QColor(colour))
                if self._theme.rows.edge:
                    painter.setPen(QPen(QColor(palette.edge_on_light(colour)), 1))
                painter.drawRoundedRect(bar, 4, 4)
            painter.setPen(QColor(self._theme.text if count else self._theme.muted))
            where = QRectF(bar_right, top, COUNT - 12, ROW)
            painter.drawText(where, middle | Qt.AlignmentFlag.AlignRight, f"{count:,}")
            for place, face in enumerate(self._faces.get(name, [])):
                left = self.width() - FACES + GAP + place * (FACE + GAP)
                painter.drawImage(QRectF(left, top + (ROW - FACE) / 2, FACE, FACE), face)
        painter.end()
