from __future__ import annotations

import heapq
import random
from dataclasses import dataclass, field

import numpy as np
import pytest

from fer_desktop.core.types import Frame
from fer_desktop.live.pairing import FramePairing, View
from tests.live.fakes import analysis, frame


def filled(count: int, fps: float = 30.0) -> tuple[FramePairing, list[Frame]]:
    """Pairing that analyses, with `count` frames waiting; sequence and index agree."""
    pairing = FramePairing()
    pairing.start_analysing()
    frames = [frame(index, 100 + index / fps) for index in range(count)]
    for index, one in enumerate(frames):
        pairing.captured(index, one)
    return pairing, frames


def test_while_nothing_analyses_every_frame_is_shown_bare() -> None:
    pairing = FramePairing()
    for index in range(3):
        pairing.captured(index, frame(index))
        view = pairing.next()
        assert view is not None and view.frame.index == index and view.analysis is None
        assert pairing.next() is None


def test_a_frame_waits_for_its_own_analysis() -> None:
    pairing, frames = filled(2)
    assert pairing.next() is None
    own = analysis(frames[0])
    pairing.analysed(0, own)
    view = pairing.next()
    assert view is not None and view.frame is frames[0] and view.analysis is own
    assert view.analysis_age_s == 0
    assert pairing.next() is None


def test_a_frame_passed_over_is_shown_in_its_turn_with_the_analysis_before_it() -> None:
    pairing, frames = filled(3)
    pairing.passed_over(1)
    assert pairing.next() is None, "frame 0 is still to come"
    first, third = analysis(frames[0]), analysis(frames[2])
    pairing.analysed(0, first)
    pairing.analysed(2, third)
    views = [pairing.next() for _ in range(3)]
    assert [(view.frame.index, view.analysis) for view in views if view] == [(0, first), (1, first), (2, third)]


def test_no_frame_waits_longer_than_the_hold() -> None:
    pairing, frames = filled(4)
    assert pairing.next() is None, "100 ms behind the newest is still within the hold"
    pairing.captured(4, frame(4, frames[0].captured_at + 0.134))
    view = pairing.next()
    assert view is not None and view.analysis is None and view.frame.index >= 2
    # From here on the picture runs freely, with the newest analysis there is.
    late = analysis(frames[0])
    pairing.analysed(0, late)
    view = pairing.next()
    assert view is not None and view.analysis is late
    while pairing.next():
        pass
    pairing.captured(5, frame(5, 100.167))
    view = pairing.next()
    assert view is not None and view.frame.index == 5 and view.analysis is late
    # An analysis close to the newest frame ends that.
    pairing.captured(6, caught_up := frame(6, 100.2))
    assert pairing.next() is not None
    pairing.analysed(6, analysis(caught_up))
    pairing.captured(7, frame(7, 100.233))
    assert pairing.next() is None


def test_a_window_that_asks_rarely_skips_to_the_newest_three() -> None:
    pairing, frames = filled(6)
    for index, one in enumerate(frames):
        pairing.analysed(index, analysis(one))
    shown = []
    while view := pairing.next():
        shown.append(view.frame.index)
        assert view.analysis is not None and view.analysis.frame_index == view.frame.index
    assert shown == [3, 4, 5]


def test_a_restart_forgets_the_old_source_and_what_is_still_to_come_of_it() -> None:
    pairing, frames = filled(2)
    pairing.analysed(0, analysis(frames[0]))
    pairing.restart(first_sequence=2)
    assert pairing.next() is None
    pairing.captured(2, frame(0, 101.0, "other"))
    pairing.analysed(1, analysis(frames[1]))
    pairing.passed_over(2)
    view = pairing.next()
    assert view is not None and view.frame.source == "other" and view.analysis is None


def test_without_an_analysis_to_come_nothing_old_is_shown() -> None:
    pairing, frames = filled(2)
    pairing.analysed(0, analysis(frames[0]))
    assert pairing.next() is not None
    pairing.stop_analysing()
    view = pairing.next()
    assert view is not None and view.frame.index == 1 and view.analysis is None


def test_few_frames_are_kept_and_fewer_of_large_ones() -> None:
    pairing = FramePairing()
    pairing.start_analysing()
    for index in range(100):
        pairing.captured(index, frame(index, index * 1e-3))
    assert len(pairing) == 8
    large = np.zeros((2160, 3840, 3), np.uint8)
    for index in range(100, 110):
        pairing.captured(index, Frame(large, index, index * 1e-3, "4K"))
    assert len(pairing) == 3


@dataclass
class Run:
    """A simulated run in its own time: what was captured, shown, and when."""

    captured: int = 0
    views: list[tuple[float, View]] = field(default_factory=list)
    most_held: int = 0


def simulate(fps: float, analysis_s: float, poll_s: float, jitter: float, seed: int, seconds: float = 20.0) -> Run:
    """Camera, one busy analysis with a slot of one before it, and a polling window; all shaken by `jitter` (0 to 1)."""
    chance = random.Random(seed)
    pairing, run = FramePairing(), Run()
    pairing.start_analysing()
    in_slot: Frame | None = None
    at_work: Frame | None = None
    moments: list[tuple[float, str]] = [(0.0, "poll")]
    moments += [(0.001 + index / fps, "capture") for index in range(int(seconds * fps))]
    heapq.heapify(moments)

    def shaken(duration: float) -> float:
        return duration * (1 + jitter * chance.uniform(-1, 1))

    while moments:
        now, what = heapq.heappop(moments)
        if what == "capture":
            taken = frame(run.captured, now)
            run.captured += 1
            pairing.captured(taken.index, taken)
            if in_slot is not None:
                pairing.passed_over(in_slot.index)
            in_slot = taken
        elif what == "analysed":
            assert at_work is not None
            pairing.analysed(at_work.index, analysis(at_work))
            at_work = None
        else:
            if view := pairing.next():
                run.views.append((now, view))
            if now < seconds + 1:
                heapq.heappush(moments, (now + shaken(poll_s), "poll"))
        if at_work is None and in_slot is not None:
            at_work, in_slot = in_slot, None
            heapq.heappush(moments, (now + shaken(analysis_s), "analysed"))
        run.most_held = max(run.most_held, len(pairing))
    return run


@pytest.mark.parametrize("part", range(12))
def test_whatever_the_schedule_frames_are_shown_in_order_once_and_never_with_a_later_analysis(
    part: int, rng: np.random.Generator
) -> None:
    seed = int(rng.integers(2**32))
    chance = random.Random(seed)
    run = simulate(
        fps=chance.choice([10, 24, 30, 60, 120]),
        analysis_s=chance.uniform(0.005, 0.3),
        poll_s=chance.choice([0.004, 0.008, 0.016, 0.05, 0.2]),
        jitter=0.9,
        seed=seed,
        seconds=8,
    )
    indices = [view.frame.index for _, view in run.views]
    assert indices == sorted(set(indices)) and indices
    read_from = [view.analysis.frame_index for _, view in run.views if view.analysis is not None]
    assert read_from == sorted(read_from)
    for _, view in run.views:
        assert view.analysis is None or view.analysis.frame_index <= view.frame.index
    assert run.most_held <= 8


@pytest.mark.parametrize("analysis_ms", [10, 15, 20, 28])
def test_at_30_fps_an_analysis_that_keeps_up_loses_no_frame_and_belongs_to_it(
    analysis_ms: int, rng: np.random.Generator
) -> None:
    run = simulate(fps=30, analysis_s=analysis_ms / 1000, poll_s=1 / 120, jitter=0.5, seed=int(rng.integers(2**32)))
    assert len(run.views) >= 0.99 * run.captured
    later = [view for _, view in run.views if view.frame.index > 5]
    ages = [view.frame.index - view.analysis.frame_index for view in later if view.analysis is not None]
    assert len(ages) == len(later) and max(ages) <= 2
    assert ages.count(0) >= 0.8 * len(ages)
    waits_ms = sorted((at - view.frame.captured_at) * 1000 for at, view in run.views)
    assert waits_ms[int(0.95 * len(waits_ms))] <= analysis_ms * 1.5 + 2 * 1000 / 120 + 10


@pytest.mark.parametrize(("fps", "analysis_ms"), [(60, 40), (30, 70), (30, 200), (30, 1500)])
def test_a_slow_analysis_lowers_the_rate_of_readings_not_of_pictures(
    fps: int, analysis_ms: int, rng: np.random.Generator
) -> None:
    run = simulate(fps=fps, analysis_s=analysis_ms / 1000, poll_s=1 / 120, jitter=0.3, seed=int(rng.integers(2**32)))
    assert len(run.views) >= 0.95 * run.captured
    # Frames come up to 1.3 intervals apart.
    assert max(at - view.frame.captured_at for at, view in run.views) <= 0.1 + 1.3 / fps + 4 / 120
