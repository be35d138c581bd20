"""The annotated picture as a camera that meeting and streaming programs can choose.

Linux needs the kernel module v4l2loopback, Windows and macOS the one that OBS Studio brings. The library, pyvirtualcam,
is under the GNU General Public License, version 2: it is an extra that people install themselves, no part of this
program.

A client, where the camera is OpenCV's number 0:

    import cv2
    camera = cv2.VideoCapture(0)
    while cv2.waitKey(1) != 27:
        picture = camera.read()[1]
        cv2.imshow("Seen by the meeting", picture)
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, Final, Protocol

import numpy as np

from fer_desktop.core.errors import FerError, InputError, MissingComponentError
from fer_desktop.core.types import Analysis, Frame, UInt8Array
from fer_desktop.streams import libraries

SIZE: Final = (1280, 720)
"""Width and height in pixels, whatever the source has: programs that show a camera seldom follow a change of size."""
_FPS: Final = 30.0
_HOW: Final = {
    "linux": f"Run: {libraries.MODULE_COMMAND}",
    "darwin": "Install OBS Studio 30 or later, and press Start Virtual Camera in it once",
    "win32": "Install OBS Studio, which brings one",
}

Paint = Callable[[Frame, Analysis], UInt8Array]
"""uint8[h, w, 3] BGR: the frame with its analysis painted on."""


class Device(Protocol):
    """What is needed of pyvirtualcam.Camera."""

    @property
    def device(self) -> str: ...

    def send(self, frame: UInt8Array) -> None: ...

    def close(self) -> None: ...


def open_device(size: tuple[int, int], name: str | None) -> Device:
    """`name` None: the first one there is. Raises RuntimeError where there is none, MissingComponentError."""
    library = libraries.load("pyvirtualcam")
    made: Device = library.Camera(*size, _FPS, fmt=library.PixelFormat.BGR, device=name)
    return made


class VirtualCameraSink:
    """make_paint is called with the first frame, on the thread that puts; so is what it gives."""

    wants_frames = True
    clients: int | None = None
    caution: str | None = None

    def __init__(
        self,
        make_paint: Callable[[], Paint],
        device: str | None = None,
        open_device: Callable[[tuple[int, int], str | None], Device] = open_device,
    ) -> None:
        self._make_paint, self._wanted, self._open_device = make_paint, device, open_device
        self.name = f"virtual camera {device}" if device else "virtual camera"
        self._paint: Paint | None = None
        self._device: Device | None = None

    def open(self) -> None:
        try:
            self._device = self._open_device(SIZE, self._wanted)
        except (RuntimeError, OSError, ValueError) as error:
            if self._wanted:
                raise InputError(f"{self._wanted} is no virtual camera that can be used", _how()) from error
            raise MissingComponentError("There is no virtual camera, or another program uses it", _how()) from error
        self.name = f"virtual camera {self._device.device}"

    def put(self, frame: Frame | None, analysis: Analysis) -> bool:
        if frame is None or self._device is None:
            return False
        if self._paint is None:
            self._paint = self._make_paint()
        picture = fitted(self._paint(frame, analysis), SIZE)
        try:
            self._device.send(picture)
        except (RuntimeError, OSError) as error:
            raise FerError(f"The {self.name} takes no more pictures", "Start the stream again") from error
        return True

    def close(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            device.close()


def fitted(picture: UInt8Array, size: tuple[int, int]) -> UInt8Array:
    """uint8[h, w, 3] of (width, height) `size`: the whole picture as large as it fits, with black beside it."""
    import cv2

    height, width = picture.shape[:2]
    if (width, height) == size:
        return np.ascontiguousarray(picture)
    scale = min(size[0] / width, size[1] / height)
    inner = (min(max(round(width * scale), 1), size[0]), min(max(round(height * scale), 1), size[1]))
    # Averaging areas looks no better down to a half, and takes several times as long.
    way: Any = cv2.INTER_AREA if scale < 0.5 else cv2.INTER_LINEAR
    canvas = np.zeros((size[1], size[0], 3), np.uint8)
    left, top = (size[0] - inner[0]) // 2, (size[1] - inner[1]) // 2
    canvas[top : top + inner[1], left : left + inner[0]] = cv2.resize(picture, inner, interpolation=way)
    return canvas


def _how() -> str:
    return _HOW.get(sys.platform, "This system has no virtual camera that is known here")
