"""The other ends of streams, by the libraries that people use: each says how many faces it was told of."""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any, Final, Protocol

import numpy as np

from fer_desktop.core.types import Analysis, Frame
from fer_desktop.streams.lsl import LslSink
from fer_desktop.streams.osc import OscSink
from fer_desktop.streams.sink import AnalysisSink
from fer_desktop.streams.virtual_camera import VirtualCameraSink
from fer_desktop.streams.websocket import WebSocketSink
from tests.live.fakes import wait_for
from tests.streams.fakes import FakeDevice, free_port, library


class Stream(Protocol):
    """A kind of stream: `make` gives a new sink, always at the same place."""

    def make(self) -> AnalysisSink: ...

    def connect(self) -> None:
        """Begin to receive; the sink is open."""

    def faces(self) -> int:
        """Of the next analysis received."""

    def leave(self) -> None: ...


class Osc:
    def __init__(self, port: int = 0) -> None:
        library("pythonosc")
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", port))
        self._socket.settimeout(10)
        self.port = self._socket.getsockname()[1]

    def make(self) -> OscSink:
        return OscSink(port=self.port)

    def connect(self) -> None:
        pass

    def bundle(self) -> dict[str, list[object]]:
        """Addresses and values of the next bundle."""
        from pythonosc.osc_bundle import OscBundle

        data = self._socket.recv(65536)
        return {message.address: message.params for message in OscBundle(data)}

    def faces(self) -> int:
        while "/fer/faces" not in (bundle := self.bundle()):
            pass
        (count,) = bundle["/fer/faces"]
        assert isinstance(count, int)
        return count

    def leave(self) -> None:
        self._socket.close()


class WebSocket:
    def __init__(self) -> None:
        library("websockets")
        self.port = free_port()
        self._client: Any = None
        self._stack = contextlib.ExitStack()

    def make(self) -> WebSocketSink:
        self.sink = WebSocketSink(port=self.port)
        return self.sink

    def connect(self) -> None:
        from websockets.sync.client import connect

        before = self.sink.clients or 0
        self._client = self._stack.enter_context(connect(f"ws://127.0.0.1:{self.port}"))
        wait_for(lambda: self.sink.clients == before + 1)

    def faces(self) -> int:
        return len(json.loads(self._client.recv(10))["faces"])

    def leave(self) -> None:
        self._stack.close()


_LSL_CLIENT: Final = """
import json, sys
from pylsl import StreamInlet, local_clock, resolve_byprop
(found,) = resolve_byprop("name", sys.argv[1], timeout=20)
inlet = StreamInlet(found)
inlet.open_stream(20)
info = inlet.info()
channels, channel = [], info.desc().child("channels").child("channel")
while not channel.empty():
    channels.append([channel.child_value(name) for name in ("label", "unit", "type")])
    channel = channel.next_sibling()
print(json.dumps({"type": info.type(), "rate": info.nominal_srate(), "channels": channels}), flush=True)
while True:
    sample, at = inlet.pull_sample()
    print(json.dumps({"sample": sample, "at": at + inlet.time_correction()}), flush=True)
"""


class Lsl:
    """In a process of its own: liblsl may crash when an inlet goes, too."""

    def __init__(self) -> None:
        library("pylsl")
        self.name = f"test {secrets.token_hex(6)}"
        self.description: dict[str, Any] = {}
        self._client: subprocess.Popen[str] | None = None

    def make(self) -> LslSink:
        self.sink = LslSink(self.name)
        return self.sink

    def connect(self) -> None:
        self.leave()
        self._client = subprocess.Popen(
            [sys.executable, "-c", _LSL_CLIENT, self.name],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        self.description = self._line()
        wait_for(lambda: self.sink.clients)

    def next(self) -> tuple[list[float], float]:
        """The next sample, and its time on this computer's monotonic clock."""
        line = self._line()
        return line["sample"], line["at"]

    def faces(self) -> int:
        return int(self.next()[0][-1])

    def leave(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.kill()
            client.communicate()

    def _line(self) -> dict[str, Any]:
        assert self._client is not None and self._client.stdout is not None
        line: dict[str, Any] = json.loads(self._client.stdout.readline())
        return line


class Camera:
    """The number of faces is painted as a grey."""

    def __init__(self) -> None:
        self.devices: list[FakeDevice] = []
        self._read = 0

    def make(self) -> VirtualCameraSink:
        return VirtualCameraSink(lambda: self._paint, open_device=self._open)

    def _open(self, size: tuple[int, int], name: str | None) -> FakeDevice:
        assert name is None
        self.devices.append(FakeDevice(size))
        return self.devices[-1]

    @staticmethod
    def _paint(frame: Frame, analysis: Analysis) -> np.ndarray:
        return np.full_like(frame.bgr, 10 * len(analysis.tracks))

    def connect(self) -> None:
        pass

    def faces(self) -> int:
        picture = self.devices[-1].pictures[self._read]
        self._read += 1
        return round(int(picture[360, 640, 0]) / 10)

    def leave(self) -> None:
        pass


STREAMS: dict[str, Callable[[], Stream]] = {
    "OSC": Osc, "WebSocket": WebSocket, "Lab Streaming Layer": Lsl, "virtual camera": Camera
}  # fmt: skip


def taken_port() -> socket.socket:
    """Listens, and is in the way of others, until closed."""
    one = socket.socket()
    one.bind(("127.0.0.1", 0))
    one.listen()
    return one


def running(target: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    return thread
