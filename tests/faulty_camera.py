"""Cameras whose faults come and go on demand, at the level of cv2.VideoCapture, and a system they are plugged into."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from fer_desktop.capture.camera import CameraSource
from fer_desktop.capture.devices import CameraDevice
from fer_desktop.core.errors import CameraError, Fault
from fer_desktop.gui.composition import CameraWish

SIZE = (160, 120)
FPS = 20.0

Grab = Callable[[int], Any]
"""Number of the picture -> what the driver gives: an array, or None for none; it may raise or block."""


def moving(number: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """A BGR picture that differs from the one before."""
    image = np.full((size[1], size[0], 3), 90 + number * 7 % 100, np.uint8)
    image[:, number % size[0]] = 255
    return image


class FaultyCamera:
    """One camera. As real ones, it can be open only once, and what was opened before it was pulled out stays dead.

    Change `grab`, `fps` and `taken` at any time.
    """

    def __init__(self, folder: Path, number: int) -> None:
        self.name, self.index = f"Camera {number}", number
        self.node = folder / f"video{number}"
        self.grab: Grab = moving
        self.fps = FPS
        self.taken = False
        """Another program has it."""
        self.gate = threading.Event()
        """Lets go of those who block in it."""
        self.plugged_in = 0
        self.dead: Grab = lambda _: None
        """What a handle gives that was opened before the camera was pulled out."""
        self.obeys = False
        """It has every size; else it has SIZE alone."""
        self.holder: Handle | None = None
        self.opened = self.refused = 0
        self.asked: list[tuple[int, int, float]] = []
        self.plug()

    def plug(self, node: str = "") -> None:
        """In again, perhaps as another device node."""
        self.node = self.node.with_name(node) if node else self.node
        self.plugged_in += 1
        self.node.touch()

    def unplug(self) -> None:
        self.plugged_in += 1
        self.node.unlink()

    def blocked(self, _number: int) -> None:
        self.gate.wait(60)

    def devices(self) -> list[CameraDevice]:
        """As devices.list_cameras."""
        return [CameraDevice(self.name, str(self.node), self.index, cv2.CAP_V4L2)] if self.node.exists() else []

    def sign(self) -> object:
        """As devices.plugged_sign."""
        return tuple(self.devices())

    def source(self, name: str, wish: CameraWish) -> CameraSource:
        """As app.open_camera."""
        found = [device for device in self.devices() if name in ("", device.name)]
        if not found:
            raise CameraError(f'No camera is called "{name}"', "Plug it in", Fault.GONE)
        self.asked.append((wish.width, wish.height, wish.fps))
        return CameraSource(found[0], *self.asked[-1])


class Handle:
    """What cv2.VideoCapture gives."""

    def __init__(self, camera: FaultyCamera) -> None:
        self._camera, self._plugged_in = camera, camera.plugged_in
        self._released = False
        self._image: Any = None
        self._number = 0
        self._size = [float(side) for side in SIZE]
        held = camera.holder is not None and camera.holder.alive
        self._opened = camera.node.exists() and not camera.taken and not held
        if self._opened:
            camera.holder = self
            camera.opened += 1
        else:
            camera.refused += 1

    @property
    def alive(self) -> bool:
        return not self._released and self._plugged_in == self._camera.plugged_in

    def isOpened(self) -> bool:
        return self._opened and not self._released

    def set(self, what: int, value: float) -> bool:
        sides = (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT)
        if self._camera.obeys and what in sides:
            self._size[sides.index(what)] = value
        return True

    def get(self, what: int) -> float:
        width, height = self._size
        known = {cv2.CAP_PROP_FRAME_WIDTH: width, cv2.CAP_PROP_FRAME_HEIGHT: height, cv2.CAP_PROP_FPS: FPS}
        return float(known.get(what, cv2.VideoWriter.fourcc(*"YUYV")))

    def grab(self) -> bool:
        time.sleep(1 / self._camera.fps)
        self._number += 1
        self._image = (self._camera.grab if self.alive else self._camera.dead)(self._number)
        if self._camera.obeys and self._image is not None:
            self._image = cv2.resize(self._image, (int(self._size[0]), int(self._size[1])))
        return self._image is not None

    def retrieve(self) -> tuple[bool, Any]:
        return True, self._image

    def release(self) -> None:
        self._released = True


class System:
    """Stands for cv2.VideoCapture over all cameras there are."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.cameras: list[FaultyCamera] = []

    def add(self) -> FaultyCamera:
        # Nodes beside them stay free for cameras that come back as another one.
        self.cameras.append(FaultyCamera(self._folder, 100 + len(self.cameras)))
        return self.cameras[-1]

    def __call__(self, index: int, _backend: int) -> Handle:
        return Handle(self.cameras[index - 100])

    def let_go(self) -> None:
        """Whoever blocks comes back."""
        for camera in self.cameras:
            camera.gate.set()
