"""A session that is paused, or held because something else is on the picture."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

from tests.live.fakes import FakeSource, wait_for
from tests.live.window import NERVOUS, live


def test_a_pause_takes_no_frames_and_a_file_goes_on_where_it_was() -> None:
    source = FakeSource("file")
    with live(lambda: source, timing=NERVOUS) as window:
        window.until(lambda: window.analysed() > 3)
        window.session.pause()
        assert window.session.paused
        # A read that had begun may end, and on a busy machine the pause itself comes late.
        reads, until_s = -1, time.monotonic() + 5
        while reads != source.reads and time.monotonic() < until_s:
            reads = source.reads
            time.sleep(0.2)
        window.turn()
        seen, told = len(window.views), len(window.events)
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


def test_a_hold_outlasts_a_change_of_source() -> None:
    sources = {name: FakeSource(name) for name in ("old", "new")}
    with live(lambda: sources["old"], timing=NERVOUS) as window:
        window.until(lambda: window.views)
        window.session.switch(lambda: sources["new"])
        window.session.hold()
        window.until(lambda: window.kinds.count("source_opened") == 2)
        assert window.session.held and not window.session.paused
        window.for_s(0.1)  # a read that had begun may end
        reads, seen, told = sources["new"].reads, len(window.views), len(window.events)
        window.for_s(0.5)
        assert sources["new"].reads == reads <= 2, "nothing is read that nobody sees"
        assert len(window.views) == seen and len(window.events) == told
        window.session.let_go()
        window.until(lambda: len(window.views) > seen)
        assert window.last_source == "new"


def test_a_hold_before_the_first_frame() -> None:
    source = FakeSource("file")
    may_open = threading.Event()

    def make() -> FakeSource:
        may_open.wait(20)
        return source

    with live(make) as window:
        window.session.hold()
        may_open.set()
        window.until(lambda: "source_opened" in window.kinds)
        window.for_s(0.2)
        assert source.reads <= 2 and not window.views
        window.session.let_go()
        window.until(lambda: window.views)


def test_a_pause_outlasts_a_hold() -> None:
    with live() as window:
        window.until(lambda: window.views)
        window.session.pause()
        window.session.hold()
        window.session.let_go()
        assert window.session.paused
        window.for_s(0.05)
        seen = len(window.views)
        window.for_s(0.1)
        assert len(window.views) == seen
        window.session.resume()
        window.until(lambda: len(window.views) > seen)


def test_events_and_view_are_of_one_moment() -> None:
    """The view that comes with a source's opening, and each one after it, is that source's, never the one's before."""
    with live(lambda: FakeSource("0", fps=1000)) as window:
        window.until(lambda: window.views)
        shown = "0"
        for number in range(1, 12):
            window.session.switch(lambda number=number: FakeSource(str(number), fps=1000))
            while shown != str(number):
                events, view = window.session.news()
                shown = next((event.text for event in events if event.kind == "source_opened"), shown)
                assert view is None or view.frame.source == shown
