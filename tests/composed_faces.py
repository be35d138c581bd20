"""Faces pasted into pictures where they are wanted, one before the other, for the real detector to find."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from core_values import demo_frame

from fer_desktop.core.types import Frame

NOISE = 3.0
"""Of a camera in a room, in grey levels."""


_OVAL = np.zeros((192, 192), np.float32)
cv2.ellipse(_OVAL, (96, 100), (77, 92), 0, 0, 360, 1.0, -1)
_OVAL = cv2.GaussianBlur(_OVAL, (0, 0), 4.0)


def drawn_face() -> np.ndarray:
    """The demo's face, framed as FER2013 would, grey uint8[192, 192]."""
    grey = cv2.cvtColor(demo_frame(1280, 720).bgr, cv2.COLOR_BGR2GRAY)
    return cv2.resize(grey[165:545, 450:830], (192, 192), interpolation=cv2.INTER_AREA)


def public_faces(shared: Path, count: int) -> list[np.ndarray]:
    """The first faces of FER2013's PublicTest, uint8[48, 48, 3] each."""
    from PIL import Image

    with (shared / "data" / "fer2013.csv").open() as stream:
        rows = [row for row in csv.DictReader(stream) if row["usage"] == "PublicTest"][:count]
    mosaic = np.asarray(Image.open(shared / "data" / "fer2013.webp").convert("L"))
    across = mosaic.shape[1] // 48
    corners = [(int(row["tile"]) // across * 48, int(row["tile"]) % across * 48) for row in rows]
    return [np.ascontiguousarray(mosaic[y : y + 48, x : x + 48]) for y, x in corners]


class Painter:
    """Paints grey faces on a ramp, with a camera's noise; `rng` chooses the ramp."""

    def __init__(self, width: int, height: int, rng: np.random.Generator) -> None:
        ramp = np.linspace(*rng.uniform(60, 190, 2), width, dtype=np.float32)
        self._behind = np.repeat(ramp[None], height, axis=0)
        self._noises = [rng.standard_normal((height, width), np.float32) * np.float32(NOISE) for _ in range(7)]

    def paint(self, faces: Sequence[tuple[np.ndarray, tuple[float, float], float]], index: int, at_s: float) -> Frame:
        """(picture, its centre, its side in pixels) each, the later ones before the earlier."""
        height, width = self._behind.shape
        scene = self._behind.copy()
        for picture, (x, y), side in faces:
            left, top = max(0, int(x - side / 2)), max(0, int(y - side / 2))
            right, bottom = min(width, int(x + side / 2) + 1), min(height, int(y + side / 2) + 1)
            if right <= left or bottom <= top:
                continue
            scale = side / len(picture)
            place = np.array([[scale, 0, x - side / 2 - left], [0, scale, y - side / 2 - top]], np.float32)
            size = right - left, bottom - top
            patch = cv2.warpAffine(picture, place, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            cover = cv2.warpAffine(cv2.resize(_OVAL, picture.shape), place, size)
            part = scene[top:bottom, left:right]
            part += cover * (patch - part)
        scene += self._noises[index % len(self._noises)]
        grey = np.clip(scene, 0, 255).astype(np.uint8)
        return Frame(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), index, at_s, "composed")  # type: ignore[arg-type]
