"""Times and pixels."""

from __future__ import annotations

import numpy as np
import pytest

from fer_desktop.gui.recordings.scale import CLOSEST_S, TICK_PX, Scale, axis_time


def test_there_and_back(rng: np.random.Generator) -> None:
    for _ in range(200):
        whole_s, width = float(rng.uniform(1, 7200)), float(rng.uniform(50, 3000))
        scale = Scale.whole(width, whole_s).zoomed(float(rng.uniform(1, 500)), float(rng.uniform(0, width)))
        at_s = float(rng.uniform(scale.from_s, scale.to_s))
        assert scale.time(scale.x(at_s)) == pytest.approx(at_s, abs=1e-6)
        assert scale.from_s >= 0
        assert scale.to_s <= whole_s + 1e-6


def test_zooming_keeps_the_time_under_the_pointer() -> None:
    scale = Scale.whole(800, 100)
    closer = scale.zoomed(4, 200)
    assert closer.span_s == pytest.approx(25)
    assert closer.time(200) == pytest.approx(scale.time(200))
    assert closer.zoomed(0.25, 200) == scale
    assert scale.zoomed(1e9, 400).span_s == pytest.approx(CLOSEST_S)
    assert closer.zoomed(1e-9, 10).is_whole


def test_outside_is_the_nearest_end() -> None:
    scale = Scale.whole(800, 100)
    assert (scale.time(-50), scale.time(10_000)) == (0, 100)


def test_a_playhead_out_of_sight_turns_the_page() -> None:
    scale = Scale.whole(800, 100).zoomed(10, 0)
    assert scale.showing(5) is scale
    turned = scale.showing(50)
    assert turned.from_s < 50 < turned.to_s
    assert turned.span_s == scale.span_s


def test_the_whole_stays_the_whole_when_more_is_known() -> None:
    assert Scale.whole(800, 10).fitted(900, 20) == Scale.whole(900, 20)
    closer = Scale.whole(800, 10).zoomed(5, 400)
    assert closer.fitted(800, 20).span_s == closer.span_s


@pytest.mark.parametrize("whole_s", [0.5, 7, 95, 3600, 40_000, 500_000])
@pytest.mark.parametrize("width", [300, 900, 2400])
def test_ticks_are_apart_and_in_sight(whole_s: float, width: float) -> None:
    scale = Scale.whole(width, whole_s)
    for zoomed in (scale, scale.zoomed(7, width / 3)):
        step_s, ticks = zoomed.ticks()
        assert ticks == sorted(ticks)
        assert all(zoomed.from_s - 1e-6 <= at_s <= zoomed.to_s + 1e-6 for at_s in ticks)
        assert step_s * width / zoomed.span_s >= TICK_PX - 1e-6


def test_times_on_the_axis() -> None:
    assert [axis_time(at_s, 5) for at_s in (0, 65, 3725)] == ["0:00", "1:05", "1:02:05"]
    assert axis_time(2.5, 0.5) == "0:02.5"
