from __future__ import annotations

import numpy as np
import pytest

from fer_desktop.core.smoothing import TIME_CONSTANT_S, Smoother

BEFORE = np.array([1, 0, 0, 0, 0, 0, 0], np.float32)
AFTER = np.array([0, 0, 0, 1, 0, 0, 0], np.float32)


@pytest.mark.parametrize("fps", [10, 30, 60])
def test_a_change_takes_the_same_time_at_any_rate(fps: int) -> None:
    smoother = Smoother()
    smoother.update(BEFORE, 0.0)
    steps = round(TIME_CONSTANT_S * fps)
    for step in range(1, steps + 1):
        shown = smoother.update(AFTER, step / fps)
    assert shown[3] == pytest.approx(1 - np.exp(-1), abs=0.01)
    assert shown.sum() == pytest.approx(1, abs=1e-5)


def test_the_first_value_is_shown_as_it_is() -> None:
    np.testing.assert_array_equal(Smoother().update(AFTER, 5.0), AFTER)


def test_what_is_given_out_does_not_change_later() -> None:
    smoother = Smoother()
    first = smoother.update(BEFORE, 0.0)
    kept = first.copy()
    smoother.update(AFTER, 1.0)
    np.testing.assert_array_equal(first, kept)
