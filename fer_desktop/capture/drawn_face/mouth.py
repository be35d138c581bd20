"""The mouth of the demo's face: where the lips lie in an expression, and how they are painted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from fer_desktop.capture.drawn_face.brush import Array, Colour, blend, fill, polyline, toned
from fer_desktop.capture.drawn_face.expressions import Expression
from fer_desktop.capture.drawn_face.portrait import CX, MOUTH_Y

_LIP: Final[Colour] = (112, 112, 196)
_CAVITY: Final[Colour] = (26, 20, 56)
_TOOTH: Final[Colour] = (222, 234, 242)
_TONGUE: Final[Colour] = (84, 78, 160)
_UPPER_LIP: Final[Colour] = (98, 92, 174)


@dataclass(frozen=True, slots=True)
class Mouth:
    """The lips' four lines from the left to the right corner, float32[n, 2] in pixels of the head's canvas."""

    upper_edge: Array
    upper_inner: Array
    lower_inner: Array
    lower_edge: Array
    opening: float
    """Largest distance between the lips, in pixels."""

    @property
    def corner(self) -> tuple[float, float]:
        """The right corner: distance from the middle, height."""
        return float(self.upper_edge[-1, 0] - CX), float(self.upper_edge[-1, 1])

    @property
    def bottom(self) -> float:
        return float(self.lower_edge[:, 1].max())


def mouth_of(face: Expression) -> Mouth:
    """Lays out the mouth."""
    pull, depress, jaw = face.lip_corner_pull, face.lip_corner_depress, face.jaw_drop
    half = 53 + 27 * pull + 20 * face.lip_stretch - 13 * face.lip_pucker + 3 * depress - 2 * face.chin_raise
    half += 4 * face.upper_lip_raise - 3 * jaw * (1 - pull)
    corner = MOUTH_Y - 19 * pull + 14 * depress + 15 * jaw + 2 * face.lip_stretch
    middle = MOUTH_Y + 2 - 6 * face.chin_raise + 3 * pull - 5 * face.upper_lip_raise - 3 * depress
    rise = 5 * face.lips_part + 9 * face.upper_lip_raise + 4 * pull * face.lips_part + 4 * jaw
    fall = 9 * face.lips_part + 58 * jaw + 9 * face.lower_lip_depress + 15 * pull * face.lips_part
    open_amount = min(2.2 * (face.lips_part + jaw + 0.6 * face.lower_lip_depress), 1.0)
    rise *= 0.45 + 0.55 * open_amount
    t = np.linspace(-1, 1, 33, dtype=np.float32)
    rest = corner + (middle - corner) * (1 - t**2)
    upper_inner = rest - rise * (1 - np.abs(t) ** 2.4) ** 0.7 + 0.8 * np.cos(3 * np.pi * t) * (1 - t**2)
    lower_inner = rest + open_amount * fall * (1 - t**2) ** (0.5 + 0.2 * pull)
    lower_inner = np.maximum(lower_inner, upper_inner)
    thin = (1 - 0.50 * face.lip_press) * (1 - 0.16 * pull) * (1 - 0.18 * jaw) * (1 - 0.15 * face.lip_stretch)
    thin *= 1 + 0.25 * face.lip_pucker
    bow = (1 - np.abs(t) ** 1.7) ** 0.9 * (1 - 0.20 * np.exp(-((t / 0.13) ** 2)))
    upper_edge = upper_inner - 11.5 * thin * bow * (1 - 0.2 * face.chin_raise) - 0.4
    full = 16.0 * thin * (1 + 0.12 * face.chin_raise) * (1 - 0.25 * face.lip_stretch)
    lower_edge = lower_inner + full * (1 - t**2) ** 0.75 + 0.4
    x = CX + half * t

    def line(y: Array) -> Array:
        return np.stack([x, y], 1).astype(np.float32)

    opening = float((lower_inner - upper_inner).max())
    return Mouth(line(upper_edge), line(upper_inner), line(lower_inner), line(lower_edge), opening)


def draw_mouth(canvas: Array, face: Expression, mouth: Mouth) -> None:
    """Lips, and between them teeth, tongue and dark, as far as the mouth is open."""
    x0, y0 = int(mouth.upper_edge[0, 0]) - 8, int(mouth.upper_edge[:, 1].min()) - 8
    x1, y1 = int(mouth.upper_edge[-1, 0]) + 9, int(mouth.bottom) + 9
    roi = canvas[y0:y1, x0:x1]
    origin = np.asarray((x0, y0), np.float32)
    top, up, low, bottom = (
        line - origin for line in (mouth.upper_edge, mouth.upper_inner, mouth.lower_inner, mouth.lower_edge)
    )
    paint = np.empty_like(roi)
    paint[:] = _LIP
    fill(paint, np.vstack([top, up[::-1]]), _UPPER_LIP)
    if mouth.opening > 1.0:
        fill(paint, np.vstack([up, low[::-1]]), _CAVITY)
        _draw_inside(paint, face, up, low, mouth.opening)
        fill(paint, np.vstack([top, up[::-1]]), _UPPER_LIP)
        fill(paint, np.vstack([low, bottom[::-1]]), _LIP)
        polyline(paint, up[2:-2], (60, 48, 104), 2)
    shine = np.zeros(roi.shape[:2], np.uint8)
    middle = (0.55 * low + 0.45 * bottom)[9:20]
    polyline(shine, middle, 255, max(int(0.28 * float(bottom[16, 1] - low[16, 1])), 1))
    blend(paint, (190, 192, 246), cv2.GaussianBlur(shine, (0, 0), 2.4), 0.55)
    edge = np.zeros(roi.shape[:2], np.uint8)
    polyline(edge, bottom[3:-3], 255, 4)
    blend(paint, (92, 92, 164), cv2.GaussianBlur(edge, (0, 0), 2.0), 0.55)
    mask = np.zeros(roi.shape[:2], np.uint8)
    fill(mask, np.vstack([top, bottom[::-1]]), 255)
    blend(roi, paint, cv2.GaussianBlur(mask, (0, 0), 0.9), 0.97)
    if mouth.opening <= 6.0:
        seam = np.zeros(roi.shape[:2], np.uint8)
        polyline(seam, 0.5 * (up + low), 255, 2)
        blend(roi, (44, 38, 84), cv2.GaussianBlur(seam, (0, 0), 0.7), 0.95 * min(1.0, (6.0 - mouth.opening) / 3))


def _draw_inside(paint: Array, face: Expression, up: Array, low: Array, opening: float) -> None:
    """Teeth and tongue, within the opening; `up` and `low` are the lips' inner lines."""
    gap = low - up
    t = np.linspace(-1, 1, len(up), dtype=np.float32)
    if opening > 22:
        height = np.minimum(gap[:, 1], (opening - 16) * 0.55 * (1 - (t / 0.72) ** 2))
        inside = height > 1
        tongue = low - np.stack([np.zeros_like(t), height], 1)
        if inside.sum() > 3:
            fill(paint, np.vstack([tongue[inside], low[inside][::-1]]).astype(np.float32), _TONGUE)
    shown = 5 + 17 * face.lip_corner_pull + 11 * face.upper_lip_raise + 6 * face.lip_stretch
    shown *= math.sqrt(min(opening / 12, 1.0))
    _draw_teeth(paint, up, np.minimum(gap[:, 1] * 0.96, shown * (1 - 0.30 * t**2)), 1.0)
    below = 15 * face.lower_lip_depress * min(opening / 14, 1.0)
    if below > 1:
        _draw_teeth(paint, low, -np.minimum(gap[:, 1] * 0.46, below * (1 - 0.5 * t**2)), 0.88)


def _draw_teeth(paint: Array, root: Array, length: Array, tone: float) -> None:
    """One row of teeth from the gum line `root`, each `length` pixels long (negative: upwards), darker to the sides."""
    tips = root + np.stack([np.zeros_like(length), length], 1)
    mask = np.zeros(paint.shape[:2], np.uint8)
    fill(mask, np.vstack([root[2:-2], tips[2:-2][::-1]]).astype(np.float32), 255)
    middle, half = float(root[:, 0].mean()), float(np.ptp(root[:, 0])) / 2
    across = (np.arange(paint.shape[1], dtype=np.float32) - middle) / half
    light = tone * (1.0 - 0.42 * np.abs(across) ** 2.4 - 0.05 * across)
    row = np.clip(light[None, :, None] * np.asarray(_TOOTH, np.float32), 0, 255).astype(np.uint8)
    teeth = np.repeat(row, paint.shape[0], 0)
    for part in range(4, len(root) - 4, 3):
        polyline(teeth, np.vstack([root[part], tips[part]]), toned(_TOOTH, 0.86 * tone), 1)
    blend(paint, teeth, mask)
