"""The camera source with a camera that works: whose thread it is, which picture comes, in what form."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_desktop.capture import camera
from fer_desktop.capture.camera import to_bgr
from fer_desktop.core.errors import CameraError
from tests.fake_camera import FakeCapture, moving, source_of

pytestmark = pytest.mark.usefixtures("impatient")


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
    while capture.number < 12:
        time.sleep(0.01)
    seen = capture.number
    second = source.read()
    source.close()
    assert first is not None and second is not None
    assert second.index == 1
    assert second.bgr[0, 0, 0] in [moving(number)[0, 0, 0] for number in range(seen - 3, capture.number + 1)]


@pytest.mark.parametrize(
    ("modes", "fourcc", "fps"),
    [
        ({"YUYV": (64, 48, 100.0), "MJPG": (64, 48, 100.0)}, "YUYV", 100.0),  # plain is enough: nothing to decode
        ({"YUYV": (64, 48, 10.0), "MJPG": (64, 48, 100.0)}, "MJPG", 100.0),
        ({"YUYV": (32, 24, 100.0), "MJPG": (64, 48, 100.0)}, "MJPG", 100.0),
        ({"YUYV": (64, 48, 15.0), "MJPG": (32, 24, 100.0)}, "YUYV", 15.0),
        ({"YUYV": (64, 48, 20.0)}, "YUYV", 20.0),
        ({"YUYV": (64, 48, 50.0), "MJPG": (64, 48, 50.0)}, "YUYV", 50.0),
        ({"YUYV": (32, 24, 100.0), "MJPG": (56, 42, 30.0)}, "MJPG", 30.0),  # nearer, though neither is it
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


def test_a_change_of_size_goes_through(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sizes = ((64, 48), (32, 24))
    source = source_of(monkeypatch, tmp_path, FakeCapture(lambda number: moving(number, sizes[number // 20 % 2])))
    source.open()
    assert {frame.size for frame in (source.read() for _ in range(40)) if frame} == set(sizes)
    source.close()


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


def test_closed_while_it_opens(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(camera, "OPEN_WITHIN_S", 30)
    monkeypatch.setattr(camera, "SILENT_AFTER_S", 30)
    source = source_of(monkeypatch, tmp_path, FakeCapture(lambda _number: None))
    closer = threading.Timer(0.2, source.close)
    closer.start()
    started = time.monotonic()
    with pytest.raises(CameraError):
        source.open()
    assert time.monotonic() - started < 10
    closer.join()


def test_opened_once_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = source_of(monkeypatch, tmp_path, FakeCapture())
    with pytest.raises(RuntimeError, match="before open"):
        source.read()
    source.open()
    with pytest.raises(RuntimeError, match="once"):
        source.open()
    source.close()
