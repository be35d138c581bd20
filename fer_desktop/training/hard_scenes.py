"""Scenes in which a face is hard to read: in the dark, in glare, far away, out of focus, turned away, half out of view.

What light, optics and distance do is done to the whole picture, before the program's own detector and crop see it;
how hard is drawn evenly, from not at all to the limit given. They measure when the program had better not label a face.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from fer_desktop.core.types import CROP_SIDE, Box, UInt8Array
from fer_desktop.training import robustness, scenes
from fer_desktop.training.scenes import Scene

RENDER_SIDE: Final = 96
"""A turned face is drawn so large, from four times as many points: nothing shows between them up to 60°."""
HEAD_CM: Final = (8.0, 11.0, 8.5)
"""Half axes of the ellipsoid a face lies on: across, down, towards the camera."""
FRAME_CM: Final = 17.9
"""FER2013's frame is 1.19 times as wide as the detector's box, and that about as wide as a head: 15 cm."""
NOSE_CM: Final = (2.6, 1.3)
"""How far the nose stands out of the ellipsoid, and its scale."""


def turned(face: UInt8Array, yaw: float, pitch: float) -> UInt8Array:
    """uint8[96, 96]: a face uint8[48, 48] laid on a head and turned, in degrees: to the picture's right, and up.

    The hidden side vanishes behind the nose and the edge, as in life. What the photograph did not show (the ear and
    cheek on the near side) is stretched skin, the light does not change, and the face may have been turned before. To
    the eye it is right; the detector, which looks for the ear, takes 15° for 9 and anything beyond 25° for 12. So it
    tells what turning does to the reading, and nothing of angles.
    """
    points = RENDER_SIDE * 2
    grey = cv2.resize(face, (points, points), interpolation=cv2.INTER_CUBIC)
    x, y = np.meshgrid(*[((np.arange(points) + 0.5) / points - 0.5) * FRAME_CM] * 2)
    across, down, deep = HEAD_CM
    z = deep * np.sqrt(np.maximum(0.0, 1 - (x / across) ** 2 - (y / down) ** 2))
    high, wide = NOSE_CM
    z += high * np.exp(-(x**2 + (y - 1.0) ** 2) / (2 * wide**2))
    z -= z.mean()
    a, b = np.radians(yaw), np.radians(pitch)
    y, z = y * np.cos(b) - z * np.sin(b), y * np.sin(b) + z * np.cos(b)
    x, z = x * np.cos(a) + z * np.sin(a), -x * np.sin(a) + z * np.cos(a)
    column, row = (np.rint((at / FRAME_CM + 0.5) * RENDER_SIDE - 0.5).astype(int).ravel() for at in (x, y))
    inside = (column >= 0) & (column < RENDER_SIDE) & (row >= 0) & (row < RENDER_SIDE)
    from_back = np.argsort(z.ravel(), kind="stable")
    from_back = from_back[inside[from_back]]
    picture = np.zeros((RENDER_SIDE, RENDER_SIDE), np.uint8)
    empty = np.full((RENDER_SIDE, RENDER_SIDE), 255, np.uint8)
    picture[row[from_back], column[from_back]] = grey.ravel()[from_back]
    empty[row[from_back], column[from_back]] = 0
    return cv2.inpaint(picture, empty, 3, cv2.INPAINT_TELEA)  # type: ignore[return-value]


def _grey(scene: Scene) -> UInt8Array:
    return scene.bgr[..., 0]


def _of(grey: UInt8Array, frame: Box) -> Scene:
    return Scene(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), frame)  # type: ignore[arg-type]


def _clean(face: UInt8Array, _how: float, rng: np.random.Generator) -> Scene:
    return scenes.compose(face, rng)


def _dark(face: UInt8Array, stops: float, rng: np.random.Generator) -> Scene:
    scene = scenes.compose(face, rng)
    return _of(robustness.darkened(_grey(scene), 2.0**-stops, rng), scene.frame)


def _bright(face: UInt8Array, stops: float, rng: np.random.Generator) -> Scene:
    """More light than the sensor holds: what passes white is white."""
    scene = scenes.compose(face, rng)
    gain = 2.0 ** (stops / robustness.GAMMA)
    return _of(cv2.convertScaleAbs(_grey(scene), alpha=gain), scene.frame)  # type: ignore[arg-type]


def _small(face: UInt8Array, halvings: float, rng: np.random.Generator) -> Scene:
    """The frame 64 pixels wide, halved so often; each pixel is the mean of the area it covers."""
    side = round(64 * 2.0**-halvings)
    if side < CROP_SIDE:
        face = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
    return scenes.compose(face, rng, side=side)


def _blurred(face: UInt8Array, sigma: float, rng: np.random.Generator) -> Scene:
    """sigma: in pixels of the crop. The sensor's noise comes after the optics and stays sharp."""
    scene = scenes.compose(face, rng)
    soft = robustness.blurred(_grey(scene), sigma * scene.frame.width / CROP_SIDE)
    noise = rng.standard_normal(soft.shape, np.float32) * np.float32(rng.uniform(0, 3))
    return _of(np.clip(soft + noise, 0, 255).astype(np.uint8), scene.frame)


def _turned(face: UInt8Array, yaw: float, rng: np.random.Generator) -> Scene:
    side = 1 if rng.random() < 0.5 else -1
    return scenes.compose(turned(face, side * yaw, rng.uniform(-20, 20)), rng)


def _half_out(face: UInt8Array, share: float, rng: np.random.Generator) -> Scene:
    """The picture ends where `share` of the face's frame lies beyond it, at one of its four sides."""
    scene = scenes.compose(face, rng)
    frame, grey = scene.frame, _grey(scene)
    beyond = round(share * frame.width)
    match int(rng.integers(4)):
        case 0:
            left, top = int(frame.x) + beyond, 0
            grey = grey[:, left:]
        case 1:
            left, top = 0, int(frame.y) + beyond
            grey = grey[top:]
        case 2:
            left = top = 0
            grey = grey[:, : int(frame.x + frame.width) - beyond]
        case _:
            left = top = 0
            grey = grey[: int(frame.y + frame.height) - beyond]
    return _of(np.ascontiguousarray(grey), Box(frame.x - left, frame.y - top, frame.width, frame.height))


@dataclass(frozen=True, slots=True)
class Kind:
    """One way for a face to be hard to read; `most`: the hardest that is drawn, in `unit`."""

    name: str
    unit: str
    most: float
    make: Callable[[UInt8Array, float, np.random.Generator], Scene]

    def compose(self, face: UInt8Array, rng: np.random.Generator) -> tuple[Scene, float]:
        """The scene of a face uint8[48, 48], and how hard it was made."""
        how = float(rng.uniform(0, self.most))
        return self.make(face, how, rng), how


CLEAN: Final = Kind("clean", "", 0.0, _clean)
KINDS: Final = (
    CLEAN,
    Kind("dark", "stops less light", 6.0, _dark),
    Kind("bright", "stops too much light", 4.0, _bright),
    Kind("small", "halvings of 64 px", 2.0, _small),
    Kind("blurred", "px of the crop, sigma", 3.0, _blurred),
    Kind("turned", "degrees", 60.0, _turned),
    Kind("half out", "share out of view", 0.5, _half_out),
)
HARD: Final = ("dark", "small", "blurred", "turned")
"""What abstaining is measured on: as many scenes of each."""
