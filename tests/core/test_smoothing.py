from __future__ import annotations

import numpy as np
import pytest

from fer_desktop.core.smoothing import LONGEST_STEP_S, TIME_CONSTANT_S, Smoother

BEFORE = np.array([1, 0, 0, 0, 0, 0, 0], np.float32)
AFTER = np.array([0, 0, 0, 1, 0, 0, 0], np.float32)


@pytest.mark.parametrize("fps", [10, 30, 60])
def test_a_change_takes_the_same_time_at_any_rate(fps: int) -> None:
    smoother = Smoother()
    smoother.update(BEFORE, 0.0)
    for step in range(1, fps + 1):
        shown = smoother.update(AFTER, step / fps)
        assert shown[3] == pytest.approx(1 - np.exp(-step / fps / TIME_CONSTANT_S), abs=1e-4)
        assert shown.sum() == pytest.approx(1, abs=1e-5)


def test_a_reading_that_jumps_about_is_shown_alike_at_15_and_60_fps() -> None:
    """A look at 15 a second stands for the four at 60 from then on: at the end of them the bars are the same."""
    rng = np.random.default_rng(0)
    every = np.repeat(rng.dirichlet(np.ones(7), 60).astype(np.float32), 16, axis=0)
    often, seldom = Smoother(), Smoother()
    sixty = np.array([often.update(read, (step + 1) / 60) for step, read in enumerate(every)])
    fifteen = np.array([seldom.update(read, (step + 1) * 4 / 60) for step, read in enumerate(every[::4])])
    apart = 100 * float(np.abs(fifteen - sixty[3::4]).max())
    print(f"15 against 60 fps: the bars differ by {apart:.4f} points at most, while they move by 90")
    assert apart < 0.01


def test_the_strength_stretches_the_time_and_none_is_none() -> None:
    once, twice, none = Smoother(), Smoother(), Smoother()
    for smoother in (once, twice, none):
        smoother.update(BEFORE, 0.0)
    np.testing.assert_allclose(once.update(AFTER, 0.05), twice.update(AFTER, 0.1, strength=2.0), atol=1e-6)
    np.testing.assert_array_equal(none.update(AFTER, 0.1, strength=0.0), AFTER)


@pytest.mark.parametrize("gap_s", [0.2, 1.9, 3600.0])
def test_one_reading_after_a_gap_does_not_stand_for_all_of_it(gap_s: float) -> None:
    """Nobody knows what the face showed meanwhile."""
    smoother = Smoother()
    smoother.update(BEFORE, 0.0)
    assert smoother.update(AFTER, gap_s)[3] == pytest.approx(1 - np.exp(-LONGEST_STEP_S / TIME_CONSTANT_S), abs=1e-4)
    for step in range(1, 31):
        shown = smoother.update(AFTER, gap_s + step / 30)
    assert shown[3] > 0.99, "what comes after it is followed as ever"


def test_the_first_value_is_shown_as_it_is() -> None:
    np.testing.assert_array_equal(Smoother().update(AFTER, 5.0), AFTER)


def test_what_is_given_out_does_not_change_later() -> None:
    smoother = Smoother()
    first = smoother.update(BEFORE, 0.0)
    kept = first.copy()
    smoother.update(AFTER, 1.0)
    np.testing.assert_array_equal(first, kept)
