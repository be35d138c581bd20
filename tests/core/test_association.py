from __future__ import annotations

import itertools
import math

import numpy as np
from core_values import face

from fer_desktop.core.association import REACH_MAX, UNMATCHED, assign, cheapest, mark_crowded
from fer_desktop.core.path import Path
from fer_desktop.core.types import Face

SIDE = 100.0


def paths(places: list[float], unseen_s: float = 1 / 30, speed: float = 0.0) -> list[Path]:
    """Faces side by side, in widths from the left, that were seen for a second and then not for `unseen_s`."""
    made = []
    for place in places:
        one = Path(face(place * SIDE - speed * SIDE, 0, SIDE).box, 0.0)
        for index in range(1, 31):
            one.foresee(index / 30)
            one.see(face((place + speed * (index / 30 - 1)) * SIDE, 0, SIDE).box, 0.9)
        one.foresee(1.0 + unseen_s)
        one.proven = True
        made.append(one)
    mark_crowded(made)
    return made


def at(*places: float, side: float = SIDE) -> list[Face]:
    return [face(place * SIDE, 0, side) for place in places]


def test_the_cheapest_assignment_is_the_cheapest() -> None:
    rng = np.random.default_rng(0)
    for _ in range(300):
        rows, columns = (int(n) for n in rng.integers(1, 5, 2))
        costs = np.where(rng.random((rows, columns)) < 0.2, math.inf, rng.uniform(0, 10, (rows, columns)))
        answer = cheapest(costs.tolist(), 4.0)
        taken = [column for column in answer if column is not None]
        assert len(set(taken)) == len(taken)

        def total(columns_of: tuple[int | None, ...], costs: np.ndarray = costs) -> float:
            return sum(4.0 if column is None else costs[row, column] for row, column in enumerate(columns_of))

        every = itertools.product([None, *range(columns)], repeat=rows)
        possible = [one for one in every if len({c for c in one if c is not None}) == sum(c is not None for c in one)]
        assert math.isclose(total(tuple(answer)), min(total(one) for one in possible))


def test_nothing_to_assign() -> None:
    assert assign([], at(1)) == []
    assert assign(paths([0.0, 2.0]), []) == [None, None]
    assert cheapest([], UNMATCHED) == []


def test_a_camera_that_jerks_moves_everybody_along() -> None:
    assert assign(paths([0.0, 1.0, 2.0]), at(0.6, 1.6, 2.6)) == [0, 1, 2]


def test_a_newcomer_does_not_push_names_along() -> None:
    """Who left stands a face's width to the left; who stays, in the middle; a newcomer, to the right."""
    (left,), (stays,) = paths([-1.2], unseen_s=1.0), paths([0.0], unseen_s=1.0)
    stays.see(face(0, 0, SIDE).box, 0.9)
    stays.foresee(2.0 + 1 / 30)
    left.foresee(2.0 + 1 / 30)
    mark_crowded([left, stays])
    assert assign([left, stays], at(0.0, 0.68)) == [None, 0]


def test_a_face_is_expected_where_its_speed_takes_it() -> None:
    one, other = paths([0.0], unseen_s=0.5, speed=2.0)[0], paths([1.6], unseen_s=0.5, speed=-2.0)[0]
    assert assign([one, other], at(0.7, 0.95)) == [1, 0]


def test_out_of_reach_is_somebody_else() -> None:
    assert assign(paths([0.0], unseen_s=1.9), at(REACH_MAX + 0.1)) == [None]
    assert assign(paths([0.0], unseen_s=1.9), at(REACH_MAX - 0.1)) == [0]
    assert assign(paths([0.0]), at(0.0, side=2.2 * SIDE)) == [None], "a face does not double its size at once"


def test_who_was_away_is_known_again_beside_somebody_who_stayed() -> None:
    (away,), (stays,) = paths([0.0], unseen_s=1.9), paths([4.0])
    faces = [*at(1.2, side=1.4 * SIDE), *at(4.0)]
    assert assign([away, stays], faces) == [0, 1]


def test_a_face_that_was_shown_comes_before_one_that_was_not() -> None:
    shown, new = paths([0.0], unseen_s=0.2)[0], paths([0.0], unseen_s=0.2)[0]
    new.proven = False
    assert assign([new, shown], at(0.05)) == [None, 0]
