"""The clients that people are shown run as they stand there."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_desktop.streams import lsl, osc, websocket
from fer_desktop.streams.client import client
from fer_desktop.streams.sink import AnalysisSink
from fer_desktop.streams.spec import CAMERA, LSL, OSC, USUAL, WEBSOCKET, StreamSpec
from tests.live.fakes import wait_for
from tests.streams.fakes import analysis, free_port, library, streams_of
from tests.videos import write_video


def said(code: str, sink: AnalysisSink) -> str:
    """The first line that the client prints while analyses of one happy face come. Ends both."""
    streams = streams_of(sink)
    wait_for(lambda: all(state.open for state in streams.states().values()))
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    lines: list[str] = []
    try:
        assert process.stdout is not None
        reader = threading.Thread(target=lambda: lines.append(process.stdout.readline()))  # type: ignore[union-attr]
        reader.start()
        while reader.is_alive():
            streams.put(None, analysis(1))
            reader.join(0.02)
    finally:
        process.kill()
        _, errors = process.communicate()
        assert streams.stop()
    assert lines[0], errors
    return lines[0].strip()


def test_osc() -> None:
    library("pythonosc")
    port = free_port(socket.SOCK_DGRAM)
    line = said(client(StreamSpec(OSC, "127.0.0.1", port)), osc.OscSink(port=port))
    assert re.fullmatch(r"/fer/face/3/happy 0\.69999\d*|/fer/face/3/happy 0\.7", line), line


def test_websocket() -> None:
    library("websockets")
    port = free_port()
    sink = websocket.WebSocketSink(port=port)
    assert said(client(StreamSpec(WEBSOCKET, "127.0.0.1", port)), sink) == "['happy']"


def test_lsl() -> None:
    library("pylsl")
    name = f"test of the client {os.getpid()}"
    code = client(USUAL[LSL]).replace('"type", "Expression"', f'"name", "{name}"')
    line = said(code, lsl.LslSink(name))
    assert re.fullmatch(r"[0-9.]+ happy 0\.[67][0-9]*", line), line


def test_virtual_camera(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film = str(write_video(tmp_path / "film.mp4"))
    opened: Callable[[str], object] = cv2.VideoCapture
    pictures: list[np.ndarray] = []
    keys = iter([-1, -1, -1, 27])
    monkeypatch.setattr(cv2, "VideoCapture", lambda number: opened(film) if number == 0 else None)
    monkeypatch.setattr(cv2, "imshow", lambda name, picture: pictures.append(picture))
    monkeypatch.setattr(cv2, "waitKey", lambda ms: next(keys))
    exec(client(USUAL[CAMERA]), {})
    assert len(pictures) == 3 and all(picture.ndim == 3 for picture in pictures)


@pytest.mark.parametrize("kind", USUAL)
def test_five_lines(kind: str) -> None:
    assert len(client(USUAL[kind]).splitlines()) == 5


def test_the_address_is_the_one_that_was_chosen() -> None:
    assert '"192.0.2.7", 9001' in client(StreamSpec(OSC, "192.0.2.7", 9001))
    assert '"ws://[::1]:8766"' in client(StreamSpec(WEBSOCKET, "::1", 8766))
    assert '"ws://127.0.0.1:8765"' in client(StreamSpec(WEBSOCKET, "0.0.0.0", 8765)), "everywhere is here as well"
