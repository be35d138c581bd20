"""Warmth over a face where it spoke for its label (core.why), and the line that says what the warmth is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QLinearGradient, QPainter

from fer_desktop.core import emotions, why
from fer_desktop.core.types import Float32Array
from fer_desktop.overlay import palette, words
from fer_desktop.overlay.layout import Rect
from fer_desktop.overlay.motion import Shown

FROM: Final = 0.35
"""Places that say less than this part of what the strongest says stay clear: the face is to be seen."""
FULL: Final = 0.7
"""From here on the colours cover as much as they ever do."""
STRONGEST_ALPHA: Final = 0.58
UNSURE_STRENGTH: Final = 0.5
"""Of a face without a label: its likeliest emotion is shown fainter, since it was not read as that."""
SIDE: Final = 96
"""Pixels a side of the picture that is laid over a face; Qt makes it as large as the face."""
RIM: Final = 0.12
"""Part of the side over which the warmth fades out at the square's edge: less than a place of six."""
# Not the emotion's colour: yellow, pink and red are lost on skin, and a neutral face would be warm in grey. One ramp
# that rises in lightness, so that colour-blind people read it too: the violet rim is seen on light skin, the yellow
# middle on dark skin, and no skin has either.
RAMP: Final = ((FROM, "#3F0F78"), (0.55, "#B01E8A"), (0.75, "#F4512C"), (1.0, "#FFE03D"))
LEGEND_PX: Final = 13
MARGIN: Final = 12.0
SWATCH: Final = 40.0


def paint(
    painter: QPainter, faces: Sequence[Shown], size: tuple[int, int], picture: Rect, mirror: bool, emotion: int | None
) -> bool:
    """Warm the faces whose predictions have maps, each for its own leading emotion or for one of all. True if any has.

    `size`: (width, height) of the frame; `picture`: where it is painted.
    """
    shown = [face for face in faces if face.prediction.maps is not None]
    if not shown:
        return False
    # Not at the top: it loads OpenCV, which the window starts without. Whoever has maps has loaded it.
    from fer_desktop.core.crop import crop_frame

    zoom, before = picture.width / size[0], painter.opacity()
    for face in shown:
        square = crop_frame(face.face)
        warmth = image(why.marked(face.prediction, face.leading if emotion is None else emotion))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setOpacity(before * (UNSURE_STRENGTH if face.label is None else 1.0))
        painter.translate(picture.x, picture.y)
        if mirror:
            painter.translate(picture.width, 0)
            painter.scale(-1, 1)
        painter.translate(square.centre_x * zoom, square.centre_y * zoom)
        painter.rotate(math.degrees(square.roll))
        side = square.side * zoom
        painter.drawImage(QRectF(-side / 2, -side / 2, side, side), warmth)
        painter.restore()
    return True


def image(places: Float32Array) -> QImage:
    """SIDE pixels a side, clear where nothing is marked, from `core.why.marked`."""
    strength = why.spread(places, SIDE) * _window()
    colours = _colours()[(strength * 255).astype(np.uint8)]
    # Copied: QImage does not own the bytes it is given.
    return QImage(colours.tobytes(), SIDE, SIDE, SIDE * 4, QImage.Format.Format_ARGB32_Premultiplied).copy()


def _smooth(part: NDArray[np.floating]) -> Float32Array:
    """0 to 1 without a corner at either end."""
    part = np.clip(part, 0.0, 1.0)
    return np.asarray(part * part * (3 - 2 * part), np.float32)


@lru_cache(maxsize=1)
def _window() -> Float32Array:
    """float32[SIDE, SIDE]: 1 within, down to 0 at the rim."""
    at = (np.arange(SIDE, dtype=np.float32) + 0.5) / SIDE
    across = _smooth(np.minimum(at, 1 - at) / RIM)
    return np.outer(across, across)


@lru_cache(maxsize=1)
def _colours() -> NDArray[np.uint32]:
    """uint32[256]: the ramp as premultiplied ARGB, by strength."""
    strength = np.arange(256, dtype=np.float32) / 255
    alpha = STRONGEST_ALPHA * _smooth((strength - FROM) / (FULL - FROM))
    places, colours = [at for at, _ in RAMP], np.array([palette.rgb(colour) for _, colour in RAMP])
    channels = [alpha, *(np.interp(strength, places, colours[:, index]) * alpha for index in range(3))]
    a, r, g, b = (np.round(channel * 255).astype(np.uint32) for channel in channels)
    return a << 24 | r << 16 | g << 8 | b


def legend_text(emotion: int | None) -> str:
    if emotion is None:
        return QCoreApplication.translate("Why", "Why: the warm places spoke for the label.")
    text = QCoreApplication.translate("Why", "Why: the warm places spoke for {emotion}.")
    return text.format(emotion=words.emotion(emotions.NAMES[emotion]))


def paint_legend(painter: QPainter, picture: Rect, font: QFont, scale: float, emotion: int | None) -> None:
    """One line at the picture's lower left; nothing where it does not fit."""
    metrics = QFontMetricsF(font)
    text = legend_text(emotion)
    pad, swatch = 10 * scale, SWATCH * scale
    width = pad + swatch + pad * 0.8 + metrics.horizontalAdvance(text) + pad
    height = round(metrics.height() + pad)
    margin = MARGIN * scale
    if width + 2 * margin > picture.width or height + 2 * margin > picture.height:
        return
    plate = QRectF(picture.x + margin, picture.bottom - margin - height, width, height)
    ground = QColor(palette.PLATE)
    ground.setAlphaF(palette.PLATE_ALPHA)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(plate, 6 * scale, 6 * scale)
    bar = QRectF(plate.left() + pad, plate.center().y() - 4 * scale, swatch, 8 * scale)
    gradient = QLinearGradient(bar.topLeft(), bar.topRight())
    for at, colour in RAMP:
        gradient.setColorAt((at - FROM) / (1 - FROM), QColor(colour))
    painter.setBrush(gradient)
    painter.drawRoundedRect(bar, 4 * scale, 4 * scale)
    painter.setFont(font)
    painter.setPen(QColor(palette.ON_PLATE))
    baseline = plate.top() + (plate.height() + metrics.ascent() - metrics.descent()) / 2
    painter.drawText(QPointF(bar.right() + pad * 0.8, baseline), text)
