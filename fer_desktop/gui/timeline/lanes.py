"""Labels along time, a lane for each number that faces have on their cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from fer_desktop.core.band import Band
from fer_desktop.core.history import Seen
from fer_desktop.gui.recordings.lanes import LANE_PX, lane_image, paint_words
from fer_desktop.gui.recordings.scale import Scale
from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.gui.timeline.plot import NAMES_PX
from fer_desktop.gui.timeline.words import face_name
from fer_desktop.overlay.painter import font

GAP_PX: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """The faces that had one number, one after another: as many people, as far as anybody knows."""

    number: int
    faces: tuple[Seen, ...]

    @property
    def band(self) -> Band:
        bands = [face.band for face in sorted(self.faces, key=lambda face: face.band.starts[0])]
        if len(bands) == 1:
            return bands[0]
        parts = ([getattr(band, name) for band in bands] for name in ("starts", "ends", "labels", "smoothed"))
        return Band(*(np.concatenate(part) for part in parts))


def rows_of(seen: Sequence[Seen]) -> list[Row]:
    """In the order of the numbers."""
    numbers = sorted({face.number for face in seen})
    return [Row(number, tuple(face for face in seen if face.number == number)) for number in numbers]


class Lanes(QWidget):
    """`clicked`: the id of the face whose lane was clicked, there where it was in view."""

    clicked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._theme = DARK
        self._from_s, self._span_s, self._width = 0.0, 1.0, 1.0
        self._marks: tuple[float, ...] = ()
        self._chosen: int | None = None
        self.rows: list[Row] = []
        self._images: dict[int, QImage] = {}
        """Of the rows that were in sight since they changed, by their place."""
        self.told_at: Callable[[float, Seen], str] = lambda at_s, face: ""
        """What is told of a face at a time, to who stays there with the mouse."""

    def sizeHint(self) -> QSize:
        return QSize(200, max(len(self.rows), 1) * (LANE_PX + GAP_PX))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._images.clear()
        self.update()

    def show_faces(
        self,
        seen: Sequence[Seen],
        from_s: float,
        span_s: float,
        width: float,
        marks: Sequence[float],
        chosen: int | None,
    ) -> None:
        """From one time on for `span_s` seconds, on `width` pixels. marks: seconds after it; chosen: whose curves are
        shown."""
        before = len(self.rows)
        self.rows, self._from_s, self._span_s = rows_of(seen), from_s, span_s
        self._width, self._marks, self._chosen = width, tuple(marks), chosen
        self._images.clear()
        if len(self.rows) != before:
            self.updateGeometry()
        self.update()

    @property
    def _scale(self) -> Scale:
        """Of lanes as those of a recording, which begins with the time at the left edge."""
        return Scale(self._width, self._from_s + self._span_s, self._from_s, self._span_s)

    def face_at(self, at: QPointF) -> tuple[float, Seen] | None:
        """The time at a place, and the face of that lane that was there then, or next to then."""
        row = int(at.y() // (LANE_PX + GAP_PX))
        at_s = self._from_s + (at.x() - NAMES_PX) / self._scale.width * self._span_s
        if not 0 <= row < len(self.rows):
            return None
        faces = self.rows[row].faces
        if at.x() < NAMES_PX:
            return at_s, faces[-1]
        return at_s, min(faces, key=lambda one: max(one.band.starts[0] - at_s, at_s - one.band.ends[-1], 0.0))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        found = self.face_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and found is not None:
            self.clicked.emit(found[1].track)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = self.face_at(QPointF(event.pos()))
            text = "" if found is None or event.pos().x() < NAMES_PX else self.told_at(found[0], found[1])
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, scale = QPainter(self), self._theme, self._scale
        # Twice that of the screen where it is painted for a picture.
        ratio = painter.deviceTransform().m11()
        for number, row in enumerate(self.rows):
            top = number * (LANE_PX + GAP_PX)
            if event.rect().intersects(QRect(0, top, self.width(), LANE_PX)):
                painter.drawImage(QPointF(NAMES_PX, top), self._image(number, row, ratio))
                self._paint_name(painter, row, top)
        painter.setPen(QPen(QColor(theme.text), 1, Qt.PenStyle.DotLine))
        for at_s in self._marks:
            x = NAMES_PX + round(at_s / scale.span_s * scale.width) + 0.5
            painter.drawLine(QPointF(x, 0), QPointF(x, len(self.rows) * (LANE_PX + GAP_PX) - GAP_PX))
        painter.end()

    def _image(self, number: int, row: Row, ratio: float) -> QImage:
        image = self._images.get(number)
        if image is None or image.devicePixelRatio() != ratio:
            theme, scale, band = self._theme, self._scale, row.band
            image = self._images[number] = lane_image(band, scale, theme, ratio)
            painter = QPainter(image)
            paint_words(painter, band, scale, 0, theme)
            for face in row.faces[1:]:
                # Somebody else, or who came back too late to be known.
                begins_x = round(scale.x(float(face.band.starts[0])))
                painter.fillRect(QRectF(begins_x - 1, 0, 2, LANE_PX), QColor(theme.window))
            painter.end()
        return image

    def _paint_name(self, painter: QPainter, row: Row, top: int) -> None:
        theme = self._theme
        chosen = any(face.track == self._chosen for face in row.faces)
        if chosen:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(QRectF(4, top + 4, 3, LANE_PX - 8), 1.5, 1.5)
        painter.setFont(font(12, bold=chosen))
        painter.setPen(QColor(theme.text if chosen else theme.muted))
        where = QRectF(12, top, NAMES_PX - 16, LANE_PX)
        name = painter.fontMetrics().elidedText(face_name(row.number), Qt.TextElideMode.ElideRight, int(where.width()))
        painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, name)
