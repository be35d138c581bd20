"""Charts of an evaluation as SVG to stand in an HTML page, whose style sheet colours them by class."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from fer_desktop.report.charts import Plot, svg
from fer_desktop.report.parts import Drawing
from fer_desktop.training.evaluate import CalibrationBin


def curves(
    labels: Sequence[str],
    positions: Sequence[float],
    accuracy: Sequence[float],
    confidence: Sequence[float],
    axis: str,
    description: str,
) -> str:
    """Accuracy as a line with its values in percent, confidence as a dashed one; both 0 to 1.

    positions: where each step stands, 0 at the left end, 1 at the right. description: for those who cannot see it.
    """
    width, height = 440, 220
    plot = Plot(width, height, inset=14)
    parts = [plot.grid(), plot.words(axis, "")]
    parts += [plot.tick(at, label) for at, label in zip(positions, labels, strict=True)]
    for name, values in (("confidence", confidence), ("accuracy", accuracy)):
        points = " ".join(f"{plot.x(at):.1f},{plot.y(value):.1f}" for at, value in zip(positions, values, strict=True))
        parts.append(f'<polyline class="{name}" points="{points}"/>')
    for at, value, other in zip(positions, accuracy, confidence, strict=True):
        x, y = plot.x(at), plot.y(value)
        # On the side of the dot where the other line is not.
        beside = y + 17 if other >= value and value > 0.1 else y - 9
        parts.append(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>')
        parts.append(f'<text class="value" x="{x:.1f}" y="{beside:.1f}" text-anchor="middle">{value * 100:.0f}</text>')
    return svg(Drawing((width, height), "".join(parts), description))


def reliability(bins: Sequence[CalibrationBin], description: str) -> str:
    """For each bin of confidence how often it was right, the diagonal where that should be, and its number of faces."""
    width, height, strip = 420, 360, 64
    plot = Plot(width, height)
    faces = sum(one.n for one in bins)
    largest = max(one.n for one in bins)
    parts = [plot.grid()]
    for one in bins:
        if not one.n:
            continue
        left, wide = plot.x(one.low) + 1, plot.x(one.high) - plot.x(one.low) - 2
        told = escape(
            f"confidence {one.low * 100:.0f} to {one.high * 100:.0f} %: right in {one.accuracy * 100:.0f} % "
            f"of {one.n} faces"
        )
        top = plot.y(one.accuracy)
        parts.append(
            f'<rect class="bar" x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{plot.y(0) - top:.1f}">'
            f"<title>{told}</title></rect>"
        )
        parts.append(
            f'<line class="gap" x1="{plot.x(one.confidence):.1f}" x2="{plot.x(one.confidence):.1f}" '
            f'y1="{plot.y(one.confidence):.1f}" y2="{top:.1f}"/>'
        )
        tall = (strip - 16) * one.n / largest
        parts.append(
            f'<rect class="count" x="{left:.1f}" y="{height + strip - tall:.1f}" width="{wide:.1f}" '
            f'height="{tall:.1f}"><title>{told}</title></rect>'
        )
    parts.append(
        f'<line class="ideal" x1="{plot.x(0)}" y1="{plot.y(0)}" x2="{plot.x(1)}" y2="{plot.y(1)}"/>'
        f'<line class="axis" x1="{plot.x(0)}" x2="{plot.x(1)}" y1="{height + strip}" y2="{height + strip}"/>'
    )
    parts += [plot.tick(quarter / 4, f"{quarter * 25} %") for quarter in range(5)]
    parts.append(plot.words("confidence", "right"))
    parts.append(
        f'<text class="tick" x="{plot.x(0) + 2:.1f}" y="{height + 12}">'
        f"readings; the tallest bar: {largest:,} of {faces:,}</text>"
    )
    return svg(Drawing((width, height + strip + 4), "".join(parts), description))


def even(values: Sequence[float], logarithmic: bool = False) -> list[float]:
    """Positions, 0 to 1, of two or more different values from the first one on the left to the last on the right."""
    scaled = [math.log(value) if logarithmic else value for value in values]
    return [(value - scaled[0]) / (scaled[-1] - scaled[0]) for value in scaled]
