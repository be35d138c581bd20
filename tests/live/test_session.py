"""The session with real threads, and sources and pipelines that misbehave."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from fer_desktop.core.errors import CameraError, FerError, InputError, ModelError
from fer_desktop.core.types import Frame
from fer_desktop.live.events import Event
from fer_desktop.live.pairing import View
from fer_desktop.live.session import LiveSession
from fer_desktop.live.timing import Timing
from tests.live.fakes import FakePipeline, FakeSource, wait_for

# A stall of 3 s is no accident even on a machine with much else to do.
QUICK = Timing(stall=3.0, stuck=6.0, back_off_first=0.02, back_off_longest=0.05, join_capture=0.3, join_analysis=0.5)
NERVOUS = replace(QUICK, stall=0.3, stuck=0.6)


class Window:
    """What the window's timer does, called by hand; keeps all it was given."""

    def __init__(self, session: LiveSession) -> None:
        self.session = session
        self.views: list[View] = []
        self.events: list[Event] = []

    def turn(self) -> None:
        now = time.monotonic()
        self.session.turn(now)
        self.events += self.session.events()
        if view := self.session.newest():
            self.views.append(view)
            self.session.painted(view, time.monotonic())

    def until(self, condition: Callable[[], object]) -> None:
        def turned() -> object:
            self.turn()
            return condition()

        wait_for(turned)

    def for_s(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.turn()
            time.sleep(0.004)

    @property
    def kinds(self) -> list[str]:
        return [event.kind.value for event in self.events]

    @property
    def last_source(self) -> str | None:
        return self.views[-1].frame.source if self.views else None

    def analysed(self) -> int:
        return sum(view.analysis is not None for view in self.views)


@contextmanager
def live(
    make_source: Callable[[], FakeSource] = FakeSource,
    make_pipeline: Callable[[], FakePipeline] = FakePipeline,
    timing: Timing = QUICK,
) -> Iterator[Window]:
    session = LiveSession(make_pipeline, timing)
    window = Window(session)
    session.start(make_source)
    try:
        yield window
    finally:
        session.stop()


def once(fault: Callable[[], None]) -> Callable[[FakeSource, int], None]:
    """A fault at the fourth frame of the first source made."""
    happened = threading.Event()

    def at_fourth(source: FakeSource, index: int) -> None:
        if index == 3 and not happened.is_set():
            happened.set()
            fault()

    return at_fourth


def gone() -> None:
    raise CameraError("The camera is gone", "Plug it in again")


def test_frames_are_shown_in_order_once_each_with_their_own_analysis() -> None:
    with live(lambda: FakeSource(fps=60), lambda: FakePipeline(0.003)) as window:
        window.until(lambda: window.analysed() >= 30)
        assert window.session.source is not None and window.session.source.size == (12, 8)
        assert window.session.model is not None and window.session.model.id == "fake-model"
    indices = [view.frame.index for view in window.views]
    assert indices == sorted(set(indices))
    own = sum(view.analysis is not None and view.analysis.frame_index == view.frame.index for view in window.views)
    assert own >= 0.5 * window.analysed()
    assert set(window.kinds) == {"source_opened", "model_ready"}


def test_frames_are_shown_bare_while_the_model_is_made() -> None:
    may_be_ready = threading.Event()

    def slowly() -> FakePipeline:
        may_be_ready.wait(20)
        return FakePipeline()

    with live(make_pipeline=slowly) as window:
        window.until(lambda: len(window.views) >= 5)
        assert window.analysed() == 0 and "model_ready" not in window.kinds
        may_be_ready.set()
        window.until(lambda: window.analysed() >= 3)


def test_the_pipeline_is_warmed_used_and_closed_on_one_thread() -> None:
    pipelines: list[FakePipeline] = []

    def make() -> FakePipeline:
        pipelines.append(FakePipeline())
        return pipelines[-1]

    with live(make_pipeline=make) as window:
        window.until(lambda: window.analysed())
        (pipeline,) = pipelines
        assert pipeline.classifier.calls == 1 and pipeline.resets == 1
        assert pipeline.thread is not threading.current_thread()
    assert pipeline.closed


def test_the_counts_add_up() -> None:
    with live(lambda: FakeSource(fps=200), lambda: FakePipeline(0.02)) as window:
        window.until(lambda: window.analysed() >= 5)
    statistics = window.session.statistics()
    assert statistics.captured == statistics.analysed + statistics.dropped
    assert statistics.dropped > 0
    assert statistics.displayed == len(window.views)
    assert statistics.latency.p50 is not None and statistics.latency.p50 >= 20
    assert statistics.stage_ms["detect"] == 1.0
    assert statistics.gui_gap.max is not None
    assert statistics.rss_peak_mb is not None and statistics.rss_peak_mb >= (statistics.rss_start_mb or 1e9)
    assert (statistics.source, statistics.model, statistics.device) == ("fake", "fake-model", "CPU, 1 thread")


def test_the_end_of_a_file_is_told_and_the_session_still_ends() -> None:
    with live(lambda: FakeSource(count=5), timing=NERVOUS) as window:
        window.until(lambda: "source_ended" in window.kinds)
        window.for_s(0.5)
        assert window.kinds[-1] == "source_ended", "nothing stalls that has ended"
        assert window.last_source == "fake" and not window.session.running


def test_a_source_without_a_frame_has_failed() -> None:
    with live(lambda: FakeSource(count=0)) as window:
        window.until(lambda: "source_failed" in window.kinds)
        assert "source_opened" not in window.kinds


@pytest.mark.parametrize("error", [InputError("No such file", "Choose another"), CameraError("It is in use")])
def test_a_source_that_cannot_be_opened_is_told_once_and_closed(error: FerError) -> None:
    source = FakeSource(open_error=error)
    with live(lambda: source) as window:
        window.until(lambda: "source_failed" in window.kinds)
        window.for_s(0.1)
        (failed,) = (event for event in window.events if event.kind == "source_failed")
        assert (failed.text, failed.remedy) == (error.what, error.remedy)
    assert source.closed.is_set()


def test_a_factory_that_raises_is_told() -> None:
    def make() -> FakeSource:
        raise InputError("There is no camera called X")

    with live(make) as window:
        window.until(lambda: "source_failed" in window.kinds)


def test_switching_shows_the_old_source_until_the_new_one_delivers() -> None:
    may_open = threading.Event()
    old = FakeSource("old")

    class Slow(FakeSource):
        def open(self) -> None:
            may_open.wait(20)
            super().open()

    pipelines: list[FakePipeline] = []

    def make_pipeline() -> FakePipeline:
        pipelines.append(FakePipeline())
        return pipelines[-1]

    with live(lambda: old, make_pipeline) as window:
        window.until(lambda: window.analysed())
        window.session.switch(lambda: Slow("new"))
        seen = len(window.views)
        window.until(lambda: len(window.views) >= seen + 5)
        assert window.last_source == "old" and not old.closed.is_set()
        may_open.set()
        window.until(lambda: window.last_source == "new" and window.views[-1].analysis is not None)
        wait_for(old.closed.is_set)
        opened = [event.text for event in window.events if event.kind == "source_opened"]
        assert opened == ["old", "new"]
    (pipeline,) = pipelines
    assert pipeline.resets == 2, "once after warming, once for the new source"
    first_new = next(place for place, view in enumerate(window.views) if view.frame.source == "new")
    assert all(view.frame.source == "new" for view in window.views[first_new:])


def test_faces_of_the_old_source_are_not_painted_on_the_new_one() -> None:
    let_go = threading.Event()

    def fault(frame: Frame) -> None:
        if frame.source == "new":
            let_go.wait(60)

    with live(lambda: FakeSource("old"), lambda: FakePipeline(fault=fault)) as window:
        window.until(lambda: window.analysed() > 3)
        window.session.switch(lambda: FakeSource("new"))
        window.until(lambda: sum(view.frame.source == "new" for view in window.views) > 5)
        assert all(view.analysis is None for view in window.views if view.frame.source == "new")
        let_go.set()


def test_if_the_new_source_fails_the_old_one_stays() -> None:
    with live(lambda: FakeSource("old")) as window:
        window.until(lambda: window.views)
        window.session.switch(lambda: FakeSource("new", open_error=CameraError("It is in use", "Close it")))
        window.until(lambda: "source_failed" in window.kinds)
        seen = len(window.views)
        window.until(lambda: len(window.views) > seen + 3)
        assert window.last_source == "old" and window.session.running


def test_a_new_source_that_never_delivers_is_given_up() -> None:
    timing = Timing(first_frame=0.2, stuck=60, join_capture=0.3)
    mute = FakeSource("mute", fault=lambda source, index: source.closed.wait(60))
    with live(lambda: FakeSource("old"), timing=timing) as window:
        window.until(lambda: window.views)
        window.session.switch(lambda: mute)
        window.until(lambda: "source_failed" in window.kinds)
        assert window.last_source == "old"
    assert mute.closed.is_set()


def test_choosing_again_before_the_first_choice_opened() -> None:
    with live(lambda: FakeSource("first")) as window:
        for name in ("second", "third", "fourth"):
            window.session.switch(lambda name=name: FakeSource(name))
        window.until(lambda: window.last_source == "fourth")


def test_a_lost_camera_is_reopened_and_both_are_told_once() -> None:
    made: list[FakeSource] = []
    fault = once(gone)

    def make() -> FakeSource:
        # The camera is away for three tries.
        error = CameraError("There is no such camera") if len(made) in (1, 2, 3) else None
        made.append(FakeSource(fault=fault, open_error=error))
        return made[-1]

    with live(make) as window:
        window.until(lambda: "source_resumed" in window.kinds and window.analysed() > 5)
        assert window.kinds.count("source_stalled") == window.kinds.count("source_resumed") == 1
        assert window.kinds.count("source_opened") == 1 and "source_failed" not in window.kinds
        (stalled,) = (event for event in window.events if event.kind == "source_stalled")
        assert (stalled.text, stalled.remedy) == ("The camera is gone", "Plug it in again")
    assert len(made) == 5 and all(source.closed.is_set() for source in made)


def test_a_read_that_blocks_is_told_then_closed_under_it_and_the_camera_reopened() -> None:
    made: list[FakeSource] = []

    def block(source: FakeSource, index: int) -> None:
        if source is made[0] and index == 3:
            source.closed.wait(60)

    def make() -> FakeSource:
        made.append(FakeSource(fault=block))
        return made[-1]

    with live(make, timing=NERVOUS) as window:
        window.until(lambda: "source_stalled" in window.kinds)
        window.until(lambda: "source_resumed" in window.kinds and len(made) > 1)
        seen = len(window.views)
        window.until(lambda: len(window.views) > seen)
        assert made[0].closed.is_set() and "defect" not in window.kinds


def test_stop_is_bounded_when_a_read_never_comes_back() -> None:
    let_go = threading.Event()
    with live(lambda: FakeSource(fault=lambda source, index: let_go.wait(60) if index == 3 else None)) as window:
        window.until(lambda: window.session.statistics().captured == 3)
        began = time.monotonic()
        assert window.session.stop() is False
        assert time.monotonic() - began < 5
        let_go.set()


def test_stop_is_bounded_when_the_analysis_never_comes_back() -> None:
    let_go = threading.Event()

    def block(frame: Frame) -> None:
        let_go.wait(60)

    with live(make_pipeline=lambda: FakePipeline(fault=block)) as window:
        window.until(lambda: "model_ready" in window.kinds)
        seen = len(window.views)
        window.until(lambda: len(window.views) > seen + 10)  # the picture runs on
        began = time.monotonic()
        assert window.session.stop() is False
        assert time.monotonic() - began < 5
        let_go.set()


def test_stopping_twice_before_starting_and_while_the_model_is_made() -> None:
    session = LiveSession(FakePipeline, QUICK)
    assert session.stop() and session.stop()
    with pytest.raises(RuntimeError):
        session.switch(FakeSource)

    def slowly() -> FakePipeline:
        time.sleep(0.1)
        return FakePipeline()

    with live(make_pipeline=slowly, timing=Timing()) as window:
        assert window.session.stop()
        assert window.session.newest() is None


def test_a_pause_takes_no_frames_and_a_file_goes_on_where_it_was() -> None:
    source = FakeSource("file")
    with live(lambda: source, timing=NERVOUS) as window:
        window.until(lambda: window.analysed() > 3)
        window.session.pause()
        assert window.session.paused
        time.sleep(0.05)  # a read that had begun may end
        window.turn()
        reads, seen, told = source.reads, len(window.views), len(window.events)
        window.for_s(0.5)
        assert source.reads == reads and len(window.views) == seen
        assert len(window.events) == told, "a pause is no stall"
        window.session.resume()
        window.until(lambda: len(window.views) > seen + 3)
        assert window.views[seen].frame.index >= reads, "nothing from before the pause"
        assert not source.closed.is_set()


def test_a_source_that_is_silent_while_paused_is_not_called_stalled() -> None:
    silent = threading.Event()

    def block(source: FakeSource, index: int) -> None:
        if index == 3:
            silent.set()
            source.closed.wait(60)

    with live(lambda: FakeSource(fault=block), timing=replace(NERVOUS, stuck=60)) as window:
        wait_for(silent.is_set)
        window.session.pause()
        window.for_s(0.6)
        assert "source_stalled" not in window.kinds
        window.session.resume()
        window.until(lambda: "source_stalled" in window.kinds)


def test_a_change_of_source_ends_a_pause() -> None:
    with live(lambda: FakeSource("old")) as window:
        window.until(lambda: window.views)
        window.session.pause()
        window.session.switch(lambda: FakeSource("new"))
        window.until(lambda: window.last_source == "new")
        assert not window.session.paused


def test_a_model_that_cannot_be_loaded_is_told_and_the_picture_runs_on() -> None:
    def damaged() -> FakePipeline:
        raise ModelError("The model is damaged", "Run set-up again")

    with live(make_pipeline=damaged) as window:
        window.until(lambda: "model_failed" in window.kinds and len(window.views) > 5)
        (failed,) = (event for event in window.events if event.kind == "model_failed")
        assert (failed.text, failed.remedy) == ("The model is damaged", "Run set-up again")
        assert "defect" not in window.kinds and window.analysed() == 0


def test_a_defect_while_loading_is_kept_for_a_report() -> None:
    def broken() -> FakePipeline:
        raise ZeroDivisionError("in the loader")

    with live(make_pipeline=broken) as window:
        window.until(lambda: "model_failed" in window.kinds)
        (defect,) = (event for event in window.events if event.kind == "defect")
        assert "ZeroDivisionError: in the loader" in defect.detail


def test_an_error_about_one_frame_concerns_that_frame_only_and_is_not_repeated() -> None:
    def fault(frame: Frame) -> None:
        if frame.index % 2:
            raise FerError("This frame is odd")

    made: list[FakePipeline] = []

    def make() -> FakePipeline:
        made.append(FakePipeline(fault=fault))
        return made[-1]

    with live(make_pipeline=make) as window:
        window.until(lambda: window.analysed() > 10)
        assert window.kinds.count("analysis_failed") == 1
        assert len(made) == 1 and "defect" not in window.kinds
    statistics = window.session.statistics()
    assert statistics.captured == statistics.analysed + statistics.dropped


def test_after_a_defect_the_pipeline_is_made_anew() -> None:
    made: list[FakePipeline] = []

    def fault(frame: Frame) -> None:
        if len(made) == 1 and frame.index > 5:
            raise IndexError("a defect")

    def make() -> FakePipeline:
        made.append(FakePipeline(fault=fault))
        return made[-1]

    with live(make_pipeline=make) as window:
        window.until(lambda: window.kinds.count("model_ready") == 2)
        seen = window.analysed()
        window.until(lambda: window.analysed() > seen + 3)
        (defect,) = (event for event in window.events if event.kind == "defect")
        assert "IndexError: a defect" in defect.detail
        assert made[0].closed and len(made) == 2


def test_a_pipeline_that_keeps_failing_is_switched_off_and_the_picture_runs_on() -> None:
    made: list[FakePipeline] = []

    def fault(frame: Frame) -> None:
        raise IndexError("again")

    def make() -> FakePipeline:
        made.append(FakePipeline(fault=fault))
        return made[-1]

    with live(make_pipeline=make) as window:
        window.until(lambda: "model_failed" in window.kinds)
        seen = len(window.views)
        window.until(lambda: len(window.views) > seen + 5)
        assert window.views[-1].analysis is None and window.session.model is None
        assert len(made) == 4 and all(pipeline.closed for pipeline in made)
        assert window.kinds.count("defect") == 4


def test_a_defect_in_a_source_is_told_and_the_source_made_anew() -> None:
    def defect() -> None:
        raise KeyError("in a source")

    fault = once(defect)
    with live(lambda: FakeSource(fault=fault)) as window:
        window.until(lambda: "source_resumed" in window.kinds)
        (told,) = (event for event in window.events if event.kind == "defect")
        assert "KeyError: 'in a source'" in told.detail


def test_a_source_that_keeps_failing_by_a_defect_is_given_up() -> None:
    def fault(source: FakeSource, index: int) -> None:
        if index == 2:
            raise KeyError("always")

    with live(lambda: FakeSource(fault=fault)) as window:
        window.until(lambda: "source_failed" in window.kinds)
        assert window.kinds.count("defect") == 4


def test_newest_and_events_do_not_wait_while_everything_is_busy() -> None:
    let_go = threading.Event()

    def blocked() -> FakePipeline:
        let_go.wait(60)
        return FakePipeline()

    with live(lambda: FakeSource(fault=lambda source, index: let_go.wait(60)), blocked) as window:
        began = time.monotonic()
        for _ in range(100):
            window.turn()
        assert time.monotonic() - began < 2
        let_go.set()
