"""The clients that people are shown run as they stand there."""

from __future__ import annotations

import inspect
import os
import re
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest

from fer_desktop.streams import lsl, osc, virtual_camera, websocket
from fer_desktop.streams.runner import Streams
from fer_desktop.streams.sink import AnalysisSink
from tests.live.fakes import wait_for
from tests.streams.fakes import analysis, free_port, library
from tests.videos import write_video


def client(module: ModuleType) -> str:
    """The code below "A client"."""
    text = inspect.getdoc(module) or ""
    code = textwrap.dedent(re.split(r"^A client.*:\n", text, flags=re.MULTILINE)[1])
    assert len(code.strip().splitlines()) == 5
    return code


def said(code: str, sink: AnalysisSink) -> str:
    """The first line that the client prints while analyses of one happy face come. Ends both."""
    streams = Streams([sink])
    streams.start()
    wait_for(lambda: streams.states()[0].open)
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
    line = said(client(osc).replace("9000", str(port)), osc.OscSink(port=port))
    assert re.fullmatch(r"/fer/face/3/happy 0\.69999\d*|/fer/face/3/happy 0\.7", line), line


def test_websocket() -> None:
    library("websockets")
    port = free_port()
    sink = websocket.WebSocketSink(port=port)
    assert said(client(websocket).replace("8765", str(port)), sink) == "['happy']"


def test_lsl() -> None:
    library("pylsl")
    name = f"test of the client {os.getpid()}"
    code = client(lsl).replace('"type", "Expression"', f'"name", "{name}"')
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
    exec(client(virtual_camera), {})
    assert len(pictures) == 3 and all(picture.ndim == 3 for picture in pictures)
