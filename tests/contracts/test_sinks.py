"""What every AnalysisSink keeps. A new stream is added to STREAMS, and to BROKEN the ways it can fail to open."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from fer_desktop.core.errors import FerError, MissingComponentError
from fer_desktop.streams import libraries
from fer_desktop.streams.lsl import LslSink
from fer_desktop.streams.osc import OscSink
from fer_desktop.streams.sink import AnalysisSink
from fer_desktop.streams.virtual_camera import VirtualCameraSink
from fer_desktop.streams.websocket import WebSocketSink
from tests.streams.fakes import analysis, frame, library
from tests.streams.receivers import STREAMS, Camera, Stream, taken_port

MakeSink = Callable[[], AnalysisSink]


def camera() -> VirtualCameraSink:
    return VirtualCameraSink(lambda: Camera._paint, "no such device")


BROKEN: dict[str, tuple[str, Callable[[int], AnalysisSink]]] = {
    "OSC to no computer": ("pythonosc", lambda _port: OscSink("no-such-computer.invalid")),
    "WebSocket on a port in use": ("websockets", lambda port: WebSocketSink(port=port)),
    "WebSocket at another computer's address": ("websockets", lambda _port: WebSocketSink("192.0.2.7")),
    "WebSocket at no computer": ("websockets", lambda _port: WebSocketSink("no-such-computer.invalid")),
    "virtual camera that is not there": ("pyvirtualcam", lambda _port: camera()),
}
WITHOUT_LIBRARY: dict[str, MakeSink] = {
    "pythonosc": OscSink, "websockets": WebSocketSink, "pylsl": LslSink, "pyvirtualcam": camera
}  # fmt: skip


@pytest.fixture(params=STREAMS)
def stream(request: pytest.FixtureRequest) -> Iterator[Stream]:
    made = STREAMS[request.param]()
    yield made
    made.leave()


@pytest.fixture
def sink(stream: Stream) -> Iterator[AnalysisSink]:
    made = stream.make()
    yield made
    made.close()


def put(sink: AnalysisSink, faces: int = 1) -> bool:
    shown = frame()
    return sink.put(shown if sink.wants_frames else None, analysis(faces, of=shown))


def test_what_is_put_is_received_in_order(stream: Stream, sink: AnalysisSink) -> None:
    sink.open()
    stream.connect()
    told = []
    for count in (2, 0, 5, 1):
        assert put(sink, count)
        told.append(stream.faces())
    assert told == [2, 0, 5, 1]


def test_without_anybody_there_nothing_is_waited_for(stream: Stream, sink: AnalysisSink) -> None:
    sink.open()
    stream.leave()
    started_s = time.monotonic()
    for _ in range(60):
        put(sink)
    assert time.monotonic() - started_s < 2, "a second of analyses takes longer than a second"


def test_a_picture_that_is_missing_is_no_fault(sink: AnalysisSink) -> None:
    sink.open()
    sink.put(None, analysis())


def test_close_may_be_called_at_any_time_and_again(sink: AnalysisSink) -> None:
    sink.close()
    sink.open()
    put(sink)
    sink.close()
    sink.close()


def test_its_place_is_free_once_it_is_closed(stream: Stream, sink: AnalysisSink) -> None:
    sink.open()
    stream.connect()
    put(sink)
    sink.close()
    second = stream.make()
    try:
        second.open()
        stream.connect()
        assert put(second, 3)
    finally:
        second.close()


def test_it_says_what_it_is_and_who_listens(stream: Stream, sink: AnalysisSink) -> None:
    assert sink.name
    sink.open()
    assert sink.name
    stream.connect()
    assert sink.clients in (None, 1)
    sink.close()
    assert sink.clients in (None, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="the sockets of a process are read the way of Linux")
def test_no_other_computer_can_reach_it(stream: Stream, sink: AnalysisSink) -> None:
    before = {path.name for path in Path("/proc/self/fd").iterdir()}
    sink.open()
    put(sink)
    assert sink.caution is None
    found = psutil.Process().net_connections("inet")
    for one in found:
        assert str(one.fd) in before or one.laddr.ip in ("127.0.0.1", "::1"), one


@pytest.mark.parametrize("name", BROKEN)
def test_a_failed_open_says_what_to_do_and_holds_nothing(name: str) -> None:
    package, make = BROKEN[name]
    library(package)
    with taken_port() as taken:
        sink = make(taken.getsockname()[1])
        before = psutil.Process().num_fds() if sys.platform == "linux" else 0
        with pytest.raises(FerError) as caught:
            sink.open()
        assert caught.value.remedy
        assert "\n" not in str(caught.value)
        if sys.platform == "linux":
            assert psutil.Process().num_fds() <= before
        sink.close()
        sink.close()


@pytest.mark.parametrize("package", WITHOUT_LIBRARY)
def test_a_library_that_is_missing_is_named_with_the_way_to_get_it(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    sink = WITHOUT_LIBRARY[package]()
    with pytest.raises(
        MissingComponentError, match=rf"{package}.*pip install .fer-desktop\[{libraries.EXTRAS[package]}\]"
    ):
        sink.open()
    sink.close()
