"""Scenes: one data set face pasted into a larger picture, so that it can be found and cropped as a live face is.

A network that only saw the data set's own 48×48 frames meets other crops live: the detector's box scatters, the crop
is resampled, its border shows what lay around the face. Scenes measure that difference, and training on their crops
takes most of it away.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from fer_desktop.core.crop import crop_face
from fer_desktop.core.ports import FaceDetector
from fer_desktop.core.types import Box, Face, Frame, UInt8Array

WIDTH, HEIGHT = 640, 480
SIDES = (96, 400)
"""Side of the pasted 48×48 frame in pixels of the scene, smallest and largest; drawn evenly on a log scale."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """`bgr` uint8[480, 640, 3] and where the data set's 48×48 frame lies in it."""

    bgr: UInt8Array
    frame: Box


def compose(face: UInt8Array, rng: np.random.Generator, side: int | None = None) -> Scene:
    """Paste a uint8[48, 48] face, enlarged to `side` pixels, on a plain background with a soft edge and light noise."""
    low, high = np.log(SIDES[0]), np.log(SIDES[1])
    side = side or round(float(np.exp(rng.uniform(low, high))))
    x, y = int(rng.integers(0, WIDTH - side)), int(rng.integers(0, HEIGHT - side))
    ramp = np.linspace(rng.uniform(40, 200), rng.uniform(40, 200), WIDTH, dtype=np.float32)
    scene = np.repeat(ramp[None], HEIGHT, axis=0)
    patch: np.ndarray = cv2.resize(face, (side, side), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    feather = max(2, round(side * 0.04))
    mask: np.ndarray = np.zeros((side, side), np.float32)
    mask[feather:-feather, feather:-feather] = 1
    mask = cv2.blur(mask, (feather, feather))
    scene[y : y + side, x : x + side] = mask * patch + (1 - mask) * scene[y : y + side, x : x + side]
    noise = rng.standard_normal(scene.shape, np.float32) * np.float32(rng.uniform(0, 3))
    grey = np.clip(scene + noise, 0, 255).astype(np.uint8)
    return Scene(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), Box(x, y, side, side))  # type: ignore[arg-type]


def find(scene: Scene, detector: FaceDetector, hint: bool = False) -> Face | None:
    """The detected face that lies on the pasted one, or None. hint: tell the detector where to look for it."""
    frame = Frame(scene.bgr, 0, 0.0, "scene")
    known = [scene.frame] if hint else []
    faces = [face for face in detector.detect(frame, known) if _lies_on(face.box, scene.frame)]
    return max(faces, key=lambda face: face.score, default=None)


def _lies_on(box: Box, frame: Box) -> bool:
    """Whether a detected box can be the face of a 48×48 frame: they agree, or it is a smaller face inside it."""
    return box.iou(frame) > 0.3 or (box.intersection(frame) > 0.8 * box.area and box.area > 0.08 * frame.area)


def scene_crops(
    faces: UInt8Array, detector: FaceDetector, seed: int, progress: Callable[[int], None] = lambda done: None
) -> tuple[UInt8Array, int]:
    """(crops uint8[n, 48, 48], how many were found): each face of uint8[n, 48, 48] through scene, detector and crop.

    Where no face was found the crop is the face as it was given.
    """
    rng = np.random.default_rng(seed)
    crops, found = faces.copy(), 0
    for index, image in enumerate(faces):
        scene = compose(image, rng)
        face = find(scene, detector, hint=True)
        if face is not None:
            crops[index] = crop_face(scene.bgr, face)
            found += 1
        progress(index + 1)
    return crops, found
