"""Curves of one face's seven readings, or of its valence. Imports pyqtgraph, which takes a second: see dock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fer_desktop.core import emotions
from fer_desktop.core.band import NO_LABEL, Band, Float64Array
from fer_desktop.gui.recordings.lanes import Curve
from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.gui.timeline.curves import Curves
from fer_desktop.gui.timeline.mark_lines import Line, MarkLines
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
_SURPRISE: Final = emotions.NAMES.index("surprise")
_GREY_ALPHA: Final = 60
MARGIN: Final = 0.1
"""Over and under the values, of all that lies between: room for the half of the text at the ends of the axis."""


class Plot(QWidget):
    """`show_band` fills it."""

    def __init__(self) -> None:
        super().__init__()
        import pyqtgraph

        self._theme = DARK
        self._valence = False
        self.widget: Any = pyqtgraph.PlotWidget()
        plot = self.widget
        plot.setMenuEnabled(False)
        plot.setMouseEnabled(x=False, y=False)
        plot.hideButtons()
        plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        plot.setFrameShape(plot.Shape.NoFrame)
        plot.getPlotItem().layout.setContentsMargins(0, 6, RIGHT_PX, 0)
        plot.getAxis("left").setWidth(NAMES_PX)
        plot.getAxis("bottom").setHeight(AXIS_PX)
        for side in ("left", "bottom"):
            plot.getAxis(side).setStyle(tickFont=font(12), tickLength=0, hideOverlappingLabels=False)
        self.curves = Curves()
        plot.getViewBox().addItem(self.curves, ignoreBounds=True)
        self.lines = MarkLines(pyqtgraph, plot)
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
        index = 0 if name == "valence" else emotions.NAMES.index(name)
        return self.curves.seconds, np.asarray(self.curves.curves[index].values, np.float64)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.widget.setBackground(QColor(theme.window))
        self.widget.getViewBox().setBackgroundColor(QColor(theme.field))
        self.widget.showGrid(x=True, y=True, alpha=0.15)
        for side in ("left", "bottom"):
            axis = self.widget.getAxis(side)
            axis.setPen(QColor(theme.outline))
            axis.setTextPen(QColor(theme.muted))

    def show_valence(self, on: bool) -> None:
        self._valence = on
        self.widget.setYRange(*self._values, padding=MARGIN)
        if on:
            named = [(-1.0, tr("unpleasant")), (0.0, "0"), (1.0, tr("pleasant"))]
        else:
            named = [(0.0, "0 %"), (0.5, "50 %"), (1.0, "100 %")]
        self.widget.getAxis("left").setTicks([named])

    @property
    def _values(self) -> tuple[float, float]:
        """The least there can be, and the most."""
        return (-1.0, 1.0) if self._valence else (0.0, 1.0)

    def show_band(
        self,
        band: Band,
        from_s: float,
        span_s: float,
        lines: Sequence[Line],
        day_s: Callable[[float], float] | None,
    ) -> None:
        """What is known of a face from one time on for `span_s` seconds. lines: what happened in it; day_s: a time as
        seconds of the day; None: no time is written."""
        edges = from_s + np.linspace(0, span_s, self.columns + 1)
        middles = (edges[1:] + edges[:-1]) / 2 - from_s
        values = band.curves(edges)
        if self._valence:
            curves = [Curve(emotions.valences(values), self._theme.accent)]
        else:
            # Surprise is dashed: its colour is near that of sad.
            curves = [
                Curve(values[:, index], line_colour(self._theme, index), index == _SURPRISE)
                for index in range(emotions.COUNT)
            ]
        lowest, highest = self._values
        beyond = (highest - lowest) * MARGIN
        where = QRectF(0, lowest - beyond, span_s, highest - lowest + 2 * beyond)
        grey = QColor(self._theme.outline)
        grey.setAlpha(_GREY_ALPHA)
        # Behind the curves: where there was no label.
        self.curves.show_curves(middles, curves, where, band.columns(edges)[0] == NO_LABEL, grey)
        self.widget.setXRange(0, span_s, padding=0)
        times = []
        if day_s is not None:
            at = ticks(day_s(from_s), span_s, self.area.width())
            times = [(one, of_day(day_s(from_s + one))) for one in at]
        self.widget.getAxis("bottom").setTicks([times])
        self.lines.set_look(self._theme, self.devicePixelRatioF())
        self.lines.show(lines, span_s, self.area)


def line_colour(theme: Theme, emotion: int) -> str:
    """Of its curve: on a light ground dark enough to be seen."""
    colour = theme.rows.bars[emotion]
    return colour if theme.dark else palette.edge_on_light(colour)
