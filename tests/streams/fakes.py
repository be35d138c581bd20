"""Analyses to hand out, sinks that do what a test tells them, and a camera device that keeps what it is sent."""

from __future__ import annotations

import importlib
import os
import socket
import threading
import time
from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest

from fer_desktop.core.types import Analysis, Frame
from fer_desktop.streams.runner import Streams, Tell
from fer_desktop.streams.sink import AnalysisSink
from fer_desktop.streams.spec import CAMERA, StreamSpec
from tests.fake_pipeline import track


def library(name: str) -> ModuleType:
    """A missing library fails CI and skips elsewhere."""
    try:
        return importlib.import_module(name)
    except ImportError:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is not installed")
        pytest.skip(f"needs {name}")


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def frame(index: int = 0, width: int = 64, height: int = 48) -> Frame:
    return Frame(np.full((height, width, 3), 90, np.uint8), index, time.monotonic(), "test")


def analysis(faces: int = 1, index: int = 0, of: Frame | None = None, **of_track: object) -> Analysis:
    """Faces 3, 4, … of the frame, happy unless told otherwise."""
    of = of or frame(index)
    tracks = tuple(track(number, **of_track) for number in range(3, 3 + faces))  # type: ignore[arg-type]
    return Analysis(of.index, of.captured_at, of.size, tracks, "fake", {})


class FakeDevice:
    """A virtual camera. `fault` is called before each picture is taken and may raise or block."""

    device = "/dev/video42"

    def __init__(self, size: tuple[int, int], fault: Callable[[], None] = lambda: None) -> None:
        self.size, self.closed = size, False
        self.pictures: list[np.ndarray] = []
        self._fault = fault

    def send(self, frame: np.ndarray) -> None:
        assert not self.closed
        self._fault()
        assert frame.shape == (self.size[1], self.size[0], 3) and frame.dtype == np.uint8 and frame.flags.c_contiguous
        self.pictures.append(frame.copy())

    def close(self) -> None:
        self.closed = True


class FakeSink:
    """Keeps what it is put. `fault(sink)` is called before each and may raise or block."""

    name = "fake"
    caution: str | None = None
    clients: int | None = 1

    def __init__(
        self,
        fault: Callable[[FakeSink], None] = lambda sink: None,
        open_error: Exception | None = None,
        wants_frames: bool = False,
    ) -> None:
        self.wants_frames = wants_frames
        self.calls: list[str] = []
        self.threads: set[threading.Thread] = set()
        self.taken: list[tuple[Frame | None, Analysis]] = []
        self._fault, self._open_error = fault, open_error

    def open(self) -> None:
        self._note("open")
        if self._open_error is not None:
            raise self._open_error

    def put(self, frame: Frame | None, analysis: Analysis) -> bool:
        self._note("put")
        self._fault(self)
        self.taken.append((frame, analysis))
        return True

    def close(self) -> None:
        self._note("close")

    def _note(self, call: str) -> None:
        self.calls.append(call)
        self.threads.add(threading.current_thread())


def streams_of(*sinks: AnalysisSink, tell: Tell = lambda text: None) -> Streams:
    """These, begun."""
    streams = Streams(lambda spec: sinks[int(spec.name)], tell)
    for number in range(len(sinks)):
        streams.begin(StreamSpec(CAMERA, name=str(number)))
    return streams
