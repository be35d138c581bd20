"""Brows and eyes of the demo's face, painted on the head's canvas for one expression."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from fer_desktop.capture.drawn_face.brush import Array, Colour, blend, fill, offset, polyline, spline, toned
from fer_desktop.capture.drawn_face.expressions import Expression
from fer_desktop.capture.drawn_face.portrait import CX, EYE_DX, EYE_Y

_LASH: Final[Colour] = (30, 34, 46)
_BROW: Final[Colour] = (40, 50, 74)
_IRIS: Final[Colour] = (50, 76, 100)
_SCLERA: Final[Colour] = (226, 232, 238)


def _brow_line(face: Expression) -> Array:
    """The right brow's middle line from the inner end outwards: float32[n, 2], dx from the middle and y."""
    inner, outer, lower = face.inner_brow_raise, face.outer_brow_raise, face.brow_lower
    wrinkle = face.nose_wrinkle
    return spline(
        [
            (33 - 11 * lower, 272 - 34 * inner + 26 * lower + 4 * wrinkle),
            (56 - 7 * lower, 266 - 22 * inner - 9 * outer + 21 * lower + 3 * wrinkle),
            (88 - 3 * lower, 262 - 4 * inner - 23 * outer + 13 * lower),
            (112 - lower, 268 + 3 * inner - 27 * outer + 7 * lower),
            (130, 279 + 6 * inner - 26 * outer + 4 * lower),
        ],
        8,
    )


def draw_brows(canvas: Array, face: Expression) -> None:
    """Both brows: a soft body with hairs over it."""
    line = _brow_line(face)
    along = np.linspace(0, 1, len(line), dtype=np.float32)
    half = 7.0 * (1 - along**2.0) * (0.70 + 0.30 * np.clip(along / 0.2, 0, 1)) + 0.9
    normal = np.gradient(line, axis=0)[:, ::-1] * (1, -1)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    upper, lower = line + normal * half[:, None], line - normal * half[:, None]
    random = np.random.default_rng(11)
    for side in (-1, 1):
        x0, x1 = (int(CX + 8), int(CX + 140)) if side > 0 else (int(CX - 140), int(CX - 8))
        y0, y1 = 205, 325
        roi = canvas[y0:y1, x0:x1]
        place = np.asarray((side, 1), np.float32), np.asarray((CX - x0, -y0), np.float32)
        mask = np.zeros(roi.shape[:2], np.uint8)
        fill(mask, (np.vstack([upper, lower[::-1]]) * place[0] + place[1]).astype(np.float32), 255)
        blend(roi, _BROW, cv2.GaussianBlur(mask, (0, 0), 1.8), 0.84)
        for _ in range(34):
            at = int(random.integers(0, len(line) - 6))
            start = lower[at] + (upper[at] - lower[at]) * random.uniform(0.0, 0.55)
            end = lower[at + 5] + (upper[at + 5] - lower[at + 5]) * random.uniform(0.5, 1.05)
            tone = random.uniform(0.6, 1.15)
            polyline(roi, np.vstack([start, end]) * place[0] + place[1], toned(_BROW, tone), 1)


@lru_cache(maxsize=1)
def _eyeball() -> Array:
    """White of the eye, rounded by light: uint8[86, 124, 3], centre in the middle."""
    y, x = np.mgrid[0:86, 0:124].astype(np.float32)
    light = 1.02 - 0.20 * np.clip(np.abs(x - 59) / 44, 0, 1.2) ** 2.4 - 0.08 * np.clip((y - 46) / 20, -1, 1) ** 2
    tint = np.asarray(_SCLERA, np.float32) * light[..., None]
    redness = np.clip((np.abs(x - 62) - 28) / 16, 0, 1)[..., None] * np.asarray((30, 26, 0), np.float32)
    return np.clip(tint - redness, 0, 255).astype(np.uint8)


def _arch(t: Array) -> Array:
    """0 at both ends, 1 in the middle; the sine of a rounded pi can fall below 0, of which no root can be taken."""
    return np.maximum(np.sin(np.pi * t), 0)


def _lids(face: Expression) -> tuple[Array, Array]:
    """The right eye's upper and lower lid from the inner to the outer corner, about the eye's centre."""
    raised = face.upper_lid_raise
    up = 18.0 + (10.0 * raised if raised > 0 else 25.0 * raised) - 5.5 * face.lid_tighten - 2.5 * face.cheek_raise
    down = 11.0 + 3.0 * max(raised, 0.0) - 5.0 * face.lid_tighten - 5.5 * face.cheek_raise + 3.0 * min(raised, 0.0)
    up = max(up, -down + 0.6)
    t = np.linspace(0, 1, 17, dtype=np.float32)
    dx = -41 + 83 * t
    corner = 4.5 - 7.0 * t
    arch = _arch(t**0.92) ** 0.78
    droop = face.lid_droop_outer
    slant = 6.0 * droop * t if droop > 0 else -6.5 * droop * (1 - t)
    upper = corner - up * arch + slant * _arch(t) ** 0.5
    lower = corner + down * _arch(t**1.1) ** 0.85
    upper = np.minimum(upper, lower - 0.4)
    return np.stack([dx, upper], 1).astype(np.float32), np.stack([dx, lower], 1).astype(np.float32)


def draw_eyes(canvas: Array, face: Expression) -> None:
    """Both eyes: white, iris cut by the lids, lid's shadow, lashes."""
    upper, lower = _lids(face)
    openness = float(np.max(lower[:, 1] - upper[:, 1]))
    for side in (-1, 1):
        x0, y0 = int(CX + side * EYE_DX) - 62, int(EYE_Y) - 43
        roi = canvas[y0 : y0 + 86, x0 : x0 + 124]
        place, origin = np.asarray((side, 1), np.float32), np.asarray((62, 43), np.float32)
        up, low = upper * place + origin, lower * place + origin
        if openness > 1.5:
            eye = _eyeball().copy()
            _draw_iris(eye, 62 + 10.0 * face.gaze_x, 42.0 + 6.0 * face.gaze_y)
            shadow = np.zeros(eye.shape[:2], np.uint8)
            polyline(shadow, up + offset(0, 1), 255, 9)
            blend(eye, (58, 58, 84), cv2.blur(shadow, (7, 7)), 0.42)
            mask = np.zeros(eye.shape[:2], np.uint8)
            fill(mask, np.vstack([up, low[::-1]]), 255)
            blend(roi, eye, cv2.blur(mask, (2, 2)))
        polyline(roi, low[3:] + offset(0, 0.6), (104, 122, 178), 1)
        lash = np.zeros(roi.shape[:2], np.uint8)
        polyline(lash, up, 230, 2)
        wing = np.vstack([up[-9:], up[-1:] + offset(side * 3, 0.0)])
        polyline(lash, wing - offset(0, 0.6), 235, 3)
        polyline(lash, low[-8:], 90, 1)
        blend(roi, _LASH, lash, 0.95)


def _draw_iris(eye: Array, x: float, y: float) -> None:
    def disc(dx: float, dy: float, radius: float, colour: Colour) -> None:
        centre = (round((x + dx) * 16), round((y + dy) * 16))
        cv2.circle(eye, centre, round(radius * 16), colour, -1, cv2.LINE_AA, 4)

    disc(0, 0, 17.6, (34, 38, 44))
    disc(0, 0, 15.9, _IRIS)
    disc(0, 3.0, 11.5, (66, 104, 136))
    disc(0, 0, 7.8, (16, 16, 20))
    disc(-5.2, -6.0, 3.7, (252, 252, 252))
    disc(4.8, 6.0, 1.8, (190, 200, 206))
