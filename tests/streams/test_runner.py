from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from fer_desktop.core.errors import FerError
from fer_desktop.streams.runner import BACKLOG, SinkRunner, Streams, StreamState
from fer_desktop.streams.spec import CAMERA, StreamSpec
from tests.live.fakes import wait_for
from tests.live.window import live
from tests.streams.fakes import FakeSink, analysis, frame, streams_of

Start = Callable[..., Streams]


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def start(told: list[str]) -> Iterator[Start]:
    """Gives streams that run, and ends them."""
    made: list[Streams] = []

    def started(*sinks: FakeSink) -> Streams:
        streams = streams_of(*sinks, tell=told.append)
        made.append(streams)
        return streams

    yield started
    for streams in made:
        assert streams.stop()


def states(streams: Streams) -> list[StreamState]:
    return list(streams.states().values())


def wait_until_open(streams: Streams) -> None:
    wait_for(lambda: all(state.open for state in states(streams)))


def test_a_sink_has_one_thread_and_gets_all_in_order(start: Start, told: list[str]) -> None:
    sink = FakeSink()
    streams = start(sink)
    wait_until_open(streams)
    seen = [analysis(1, index) for index in range(BACKLOG)]
    for one in seen:
        streams.put(frame(), one)
    wait_for(lambda: len(sink.taken) == BACKLOG)
    assert [given for _, given in sink.taken] == seen
    assert streams.stop()
    assert sink.calls == ["open", *["put"] * BACKLOG, "close"]
    assert len(sink.threads) == 1 and threading.current_thread() not in sink.threads
    (state,) = states(streams)
    assert (state.sent, state.dropped, state.clients, state.problem, state.open) == (BACKLOG, 0, 1, None, False)
    assert told == []


def test_only_who_wants_pictures_holds_them(start: Start) -> None:
    plain, picture = FakeSink(), FakeSink(wants_frames=True)
    streams = start(plain, picture)
    wait_until_open(streams)
    shown = frame()
    streams.put(shown, analysis())
    wait_for(lambda: plain.taken and picture.taken)
    assert plain.taken[0][0] is None and picture.taken[0][0] is shown


@pytest.mark.parametrize(("wants_frames", "backlog"), [(False, BACKLOG), (True, 1)])
def test_of_what_a_slow_sink_cannot_take_the_newest_is_kept(start: Start, wants_frames: bool, backlog: int) -> None:
    go_on, quick = threading.Event(), FakeSink()
    slow = FakeSink(fault=lambda sink: go_on.wait(10) and None, wants_frames=wants_frames)
    streams = start(slow, quick)
    try:
        wait_until_open(streams)
        streams.put(frame(), analysis(1, 0))
        wait_for(lambda: "put" in slow.calls)
        started_s = time.monotonic()
        for index in range(1, 101):
            streams.put(frame(), analysis(1, index))
        assert time.monotonic() - started_s < 2, "nobody waits for a slow sink"
    finally:
        go_on.set()
    wait_for(lambda: len(slow.taken) == 1 + backlog)
    assert [given.frame_index for _, given in slow.taken] == [0, *range(101 - backlog, 101)]
    wait_for(lambda: quick.taken[-1:] and quick.taken[-1][1].frame_index == 100)
    state = states(streams)[0]
    assert (state.sent, state.dropped) == (1 + backlog, 100 - backlog)


def failing(error: Exception) -> Callable[[FakeSink], None]:
    def fault(sink: FakeSink) -> None:
        raise error

    return fault


def test_a_sink_that_fails_is_told_once_and_over(start: Start, told: list[str]) -> None:
    broken, well = FakeSink(fault=failing(FerError("It broke", "Mend it"))), FakeSink()
    streams = start(broken, well)
    wait_until_open(streams)
    for index in range(5):
        streams.put(None, analysis(1, index))
    wait_for(lambda: "close" in broken.calls and len(well.taken) == 5)
    streams.put(None, analysis(1, 5))
    wait_for(lambda: len(well.taken) == 6)
    assert told == ["It broke. Mend it"]
    first, second = states(streams)
    assert first.problem == "It broke. Mend it" and not first.open
    assert broken.calls == ["open", "put", "close"]
    assert second.problem is None and second.open


def test_a_sink_that_does_not_open_is_told_and_closed(start: Start, told: list[str]) -> None:
    sink = FakeSink(open_error=FerError("The port is in use", "Name another"))
    streams = start(sink)
    wait_for(lambda: sink.calls == ["open", "close"])
    streams.put(None, analysis())
    assert told == ["The port is in use. Name another"]
    assert states(streams)[0].sent == 0


def test_a_defect_is_logged_and_told(start: Start, told: list[str], caplog: pytest.LogCaptureFixture) -> None:
    streams = start(FakeSink(fault=failing(ZeroDivisionError("surprise"))))
    wait_until_open(streams)
    streams.put(None, analysis())
    wait_for(lambda: told)
    assert "fake" in told[0] and "log" in told[0]
    assert "surprise" in caplog.text


def test_who_else_can_listen_is_told_when_it_opens(start: Start, told: list[str]) -> None:
    sink = FakeSink()
    sink.caution = "Others can see it"
    wait_until_open(start(sink))
    wait_for(lambda: told == ["Others can see it"])


def test_stopping_is_bounded_even_where_a_device_never_comes_back(caplog: pytest.LogCaptureFixture) -> None:
    for_ever = threading.Event()
    stuck, well = FakeSink(fault=lambda sink: for_ever.wait(20) and None), FakeSink()
    streams = streams_of(stuck, well)
    wait_until_open(streams)
    streams.put(None, analysis())
    wait_for(lambda: "put" in stuck.calls)
    started_s = time.monotonic()
    assert not streams.stop(within_s=0.1)
    assert time.monotonic() - started_s < 2
    assert "1 stream(s) did not end" in caplog.text
    for_ever.set()
    assert streams.stop()
    assert well.calls[-1] == stuck.calls[-1] == "close"


def test_what_was_never_started_has_ended() -> None:
    runner = SinkRunner("fake", FakeSink)
    runner.signal_stop()
    assert runner.join(0)
    assert streams_of().stop()


def test_a_live_view_hands_out_every_analysis_and_outlives_its_streams(start: Start, told: list[str]) -> None:
    broken, well = FakeSink(fault=failing(FerError("It broke"))), FakeSink(wants_frames=True)
    streams = start(broken, well)
    wait_until_open(streams)
    heard: list[int] = []
    with live() as window:
        window.session.add_listener(streams.put)
        window.session.add_listener(lambda of, given: heard.append(given.frame_index))
        window.until(lambda: len(well.taken) > 5 and told)
        for shown, given in well.taken:
            assert shown is not None and shown.index == given.frame_index
        window.session.remove_listener(streams.put)
        last = states(streams)[1].sent
        before = len(heard)
        window.until(lambda: len(heard) > before + 5)
        assert states(streams)[1].sent <= last + 2, "what waited when it was removed"
    assert told == ["It broke"]
    assert heard == sorted(set(heard))
    assert window.kinds.count("source_failed") == 0


def test_one_is_ended_and_begun_again_while_the_others_go_on(told: list[str]) -> None:
    """Its place is free before it is taken again, however long letting go of it takes."""
    let_go = threading.Event()
    made: list[SlowToClose] = []

    class SlowToClose(FakeSink):
        def close(self) -> None:
            let_go.wait(10)
            super().close()

    def make(spec: StreamSpec) -> FakeSink:
        made.append(SlowToClose())
        return made[-1]

    streams = Streams(make, told.append)
    first, second = StreamSpec(CAMERA, name="1"), StreamSpec(CAMERA, name="2")
    streams.begin(first)
    streams.begin(second)
    wait_until_open(streams)
    started_s = time.monotonic()
    streams.begin(first)
    assert time.monotonic() - started_s < 1, "nobody waits for the one that ends"
    assert list(streams.states()) == [second, first] and not streams.states()[first].open and len(made) == 2
    streams.put(None, analysis())
    wait_for(lambda: streams.states()[second].sent == 1)
    let_go.set()
    wait_until_open(streams)
    assert made[0].calls[-1] == "close" and made[2].calls == ["open"]
    streams.end(first)
    assert list(streams.states()) == [second]
    assert streams.stop() and [sink.calls[-1] for sink in made] == ["close"] * 3 and told == []


def test_what_was_ended_before_it_opened_is_never_made(told: list[str]) -> None:
    go_on, made = threading.Event(), []

    class Waits(FakeSink):
        def open(self) -> None:
            go_on.wait(10)

    def make(spec: StreamSpec) -> FakeSink:
        made.append(spec)
        return Waits()

    streams, spec = Streams(make, told.append), StreamSpec(CAMERA)
    streams.begin(spec)
    wait_for(lambda: made)
    streams.begin(spec)
    streams.end(spec)
    go_on.set()
    assert streams.stop() and made == [spec] and streams.states() == {}
