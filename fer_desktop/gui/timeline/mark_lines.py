"""Lines across the curves where something happened, each with what it says where there is room for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF

from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.overlay.painter import font

LEVEL_PX: Final = 24
"""One text over another."""
MOST_LEVELS: Final = 4
LONGEST_PX: Final = 180
_BESIDE_PX: Final = 8
"""What a text's ground adds to its width, and the least between two."""
_FONT_PX: Final = 12


@dataclass(frozen=True, slots=True)
class Line:
    """after_s: seconds after the left edge; number: of all that has happened, rising with time."""

    after_s: float
    text: str
    number: int


@dataclass(frozen=True, slots=True)
class Place:
    """Of a text: how many lie above it, and whether it stands to the left of its line."""

    level: int
    left: bool


def places(
    at_px: Sequence[float], widths: Sequence[float], numbers: Sequence[int], width: float, levels: int
) -> list[Place | None]:
    """Where texts stand beside lines, in order of time, on `width` pixels, so that none covers another; None where
    there is no room. By its number each has a level of its own, which it keeps while time goes on; the newest come
    first."""
    taken: list[list[tuple[float, float]]] = [[] for _ in range(levels)]
    found: list[Place | None] = []
    for x, wide, number in reversed(list(zip(at_px, widths, numbers, strict=True))):
        left = x + wide > width and x - wide >= 0
        begin, end = (x - wide, x) if left else (x, x + wide)
        wished = [(number + step) % levels for step in range(levels)]
        free = (level for level in wished if all(end <= first or begin >= last for first, last in taken[level]))
        level = next(free, None)
        if level is not None:
            taken[level].append((begin, end))
        found.append(None if level is None else Place(level, left))
    return found[::-1]


class MarkLines:
    """In a PlotWidget of pyqtgraph's. `texts`: what all of them say; `places`: where it stands."""

    def __init__(self, pyqtgraph: Any, plot: Any) -> None:
        self._pg, self._plot = pyqtgraph, plot
        self._theme, self._ratio = DARK, 1.0
        self._lines: list[Any] = []
        self.texts: list[str] = []
        self.places: list[Place | None] = []

    def set_look(self, theme: Theme, ratio: float) -> None:
        """By the screen's ratio pyqtgraph does not widen its pens."""
        if (theme, ratio) != (self._theme, self._ratio):
            self._theme, self._ratio = theme, ratio
            self._forget()

    def show(self, lines: Sequence[Line], span_s: float, area: QRectF) -> None:
        """On an area in pixels that is `span_s` seconds wide."""
        metrics = QFontMetricsF(font(_FONT_PX))
        if [line.text for line in lines] != self.texts:
            self._forget()
            self.texts = [line.text for line in lines]
            self._lines = [
                self._line(metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, LONGEST_PX)) for text in self.texts
            ]
        at_px = [line.after_s / span_s * area.width() for line in lines]
        widths = [min(metrics.horizontalAdvance(text), LONGEST_PX) + _BESIDE_PX for text in self.texts]
        levels = min(max(int(area.height() // LEVEL_PX), 1), MOST_LEVELS)
        self.places = places(at_px, widths, [line.number for line in lines], area.width(), levels)
        for line, shown, place in zip(lines, self._lines, self.places, strict=True):
            shown.setValue(line.after_s)
            shown.label.setVisible(place is not None)
            if place is not None:
                shown.label.anchors = [(1 if place.left else 0, 0.5)] * 2
                shown.label.setPosition(1 - (place.level + 0.5) * LEVEL_PX / max(area.height(), LEVEL_PX))

    def _line(self, text: str) -> Any:
        ground = QColor(self._theme.field)
        ground.setAlpha(200)
        told = {"color": self._theme.text, "fill": ground}
        pen = self._pg.mkPen(self._theme.text, width=self._ratio, style=Qt.PenStyle.DotLine)
        # The label is a format.
        plain = text.replace("{", "{{").replace("}", "}}")
        line = self._pg.InfiniteLine(angle=90, pen=pen, label=plain, labelOpts=told)
        line.label.setFont(font(_FONT_PX))
        self._plot.addItem(line, ignoreBounds=True)
        return line

    def _forget(self) -> None:
        for line in self._lines:
            self._plot.removeItem(line)
        self._lines, self.texts, self.places = [], [], []
