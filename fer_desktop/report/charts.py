"""Charts as SVG drawings without colours: the classes of their elements have them from report.style."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from fer_desktop.core import emotions
from fer_desktop.report.parts import Drawing
from fer_desktop.report.style import NO_LABEL

LEFT, TOP, RIGHT, BOTTOM = 54, 12, 22, 38
"""Room around the plot for the axes' words, in units of the drawing."""
SPACE: Final = "\u00a0"
MOST_STEPS: Final = 800
"""A lane of a timeline is drawn in no more pieces."""
_STRIPED: Final = "surprise"
"""Its blue is too near that of sad."""


class Plot:
    """From 0 to 1 on both axes to the drawing. `inset`: how far within the frame the ends of x lie."""

    def __init__(self, width: int, height: int, inset: int = 0) -> None:
        self._width, self._height, self._inset = width, height, inset

    def x(self, value: float) -> float:
        return LEFT + self._inset + value * (self._width - LEFT - RIGHT - 2 * self._inset)

    def y(self, value: float) -> float:
        return self._height - BOTTOM - value * (self._height - TOP - BOTTOM)

    def grid(self, ticks: Sequence[str] = ("0 %", "25 %", "50 %", "75 %", "100 %")) -> str:
        """A line for each tick at even distances from 0 to 1, and the axis at 0."""
        lines = []
        for number, label in enumerate(ticks):
            y = self.y(number / (len(ticks) - 1))
            lines.append(
                f'<line class="{"grid" if number else "axis"}" x1="{LEFT}" x2="{self._width - RIGHT}" '
                f'y1="{y:.1f}" y2="{y:.1f}"/>'
                f'<text class="tick" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{escape(label)}</text>'
            )
        return "".join(lines)

    def tick(self, at: float, label: str) -> str:
        """Under the axis of x."""
        y = self._height - BOTTOM + 15
        return f'<text class="tick" x="{self.x(at):.1f}" y="{y}" text-anchor="middle">{escape(label)}</text>'

    def words(self, below: str, beside: str) -> str:
        middle = (LEFT + self._width - RIGHT) / 2
        height = (TOP + self._height - BOTTOM) / 2
        return (
            f'<text class="words" x="{middle:.1f}" y="{self._height - 6}" text-anchor="middle">{escape(below)}</text>'
            f'<text class="words" x="12" y="{height:.1f}" text-anchor="middle" '
            f'transform="rotate(-90 12 {height:.1f})">{escape(beside)}</text>'
        )


def svg(drawing: Drawing) -> str:
    """To stand in an HTML page whose style sheet is report.style's."""
    width, height = drawing.size
    told = escape(drawing.told)
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{told}">{drawing.body}</svg>'


def bars(rows: Sequence[tuple[str, str, float, str]], told: str, width: int = 440) -> Drawing:
    """Lying bars: (what, its class, length 0 to 1 of the longest possible, the figure that stands behind it)."""
    named = max((len(what) for what, *_ in rows), default=0)
    left, right, step = min(16 + 7 * named, 190), 116, 32
    parts = []
    for number, (what, kind, length, figure) in enumerate(rows):
        top = 4 + number * step
        full = width - left - right
        long = max(length, 0.0) * full
        parts.append(
            f'<text x="{left - 8}" y="{top + 15}" text-anchor="end">{escape(what)}</text>'
            f'<rect class="groove" x="{left}" y="{top + 2}" width="{full}" height="16" rx="3"/>'
        )
        if long > 0:
            parts.append(
                f'<rect class="{kind}" x="{left}" y="{top + 2}" width="{max(long, 1):.1f}" height="16" rx="3"/>'
            )
        parts.append(f'<text class="tick" x="{width - right + 8}" y="{top + 15}">{escape(figure)}</text>')
    return Drawing((width, 8 + step * max(len(rows), 1)), "".join(parts), told)


def histogram(counts: Sequence[int], what: str, across: str, told: str) -> Drawing:
    """Standing bars over 0 to 100 %, as many as there are counts."""
    width, height = 440, 240
    plot = Plot(width, height)
    top = _round_up(max(counts, default=0))
    parts = [plot.grid([f"{top * quarter // 4:,}" for quarter in range(5)])]
    wide = 1 / max(len(counts), 1)
    for number, count in enumerate(counts):
        left, right, high = plot.x(number * wide) + 1, plot.x((number + 1) * wide) - 1, plot.y(count / top)
        title = f"{number * wide * 100:.0f} to {(number + 1) * wide * 100:.0f} %: {count:,}"
        if count:
            parts.append(
                f'<rect class="bar" x="{left:.1f}" y="{high:.1f}" width="{right - left:.1f}" '
                f'height="{plot.y(0) - high:.1f}"><title>{escape(title)}</title></rect>'
            )
    parts += [plot.tick(quarter / 4, f"{quarter * 25} %") for quarter in range(5)]
    parts.append(plot.words(across, what))
    return Drawing((width, height), "".join(parts), told)


def _round_up(count: int) -> int:
    """The next larger number that has four round parts."""
    power = 1
    while True:
        for step in (4, 8, 12, 16, 20, 24, 32):
            if step * power >= count:
                return step * power
        power *= 10


@dataclass(frozen=True, slots=True)
class Lane:
    """One face in time: `spans` (from, to, emotion or None) in seconds, in order."""

    name: str
    spans: Sequence[tuple[float, float, str | None]]


def timeline(lanes: Sequence[Lane], until_s: float, ticks: Sequence[tuple[float, str]], told: str) -> Drawing:
    """A lane a face, coloured by emotion over time; hollow where it has no label, empty where it is not there.

    ticks: seconds and their words. Under the lanes stands what each colour means.
    """
    width, right, step, high = 960, 16, 30, 18
    named = max((len(lane.name) for lane in lanes), default=0)
    left = min(20 + 7 * named, 200)
    until_s = max(until_s, 1e-6)
    bottom = 8 + step * len(lanes)

    def x(seconds: float) -> float:
        return left + min(max(seconds / until_s, 0.0), 1.0) * (width - left - right)

    parts = [
        f'<line class="grid" x1="{x(at):.1f}" x2="{x(at):.1f}" y1="4" y2="{bottom}"/>'
        f'<text class="tick" x="{x(at):.1f}" y="{bottom + 15}" text-anchor="middle">{escape(words)}</text>'
        for at, words in ticks
    ]
    shown: set[str] = set()
    for number, lane in enumerate(lanes):
        top = 8 + number * step
        parts.append(f'<text x="{left - 8}" y="{top + 13}" text-anchor="end">{escape(lane.name)}</text>')
        for from_s, to_s, label in _at_most(lane.spans, until_s):
            kind = label or NO_LABEL
            shown.add(kind)
            parts.append(_piece(kind, x(from_s), top, max(x(to_s) - x(from_s), 0.6), high))
    parts.append(f'<line class="axis" x1="{left}" x2="{width - right}" y1="{bottom}" y2="{bottom}"/>')
    at = float(left)
    for kind in (*emotions.NAMES, NO_LABEL):
        if kind in shown:
            words = "no label" if kind == NO_LABEL else kind
            parts.append(_piece(kind, at, bottom + 28, 12, 12))
            parts.append(f'<text class="tick" x="{at + 17:.1f}" y="{bottom + 38}">{words}</text>')
            at += 34 + 7 * len(words)
    return Drawing((width, bottom + 48), "".join(parts), told)


def _piece(kind: str, left: float, top: float, width: float, height: float) -> str:
    if kind == NO_LABEL and width > 2:  # its line lies within it
        left, top, width, height = left + 0.5, top + 0.5, width - 1, height - 1
    piece = f'<rect class="{kind}" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"/>'
    if kind == _STRIPED and width > 4:
        strokes = "".join(f"M{left + 3 + 5 * n:.1f} {top}v{height}" for n in range(int((width - 3) // 5) + 1))
        piece += f'<path class="stripes" d="{strokes}"/>'
    return piece


def _at_most(spans: Sequence[tuple[float, float, str | None]], until_s: float) -> list[tuple[float, float, str | None]]:
    """The spans; where there are too many to be seen, what lasted longest in each of MOST_STEPS steps."""
    if len(spans) <= MOST_STEPS:
        return list(spans)
    step_s = until_s / MOST_STEPS
    lasted: list[dict[str | None, float]] = [{} for _ in range(MOST_STEPS)]
    for from_s, to_s, label in spans:
        first = min(int(from_s / step_s), MOST_STEPS - 1)
        last = min(int(to_s / step_s), MOST_STEPS - 1)
        for step in range(first, last + 1):
            seconds = min(to_s, (step + 1) * step_s) - max(from_s, step * step_s)
            lasted[step][label] = lasted[step].get(label, 0.0) + seconds
    merged: list[tuple[float, float, str | None]] = []
    for step, seconds_of in enumerate(lasted):
        if not seconds_of:
            continue
        label = max(seconds_of, key=lambda name: seconds_of[name])
        if merged and merged[-1][1] == step * step_s and merged[-1][2] == label:
            merged[-1] = (merged[-1][0], (step + 1) * step_s, label)
        else:
            merged.append((step * step_s, (step + 1) * step_s, label))
    return merged
