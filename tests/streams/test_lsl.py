from __future__ import annotations

import math
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from fer_desktop.core import emotions
from fer_desktop.core.errors import FerError, InputError
from fer_desktop.core.types import Analysis
from fer_desktop.streams import lsl, lsl_outlet
from fer_desktop.streams.lsl import LslSink
from tests.fake_pipeline import track
from tests.live.fakes import wait_for
from tests.streams.fakes import analysis
from tests.streams.receivers import Lsl


@pytest.fixture
def stream() -> Iterator[Lsl]:
    made = Lsl()
    yield made
    made.leave()


def test_the_stream_describes_its_channels_and_keeps_the_time_of_capture(stream: Lsl) -> None:
    sink = stream.make()
    sink.open()
    try:
        stream.connect()
        taken_s = time.monotonic() - 0.2
        assert sink.put(None, Analysis(5, taken_s, (64, 48), (track(3),), "fake", {}))
        sample, at_s = stream.next()
        assert sink.put(None, analysis(0))
        nobody, _ = stream.next()
    finally:
        sink.close()
    assert stream.description["type"] == "Expression" and stream.description["rate"] == 0
    channels = stream.description["channels"]
    labels = [label for label, _unit, _kind in channels]
    assert labels == [*emotions.NAMES, "valence", "x", "y", "width", "height", "track", "faces"]
    assert all(unit and kind for _label, unit, kind in channels)
    values = dict(zip(labels, sample, strict=True))
    assert values["happy"] == pytest.approx(0.7) and values["sad"] == pytest.approx(0.05)
    assert values["valence"] == pytest.approx(0.65)
    assert [values[name] for name in ("x", "y", "width", "height", "track", "faces")] == pytest.approx(
        [3.26, 4.0, 20, 20, 3, 1]
    )
    assert all(math.isnan(value) for value in nobody[:-1]) and nobody[-1] == 0
    if sys.platform == "linux":  # where both clocks are the same one
        assert at_s == pytest.approx(taken_s, abs=0.005)


def test_the_face_that_is_followed_is_told_of(stream: Lsl) -> None:
    sink = LslSink(stream.name, followed=lambda: 4)
    stream.sink = sink
    sink.open()
    try:
        stream.connect()
        sink.put(None, analysis(3))
        sample, _ = stream.next()
    finally:
        sink.close()
    assert sample[-2:] == [4, 3]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux binds a socket to a device")
def test_its_sockets_are_bound_to_the_loopback_device(stream: Lsl) -> None:
    ss = shutil.which("ss")
    if ss is None:
        pytest.skip("needs ss")
    sink = stream.make()
    sink.open()
    try:
        process = sink._process
        assert process is not None
        listed = subprocess.run([ss, "-lntupH"], capture_output=True, text=True, check=True).stdout.splitlines()
        own = [line.split()[4] for line in listed if f"pid={process.pid}," in line]
    finally:
        sink.close()
    assert own and all(place.startswith("127.0.0.1:") or "%lo:" in place for place in own), own


def test_for_the_network_it_warns(stream: Lsl) -> None:
    sink = LslSink(stream.name, network=True)
    sink.open()
    try:
        assert sink.caution is not None and "network" in sink.caution
    finally:
        sink.close()


def test_a_crash_of_the_library_ends_the_stream_alone(stream: Lsl) -> None:
    sink = stream.make()
    sink.open()
    try:
        process = sink._process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        with pytest.raises(FerError, match="broke down"):
            sink.put(None, analysis(1))
        wait_for(lambda: sink.clients == 0)
    finally:
        sink.close()


@pytest.mark.skipif(os.name != "posix", reason="stopping a process is for POSIX")
def test_a_library_that_hangs_is_not_waited_for(stream: Lsl) -> None:
    sink = stream.make()
    sink.open()
    process = sink._process
    assert process is not None
    try:
        os.kill(process.pid, signal.SIGSTOP)
        started_s = time.monotonic()
        # Ten times what its pipe holds.
        for _ in range(10_000):
            sink.put(None, analysis(1))
        assert time.monotonic() - started_s < 10
    finally:
        sink.close()
    assert process.returncode is not None


def test_liblsl_that_is_missing_is_told_with_where_to_get_it(stream: Lsl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fer_desktop.streams.lsl_outlet.__name__", "tests_no_such_module")
    sink = stream.make()
    with pytest.raises(FerError, match=r"LSL cannot be used.*Install liblsl"):
        sink.open()
    assert sink._process is None


def test_where_it_cannot_be_kept_to_this_computer_it_does_not_start(
    stream: Lsl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lsl_outlet, "CONFINES", False)
    sink = stream.make()
    with pytest.raises(InputError, match=rf"lsl:{stream.name}:network"):
        sink.open()
    assert sink._process is None


def test_where_binding_its_sockets_fails_it_does_not_start(stream: Lsl, monkeypatch: pytest.MonkeyPatch) -> None:
    sink = stream.make()
    monkeypatch.setattr(sink, "_started", lambda: subprocess.Popen(
        [sys.executable, "-c", "import sys; print('open 0', flush=True); sys.stdin.read()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
    ))  # fmt: skip
    monkeypatch.setattr(lsl_outlet, "CONFINES", True)
    with pytest.raises(InputError, match="not started"):
        sink.open()
    assert sink._process is None


def test_a_face_that_was_missed_gives_no_sample() -> None:
    """Neither does another in its place: who receives one face would take it for that one."""
    missed, smaller = replace(track(3), seen=False), track(4, side=5.0)
    both = Analysis(0, 0.0, (64, 48), (missed, smaller), "fake", {})
    assert lsl._sample(both, None) is None
    assert lsl._sample(both, 3) is None
    sample = lsl._sample(both, 4)
    assert sample is not None and sample[-2:] == [4, 2]
