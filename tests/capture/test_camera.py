from __future__ import annotations

import errno
import itertools
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from fer_desktop.capture import camera, faults
from fer_desktop.capture.camera import CameraSource, to_bgr
from fer_desktop.capture.devices import CameraDevice
from fer_desktop.core.errors import CameraError
from tests.fake_camera import FakeCapture, moving, plug_in

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks the device node")


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert not [thread.name for thread in threading.enumerate() if thread not in before]


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera, "SILENT_AFTER_S", 1.0)
    monkeypatch.setattr(camera, "OPEN_WITHIN_S", 2.0)
    monkeypatch.setattr(camera, "CLOSE_WITHIN_S", 0.5)
    monkeypatch.setattr(camera, "FROZEN_AFTER_S", 0.3)


def source_of(monkeypatch: pytest.MonkeyPatch, folder: Path, capture: FakeCapture) -> CameraSource:
    return CameraSource(plug_in(monkeypatch, folder, capture), 64, 48, 100)


def test_the_environment_is_set_and_a_persons_own_values_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", raising=False)
    monkeypatch.setenv("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "7")
    camera.prepare_opencv()
    assert os.environ["OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS"] == "0"
    assert os.environ["OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT"] == "7"


def test_one_thread_owns_the_device_and_releases_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    capture = FakeCapture()
    source = source_of(monkeypatch, tmp_path, capture)
    source.open()
    assert source.read() is not None
    source.close()
    assert capture.released.is_set()
    assert len(capture.threads) == 1
    assert threading.get_ident() not in capture.threads


def test_only_the_newest_picture_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    capture = FakeCapture()
    source = source_of(monkeypatch, tmp_path, capture)
    source.open()
    first = source.read()
    time.sleep(0.3)
    seen = capture.number
    second = source.read()
    source.close()
    assert first is not None and second is not None
    assert second.index == 1
    assert seen > 10
    assert second.bgr[0, 0, 0] in [moving(number)[0, 0, 0] for number in range(seen - 3, seen + 2)]


@pytest.mark.parametrize(
    ("modes", "fourcc", "fps"),
    [
        ({"YUYV": (64, 48, 100.0), "MJPG": (64, 48, 100.0)}, "YUYV", 100.0),  # plain is enough: nothing to decode
        ({"YUYV": (64, 48, 10.0), "MJPG": (64, 48, 100.0)}, "MJPG", 100.0),
        ({"YUYV": (32, 24, 100.0), "MJPG": (64, 48, 100.0)}, "MJPG", 100.0),
        ({"YUYV": (64, 48, 15.0), "MJPG": (32, 24, 100.0)}, "YUYV", 15.0),
        ({"YUYV": (64, 48, 20.0)}, "YUYV", 20.0),
        ({"YUYV": (64, 48, 50.0), "MJPG": (64, 48, 50.0)}, "YUYV", 50.0),
    ],
)
def test_compressed_only_where_it_gives_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, modes: dict[str, tuple[int, int, float]], fourcc: str, fps: float
) -> None:
    capture = FakeCapture(modes=modes)
    source = source_of(monkeypatch, tmp_path, capture)
    source.open()
    source.close()
    assert capture.format == fourcc
    assert source.fps == fps


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
    assert time.monotonic() - started < 4
    assert not capture.released.is_set()
    let_go.set()  # the driver returns at last: the camera is released all the same
    assert capture.released.wait(2)
    for thread in threading.enumerate():
        if thread.name == "camera 7":
            thread.join(2)


def test_a_driver_that_blocks_in_open(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    let_go = threading.Event()
    capture = FakeCapture(lambda number: moving(number) if let_go.wait(20) else None)
    source = source_of(monkeypatch, tmp_path, capture)
    with pytest.raises(CameraError, match="no picture"):
        source.open()
    let_go.set()
    assert capture.released.wait(2)
    for thread in threading.enumerate():
        if thread.name == "camera 7":
            thread.join(2)


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
    with pytest.raises(CameraError, match="stopped"):
        while source.read():
            pass
    source.close()


def test_a_change_of_size_goes_through(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sizes = ((64, 48), (32, 24))
    source = source_of(monkeypatch, tmp_path, FakeCapture(lambda number: moving(number, sizes[number // 20 % 2])))
    source.open()
    assert {frame.size for frame in (source.read() for _ in range(40)) if frame} == set(sizes)
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


PLAIN = np.arange(48 * 64, dtype=np.uint32).reshape(48, 64) % 256


@pytest.mark.parametrize(
    "image",
    [
        PLAIN.astype(np.uint8),
        PLAIN.astype(np.uint8)[:, :, None],
        np.dstack([PLAIN] * 4).astype(np.uint8),
        (PLAIN * 256).astype(np.uint16),
        np.dstack([PLAIN] * 3).astype(np.uint8)[:, :, ::-1],
        np.dstack([PLAIN, np.full_like(PLAIN, 128)]).astype(np.uint8),
    ],
    ids=["grey", "grey, one channel", "BGRA", "16 bits", "not contiguous", "YUYV"],
)
def test_odd_formats_become_bgr(image: np.ndarray) -> None:
    bgr = to_bgr(image)
    assert bgr is not None
    assert (bgr.dtype, bgr.shape, bgr.flags.c_contiguous) == (np.uint8, (48, 64, 3), True)
    if image.ndim != 3 or image.shape[2] != 2:
        assert np.array_equal(bgr[:, :, 0], PLAIN)
    else:  # YUV's range is 16 to 235
        assert np.corrcoef(bgr[:, :, 1].ravel(), PLAIN.ravel())[0, 1] > 0.99
        assert np.ptp(bgr[20, 20]) <= 2


@pytest.mark.parametrize(
    "image", [None, np.zeros((0, 0, 3), np.uint8), np.zeros((4, 4, 3), np.float32), np.zeros(9, np.uint8)]
)
def test_what_is_no_picture_is_passed_over(image: Any) -> None:
    assert to_bgr(image) is None


def test_grey_and_black_cameras_work(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = source_of(monkeypatch, tmp_path, FakeCapture(lambda number: np.full((48, 64), number % 2, np.uint8)))
    source.open()
    frame = source.read()
    source.close()
    assert frame is not None
    assert frame.bgr.shape == (48, 64, 3)


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
    ("at_open", "at_buffers", "words", "remedy"),
    [
        (errno.ENOENT, None, "does not exist", "Plug it in"),
        (errno.ENODEV, None, "does not exist", "Plug it in"),
        (errno.EACCES, None, "No permission", "usermod -aG video"),
        (errno.EBUSY, None, "Another program is using", "Close that program"),
        (None, errno.EBUSY, "Another program is using", "Close that program"),
        (None, errno.EIO, "gives no picture", "Unplug it"),
        (None, None, "gives no picture", "Unplug it"),
    ],
)
def test_why_a_camera_does_not_open(
    monkeypatch: pytest.MonkeyPatch, at_open: int | None, at_buffers: int | None, words: str, remedy: str
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
    assert remedy in caught.value.remedy
    assert closed == ([] if at_open is not None else [98765])


def test_closed_while_it_opens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(camera, "OPEN_WITHIN_S", 30)
    monkeypatch.setattr(camera, "SILENT_AFTER_S", 30)
    source = source_of(monkeypatch, tmp_path, FakeCapture(lambda _number: None))
    closer = threading.Timer(0.2, source.close)
    closer.start()
    started = time.monotonic()
    with pytest.raises(CameraError):
        source.open()
    assert time.monotonic() - started < 2
    closer.join()


def test_opened_once_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = source_of(monkeypatch, tmp_path, FakeCapture())
    with pytest.raises(RuntimeError, match="before open"):
        source.read()
    source.open()
    with pytest.raises(RuntimeError, match="once"):
        source.open()
    source.close()
