"""A camera that is not there: stands for cv2.VideoCapture and misbehaves as real ones do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from fer_desktop.capture.camera import CameraSource
from fer_desktop.capture.devices import CameraDevice

Script = Callable[[int], Any]
"""Picture number -> an array, or None for a grab that fails; it may raise or block."""


def moving(number: int, size: tuple[int, int] = (64, 48)) -> np.ndarray:
    """A BGR picture that differs from the one before."""
    image = np.full((size[1], size[0], 3), number * 7 % 251, np.uint8)
    image[:, number % size[0]] = 255
    return image


class FakeCapture:
    """What CameraSource uses of cv2.VideoCapture. `modes`: format -> (width, height, fps) that it can do."""

    def __init__(
        self, script: Script = moving, opens: bool = True, modes: dict[str, tuple[int, int, float]] | None = None
    ):
        self.script = script
        self.opens = opens
        self.modes = modes or {"YUYV": (64, 48, 100.0)}
        self.format = next(iter(self.modes))
        self.released = threading.Event()
        self.threads: set[int] = set()
        self.asked: list[tuple[int, float]] = []
        self.number = 0
        self._image: Any = None

    def __call__(self, *_arguments: object) -> FakeCapture:
        """Stands for the class too: cv2.VideoCapture(index, backend)."""
        self.threads.add(threading.get_ident())
        return self

    def isOpened(self) -> bool:
        return self.opens and not self.released.is_set()

    def set(self, what: int, value: float) -> bool:
        self.asked.append((what, value))
        if what == cv2.CAP_PROP_FOURCC:
            name = int(value).to_bytes(4, "little").decode()
            self.format = name if name in self.modes else self.format
        return True

    def get(self, what: int) -> float:
        width, height, fps = self.modes[self.format]
        return {
            cv2.CAP_PROP_FRAME_WIDTH: width,
            cv2.CAP_PROP_FRAME_HEIGHT: height,
            cv2.CAP_PROP_FPS: fps,
            cv2.CAP_PROP_FOURCC: cv2.VideoWriter.fourcc(*self.format),
        }[what]

    def grab(self) -> bool:
        self.threads.add(threading.get_ident())
        assert not self.released.is_set(), "read after release"
        image = self.script(self.number)
        self.number += 1
        if image is None:
            return False
        time.sleep(1 / self.modes[self.format][2])
        self._image = image
        return True

    def retrieve(self) -> tuple[bool, Any]:
        return True, self._image

    def release(self) -> None:
        self.threads.add(threading.get_ident())
        self.released.set()


def plug_in(monkeypatch: pytest.MonkeyPatch, folder: Path, capture: FakeCapture) -> CameraDevice:
    """Have OpenCV open `capture`; its device node is a file in `folder`, deleted to pull the plug."""
    monkeypatch.setattr(cv2, "VideoCapture", capture)
    node = folder / "video7"
    node.touch()
    return CameraDevice("Fake Camera", str(node), 7, cv2.CAP_V4L2)


def source_of(monkeypatch: pytest.MonkeyPatch, folder: Path, capture: FakeCapture) -> CameraSource:
    """A source of 64 x 48 pixels at 100 a second from `capture`."""
    return CameraSource(plug_in(monkeypatch, folder, capture), 64, 48, 100)
