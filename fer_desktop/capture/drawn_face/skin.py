"""How the demo's skin moves light: bulges and folds of an expression, as a factor on the resting face's colours."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from fer_desktop.capture.drawn_face.brush import Array, Points, bump, relief, spline
from fer_desktop.capture.drawn_face.expressions import Expression
from fer_desktop.capture.drawn_face.portrait import CX, EYE_DX

TOP, BOTTOM, LEFT, RIGHT = 170, 590, 70, 410
"""The part of the head's canvas that moves; all even, since it is worked out at half size."""
JAW_TOP: Final = 440.0
"""Below this line the head is stretched when the jaw drops."""
_JAW_LENGTH: Final = 125.0
_JAW_FALL: Final = 50.0

_BULGES: Final[dict[str, tuple[float, float, float, float, float]]] = {
    "cheek": (94, 376, 30, 22, 11.0),
    "furrow": (17, 283, 9, 13, 5.0),
    "nose": (17, 338, 9, 15, 5.0),
    "muzzle": (44, 440, 17, 16, 7.0),
    "jowl": (72, 500, 15, 16, 6.0),
    "chin": (0, 530, 26, 15, 9.0),
    "pouch": (70, 349, 30, 7, 3.0),
    "hollow": (108, 450, 22, 44, -9.0),
    "corner": (80, 462, 13, 20, 5.0),
}
"""Bulges, mirrored about the middle: dx, y, standard deviations, height, all in pixels."""


def jaw_stretch(face: Expression) -> float:
    """How much longer the head is below JAW_TOP, 1 with the jaw shut."""
    return 1.0 + _JAW_FALL * face.jaw_drop / _JAW_LENGTH


def unstretched(y: float, face: Expression) -> float:
    """Where a point of the finished face lies before the jaw is stretched."""
    return JAW_TOP + (y - JAW_TOP) / jaw_stretch(face) if y > JAW_TOP else y


@lru_cache(maxsize=1)
def _reliefs() -> Array:
    """One map of light a bulge: float32[bulges, pixels of the half-size part]."""
    y, x = np.mgrid[TOP:BOTTOM:2, LEFT:RIGHT:2].astype(np.float32) + 0.5
    maps = []
    for dx, at_y, size_x, size_y, height in _BULGES.values():
        hill = bump(x, y, (CX - dx, at_y), (size_x, size_y)) + bump(x, y, (CX + dx, at_y), (size_x, size_y))
        maps.append(0.62 * relief((hill * height).astype(np.float32), 2.0).ravel())
    return np.asarray(maps, np.float32)


@lru_cache(maxsize=1)
def _tint() -> Array:
    """Shadows in skin are warm: a grey factor (128 is 1) to one a channel, BGR."""
    factor = np.arange(256, dtype=np.float32)[:, None] / 128
    return np.clip(factor ** np.asarray((1.15, 1.0, 0.72), np.float32) * 128, 0, 255).astype(np.uint8)[:, None, :]


def _bulge_amounts(face: Expression) -> Array:
    amounts = {
        "cheek": max(face.cheek_raise, 0.8 * face.lip_corner_pull),
        "furrow": face.brow_lower,
        "nose": face.nose_wrinkle,
        "muzzle": face.upper_lip_raise,
        "jowl": face.lip_corner_depress,
        "chin": face.chin_raise,
        "pouch": max(face.lid_tighten, face.cheek_raise),
        "hollow": face.jaw_drop,
        "corner": face.lip_corner_pull,
    }
    return np.asarray([amounts[name] for name in _BULGES], np.float32)


def _folds(face: Expression, mouth_corner: tuple[float, float]) -> list[tuple[Points, float, int, bool]]:
    """Lines of shadow: points right of the middle (dx, y), strength 0 to 1, width at half size, mirrored too."""
    brow = -20 * face.inner_brow_raise - 10 * face.outer_brow_raise
    corner_x, corner_y = mouth_corner
    corner_y = unstretched(corner_y, face)
    pull, sneer = face.lip_corner_pull, max(face.upper_lip_raise, face.nose_wrinkle)
    deepest = max(0.8 * pull, 0.95 * sneer, 0.45 * face.lip_stretch, 0.4 * face.lip_corner_depress)
    depth = min(0.18 + 0.60 * deepest, 0.85)
    inner, outer = face.inner_brow_raise, face.outer_brow_raise
    lid = 292 - 5 * face.upper_lid_raise - 2 * outer + 4 * face.brow_lower
    folds: list[tuple[Points, float, int, bool]] = [
        ([(36, 404 - 5 * sneer), (50 + 5 * pull + 5 * sneer, 421 - 2 * pull), (corner_x + 8, corner_y - 17 + 7 * pull),
          (corner_x + 15, corner_y + 6 + 4 * pull)], depth, 4, True),
        ([(EYE_DX - 35, lid + 12), (EYE_DX - 10, lid), (EYE_DX + 16, lid + 1), (EYE_DX + 42, lid + 15)], 0.46, 2, True),
        ([(40, 341), (60, 353), (84, 352)], 0.12 + 0.20 * face.lid_tighten + 0.10 * face.cheek_raise, 3, True),
        ([(corner_x + 5, corner_y - 5), (corner_x + 8, corner_y + 5)],
         0.25 + 0.3 * pull + 0.25 * face.lip_corner_depress, 4, True),
        ([(corner_x + 3, corner_y + 4), (corner_x + 12, corner_y + 22), (corner_x + 12, corner_y + 38)],
         0.60 * face.lip_corner_depress, 4, True),
        ([(9, 262), (11 - 3 * face.brow_lower, 282), (12, 300)], 0.80 * face.brow_lower, 3, True),
        ([(8, 338), (20, 332), (30, 340)], 0.50 * face.nose_wrinkle, 3, True),
        ([(9, 354), (20, 349), (28, 358)], 0.42 * face.nose_wrinkle, 3, True),
        ([(-12, 318), (0, 314), (12, 318)], 0.45 * face.nose_wrinkle, 3, False),
        ([(122, 312), (132, 306), (141, 304)], 0.32 * face.cheek_raise, 2, True),
        ([(123, 321), (133, 321), (142, 324)], 0.32 * face.cheek_raise, 2, True),
        ([(119, 331), (130, 337), (138, 344)], 0.26 * face.cheek_raise, 2, True),
        ([(-24, 521), (0, 513), (24, 521)], 0.45 * face.chin_raise, 5, False),
    ]  # fmt: skip
    for row, y in enumerate((238.0, 219.0, 201.0)):
        y += 0.6 * brow + 14
        fade = (1.0, 0.85, 0.6)[row]
        middle, whole = max(inner - outer, 0.0), min(inner, outer) + 0.3 * max(outer - inner, 0.0)
        folds.append(([(-40, y + 8), (-18, y), (0, y + 3), (18, y), (40, y + 8)], 0.65 * fade * middle, 3, False))
        across = [(-96, y + 4), (-54, y - 4), (0, y + 1), (54, y - 4), (96, y + 4)]
        folds.append((across, 0.60 * fade * whole, 3, False))
    return folds


def _draw_fold(shadow: Array, points: Points, strength: float, width: int, side: int) -> None:
    line = spline([(CX + side * dx - LEFT, y - TOP) for dx, y in points], 5) / 2
    count = len(line) - 1
    corners = np.round(line * 16).astype(int)
    for part in range(count):
        tone = 255 * strength * np.sin(np.pi * (part + 0.9) / (count + 0.8)) ** 0.6
        cv2.line(shadow, corners[part].tolist(), corners[part + 1].tolist(), (float(tone),), width, cv2.LINE_AA, 4)


def shade(face: Expression, mouth_corner: tuple[float, float], lip_bottom: float) -> Array:
    """The factor on the resting skin between TOP, BOTTOM, LEFT and RIGHT: uint8[h, w, 3], 128 is 1.

    mouth_corner: distance from the middle and height of the right corner; lip_bottom: height, all finished pixels.
    """
    height, width = (BOTTOM - TOP) // 2, (RIGHT - LEFT) // 2
    light = (_bulge_amounts(face) @ _reliefs()).reshape(height, width)
    shadow = np.zeros((height, width), np.uint8)
    for points, strength, thickness, both in _folds(face, mouth_corner):
        if strength < 0.02:
            continue
        for side in (1, -1) if both else (1,):
            _draw_fold(shadow, points, strength, thickness, side)
    under = unstretched(lip_bottom, face)
    lip = [(-30.0, under + 5), (0.0, under + 9), (30.0, under + 5)]
    _draw_fold(shadow, lip, 0.40, 4, 1)
    soft = cv2.GaussianBlur(shadow, (0, 0), 1.7).astype(np.float32) / 255
    light -= 0.62 * soft
    light[3:, 2:] += 0.22 * soft[:-3, :-2]
    grey = cv2.convertScaleAbs(np.clip(1.0 + light, 0.2, 1.35), alpha=128.0)
    grey = cv2.resize(grey, (RIGHT - LEFT, BOTTOM - TOP), interpolation=cv2.INTER_LINEAR)
    return cv2.LUT(cv2.merge([grey, grey, grey]), _tint())
