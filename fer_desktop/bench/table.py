"""The figures for people: plain text, aligned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from fer_desktop.bench import PARTS
from fer_desktop.bench.comparison import MARKS, Change
from fer_desktop.bench.figures import Figure

_GAP: Final = "  "


def table(environment: Mapping[str, Any], figures: Sequence[Figure], changes: Mapping[str, Change]) -> str:
    """Lines without a newline at the end. changes: by key, empty where there is nothing to compare with; what their
    marks mean is said under them."""
    head = ["", "median", "", "values from – to"] + (["before", "ratio", ""] if changes else [])
    rows: list[list[str]] = [head]
    for part, group in groupby(figures, key=lambda figure: figure.key.partition(".")[0]):
        rows += [[], [PARTS.get(part, part)]]
        for figure in group:
            rows.append(_row(figure) + (_changed(figure, changes) if changes else []))
    cells = [row for row in rows if len(row) > 1]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    explained = ["", MARKS] if changes else []
    return "\n".join([about(environment), "", *(_line(row, widths) for row in rows), *explained])


def about(environment: Mapping[str, Any]) -> str:
    versions = [f"{name} {version or 'missing'}" for name, version in environment["versions"].items()]
    return "\n".join(
        [
            f"{environment['cpu']}, {environment['cores']} cores, {environment['memory_gb']:g} GB",
            environment["system"],
            f"FER Desktop {environment['program']}, model {environment['model']}, Python {environment['python']}",
            ", ".join(versions),
            f"before the run {environment['busy_percent']:.0f} % busy, load {environment['load'][0]:g}",
        ]
    )


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    if len(row) < 2:
        return "".join(row)
    # Names and units to the left, numbers to the right.
    left = (0, 2, 6)
    cells = [
        cell.ljust(width) if at in left else cell.rjust(width)
        for at, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return _GAP.join(cells).rstrip()


def _row(figure: Figure) -> list[str]:
    spread = "once" if len(figure.values) == 1 else f"{_number(min(figure.values))} – {_number(max(figure.values))}"
    return [f"  {figure.what}", _number(figure.median), figure.unit, spread]


def _changed(figure: Figure, changes: Mapping[str, Change]) -> list[str]:
    one = changes.get(figure.key)
    if one is None:
        return ["–", "", "new"]
    ratio = "" if one.ratio is None else f"{one.ratio:.2f}"
    return [_number(one.before.median), ratio, one.verdict]


def _number(value: float) -> str:
    """Three digits, more where they stand before the point."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
