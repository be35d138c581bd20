"""Draws the demo's person: one picture for an expression, a pose of the head and a size.

Head, body and room are drawn once (`portrait`); a frame costs the skin's light (`skin`), brows and eyes (`features`),
the mouth (`mouth`), the jaw's stretch, and laying head and body over the room.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from fer_desktop.capture.drawn_face import features, portrait, skin
from fer_desktop.capture.drawn_face import mouth as lips
from fer_desktop.capture.drawn_face.brush import Array
from fer_desktop.capture.drawn_face.expressions import Expression, Pose

_PIVOT: Final = (portrait.CX, 560.0)
"""The head turns about the neck."""
_FIGURE_SCALE: Final = 0.98 / 720
"""Pixels of the picture for a pixel of the head's canvas, by the picture's height."""
_FIGURE_AT: Final = (0.5, 0.47)
"""Where the head's canvas (CX, 322) lies in the picture, as parts of its width and height."""
_BODY_FOLLOWS: Final = 0.45
"""How much of the head's shift the shoulders take part in."""


def draw_face(expression: Expression, pose: Pose, size: tuple[int, int]) -> Array:
    """The picture uint8[height, width, 3] (BGR) of size (width, height)."""
    width, height = size
    picture = portrait.background(size).copy()
    scale = _FIGURE_SCALE * min(height, 0.95 * width)
    shift = np.asarray((pose.x, pose.y), np.float64) * min(height, width) / 100
    at = np.asarray((_FIGURE_AT[0] * width, _FIGURE_AT[1] * height))
    centre = np.asarray((portrait.CX, 322.0))
    body_at = at + _BODY_FOLLOWS * shift + scale * (np.asarray(portrait.BODY_AT) - centre)
    _lay(picture, *portrait.body(), _transform(scale, 0.0, (0.0, 0.0), body_at))
    pivot_at = at + shift + scale * (np.asarray(_PIVOT) - centre)
    _lay(picture, *_head(expression), _transform(scale * pose.scale, pose.roll, _PIVOT, pivot_at))
    return picture


def _transform(scale: float, roll: float, pivot: tuple[float, float], at: Array) -> Array:
    """The 2x3 matrix that turns by `roll` degrees about `pivot`, scales, and puts `pivot` at `at`."""
    cos, sin = scale * math.cos(math.radians(roll)), scale * math.sin(math.radians(roll))
    matrix = np.array([[cos, -sin, 0.0], [sin, cos, 0.0]])
    matrix[:, 2] = at - matrix[:, :2] @ np.asarray(pivot)
    return matrix


def _head(face: Expression) -> tuple[Array, Array]:
    colours, coverage = portrait.head()
    canvas = colours.copy()
    mouth = lips.mouth_of(face)
    moving = canvas[skin.TOP : skin.BOTTOM, skin.LEFT : skin.RIGHT]
    factor = skin.shade(face, mouth.corner, mouth.bottom)
    cv2.copyTo(cv2.multiply(moving, factor, scale=1 / 128), _skin_only(), moving)
    features.draw_brows(canvas, face)
    features.draw_eyes(canvas, face)
    stretch = skin.jaw_stretch(face)
    if stretch > 1.001:
        top = int(skin.JAW_TOP)
        matrix = np.array([[1.0, 0.0, 0.0], [0.0, stretch, 0.0]])
        coverage = coverage.copy()
        for layer in (canvas, coverage):
            strip = layer[top:]
            strip[:] = cv2.warpAffine(strip, matrix, strip.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    lips.draw_mouth(canvas, face, mouth)
    return canvas, coverage


@lru_cache(maxsize=1)
def _skin_only() -> Array:
    """Where the light of an expression may fall: not on hair and ears."""
    y, x = np.mgrid[skin.TOP : skin.BOTTOM, skin.LEFT : skin.RIGHT]
    oval = ((x - portrait.CX) / 150) ** 2 + ((y - 375) / 205) ** 2 < 1
    return (oval * 255).astype(np.uint8)


def _lay(picture: Array, layer: Array, coverage: Array, matrix: Array) -> None:
    """Lays `layer` over `picture` in place where `coverage` says, moved by `matrix`. Only touches where it lies."""
    height, width = layer.shape[:2]
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]]) @ matrix.T
    left, top = np.maximum(np.floor(corners.min(0)).astype(int), 0)
    right, bottom = np.minimum(np.ceil(corners.max(0)).astype(int), picture.shape[1::-1])
    if right <= left or bottom <= top:
        return
    moved = matrix.copy()
    moved[:, 2] -= (left, top)
    size = (int(right - left), int(bottom - top))
    part = picture[top:bottom, left:right]
    over = cv2.warpAffine(layer, moved, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.warpAffine(coverage, moved, size, flags=cv2.INTER_LINEAR)
    alpha3 = cv2.merge([alpha, alpha, alpha])
    shown = cv2.multiply(over, alpha3, scale=1 / 255)
    kept = cv2.multiply(part, cv2.bitwise_not(alpha3), scale=1 / 255)
    cv2.add(shown, kept, dst=part)
