"""Sources that open, change, end, fail and come back."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from fer_desktop.core.errors import CameraError, FerError, InputError
from fer_desktop.core.types import Frame
from fer_desktop.live.timing import Timing
from tests.live.fakes import FakePipeline, FakeSource, wait_for
from tests.live.window import NERVOUS, live


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


def test_the_end_of_a_file_is_told_and_the_session_still_ends() -> None:
    with live(lambda: FakeSource(count=5), timing=NERVOUS) as window:
        window.until(lambda: "source_ended" in window.kinds)
        window.for_s(0.5)
        assert window.kinds[-1] == "source_ended", "nothing stalls that has ended"
        assert window.last_source == "fake"


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
        assert window.last_source == "old"


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
