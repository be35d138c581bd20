"""How long the chosen face showed each emotion: seven bars, always in the same order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fer_desktop.core import emotions
from fer_desktop.core.band import whole_percents
from fer_desktop.gui.recordings.words import tr
from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.offline.lanes import Lane
from fer_desktop.overlay import palette, words
from fer_desktop.overlay.painter import font, text_width

ROW_PX: Final = 22
BAR_PX: Final = 10
LEAST_BAR_PX: Final = 32
"""A shorter bar says nothing: the figures stand alone."""
STROKE_PX: Final = 18
_TEXT_PX: Final = 12
_SURPRISE: Final = emotions.NAMES.index("surprise")


class Shares(QWidget):
    """`show_lane` or `show_seconds` fills it. strokes: a stroke before each name, as in a plot's legend, in these
    colours."""

    def __init__(self, strokes: Callable[[Theme, int], str] | None = None) -> None:
        super().__init__()
        self._strokes = strokes
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = DARK
        self.seconds: dict[str, float] = {}
        self.percents: dict[str, int] = {}
        """Of the time with a label."""
        self.unlabelled_s = 0.0
        self.setAccessibleName(tr("Share of the time with a label"))

    def sizeHint(self) -> QSize:
        return QSize(200, ROW_PX * (emotions.COUNT + 1))

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.update()

    def show_lane(self, lane: Lane | None) -> None:
        if lane is None:
            self.show_seconds({}, 0.0)
        else:
            self.show_seconds(lane.seconds, lane.unlabelled_s)

    def show_seconds(self, seconds: dict[str, float], unlabelled_s: float) -> None:
        """How long each label stood, and none."""
        self.seconds, self.unlabelled_s = seconds, unlabelled_s
        # Together they are 100, whatever was rounded.
        self.percents = dict(zip(seconds, whole_percents(list(seconds.values())), strict=True))
        figures = tr("{share}, {n} s")
        told = (
            f"{words.label(name)} {figures.format(share=words.percent(self.percents[name]), n=f'{value:.1f}')}"
            for name, value in seconds.items()
        )
        self.setAccessibleDescription(", ".join(told))
        self.update()

    def share(self, name: str) -> float:
        """Of the time with a label, 0 to 1."""
        total_s = sum(self.seconds.values())
        return self.seconds.get(name, 0.0) / total_s if total_s else 0.0

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(_TEXT_PX))
        names_px = max(text_width(words.label(name), _TEXT_PX) for name in emotions.NAMES) + 12
        longest = max([100.0, *self.seconds.values()])
        seconds_px = text_width(f"{longest:.1f} s", _TEXT_PX)
        percent_px = text_width(words.percent(100), _TEXT_PX)
        left = 0 if self._strokes is None else STROKE_PX + 8
        names_px += left
        groove_px = self.width() - names_px - seconds_px - percent_px - 20
        for emotion in emotions.EMOTIONS:
            top = emotion.index * ROW_PX
            share, seconds = self.share(emotion.name), self.seconds.get(emotion.name, 0.0)
            painter.setPen(QColor(theme.text if seconds else theme.muted))
            where = QRectF(left, top, names_px - left, ROW_PX)
            painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, words.label(emotion.name))
            if self._strokes is not None:
                style = Qt.PenStyle.DashLine if emotion.index == _SURPRISE else Qt.PenStyle.SolidLine
                painter.setPen(QPen(QColor(self._strokes(theme, emotion.index)), 2, style, Qt.PenCapStyle.FlatCap))
                painter.drawLine(QPointF(0, top + ROW_PX / 2), QPointF(STROKE_PX, top + ROW_PX / 2))
            groove = QRectF(names_px, top + (ROW_PX - BAR_PX) / 2, groove_px, BAR_PX)
            if groove_px < LEAST_BAR_PX:
                self._paint_figures(painter, emotion.name, top, seconds_px, percent_px)
                continue
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
            self._paint_figures(painter, emotion.name, top, seconds_px, percent_px)
        if self.unlabelled_s:
            painter.setPen(QColor(theme.muted))
            text = tr("Without a label: {n} s").format(n=f"{self.unlabelled_s:.1f}")
            painter.drawText(
                QRectF(0, emotions.COUNT * ROW_PX, self.width(), ROW_PX), Qt.AlignmentFlag.AlignVCenter, text
            )
        painter.end()

    def _paint_figures(self, painter: QPainter, name: str, top: int, seconds_px: float, percent_px: float) -> None:
        if not self.seconds.get(name):
            return
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left = self.width() - seconds_px
        painter.setPen(QColor(self._theme.text))
        where = QRectF(left - percent_px - 12, top, percent_px, ROW_PX)
        painter.drawText(where, right, words.percent(self.percents[name]))
        painter.setPen(QColor(self._theme.muted))
        painter.drawText(QRectF(left, top, seconds_px, ROW_PX), right, f"{self.seconds[name]:.1f} s")
