"""How long the chosen face showed each emotion: seven bars, always in the same order."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fer_desktop.core import emotions
from fer_desktop.gui.recordings.words import percent, tr
from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.offline.lanes import Lane
from fer_desktop.overlay import palette, words
from fer_desktop.overlay.painter import font, text_width

ROW_PX: Final = 22
BAR_PX: Final = 10
_TEXT_PX: Final = 12


class Shares(QWidget):
    """`show_lane` fills it."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = DARK
        self.seconds: dict[str, float] = {}
        self.unlabelled_s = 0.0
        self.setAccessibleName(tr("Share of time"))

    def sizeHint(self) -> QSize:
        return QSize(200, ROW_PX * (emotions.COUNT + 1))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_lane(self, lane: Lane | None) -> None:
        self.seconds = {} if lane is None else lane.seconds
        self.unlabelled_s = 0.0 if lane is None else lane.unlabelled_s
        told = (f"{words.label(name)} {self._told(value)}" for name, value in self.seconds.items())
        self.setAccessibleDescription(", ".join(told))
        self.update()

    def share(self, name: str) -> float:
        """Of the time with a label, 0 to 1."""
        total_s = sum(self.seconds.values())
        return self.seconds.get(name, 0.0) / total_s if total_s else 0.0

    def _told(self, seconds: float) -> str:
        total_s = sum(self.seconds.values())
        return tr("{share}, {n} s").format(share=percent(seconds / total_s), n=f"{seconds:.1f}")

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(_TEXT_PX))
        names_px = max(text_width(words.label(name), _TEXT_PX) for name in emotions.NAMES) + 12
        longest = max([100.0, *self.seconds.values()])
        seconds_px = text_width(f"{longest:.1f} s", _TEXT_PX)
        percent_px = text_width(percent(1.0), _TEXT_PX)
        groove_px = self.width() - names_px - seconds_px - percent_px - 20
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for emotion in emotions.EMOTIONS:
            top = emotion.index * ROW_PX
            share, seconds = self.share(emotion.name), self.seconds.get(emotion.name, 0.0)
            painter.setPen(QColor(theme.text if seconds else theme.muted))
            painter.drawText(QRectF(0, top, names_px, ROW_PX), Qt.AlignmentFlag.AlignVCenter, words.label(emotion.name))
            groove = QRectF(names_px, top + (ROW_PX - BAR_PX) / 2, groove_px, BAR_PX)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.rows.groove))
            painter.drawRoundedRect(groove, BAR_PX / 2, BAR_PX / 2)
            if not seconds:
                continue
            colour = theme.rows.bars[emotion.index]
            bar = QRectF(groove.left(), groove.top(), max(groove.width() * share, BAR_PX), BAR_PX)
            painter.setBrush(QColor(colour))
            if not theme.dark:
                painter.setPen(QPen(QColor(palette.edge_on_light(colour)), 1))
                bar.adjust(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(bar, BAR_PX / 2, BAR_PX / 2)
            painter.setPen(QColor(theme.text))
            painter.drawText(QRectF(groove.right() + 8, top, percent_px, ROW_PX), right, percent(share))
            painter.setPen(QColor(theme.muted))
            painter.drawText(QRectF(self.width() - seconds_px, top, seconds_px, ROW_PX), right, f"{seconds:.1f} s")
        if self.unlabelled_s:
            painter.setPen(QColor(theme.muted))
            text = tr("Without a label: {n} s").format(n=f"{self.unlabelled_s:.1f}")
            painter.drawText(
                QRectF(0, emotions.COUNT * ROW_PX, self.width(), ROW_PX), Qt.AlignmentFlag.AlignVCenter, text
            )
        painter.end()
