"""What the demo's face is drawn with: smooth curves, antialiased shapes, soft laying over, light on small relief."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
"""OpenCV's results carry no element type; docstrings tell it."""
Points = Sequence[tuple[float, float]]
Colour = tuple[int, int, int]
"""Blue, green, red, 0 to 255."""

LIGHT: Final = (-0.50, -0.42, 0.76)
"""Towards the light: x to the right, y down, z to the viewer."""


def spline(points: Points, steps: int = 8) -> Array:
    """A smooth open curve through the points (Catmull-Rom): float32[n, 2]."""
    p = np.asarray(points, np.float32)
    padded = np.vstack([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    t = np.linspace(0, 1, steps, endpoint=False, dtype=np.float32)[:, None]
    a, b, c, d = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    pieces = [
        0.5 * (2 * q + (r - o) * t + (2 * o - 5 * q + 4 * r - s) * t**2 + (3 * q - o - 3 * r + s) * t**3)
        for o, q, r, s in zip(a, b, c, d, strict=True)
    ]
    return np.vstack([*pieces, p[-1:]]).astype(np.float32)


def fill(image: Array, points: Array, colour: float | Colour) -> None:
    """Fills a polygon in place, antialiased, to a sixteenth of a pixel."""
    value = (colour,) if isinstance(colour, (int, float)) else colour
    cv2.fillPoly(image, [np.round(points * 16).astype(np.int32)], value, cv2.LINE_AA, 4)


def polyline(image: Array, points: Array, colour: float | Colour, width: int) -> None:
    """Draws an open line in place, antialiased, to a sixteenth of a pixel."""
    value = (colour,) if isinstance(colour, (int, float)) else colour
    cv2.polylines(image, [np.round(points * 16).astype(np.int32)], False, value, width, cv2.LINE_AA, 4)


def blend(target: Array, colour: Array | Colour, mask: Array, amount: float = 1.0) -> None:
    """Lays a colour or picture over `target` in place, where mask uint8[h, w] says, at most `amount`."""
    weight = mask.astype(np.float32)[..., None] * (amount / 255)
    base = target.astype(np.float32)
    target[:] = (base + (np.asarray(colour, np.float32) - base) * weight + 0.5).astype(np.uint8)


def toned(colour: Colour, factor: float) -> Colour:
    blue, green, red = (min(int(channel * factor), 255) for channel in colour)
    return blue, green, red


def offset(x: float, y: float) -> Array:
    """A shift to add to points: float32[2]."""
    return np.asarray((x, y), np.float32)


def bump(x: Array, y: Array, at: tuple[float, float], size: tuple[float, float]) -> Array:
    """A bell of height 1 at `at`, with standard deviations `size`, in pixels."""
    return np.exp(-0.5 * (((x - at[0]) / size[0]) ** 2 + ((y - at[1]) / size[1]) ** 2)).astype(np.float32)


def relief(height: Array, pixel: float = 1.0) -> Array:
    """What a small height in pixels adds to the light that a surface facing the viewer gets."""
    slope_y, slope_x = np.gradient(height, pixel)
    return (-(slope_x * LIGHT[0] + slope_y * LIGHT[1])).astype(np.float32)
