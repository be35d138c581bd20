"""What `marked` and `spread` promise, on maps made up for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from core_values import prediction

from fer_desktop.core import emotions, why
from fer_desktop.core.types import CROP_SIDE, Prediction

HAPPY, SAD, FEAR = (emotions.NAMES.index(name) for name in ("happy", "sad", "fear"))


def with_maps(maps: np.ndarray, label: str = "happy", confidence: float = 0.8) -> Prediction:
    return replace(prediction(label, confidence), maps=maps.astype(np.float32))


def test_the_place_that_spoke_for_an_emotion_is_marked() -> None:
    maps = np.zeros((6, 6, 7))
    maps[4, 2, HAPPY] = 3.0
    maps[1, 1, HAPPY] = 1.5
    marked = why.marked(with_maps(maps), HAPPY)
    assert marked.shape == (6, 6) and marked.dtype == np.float32
    assert marked[4, 2] == 1 and marked[1, 1] == pytest.approx(0.5)
    assert marked.sum() == pytest.approx(1.5)


def test_what_speaks_for_every_emotion_alike_marks_nothing() -> None:
    maps = np.zeros((6, 6, 7))
    maps[0, 0] = 9.0
    maps[5, 3, HAPPY] = 0.1
    marked = why.marked(with_maps(maps), HAPPY)
    assert marked[5, 3] == 1 and marked[0, 0] < 1e-3


def test_rivals_count_by_their_probabilities() -> None:
    probabilities = np.array([0, 0, 0.1, 0.6, 0.3, 0, 0], np.float32)
    maps = np.zeros((6, 6, 7))
    maps[:, :, HAPPY] = 1.0
    maps[0, 0, SAD] = maps[5, 5, FEAR] = 1.0
    one = Prediction(probabilities, np.zeros(7, np.float32), maps.astype(np.float32))
    marked = why.marked(one, HAPPY)
    assert marked[3, 3] == 1
    assert marked[5, 5] == pytest.approx(0.75) and marked[0, 0] == pytest.approx(0.25)


def test_places_that_speak_against_are_clear_and_so_are_all_where_none_speaks_for_it(
    rng: np.random.Generator,
) -> None:
    maps = np.zeros((6, 6, 7))
    maps[:, :, HAPPY] = -rng.random((6, 6))
    assert (why.marked(with_maps(maps), HAPPY) == 0).all()
    maps[2, 2, HAPPY] = 0.01
    marked = why.marked(with_maps(maps), HAPPY)
    assert marked[2, 2] == 1 and (marked > 0).sum() == 1


def test_a_face_that_leaves_no_doubt_has_rivals_all_the_same() -> None:
    certain = np.eye(7, dtype=np.float32)[HAPPY]
    maps = np.ones((6, 6, 7), np.float32)
    maps[3, 1, HAPPY] = 2
    marked = why.marked(Prediction(certain, np.zeros(7, np.float32), maps), HAPPY)
    assert marked[3, 1] == 1 and marked.sum() == pytest.approx(1)


def test_without_maps_it_is_an_error() -> None:
    with pytest.raises(ValueError, match="without maps"):
        why.marked(prediction("happy"), HAPPY)


@pytest.mark.parametrize(("row", "column"), [(0, 0), (2, 3), (4, 1)])
def test_a_place_is_spread_about_the_pixel_it_looked_at(row: int, column: int) -> None:
    """The network halves three times: its place i looks at pixel 8 i + 7."""
    places = np.zeros((6, 6), np.float32)
    places[row, column] = 1
    spread = why.spread(places, CROP_SIDE)
    assert spread.shape == (48, 48)
    assert spread[8 * row + 7, 8 * column + 7] == pytest.approx(1)
    if row and column:
        assert np.unravel_index(spread.argmax(), spread.shape) == (8 * row + 7, 8 * column + 7)
    assert (spread[8 * row + 7 + 17 :] == 0).all()


@pytest.mark.parametrize("count", [3, 6])
@pytest.mark.parametrize("side", [20, 48, 96])
def test_spreading_keeps_within_0_and_1_and_is_smooth(count: int, side: int, rng: np.random.Generator) -> None:
    even = why.spread(np.full((count, count), 0.4, np.float32), side)
    np.testing.assert_allclose(even, 0.4, atol=1e-6)
    spread = why.spread(rng.random((count, count)).astype(np.float32), side)
    assert spread.min() >= 0 and spread.max() <= 1
    # Steeper than a straight line between two places by half at most.
    assert np.abs(np.diff(spread, axis=0)).max() < 1.6 * count / side


def test_maps_are_checked_and_cannot_be_written_to() -> None:
    good = with_maps(np.zeros((6, 6, 7)))
    assert good.maps is not None
    with pytest.raises(ValueError, match="read-only"):
        good.maps[0, 0, 0] = 1
    for bad in (np.zeros((6, 6)), np.zeros((6, 6, 6)), np.zeros((0, 6, 7)), np.zeros((1, 6, 6, 7))):
        with pytest.raises(ValueError, match="shape"):
            with_maps(bad)
    with pytest.raises(ValueError, match="maps are not finite"):
        with_maps(np.full((6, 6, 7), np.nan))
