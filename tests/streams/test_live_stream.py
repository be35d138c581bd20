"""`fer-desktop live --stream`: the real program, and what is wrong with the command line."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fer_desktop import cli
from fer_desktop.core.pip_command import install_extra
from tests.live.fakes import wait_for
from tests.streams.fakes import free_port, library
from tests.streams.receivers import Osc, taken_port

ROOT = Path(__file__).resolve().parents[2]
LIVE = [sys.executable, "-m", "fer_desktop", "live", "--source", "demo"]


@pytest.mark.skipif(os.name != "posix", reason="interrupted as by Ctrl+C")
@pytest.mark.usefixtures("needs_detector_models")
def test_the_running_program_is_heard_over_two_streams() -> None:
    library("websockets")
    from websockets.sync.client import connect

    receiver, port = Osc(), free_port()
    streams = ["--stream", f"websocket:127.0.0.1:{port}", "--stream", f"osc:127.0.0.1:{receiver.port}"]
    process = subprocess.Popen([*LIVE, "--for", "90", *streams], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        with contextlib.ExitStack() as stack:
            deadline = time.monotonic() + 60
            while True:
                with contextlib.suppress(OSError):
                    client = stack.enter_context(connect(f"ws://127.0.0.1:{port}"))
                    break
                assert process.poll() is None and time.monotonic() < deadline
                time.sleep(0.05)
            messages = [json.loads(client.recv(60))]
            while not (messages[-1]["faces"] and messages[-1]["faces"][0]["label"]) or len(messages) < 5:
                messages.append(json.loads(client.recv(60)))
                assert time.monotonic() < deadline
            wait_for(lambda: receiver.faces() == 1, within_s=30)
    finally:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
        receiver.leave()
    assert process.returncode == 3, said
    assert said.strip().splitlines() == ["fer-desktop: Stopped before its time"]
    times = [message["time"] for message in messages]
    assert times[0] >= 0 and times == sorted(set(times))
    assert {message["schema"] for message in messages} == {1}
    assert messages[-1]["model"] and abs(messages[-1]["unix_time"] - time.time()) < 60


def test_a_port_in_use_is_told_and_ends_a_timed_run_with_2() -> None:
    library("websockets")
    with taken_port() as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*LIVE, "--for", "2", "--stream", f"websocket:{port}"], cwd=ROOT, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 2
    (line,) = done.stderr.strip().splitlines()
    assert f"127.0.0.1:{port} is in use by another program" in line and "Choose another address or port" in line


def refused(*arguments: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert cli.main(["live", *arguments]) == 2
    (line,) = capsys.readouterr().err.strip().splitlines()
    return line


def test_a_stream_that_there_is_not_is_told_before_any_window(capsys: pytest.CaptureFixture[str]) -> None:
    line = refused("--stream", "osc", "--stream", "midi", capsys=capsys)
    assert "'midi' is no stream" in line and "osc, lsl, websocket, camera" in line


def test_an_origin_needs_a_websocket(capsys: pytest.CaptureFixture[str]) -> None:
    line = refused("--stream", "osc", "--stream-origin", "null", capsys=capsys)
    assert "Add --stream websocket" in line


def test_a_library_that_is_missing_is_told_before_any_window(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    line = refused("--stream", "camera", capsys=capsys)
    assert "pyvirtualcam" in line and line.endswith(f"Install it with: {install_extra('virtual-camera')}")


def test_an_origin_that_no_browser_sends_is_told_before_any_window(capsys: pytest.CaptureFixture[str]) -> None:
    line = refused("--stream", "websocket", "--stream-origin", "nonsense", capsys=capsys)
    assert "'nonsense' is no origin of a page" in line and "https://example.org" in line
