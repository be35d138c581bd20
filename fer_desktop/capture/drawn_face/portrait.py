"""The parts of the demo's portrait that never change: head with hair and ears, neck and shoulders, background.

Each is made once and kept. Coordinates are pixels of the head's canvas (CANVAS), in which a resting face is about
300 wide and 450 high; light comes from the picture's upper left.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import cv2
import numpy as np

from fer_desktop.capture.drawn_face.brush import (
    LIGHT,
    Array,
    Colour,
    Points,
    bump,
    fill,
    offset,
    polyline,
    relief,
    spline,
    toned,
)

CANVAS: Final = (480, 660)
"""Width and height."""
CX: Final = 240.0
EYE_DX, EYE_Y = 71.0, 320.0
MOUTH_Y: Final = 472.0
SKIN: Final[Colour] = (158, 188, 232)
HAIR: Final[Colour] = (38, 46, 66)
SWEATER: Final[Colour] = (112, 96, 62)
BODY: Final = (1000, 420)
BODY_AT: Final = (CX - 500.0, 440.0)
"""Where the body's top left corner lies on the head's canvas."""

_FACE: Final = [
    (0, 104), (62, 112), (112, 138), (143, 185), (156, 245), (160, 305), (157, 360), (149, 410), (134, 458),
    (110, 503), (78, 540), (42, 560), (0, 565),
]  # fmt: skip
_HAIR_OUTER: Final = [
    (-151, 338), (-161, 305), (-173, 262), (-181, 205), (-174, 150), (-146, 100), (-98, 66), (-40, 50), (24, 46),
    (86, 58), (138, 92), (171, 140), (184, 200), (178, 258), (163, 305), (152, 338),
]  # fmt: skip
_HAIR_INNER: Final = [
    (-148, 336), (-149, 305), (-146, 272), (-141, 236), (-130, 200), (-112, 168), (-90, 146), (-66, 147), (-32, 156),
    (14, 170), (64, 180), (104, 196), (130, 228), (143, 268), (149, 305), (149, 336),
]  # fmt: skip


def _blur(image: Array, sigma: float) -> Array:
    return cv2.GaussianBlur(image, (0, 0), sigma)


def _mask(size: tuple[int, int], *outlines: Array, sigma: float = 0.0) -> Array:
    mask = np.zeros((size[1], size[0]), np.uint8)
    for outline in outlines:
        fill(mask, outline, 255)
    result = mask.astype(np.float32) / 255
    return _blur(result, sigma) if sigma else result


def _lit(albedo: Array, shade: Array, tints: tuple[float, float, float]) -> Array:
    """Albedo float[h, w, 3] under a shade of 0 to about 1.2; tints above 1 make shadows lack that channel (BGR)."""
    shade = np.clip(shade, 0.02, 1.35)[..., None]
    return albedo * shade ** np.asarray(tints, np.float32)


def _over(base: Array, layer: Array | Colour, mask: Array) -> Array:
    return base + (np.asarray(layer, np.float32) - base) * mask[..., None]


def _mirrored(points: Points) -> Array:
    right = spline([(CX + x, y) for x, y in points])
    left = right[::-1] * (-1, 1) + (2 * CX, 0)
    return np.vstack([right, left]).astype(np.float32)


def _face_height(x: Array, y: Array) -> Array:
    """The resting face's relief on top of the head's roundness, in pixels."""
    height = np.zeros_like(x)

    def pair(dx: float, at_y: float, size: tuple[float, float], amount: float) -> None:
        nonlocal height
        height = height + amount * (bump(x, y, (CX - dx, at_y), size) + bump(x, y, (CX + dx, at_y), size))

    def single(at_y: float, size: tuple[float, float], amount: float) -> None:
        nonlocal height
        height = height + amount * bump(x, y, (CX, at_y), size)

    single(370, (13, 44), 13.0)
    single(408, (17, 15), 13.0)
    pair(26, 413, (10, 10), 9.0)
    pair(58, 284, (44, 13), 5.0)
    single(200, (70, 46), 7.0)
    pair(64, 316, (34, 22), -9.0)
    pair(70, 322, (27, 15), 6.0)
    pair(96, 372, (36, 28), 9.0)
    single(468, (48, 32), 9.0)
    single(446, (6, 11), -2.5)
    single(509, (30, 9), -4.5)
    single(537, (32, 19), 8.0)
    return height


def _hair(skin: Array, shade_x: Array) -> tuple[Array, Array]:
    """Paints the hair over the head's colours; returns colours and the hair's mask."""
    outer = spline([(CX + x, y) for x, y in _HAIR_OUTER], 12)
    inner = spline([(CX + x, y) for x, y in _HAIR_INNER], 12)
    mask = _mask(CANVAS, np.vstack([outer, inner[::-1]]), sigma=1.4)
    random = np.random.default_rng(7)
    strands = np.empty((CANVAS[1], CANVAS[0], 3), np.uint8)
    strands[:] = HAIR
    count = len(outer)
    for _ in range(1500):
        depth = random.uniform(-0.05, 1.08)
        length = int(random.integers(20, 70))
        start = int(random.integers(-12, count))
        section = np.arange(max(start, 0), min(start + length, count))
        if len(section) < 3:
            continue
        drift = np.linspace(0, random.normal(0, 0.10), len(section))[:, None]
        line = outer[section] + (inner[section] - outer[section]) * (depth + drift)
        tone = float(np.clip(random.normal(1.0, 0.22), 0.55, 1.6))
        polyline(strands, line, toned(HAIR, tone), 1 if random.random() < 0.8 else 2)
    y, x = np.mgrid[0 : CANVAS[1], 0 : CANVAS[0]].astype(np.float32)
    sheen = 0.72 + 0.95 * bump(x, y, (CX - 92, 128), (64, 34)) + 0.4 * bump(x, y, (CX + 66, 110), (50, 26))
    sheen = sheen + 0.25 * shade_x
    wisps = np.zeros((CANVAS[1], CANVAS[0]), np.uint8)
    for _ in range(70):
        start = int(random.integers(0, count - 30))
        section = np.arange(start, start + int(random.integers(14, 30)))
        edge = random.choice((0.0, 1.0))
        away = np.linspace(0.06, -random.uniform(0.02, 0.07), len(section))[:, None] * (1 if edge == 0.0 else -1)
        line = outer[section] + (inner[section] - outer[section]) * (edge + away)
        polyline(wisps, line.astype(np.float32), 120, 1)
    mask = np.maximum(mask, wisps.astype(np.float32) / 255)
    colours = _blur(strands, 0.6).astype(np.float32) * sheen[..., None]
    cast = _blur(np.roll(mask, (9, 5), (0, 1)), 7.0)
    skin = skin * (1.0 - 0.30 * cast[..., None] * np.asarray((1.1, 1.0, 0.85), np.float32))
    return _over(skin, colours, mask), mask


@lru_cache(maxsize=1)
def head() -> tuple[Array, Array]:
    """The head without brows, eyes and mouth: colours uint8[h, w, 3] and coverage uint8[h, w]. Do not write to them."""
    y, x = np.mgrid[0 : CANVAS[1], 0 : CANVAS[0]].astype(np.float32)
    face = _mask(CANVAS, _mirrored(_FACE), sigma=0.7)
    u, v = (x - CX) / 176.0, (y - 322.0) / 262.0
    nx, ny = np.sign(u) * np.abs(u) ** 2.1, np.sign(v) * np.abs(v) ** 2.4
    nz = np.sqrt(np.clip(1.0 - nx**2 - ny**2, 0.06, 1.0))
    norm = np.sqrt(nx**2 + ny**2 + nz**2)
    light = (nx * LIGHT[0] + ny * LIGHT[1] + nz * LIGHT[2]) / norm
    shade = 0.56 + 0.54 * np.clip(light / 0.80, -0.35, 1.2) + 0.44 * relief(_face_height(x, y))
    for dx in (-EYE_DX, EYE_DX):
        shade -= 0.10 * bump(x, y, (CX + dx * 0.86, 303), (34, 13)) + 0.04 * bump(x, y, (CX + dx, 348), (34, 8))
    shade -= 0.17 * bump(x, y, (CX + 12, 433), (26, 8)) + 0.07 * bump(x, y, (CX + 24, 392), (9, 24))
    shade -= 0.10 * bump(x, y, (CX + 4, 502), (30, 7))
    skin = np.empty((CANVAS[1], CANVAS[0], 3), np.float32)
    skin[:] = SKIN
    flush = 0.55 * (bump(x, y, (CX - 98, 392), (38, 30)) + bump(x, y, (CX + 98, 392), (38, 30)))
    flush += 0.4 * bump(x, y, (CX, 405), (24, 18)) + 0.25 * bump(x, y, (CX, 540), (40, 20))
    skin = _over(skin, (128, 142, 222), np.clip(flush, 0, 1) * 0.62)
    ears = np.zeros_like(face)
    for side in (-1, 1):
        ear = np.asarray(cv2.ellipse2Poly((int(CX + side * 160), 338), (20, 44), side * 8, 0, 360, 6), np.float32)
        ears = np.maximum(ears, _mask(CANVAS, ear, sigma=0.8))
        shade -= 0.25 * bump(x, y, (CX + side * 166, 336), (6, 20)) * (1 - face)
    colours = _lit(skin, shade, (1.25, 1.0, 0.66))
    for side, width in ((-1, 8.0), (1, 8.5)):
        nostril = bump(x, y, (CX + side * 15.5, 423 + 0.03 * side), (width * 0.72, 3.6))
        colours = _over(colours, (38, 46, 88), np.clip(1.35 * nostril, 0, 1) * 0.74)
        wing = bump(x, y, (CX + side * (36 - 0.02 * (y - 414) ** 2), 415), (2.8, 9)) * 0.42
        colours = _over(colours, (70, 88, 140), wing)
    gloss = 0.20 * bump(x, y, (CX - 6, 400), (6, 6)) + 0.10 * bump(x, y, (CX - 5, 355), (4, 24))
    gloss += 0.09 * bump(x, y, (CX - 40, 215), (40, 22)) + 0.08 * bump(x, y, (CX - 92, 362), (18, 10))
    colours = _over(colours, (238, 246, 255), gloss)
    edge = np.clip(face - _blur(face, 7.0), 0, 1) * 0.5 * (1 + 0.6 * np.tanh((x - CX) / 60))
    colours = colours * (1 - 0.55 * edge[..., None])
    colours, hair = _hair(colours, np.clip(light, -0.5, 1))
    coverage = np.maximum(np.maximum(face, ears), hair)
    return np.clip(colours, 0, 255).astype(np.uint8), np.clip(coverage * 255, 0, 255).astype(np.uint8)


@lru_cache(maxsize=1)
def body() -> tuple[Array, Array]:
    """Neck and shoulders: colours uint8[h, w, 3] and coverage uint8[h, w], BODY in size."""
    y, x = np.mgrid[0 : BODY[1], 0 : BODY[0]].astype(np.float32)

    def outline(half: Points) -> Array:
        right = spline([(500 + dx, at_y - BODY_AT[1]) for dx, at_y in half])
        return np.vstack([right, (right[::-1] * (-1, 1) + (1000, 0))]).astype(np.float32)

    neck = _mask(BODY, outline([(84, 440), (84, 500), (84, 556), (92, 594), (124, 622), (170, 650), (170, 860)]))
    cloth_half = [(0, 668), (46, 662), (82, 644), (104, 618), (122, 608), (172, 622), (240, 642), (312, 676)]
    cloth = _mask(BODY, outline([*cloth_half, (358, 740), (384, 860)]), sigma=0.8)
    collar_edge = spline(
        [(500 + dx, at_y - BODY_AT[1]) for dx, at_y in [(0, 668), (46, 662), (82, 644), (104, 618), (113, 606)]]
    )
    collar_edge = np.vstack([collar_edge[::-1] * (-1, 1) + (1000, 0), collar_edge]).astype(np.float32)
    side = np.clip((x - 500) / 110, -1.2, 1.2)
    shade = 0.84 - 0.20 * side - 0.10 * side**2
    chin = _blur(_mask(BODY, _mirrored(_FACE) + offset(500 - CX + 16, 30 - BODY_AT[1])), 15.0)
    shade = shade * (1.0 - 0.50 * chin)
    shade -= 0.10 * bump(x, y, (500 + 34, 160), (9, 46)) - 0.06 * bump(x, y, (500 - 40, 165), (9, 46))
    skin = np.empty((BODY[1], BODY[0], 3), np.float32)
    skin[:] = SKIN
    colours = _lit(skin, shade, (1.25, 1.0, 0.72))
    band = np.zeros((BODY[1], BODY[0]), np.uint8)
    polyline(band, collar_edge + offset(0, 8), 255, 17)
    rib = _blur(band.astype(np.float32) / 255, 1.6)
    far = np.clip((x - 500) / 380, -1, 1)
    fold = np.sin(x / 23 + 0.012 * (x - 500) * (y - 160) / 40) * 0.03
    cloth_shade = 0.98 - 0.30 * far - 0.26 * far**2 + 0.05 * rib + fold * np.clip((y - 200) / 120, 0, 1)
    cloth_shade -= 0.20 * _blur(np.roll(band, (10, 4), (0, 1)).astype(np.float32) / 255, 6.0) * (1 - rib)
    knit = np.empty_like(skin)
    knit[:] = SWEATER
    shadow = _blur(np.roll(cloth, -7, 0), 6.0) * (1 - cloth)
    colours = colours * (1 - 0.35 * shadow[..., None])
    colours = _over(colours, _lit(knit, cloth_shade, (0.9, 1.0, 1.1)), cloth)
    coverage = np.maximum(neck, cloth)
    return np.clip(colours, 0, 255).astype(np.uint8), np.clip(coverage * 255, 0, 255).astype(np.uint8)


@lru_cache(maxsize=4)
def background(size: tuple[int, int]) -> Array:
    """A calm room out of focus: uint8[h, w, 3] of that (width, height). Do not write to it."""
    width, height = size
    ratio = width / height
    y, x = np.mgrid[0:180, 0 : max(round(180 * ratio), 1)].astype(np.float32) / 180
    x = x - ratio / 2
    room = np.empty((*x.shape, 3), np.float32)
    room[:] = (190, 180, 160)
    room *= (1.06 - 0.16 * y - 0.05 * x)[..., None]

    def pane(centre_x: float, half_width: float, colour: Colour, soft: float, amount: float) -> Array:
        across = 0.5 - 0.5 * np.tanh((np.abs(x - centre_x) - half_width) / (2 * soft))
        down = 0.5 - 0.5 * np.tanh((np.abs(y - 0.30) - 0.36) / (2 * soft))
        return _over(room, colour, amount * across * down)

    room = pane(-0.62, 0.20, (226, 234, 236), 0.030, 0.85)
    room = pane(-0.62, 0.008, (190, 186, 172), 0.012, 0.7)
    for at, radius, amount in (
        ((0.50, 0.26), 0.085, 0.34), ((0.69, 0.40), 0.11, 0.30), ((0.78, 0.15), 0.07, 0.28), ((0.56, 0.60), 0.06, 0.24),
        ((0.84, 0.66), 0.09, 0.22),
    ):  # fmt: skip
        distance = np.hypot(x - at[0], y - at[1])
        room = _over(room, (176, 216, 244), amount * (0.5 - 0.5 * np.tanh((distance - radius) / 0.022)))
    room *= (1.0 - 0.10 * np.clip(x**2 / 0.8 + (y - 0.45) ** 2, 0, 1))[..., None]
    full = cv2.resize(room, size, interpolation=cv2.INTER_CUBIC)
    # Without a little noise the gradients show bands of single grey levels.
    full += np.random.default_rng(3).normal(0, 1.0, (height, width, 1)).astype(np.float32)
    return np.clip(full, 0, 255).astype(np.uint8)
