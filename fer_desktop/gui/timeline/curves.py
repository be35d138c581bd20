"""Curves in a plot of pyqtgraph's, as one picture made by sums over its pixels: Qt takes long for many lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from fer_desktop.core.band import Float64Array
from fer_desktop.gui.recordings.lanes import CURVE_PX, Curve, image_of


class Curves(QGraphicsItem):
    """In coordinates of the plot: seconds to the right, values up. `show_curves` fills it."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: Float64Array = np.empty(0)
        self.curves: Sequence[Curve] = ()
        self._where = QRectF(0, 0, 1, 1)
        self._grey: NDArray[np.bool_] = np.empty(0, np.bool_)
        self._ground = QColor()
        self._image: QImage | None = None

    def show_curves(
        self, seconds: Float64Array, curves: Sequence[Curve], where: QRectF, grey: NDArray[np.bool_], ground: QColor
    ) -> None:
        """Values of each curve at these times, not a number where there is none. where: as far as is in sight;
        grey: the columns, all as wide, that have another ground."""
        if where != self._where:
            self.prepareGeometryChange()
        self.seconds, self.curves, self._where, self._grey, self._ground = seconds, curves, where, grey, ground
        self._image = None
        self.update()

    def boundingRect(self) -> QRectF:
        return self._where

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """In the device's own pixels, whatever it is: the screen, or a picture that is exported."""
        where, device = (
            transform.mapRect(self._where) for transform in (painter.worldTransform(), painter.deviceTransform())
        )
        columns, rows = max(round(device.width()), 1), max(round(device.height()), 1)
        image = self._image
        if image is None or (image.width(), image.height()) != (columns, rows):
            image = self._image = self._made(columns, rows, device.width() / max(where.width(), 1.0))
        painter.save()
        painter.resetTransform()
        painter.drawImage(where, image)
        painter.restore()

    def _made(self, columns: int, rows: int, ratio: float) -> QImage:
        pixels = np.zeros((rows, columns, 4), np.uint8)
        if self._grey.any():
            alpha = self._ground.alphaF()
            blue_green_red = (self._ground.blue(), self._ground.green(), self._ground.red())
            there = self._grey[np.arange(columns) * len(self._grey) // columns]
            pixels[:, there] = [*(round(one * alpha) for one in blue_green_red), self._ground.alpha()]
        at_s = self._where.left() + (np.arange(columns) + 0.5) / columns * self._where.width()
        thick = CURVE_PX * ratio
        drawn = []
        for curve in self.curves:
            part = (np.interp(at_s, self.seconds, curve.values) - self._where.top()) / self._where.height()
            # A line at the very edge would be half out of the picture; here nothing comes so near to it.
            inset = (part * rows - thick / 2) / max(rows - thick, 1.0)
            drawn.append(Curve(inset.astype(np.float32), curve.colour, curve.dashed))
        return image_of(drawn, pixels, ratio)
