"""The camera source with a camera that fails: it blocks, throws, stands still, is pulled out or never was there."""

from __future__ import annotations

import errno
import itertools
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from fer_desktop.capture import camera, faults
from fer_desktop.capture.camera import CameraSource
from fer_desktop.capture.devices import CameraDevice
from fer_desktop.core.errors import CameraError, Fault
from tests.fake_camera import FakeCapture, moving, plug_in, source_of

pytestmark = pytest.mark.usefixtures("impatient")
linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks the device node")


def test_a_camera_that_fails_for_ever(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    capture = FakeCapture(lambda number: moving(number) if number < 5 else None)
    source = source_of(monkeypatch, tmp_path, capture)
    source.open()
    with pytest.raises(CameraError, match=r"Fake Camera.* stopped"):
        while source.read():
            pass
    source.close()
    assert capture.released.is_set()


def test_a_camera_that_fails_now_and_then_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = source_of(monkeypatch, tmp_path, FakeCapture(lambda number: None if number % 3 else moving(number)))
    source.open()
    assert [frame.index for frame in (source.read() for _ in range(10)) if frame] == list(range(10))
    source.close()


@linux_only
def test_a_pulled_plug_is_noticed_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(camera, "SILENT_AFTER_S", 30)
    pulled = threading.Event()
    source = source_of(monkeypatch, tmp_path, FakeCapture(lambda number: None if pulled.is_set() else moving(number)))
    source.open()
    (tmp_path / "video7").unlink()
    pulled.set()
    with pytest.raises(CameraError):
        while source.read():
            pass
    source.close()


def test_a_driver_that_blocks_does_not_take_read_and_close_with_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    let_go = threading.Event()
    capture = FakeCapture(lambda number: moving(number) if number < 3 or let_go.wait(20) else None)
    source = source_of(monkeypatch, tmp_path, capture)
    source.open()
    started = time.monotonic()
    with pytest.raises(CameraError, match="stopped"):
        while source.read():
            pass
    source.close()
    assert time.monotonic() - started < 10
    assert not capture.released.is_set()
    let_go.set()  # the driver returns at last: the camera is released all the same
    assert capture.released.wait(10)
    for thread in threading.enumerate():
        if thread.name == "camera 7":
            thread.join(10)


def test_a_driver_that_blocks_in_open(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    let_go = threading.Event()
    capture = FakeCapture(lambda number: moving(number) if let_go.wait(20) else None)
    source = source_of(monkeypatch, tmp_path, capture)
    with pytest.raises(CameraError, match="no picture"):
        source.open()
    let_go.set()
    assert capture.released.wait(10)
    for thread in threading.enumerate():
        if thread.name == "camera 7":
            thread.join(10)


def test_the_same_picture_for_ever_is_a_still_while_the_camera_is_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    still = moving(1)
    source = source_of(monkeypatch, tmp_path, FakeCapture(lambda _number: still))
    source.open()
    started, frames = time.monotonic(), []
    while time.monotonic() - started < 0.9:
        frames.append(source.read())
    assert None not in frames
    assert not any(np.shares_memory(one.bgr, two.bgr) for one, two in itertools.pairwise(frames) if one and two)
    (tmp_path / "video7").unlink()
    monkeypatch.setattr(faults, "list_cameras", list)
    with pytest.raises(CameraError, match="unplugged"):
        while source.read():
            pass
    source.close()


@pytest.mark.parametrize(
    "error", [cv2.error("OpenCV(5.0.0) cap.cpp:1:\n error: (-215) failed"), OSError("I/O"), SystemError()]
)
def test_a_driver_that_throws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: Exception) -> None:
    def script(number: int) -> Any:
        if number < 3:
            return moving(number)
        raise error

    capture = FakeCapture(script)
    source = source_of(monkeypatch, tmp_path, capture)
    source.open()
    with pytest.raises(CameraError, match="Fake Camera") as caught:
        while source.read():
            pass
    assert "\n" not in str(caught.value)
    source.close()
    assert capture.released.is_set()


def test_no_first_picture_is_a_failed_open(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    capture = FakeCapture(lambda _number: None)
    # The camera must be let go of before anybody asks who is using it.
    free: list[bool] = []

    def why_not_open(_device: CameraDevice) -> CameraError:
        free.append(capture.released.is_set())
        return CameraError("no picture")

    monkeypatch.setattr(faults, "why_not_open", why_not_open)
    source = source_of(monkeypatch, tmp_path, capture)
    with pytest.raises(CameraError):
        source.open()
    assert free == [True]
    assert capture.released.is_set()


@linux_only
@pytest.mark.parametrize(
    ("at_open", "at_buffers", "words", "remedy", "fault"),
    [
        (errno.ENOENT, None, "does not exist", "Plug it in", Fault.GONE),
        (errno.ENODEV, None, "does not exist", "Plug it in", Fault.GONE),
        (errno.EACCES, None, "No permission", "usermod -aG video", Fault.FORBIDDEN),
        (errno.EBUSY, None, "Another program is using", "Close that program", Fault.IN_USE),
        (None, errno.EBUSY, "Another program is using", "Close that program", Fault.IN_USE),
        (None, errno.EIO, "gives no picture", "Unplug it", Fault.SILENT),
        (None, None, "gives no picture", "Unplug it", Fault.SILENT),
    ],
)
def test_why_a_camera_does_not_open(
    monkeypatch: pytest.MonkeyPatch,
    at_open: int | None,
    at_buffers: int | None,
    words: str,
    remedy: str,
    fault: Fault,
) -> None:
    import fcntl

    real_open, closed = os.open, []

    def fake_open(path: str, flags: int, *rest: Any, **named: Any) -> int:
        if path != "/dev/video987":
            return real_open(path, flags, *rest, **named)
        if at_open is not None:
            raise OSError(at_open, os.strerror(at_open))
        return 98765

    def fake_ioctl(node: int, _request: int, argument: bytes) -> bytes:
        assert node == 98765
        if at_buffers is not None:
            raise OSError(at_buffers, os.strerror(at_buffers))
        return argument

    monkeypatch.setattr(cv2, "VideoCapture", FakeCapture(opens=False))
    monkeypatch.setattr(os, "open", fake_open)
    monkeypatch.setattr(os, "close", closed.append)
    monkeypatch.setattr(fcntl, "ioctl", fake_ioctl)
    source = CameraSource(CameraDevice("Desk Webcam", "/dev/video987", 987, cv2.CAP_V4L2))
    with pytest.raises(CameraError, match=words) as caught:
        source.open()
    assert "Desk Webcam" in caught.value.what
    assert remedy in caught.value.remedy and caught.value.fault is fault
    assert closed == ([] if at_open is not None else [98765])


@linux_only
def test_a_pulled_plug_is_noticed_under_a_read_that_blocks(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(camera, "SILENT_AFTER_S", 30)
    let_go = threading.Event()
    capture = FakeCapture(lambda number: moving(number) if number < 3 or let_go.wait(20) else None)
    source = source_of(monkeypatch, tmp_path, capture)
    source.open()
    while capture.number < 3:
        time.sleep(0.01)
    (tmp_path / "video7").unlink()
    with pytest.raises(CameraError, match="unplugged") as caught:
        while source.read():
            pass
    assert caught.value.fault is Fault.GONE
    source.close()
    let_go.set()
    assert capture.released.wait(10)


def test_a_camera_that_our_own_driver_still_holds_is_not_called_in_use(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    let_go = threading.Event()
    stuck = FakeCapture(lambda number: moving(number) if number < 3 or let_go.wait(20) else None)
    device = plug_in(monkeypatch, tmp_path, stuck)
    source = CameraSource(device, 64, 48, 100)
    source.open()
    with pytest.raises(CameraError) as caught:
        while source.read():
            pass
    assert caught.value.fault is Fault.SILENT
    source.close()
    monkeypatch.setattr(cv2, "VideoCapture", FakeCapture(opens=False))
    for held in (True, False):
        with pytest.raises(CameraError) as caught:
            CameraSource(device, 64, 48, 100).open()
        assert (caught.value.fault is Fault.SILENT) == held
        let_go.set()
        assert stuck.released.wait(10)
        for thread in threading.enumerate():
            if thread.name == "camera 7":
                thread.join(10)
