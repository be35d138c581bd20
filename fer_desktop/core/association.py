"""Which found face is which known one: by where each is expected, how large it is, and how sure that is.

Nothing of what a face looks like enters: nobody is identified.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from fer_desktop.core.path import CROWDED_WITHIN, Path
from fer_desktop.core.types import Face

REACH: Final = 0.7
"""A face seen a moment ago is looked for within so many widths of where it is expected: as far as boxes that share a
fifth of their area."""
REACH_DEVIATIONS: Final = 2.0
"""… and so many standard deviations of that expectation, which grow while it is not seen,"""
REACH_MAX: Final = 1.5
"""up to this in all: far enough to come out behind another face, too near for somebody who comes in elsewhere."""
SIZE_REACH: Final = 0.6
"""Natural logarithm of how much larger or smaller it may be: 1.8 times."""
SIZE_DEVIATION: Final = 0.1
"""Standard deviation of that logarithm between sightings; the detector's own scatter is 0.01 to 0.03."""
TAIL: Final = 1.5
"""Of the t distribution with one degree of freedom, in two dimensions."""
UNMATCHED: Final = 12.0
"""What it costs to take a known face for gone: more than nearly any match within reach, less than two bad ones, so that
a newcomer beside a face does not push everybody's name one place along."""
CROWDED_SIZE_REACH: Final = 1.0
CROWDED_SIZE_DEVIATION: Final = 0.3
"""The same among faces that cover one another: what is found there has any size."""
UNPROVEN: Final = 3.0
"""What it costs to take a face for one that was never shown rather than for one that was."""


def assign(paths: Sequence[Path], faces: Sequence[Face]) -> list[int | None]:
    """For each path, foreseen to the time of the faces, the index of its face; the assignment that costs least in all.

    The cost of a pair is that of a t distribution: a leap is unlikely, but not much more so if it is a little longer.
    """
    if not paths or not faces:
        return [None] * len(paths)
    costs = _costs(paths, faces)
    best = costs.argmin(axis=1)
    chosen = [index if costs[number, index] < UNMATCHED else None for number, index in enumerate(best.tolist())]
    wanted = [index for index in chosen if index is not None]
    if len(set(wanted)) == len(wanted):
        return chosen
    return cheapest(costs.tolist(), UNMATCHED)


def _costs(paths: Sequence[Path], faces: Sequence[Face]) -> np.ndarray:
    """float64[paths, faces]; infinite where out of reach."""
    known = np.array(
        [(one.x, one.y, *one.seen_at, one.log_side, one.variance, 0.0 if one.proven else UNPROVEN) for one in paths]
    )
    found = np.array([(*face.box.centre, math.log(face.box.area) / 2) for face in faces])
    expected, last_seen = known[:, None, 0:2], known[:, None, 2:4]
    # Beyond its reach a face is not looked for, however uncertain it is where it went.
    variance = np.minimum(known[:, 5:6], (REACH_MAX / REACH_DEVIATIONS) ** 2)
    growth = found[:, 2] - known[:, 4:5]
    crowded = np.array([[one.crowded] for one in paths])
    size_deviation = np.where(crowded, CROWDED_SIZE_DEVIATION, SIZE_DEVIATION)
    size_reach = np.where(crowded, CROWDED_SIZE_REACH, SIZE_REACH)
    width = np.exp(known[:, 4:5] + growth / 2)
    off = found[None, :, :2] - expected
    surprise = (off * off).sum(axis=2) / (width * width * variance) + (growth / size_deviation) ** 2
    costs = TAIL * np.log1p(surprise) + np.log(variance / variance.min()) + known[:, 6:7]
    # Within reach of any place between where it was seen and where it would be by now: people stop behind others, and
    # come back in where they went out.
    way = expected - last_seen
    part = ((found[None, :, :2] - last_seen) * way).sum(axis=2) / np.maximum((way * way).sum(axis=2), 1e-9)
    gap = off + way * (1 - np.clip(part, 0.0, 1.0))[:, :, None]
    reach = np.minimum(REACH + REACH_DEVIATIONS * np.sqrt(variance), REACH_MAX) * width
    out_of_reach = ((gap * gap).sum(axis=2) > reach * reach) | (np.abs(growth) > size_reach)
    return np.where(out_of_reach, np.inf, costs)


def mark_crowded(paths: Sequence[Path]) -> None:
    """Set `crowded` of all by where they are expected."""
    if len(paths) < 2:
        for one in paths:
            one.crowded = False
        return
    places = np.array([(one.x, one.y, math.exp(one.log_side)) for one in paths])
    x, y, width = places.T
    near = CROWDED_WITHIN / 2 * (width[:, None] + width)
    close = (np.abs(x[:, None] - x) < near) & (np.abs(y[:, None] - y) < near)
    for one, others in zip(paths, close.sum(axis=1).tolist(), strict=True):
        one.crowded = others > 1


def cheapest(costs: Sequence[Sequence[float]], unmatched: float) -> list[int | None]:
    """For each row a column of its own, or None for `unmatched`, so that the sum is least. Infinite: never.

    Shortest augmenting paths (Jonker and Volgenant, "A shortest augmenting path algorithm", 1987).
    """
    rows, columns = len(costs), len(costs[0]) if costs else 0
    # Every row has one more column, its own, for going unmatched.
    wide = [
        [*row, *(unmatched if other == number else math.inf for other in range(rows))]
        for number, row in enumerate(costs)
    ]
    total = columns + rows
    row_price, column_price = [0.0] * rows, [0.0] * total
    owner: list[int] = [-1] * total
    for start in range(rows):
        distance, before, done = [math.inf] * total, [-1] * total, [False] * total
        row, column, least = start, -1, 0.0
        while True:
            nearest, nearest_column = math.inf, -1
            price, line = row_price[row], wide[row]
            for other in range(total):
                if done[other]:
                    continue
                through = least + line[other] - price - column_price[other]
                if through < distance[other]:
                    distance[other], before[other] = through, column
                if distance[other] < nearest:
                    nearest, nearest_column = distance[other], other
            least, column = nearest, nearest_column
            if owner[column] < 0:
                break
            done[column] = True
            row = owner[column]
        row_price[start] += least
        for other in range(total):
            if done[other]:
                row_price[owner[other]] += least - distance[other]
                column_price[other] -= least - distance[other]
        while column >= 0:
            previous = before[column]
            owner[column] = owner[previous] if previous >= 0 else start
            column = previous
    answer: list[int | None] = [None] * rows
    for column in range(columns):
        if owner[column] >= 0:
            answer[owner[column]] = column
    return answer
