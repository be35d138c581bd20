"""A camera as a FrameSource, by OpenCV.

The device lives on one thread of its own, which opens, reads and releases it. A driver may block for ever in any of
these calls; `open`, `read` and `close` wait for that thread with a bound, so none of them ever hangs with it.
"""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fer_desktop.capture import faults
from fer_desktop.capture.devices import CameraDevice
from fer_desktop.core.errors import CameraError, Fault
from fer_desktop.core.types import Frame, UInt8Array

if TYPE_CHECKING:
    import cv2

_log = logging.getLogger(__name__)

OPEN_WITHIN_S = 15.0
"""From open to the first picture. Media Foundation takes up to ten seconds with some cameras."""
FIRST_PICTURE_WITHIN_S = 4.0
"""Of an open camera that says it has none yet."""
SILENT_AFTER_S = 3.0
"""A camera that gave no new picture for so long is opened anew."""
DRIVER_GRACE_S = 0.5
"""A driver that blocks has so much longer to come back by itself: only then can it let go of the camera."""
LOOK_EVERY_S = 0.25
"""How often a reader that waits looks whether the camera is still plugged in."""
CLOSE_WITHIN_S = 1.0
"""How long `close` waits for the device; a driver that blocks longer releases it whenever it returns."""
FROZEN_AFTER_S = 1.2
"""The same picture for so long makes us ask the system whether the camera is still there."""

_unreleased: set[tuple[str, int]] = set()
"""Path and index of cameras whose driver still blocks a thread of ours: they are in use by nobody else."""


class CameraSource:
    """Frames of `device`, as near to `width` x `height` pixels at `fps` as it can. Only the newest picture is kept."""

    live = True

    def __init__(self, device: CameraDevice, width: int = 1280, height: int = 720, fps: float = 30) -> None:
        self.name = device.name
        self._device = device
        self._wanted = (width, height, fps)
        self._fps: float | None = None
        self._thread: threading.Thread | None = None
        self._changed = threading.Condition()
        # All below is shared with the device's thread and guarded by _changed.
        self._newest: tuple[UInt8Array, float] | None = None
        self._error: CameraError | None = None
        self._stopping = False
        self._index = 0

    @property
    def fps(self) -> float | None:
        """Frames a second that the camera says it delivers."""
        return self._fps

    def open(self) -> None:
        """Start the camera and wait for its first picture. Raises CameraError, and then holds nothing."""
        if self._thread is not None or self._stopping:
            raise RuntimeError("a camera source is opened once")
        self._thread = threading.Thread(target=self._run, name=f"camera {self._device.index}", daemon=True)
        self._thread.start()
        with self._changed:
            self._changed.wait_for(lambda: self._newest or self._error or self._stopping, OPEN_WITHIN_S)
            if self._newest is not None and not self._stopping:
                return
            error = self._error
        self.close()
        raise error or CameraError(f'"{self.name}" gives no picture', "Unplug it, plug it in again and retry")

    def read(self) -> Frame | None:
        """The next picture, about SILENT_AFTER_S away at most; None once closed. Raises CameraError when it is gone."""
        if self._thread is None and not self._stopping:
            raise RuntimeError("read before open")
        deadline = time.monotonic() + SILENT_AFTER_S + DRIVER_GRACE_S
        while time.monotonic() < deadline:
            with self._changed:
                self._changed.wait_for(lambda: self._newest or self._error or self._stopping, LOOK_EVERY_S)
                if self._stopping:
                    return None
                if self._newest is not None:
                    (image, captured_at), self._newest = self._newest, None
                    frame = Frame(image, self._index, captured_at, self.name)
                    self._index += 1
                    return frame
                if self._error is not None:
                    raise self._error
            if not _node_exists(self._device):
                break
        raise _lost(self._device)

    def close(self) -> None:
        """Let go of the camera; returns within CLOSE_WITHIN_S. Any thread may call it: a waiting `read` gives None."""
        with self._changed:
            self._stopping = True
            self._newest = None
            self._changed.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(CLOSE_WITHIN_S)
            if self._thread.is_alive():
                _unreleased.add(_key(self._device))
                if not self._thread.is_alive():
                    _unreleased.discard(_key(self._device))
                _log.warning('the driver of "%s" does not answer; it is left to release the camera', self.name)

    def _run(self) -> None:
        """The device's thread: whatever happens here reaches `read` as a CameraError."""
        capture = None
        try:
            capture = _open_device(self._device)
            self._fps = _configure(capture, *self._wanted)
            self._grab_until_stopped(capture)
        except CameraError as error:
            self._fail(error)
        except Exception as error:  # drivers and cv2 raise what they like; none of it may end in a silent thread
            _log.debug("camera failed", exc_info=True)
            failed = CameraError(f'"{self.name}" failed: {_one_line(error)}', "Unplug it and plug it in again")
            self._fail(failed if _node_exists(self._device) else _lost(self._device))
        finally:
            if capture is not None:
                with contextlib.suppress(Exception):  # a driver that fails to let go has let go as far as it will
                    capture.release()
            _unreleased.discard(_key(self._device))

    def _fail(self, error: CameraError) -> None:
        with self._changed:
            self._error = error
            self._changed.notify_all()

    def _grab_until_stopped(self, capture: cv2.VideoCapture) -> None:
        last_good = time.monotonic()
        delivered = False
        watch = _FrozenWatch(self._device)
        previous: Any = None
        while not self._stopping:
            grabbed = capture.grab()
            now = time.monotonic()
            raw = capture.retrieve()[1] if grabbed else None
            image = to_bgr(raw)
            if image is None:
                longest_s = SILENT_AFTER_S if delivered else FIRST_PICTURE_WITHIN_S
                if now - last_good > longest_s or not _node_exists(self._device):
                    capture.release()  # or we would find the camera in use by ourselves
                    raise _lost(self._device) if delivered else faults.why_not_open(self._device)
                time.sleep(0.01)  # a camera that fails does so at once, and would otherwise keep a core busy
                continue
            if previous is not None and np.may_share_memory(image, previous):
                image = image.copy()  # some drivers hand out one buffer again and again
            watch.check(image, now)
            previous, last_good, delivered = raw, now, True
            with self._changed:
                if not self._stopping:
                    self._newest = (image, now)
                    self._changed.notify_all()


class _FrozenWatch:
    """Tells a dead camera that repeats its last picture from one that looks at a still: the system lists the latter."""

    def __init__(self, device: CameraDevice) -> None:
        self._device = device
        self._sample: UInt8Array | None = None
        self._since = 0.0

    def check(self, image: UInt8Array, now: float) -> None:
        """Raises CameraError where the picture stands still and the camera is no longer there."""
        sample = image[::16, ::16].copy()
        if self._sample is None or not np.array_equal(sample, self._sample):
            self._sample, self._since = sample, now
        elif now - self._since > FROZEN_AFTER_S:
            self._since = now
            if not faults.is_present(self._device):
                raise _lost(self._device)


def to_bgr(image: Any) -> UInt8Array | None:
    """uint8[h, w, 3] in BGR from what drivers deliver: grey, BGRA, YUYV, 16 bits a channel; None for nothing usable."""
    import cv2

    if not isinstance(image, np.ndarray) or image.size == 0 or image.ndim not in (2, 3):
        return None
    if image.dtype == np.uint16:
        image = (image >> 8).astype(np.uint8)
    if image.dtype != np.uint8:
        return None
    channels = 1 if image.ndim == 2 else image.shape[2]
    if channels == 3:
        return np.ascontiguousarray(image)
    conversion = {1: cv2.COLOR_GRAY2BGR, 2: cv2.COLOR_YUV2BGR_YUY2, 4: cv2.COLOR_BGRA2BGR}.get(channels)
    return None if conversion is None else np.asarray(cv2.cvtColor(np.ascontiguousarray(image), conversion), np.uint8)


def _open_device(device: CameraDevice) -> cv2.VideoCapture:
    import cv2

    with _quiet_opencv():
        capture = cv2.VideoCapture(device.index, device.backend)
        if capture.isOpened():
            return capture
    capture.release()
    if _key(device) in _unreleased:
        raise CameraError(f'"{device.name}" does not answer', "Unplug it and plug it in again", Fault.SILENT)
    raise faults.why_not_open(device)


def _configure(capture: cv2.VideoCapture, width: int, height: int, fps: float) -> float | None:
    """Ask for a size and rate; the camera takes what is nearest of what it has. Returns the rate.

    Compressed (MJPG) only where that comes nearer, since decoding costs.
    """
    import cv2

    def ask(fourcc: int | None) -> tuple[float, float]:
        """How near it came: the greater, the nearer; size before rate."""
        if fourcc is not None:
            capture.set(cv2.CAP_PROP_FOURCC, fourcc)
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
        capture.set(cv2.CAP_PROP_FPS, fps)
        real_width, real_height = (capture.get(one) for one in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        rate = capture.get(cv2.CAP_PROP_FPS)
        far = abs(real_width - width) + abs(real_height - height)
        return -far, min(rate, fps) if np.isfinite(rate) and rate > 0 else 0.0

    with _quiet_opencv():
        plain_format = int(capture.get(cv2.CAP_PROP_FOURCC))
        plain = ask(None)
        if plain < (0.0, 0.9 * fps) and ask(cv2.VideoWriter.fourcc(*"MJPG")) <= plain:
            ask(plain_format if plain_format > 0 else None)
        rate = capture.get(cv2.CAP_PROP_FPS)
    return float(rate) if np.isfinite(rate) and rate > 0 else None


@contextlib.contextmanager
def _quiet_opencv() -> Iterator[None]:
    """OpenCV writes its own guesses to stderr when a camera does not open; ours is the one line a person sees."""
    import cv2

    logging_level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(logging_level)


def _node_exists(device: CameraDevice) -> bool:
    """False only where the system says at no cost that the camera is gone (Linux)."""
    return not (sys.platform.startswith("linux") and device.path) or Path(device.path).exists()


def _lost(device: CameraDevice) -> CameraError:
    """The error for a camera that gave pictures before. Asks the system for its cameras; may take a moment."""
    if faults.is_present(device):
        return CameraError(
            f'"{device.name}" stopped delivering pictures', "Unplug it and plug it in again", Fault.SILENT
        )
    return CameraError(f'"{device.name}" is unplugged', "Plug it in again", Fault.GONE)


def _key(device: CameraDevice) -> tuple[str, int]:
    return device.path, device.index


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
