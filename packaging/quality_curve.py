"""Draws accuracy against the share of faces labelled, as SVG: what packaging/measure_quality.py measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 760, 460
LEFT, RIGHT, TOP, BOTTOM = 64, 140, 24, 56
LOWEST, HIGHEST = 0.5, 1.0
COLOURS: Final = ("#000000", "#7A7A7A", "#0072B2", "#B8A300", "#CC79A7", "#009E73", "#D55E00", "#56B4E9")
LABEL_STEP: Final = 15
"""Least distance between two names at the curves' ends, in pixels."""


def draw(curves: Sequence[tuple[str, Sequence[float], Sequence[float]]]) -> str:
    """An SVG of (name, shares labelled, accuracies) a curve; shares fall from 1, the first curve is the thick one."""
    most = max(share for _, shares, _ in curves for share in shares)
    least = min(share for _, shares, _ in curves for share in shares)

    def x(share: float) -> float:
        return LEFT + (most - share) / (most - least) * (WIDTH - LEFT - RIGHT)

    def y(accuracy: float) -> float:
        return TOP + (HIGHEST - accuracy) / (HIGHEST - LOWEST) * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"',
        'font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#FFFFFF"/>',
    ]
    for tenth in range(5, 11):
        at = y(tenth / 10)
        parts.append(f'<line x1="{LEFT}" y1="{at:.1f}" x2="{WIDTH - RIGHT}" y2="{at:.1f}" stroke="#E4E4E4"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end" fill="#444444">{tenth * 10} %</text>')
    for tenth in range(round(least * 10), 11):
        at = x(tenth / 10)
        parts.append(
            f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle" fill="#444444">{tenth * 10} %</text>'
        )
    parts.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle" fill="#222222">'
        "share of faces labelled, the worst by quality left out</text>"
    )
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts.append(
        f'<text x="16" y="{middle}" text-anchor="middle" fill="#222222" transform="rotate(-90 16 {middle})">'
        "right, of the labelled</text>"
    )
    ends: list[float] = []
    order = sorted(range(len(curves)), key=lambda number: -curves[number][2][-1])
    for number in order:
        name, shares, accuracies = curves[number]
        colour = COLOURS[number % len(COLOURS)]
        points = " ".join(f"{x(share):.1f},{y(one):.1f}" for share, one in zip(shares, accuracies, strict=True))
        width = 3 if number == 0 else 1.6
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"/>')
        at = max(y(accuracies[-1]), ends[-1] + LABEL_STEP if ends else 0.0)
        ends.append(at)
        parts.append(f'<text x="{WIDTH - RIGHT + 8}" y="{at + 4:.1f}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
