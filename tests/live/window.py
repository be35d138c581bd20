"""What the window's timer does with a session, by hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

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
        events, view = self.session.news()
        self.events += events
        if view is not None:
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
