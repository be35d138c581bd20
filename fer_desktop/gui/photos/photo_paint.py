"""What the large view paints beside the overlay: the picture, the chosen face, a line of words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from fer_desktop.overlay import palette
from fer_desktop.overlay.layout import Placed, Rect
from fer_desktop.overlay.painter import font

SHARP_FROM: Final = 4.0
"""Pixels of the screen for one of the picture: from here on its own pixels are what one wants to see."""


def paint_picture(painter: QPainter, levels: Sequence[QImage], whole: QRectF, view: QRectF) -> None:
    """levels: the picture, and each time half of it; whole: where all of it lies, of which `view` is seen."""
    wide = whole.width() * painter.device().devicePixelRatioF()
    # The smallest level that has as many pixels as the screen shows of it.
    level = next((one for one in reversed(levels) if one.width() >= wide), levels[0])
    seen = whole.intersected(view)
    if seen.isEmpty():
        return
    across, down = level.width() / whole.width(), level.height() / whole.height()
    source = QRectF(
        (seen.x() - whole.x()) * across, (seen.y() - whole.y()) * down, seen.width() * across, seen.height() * down
    )
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, wide < SHARP_FROM * levels[0].width())
    painter.drawImage(seen, level, source)


def paint_chosen(painter: QPainter, placed: Iterable[Placed]) -> None:
    """A thin line around a face's box, as around the living picture's."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for item in placed:
        around = item.box.grown(6)
        radius = min(around.width, around.height) * 0.1
        for colour, width in ((palette.OUTLINE, 3.0), (palette.ON_PLATE, 1.5)):
            painter.setPen(QPen(QColor(colour), width))
            painter.drawRoundedRect(qrect(around), radius, radius)


def paint_message(painter: QPainter, view: QRectF, message: str, over_picture: bool) -> None:
    """Near the top where it lies over a picture, else in the middle."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font(13))
    wrap = int(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter) | int(Qt.TextFlag.TextWordWrap)
    room = view.adjusted(40, 24, -40, -24)
    text = painter.boundingRect(room, wrap, message)
    text.moveTop(28.0 if over_picture else room.center().y() - text.height() / 2)
    plate = QColor(palette.PLATE)
    plate.setAlphaF(0.86)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(plate)
    painter.drawRoundedRect(text.adjusted(-16, -8, 16, 8), 16, 16)
    painter.setPen(QColor(palette.ON_PLATE))
    painter.drawText(text, wrap, message)


def qrect(rect: Rect) -> QRectF:
    return QRectF(rect.x, rect.y, rect.width, rect.height)
