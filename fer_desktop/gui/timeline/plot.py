"""Curves of one face's seven readings, or of its valence. Imports pyqtgraph, which takes a second: see dock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fer_desktop.core import emotions
from fer_desktop.core.band import NO_LABEL, Band, Float64Array
from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.gui.timeline.sight import of_day, ticks
from fer_desktop.gui.timeline.words import tr
from fer_desktop.overlay import palette
from fer_desktop.overlay.painter import font

NAMES_PX: Final = 76
"""Left of the curves, and of the lanes under them."""
RIGHT_PX: Final = 12
"""Right of them: the lanes' scroll bar stands there, when there is one."""
AXIS_PX: Final = 22
COLUMN_PX: Final = 3
"""One point of a curve."""
PEN_PX: Final = 1.6
_SURPRISE: Final = emotions.NAMES.index("surprise")
_GREY_ALPHA: Final = 60
TEXT_AT: Final = (0.9, 0.7)
"""Of the height: what neighbouring lines say stands apart."""


class Plot(QWidget):
    """`show_band` fills it."""

    def __init__(self) -> None:
        super().__init__()
        import pyqtgraph

        self._pg: Any = pyqtgraph
        self._theme = DARK
        self._ratio = 0.0
        self._valence = False
        self.widget = plot = pyqtgraph.PlotWidget()
        plot.setMenuEnabled(False)
        plot.setMouseEnabled(x=False, y=False)
        plot.hideButtons()
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.setAntialiasing(True)
        plot.setFrameShape(plot.Shape.NoFrame)
        plot.getPlotItem().layout.setContentsMargins(0, 6, RIGHT_PX, 0)
        plot.getAxis("left").setWidth(NAMES_PX)
        plot.getAxis("bottom").setHeight(AXIS_PX)
        for side in ("left", "bottom"):
            plot.getAxis(side).setStyle(tickFont=font(12), tickLength=0, hideOverlappingLabels=False)
        # Behind the curves: where there was no label.
        self._unlabelled = pyqtgraph.PlotCurveItem([0, 1], [-2], stepMode="center", fillLevel=-2, pen=None)
        plot.addItem(self._unlabelled)
        self._curves = [plot.plot(connect="finite") for _ in emotions.NAMES]
        self._of_valence = plot.plot(connect="finite")
        self._lines: list[Any] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(plot)
        self.show_valence(False)

    @property
    def columns(self) -> int:
        """How many points lie side by side."""
        return max(round(self.area.width() / COLUMN_PX), 1)

    @property
    def area(self) -> QRectF:
        """Where the curves are, in pixels of this widget."""
        width = max(self.width() - NAMES_PX - RIGHT_PX, 1)
        return QRectF(NAMES_PX, 6, width, max(self.height() - AXIS_PX - 6, 1))

    def values(self, name: str) -> tuple[Float64Array, Float64Array]:
        """What a curve holds: an emotion's, or "valence"; (seconds after the left edge, values)."""
        curve = self._of_valence if name == "valence" else self._curves[emotions.NAMES.index(name)]
        x, y = curve.getData()
        return (np.empty(0), np.empty(0)) if x is None else (x, y)

    @property
    def line_texts(self) -> list[str]:
        return [line.label.format for line in self._lines]

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.widget.setBackground(QColor(theme.window))
        self.widget.getViewBox().setBackgroundColor(QColor(theme.field))
        self.widget.showGrid(x=True, y=True, alpha=0.15)
        for side in ("left", "bottom"):
            axis = self.widget.getAxis(side)
            axis.setPen(QColor(theme.outline))
            axis.setTextPen(QColor(theme.muted))
        grey = QColor(theme.outline)
        grey.setAlpha(_GREY_ALPHA)
        self._unlabelled.setBrush(grey)
        self._ratio = 0.0

    def _use_pens(self, ratio: float) -> None:
        """ratio: device pixels a pixel, by which pyqtgraph does not widen its pens."""
        self._ratio = ratio
        for index, curve in enumerate(self._curves):
            # Surprise is dashed: its colour is near that of sad.
            style = Qt.PenStyle.DashLine if index == _SURPRISE else Qt.PenStyle.SolidLine
            curve.setPen(self._pg.mkPen(line_colour(self._theme, index), width=PEN_PX * ratio, style=style))
        self._of_valence.setPen(self._pg.mkPen(self._theme.accent, width=PEN_PX * ratio))
        self._forget_lines()

    def show_valence(self, on: bool) -> None:
        self._valence = on
        self._of_valence.setVisible(on)
        for curve in self._curves:
            curve.setVisible(not on)
        lowest, highest = (-1.0, 1.0) if on else (0.0, 1.0)
        # Room for the half of the text at the ends of the axis.
        self.widget.setYRange(lowest, highest, padding=0.1)
        if on:
            named = [(-1.0, tr("unpleasant")), (0.0, "0"), (1.0, tr("pleasant"))]
        else:
            named = [(0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %")]
        self.widget.getAxis("left").setTicks([named])

    def show_band(
        self, band: Band, from_s: float, span_s: float, marks: Sequence[tuple[float, str]], day_s: float | None
    ) -> None:
        """What is known of a face from one time on for `span_s` seconds. marks: (seconds after it, what it says);
        day_s: added to a time for the seconds of the day; None: no time is written."""
        if self.devicePixelRatioF() != self._ratio:
            self._use_pens(self.devicePixelRatioF())
        edges = from_s + np.linspace(0, span_s, self.columns + 1)
        middles = (edges[1:] + edges[:-1]) / 2 - from_s
        values = band.curves(edges)
        if self._valence:
            self._of_valence.setData(middles, emotions.valences(values))
        else:
            for index, curve in enumerate(self._curves):
                curve.setData(middles, values[:, index])
        grey = band.columns(edges)[0] == NO_LABEL
        self._unlabelled.setVisible(bool(grey.any()))
        if grey.any():
            self._unlabelled.setData(edges - from_s, np.where(grey, 2.0, -2.0))
        self.widget.setXRange(0, span_s, padding=0)
        first_s = from_s + (day_s or 0.0)
        at = [] if day_s is None else ticks(first_s, span_s, self.area.width())
        self.widget.getAxis("bottom").setTicks([[(one, of_day(first_s + one)) for one in at]])
        self._show_lines(marks)

    def _show_lines(self, marks: Sequence[tuple[float, str]]) -> None:
        if [text for _, text in marks] != self.line_texts:
            self._forget_lines()
            self._lines = [self._line(text, TEXT_AT[number % 2]) for number, (_, text) in enumerate(marks)]
        for line, (at_s, _) in zip(self._lines, marks, strict=True):
            line.setValue(at_s)

    def _line(self, text: str, text_at: float) -> Any:
        ground = QColor(self._theme.field)
        ground.setAlpha(200)
        told = {"position": text_at, "color": self._theme.text, "fill": ground, "anchors": [(0, 0.5), (1, 0.5)]}
        pen = self._pg.mkPen(self._theme.text, width=self._ratio, style=Qt.PenStyle.DotLine)
        line = self._pg.InfiniteLine(angle=90, pen=pen, label=text, labelOpts=told)
        line.label.setFont(font(12))
        self.widget.addItem(line, ignoreBounds=True)
        return line

    def _forget_lines(self) -> None:
        for line in self._lines:
            self.widget.removeItem(line)
        self._lines = []


def line_colour(theme: Theme, emotion: int) -> str:
    """Of its curve: on a light ground dark enough to be seen."""
    colour = theme.rows.bars[emotion]
    return colour if theme.dark else palette.edge_on_light(colour)
