"""Paints a face's lane and curves. A lane is one picture made by sums over its columns: it costs the same at any zoom,
however often the label changes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from fer_desktop.core import emotions
from fer_desktop.core.band import ABSENT, NO_LABEL, Band, Float64Array
from fer_desktop.core.types import Float32Array, UInt8Array
from fer_desktop.gui.recordings.scale import Scale
from fer_desktop.gui.theme import Theme
from fer_desktop.overlay import palette, words
from fer_desktop.overlay.painter import font

LANE_PX: Final = 26
LOWEST: Final = 0.42
"""Of the lane's height, for a probability of nothing: a band is to be seen however unsure it is."""
STRIPE_PX: Final = 4
TINT: Final = 0.16
"""Of the colour, over what stands above the band: the label is seen along the whole height."""
_BESIDE: Final = 4
"""Left and right of a word; less where it would be cut otherwise."""
SHORT: Final = 2
"""Letters, where there is no room for the word; enough to tell the seven apart."""
CURVE_PX: Final = 1.6
DASH_PX: Final = 8
_FORMAT: Final = QImage.Format.Format_ARGB32_Premultiplied
CURVE_FROM: Final = 0.12
"""An emotion that stays under it all along has no curve."""
_SURPRISE: Final = emotions.NAMES.index("surprise")
_TEXT_PX: Final = 12
TEXT_HIGH: Final = 15
"""A band that high holds a word."""
LEAST_WORD_PX: Final = 10
"""No word is narrower, however short it is cut."""


@dataclass(frozen=True, slots=True)
class Curve:
    """values: from column to column, 0 to 1, not a number where there is none; colour: "#RRGGBB"."""

    values: Float32Array | Float64Array
    colour: str
    dashed: bool = False


def edges_of(scale: Scale, columns: int) -> Float64Array:
    """Times between `columns` columns of equal width, float64[columns + 1]."""
    return np.linspace(scale.from_s, scale.to_s, columns + 1)


def lane_image(lane: Band, scale: Scale, theme: Theme, ratio: float) -> QImage:
    """The lane in device pixels, `ratio` of them a logical one."""
    columns, height = max(round(scale.width * ratio), 1), round(LANE_PX * ratio)
    codes, sure = lane.columns(edges_of(scale, columns))
    ground = _rgb(theme.field)
    colours = np.array([*(_rgb(colour) for colour in theme.rows.bars), ground, _rgb(theme.outline)], np.float32)
    kind = np.where(codes == ABSENT, emotions.COUNT, np.where(codes == NO_LABEL, emotions.COUNT + 1, codes))
    full = colours[kind]
    top = height - np.round((LOWEST + (1 - LOWEST) * np.where(codes == NO_LABEL, 0.0, sure)) * height)
    y, x = np.arange(height)[:, np.newaxis], np.arange(columns)[np.newaxis, :]
    stripes = (x + y) // max(round(STRIPE_PX * ratio), 1) % 2 == 0
    band = y >= top
    # Striped are surprise, whose colour is near that of sad, and what has no label, whose is near that of neutral.
    weaker = stripes & np.isin(codes, (_SURPRISE, NO_LABEL))
    strength = np.where(band, np.where(weaker, np.where(codes == NO_LABEL, 0.0, 0.62), 1.0), TINT)
    strength = np.where(codes == NO_LABEL, strength * band, strength)[..., np.newaxis].astype(np.float32)
    mixed = full * strength + np.array(ground, np.float32) * (1 - strength)
    pixels = np.full((height, columns, 4), 255, np.uint8)
    pixels[..., :3] = mixed
    image = QImage(pixels.data, columns, height, columns * 4, QImage.Format.Format_RGB32).copy()
    image.setDevicePixelRatio(ratio)
    return image


def paint_words(painter: QPainter, lane: Band, scale: Scale, top: float, theme: Theme) -> None:
    """The labels, where their bands are wide enough for them."""
    codes, sure = lane.columns(edges_of(scale, max(round(scale.width), 1)))
    metrics = QFontMetricsF(font(_TEXT_PX))
    painter.setFont(font(_TEXT_PX))
    edges = np.concatenate([[0], np.flatnonzero(np.diff(codes)) + 1, [len(codes)]])
    # Most are far too short, where much is in sight.
    long = np.flatnonzero((np.diff(edges) >= LEAST_WORD_PX) & (codes[edges[:-1]] >= 0))
    for first, last in zip(edges[long].tolist(), edges[long + 1].tolist(), strict=True):
        code = int(codes[first])
        high = LANE_PX * (LOWEST + (1 - LOWEST) * sure[first:last]) >= TEXT_HIGH
        whole = words.label(emotions.NAMES[code])
        for text, beside in ((whole, _BESIDE), (whole, 1), (whole[:SHORT], _BESIDE)):
            wide = math.ceil(metrics.horizontalAdvance(text))
            at = _first_run(high, wide + 2 * beside)
            if at is not None:
                painter.setPen(QColor(ink_on(theme.rows.bars[code])))
                where = QRectF(first + at + beside, top + LANE_PX - 17, wide + 4, 16)
                painter.drawText(where, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
                break


def _first_run(there: NDArray[np.bool_], length: int) -> int | None:
    """Where so many True first stand in a row."""
    gaps = np.flatnonzero(~np.concatenate([[False], there, [False]]))
    long = np.flatnonzero(np.diff(gaps) > length)
    return int(gaps[long[0]]) if len(long) else None


def curves_image(lane: Band, scale: Scale, height: float, theme: Theme, ratio: float) -> QImage:
    """The smoothed probabilities of the emotions that matter in sight, 0 at the bottom, 1 at the top, in device pixels;
    transparent beside them. By sums over pixels: Qt takes long for a line that goes up and down in every column."""
    columns, rows = max(round(scale.width * ratio), 1), max(round(height * ratio), 1)
    values = lane.curves(edges_of(scale, columns))
    curves = []
    if not np.isnan(values).all():
        highest = np.nanmax(values, axis=0)
        for index in np.argsort(highest):
            if highest[index] >= CURVE_FROM:
                colour = theme.rows.bars[index]
                # Surprise is dashed: its colour is near that of sad.
                colour = colour if theme.dark else palette.edge_on_light(colour)
                curves.append(Curve(values[:, index], colour, bool(index == _SURPRISE)))
    return image_of(curves, np.zeros((rows, columns, 4), np.uint8), ratio)


def image_of(curves: Sequence[Curve], pixels: UInt8Array, ratio: float) -> QImage:
    """Curves over uint8[h, w, 4] (premultiplied), one value a column of it, the last on top."""
    rows, columns = pixels.shape[:2]
    for curve in curves:
        values = curve.values
        if curve.dashed:
            dash = round(DASH_PX * ratio)
            values = np.where(np.arange(columns) % dash < round(dash * 0.6), values, np.nan)
        _add_curve(pixels, values, curve.colour, ratio)
    image = QImage(pixels.data, columns, rows, columns * 4, _FORMAT).copy()
    image.setDevicePixelRatio(ratio)
    return image


def _add_curve(pixels: UInt8Array, values: Float32Array | Float64Array, colour: str, ratio: float) -> None:
    """In each column from the value half-way to the one before to that half-way to the next; no pixel is looked at but
    those of the curve."""
    there = np.flatnonzero(~np.isnan(values))
    thick = CURVE_PX * ratio
    y = thick / 2 + (1 - values) * (len(pixels) - thick)
    before, after = np.concatenate((y[:1], y[:-1])), np.concatenate((y[1:], y[-1:]))
    middles = np.stack(((y + np.where(np.isnan(before), y, before)) / 2, (y + np.where(np.isnan(after), y, after)) / 2))
    top, bottom = np.minimum(middles.min(axis=0), y) - thick / 2, np.maximum(middles.max(axis=0), y) + thick / 2
    first = np.clip(np.floor(top[there]), 0, len(pixels)).astype(np.intp)
    high = np.clip(np.ceil(bottom[there]), first, len(pixels)).astype(np.intp) - first
    column = np.repeat(there, high)
    row = np.arange(len(column)) - np.repeat(np.cumsum(high) - high - first, high)
    cover = np.clip(np.minimum(row + 1, bottom[column]) - np.maximum(row, top[column]), 0, 1)
    cover = cover[:, np.newaxis].astype(np.float32)
    ink = np.array([*_rgb(colour), 255], np.float32)
    pixels[row, column] = pixels[row, column] * (1 - cover) + cover * ink + np.float32(0.5)


def ink_on(colour: str) -> str:
    """Dark or light text, whichever reads better on it."""
    return max((palette.INK, "#FFFFFF"), key=lambda ink: palette.contrast(ink, colour))


def _rgb(colour: str) -> tuple[int, int, int]:
    """#RRGGBB -> blue, green, red: the order of the bytes in Qt's RGB32."""
    return int(colour[5:7], 16), int(colour[3:5], 16), int(colour[1:3], 16)
