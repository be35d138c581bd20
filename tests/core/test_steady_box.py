from __future__ import annotations

import math

import numpy as np
import pytest

from fer_desktop.core.steady_box import SteadyBox
from fer_desktop.core.types import Box

SIDE = 150.0
SCATTER = (0.005, 0.009)
"""Of a still face's box, in widths and in the logarithm of its side; see core.steady_box."""


def found(x: float, rng: np.random.Generator) -> Box:
    side = SIDE * math.exp(rng.standard_normal() * SCATTER[1])
    along, across = rng.standard_normal(2) * SCATTER[0] * SIDE
    return Box(x + along - side / 2, 200 + across - side / 2, side, side)


def mean_step(boxes: list[Box]) -> float:
    centres = np.array([(*box.centre, box.width) for box in boxes])
    return float(np.abs(np.diff(centres, axis=0)).mean())


@pytest.mark.parametrize("fps", [15, 30, 60])
def test_a_still_face_trembles_three_times_less(fps: int) -> None:
    rng, steady = np.random.default_rng(0), SteadyBox()
    boxes = [found(300, rng) for _ in range(10 * fps)]
    shown = [steady.update(box, index / fps) for index, box in enumerate(boxes)]
    before, after = mean_step(boxes[fps:]), mean_step(shown[fps:])
    said = f"{fps} fps, a still face of {SIDE:.0f} px: {before:.2f} px a frame as found, {after:.2f} px as shown"
    print(said)
    assert after < before / 3, said


@pytest.mark.parametrize("fps", [15, 30, 60])
@pytest.mark.parametrize("speed", [0.3, 1.0, 3.0])
def test_a_moving_face_is_not_left_behind(fps: int, speed: float) -> None:
    """`speed` in widths a second; from rest, and while it goes on."""
    rng, steady = np.random.default_rng(0), SteadyBox()
    behind = []
    for index in range(3 * fps):
        x = 300 + speed * SIDE * max(0.0, index / fps - 1.0)
        behind.append((x - steady.update(found(x, rng), index / fps).centre[0]) / SIDE)
    lag = abs(float(np.mean(behind[2 * fps :])))
    said = (
        f"{fps} fps, a face of {SIDE:.0f} px at {speed * SIDE:.0f} px/s: {lag * SIDE:.1f} px behind, "
        f"{max(behind) * SIDE:.1f} px when it starts"
    )
    print(said)
    assert max(behind) < 0.07, said
    assert lag < 0.015, said


def test_a_face_that_stops_is_not_overshot() -> None:
    steady = SteadyBox()
    for index in range(60):
        x = 300 + 2 * SIDE * min(index / 30, 1.0)
        shown = steady.update(Box(x - SIDE / 2, 100, SIDE, SIDE), index / 30)
        assert shown.centre[0] < 300 + 2.001 * SIDE


def test_the_size_follows() -> None:
    steady = SteadyBox()
    for index in range(31):
        shown = steady.update(Box(0, 0, 100 + 2 * index, 120 + 2 * index), index / 30)
    assert shown.width == pytest.approx(160, rel=0.03)
    assert shown.height == pytest.approx(180, rel=0.03)


def test_strength() -> None:
    calm, usual, none = SteadyBox(), SteadyBox(), SteadyBox()
    rng = np.random.default_rng(0)
    boxes = [found(300, rng) for _ in range(90)]
    shown = [
        [one.update(box, index / 30, strength) for index, box in enumerate(boxes)]
        for one, strength in ((calm, 2.0), (usual, 1.0), (none, 0.0))
    ]
    assert mean_step(shown[0][30:]) < mean_step(shown[1][30:])
    assert shown[2] == boxes


def test_the_same_moment_twice_changes_nothing() -> None:
    steady = SteadyBox()
    first = steady.update(Box(0, 0, 100, 100), 1.0)
    again = steady.update(Box(50, 0, 100, 100), 1.0)
    assert again.as_list() == first.as_list()
