"""The picture with its overlays. Paints only when told that there is something new."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fer_desktop.core.types import Frame
from fer_desktop.gui.focus_ring import RingedWidget
from fer_desktop.overlay import palette
from fer_desktop.overlay.layout import Placed, Rect
from fer_desktop.overlay.motion import Shown
from fer_desktop.overlay.painter import Look, Overlay, font

MESSAGE_PX: Final = 13


def image_of(frame: Frame) -> QImage:
    """The frame as a QImage of its own memory, in the format that Qt paints fastest (0.3 ms for 1280x720)."""
    width, height = frame.size
    bgr = frame.bgr if frame.bgr.flags.c_contiguous else frame.bgr.copy()
    # The QImage over the array's buffer lives only in this line: the conversion copies, so no buffer can die under Qt.
    return QImage(bgr.data, width, height, bgr.strides[0], QImage.Format.Format_BGR888).convertToFormat(
        QImage.Format.Format_RGB32
    )


def _xywh(rect: Rect) -> tuple[float, float, float, float]:
    return rect.x, rect.y, rect.width, rect.height


class VideoView(RingedWidget):
    """Keeps the picture's aspect. `painted` tells when a new frame has been painted: seconds of time.monotonic().

    `face_clicked`: the id of the track of the face that was clicked.
    """

    painted = Signal(float)
    face_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 180)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Picture"))
        self.placed: tuple[Placed, ...] = ()
        self._image: QImage | None = None
        self._scaled: QImage | None = None
        self._frame_size = (16, 9)
        self._faces: tuple[Shown, ...] = ()
        self._look = Look()
        self._message = ""
        self._new_frame = False
        self._chosen: int | None = None
        self._overlay = Overlay()

    def sizeHint(self) -> QSize:
        return QSize(960, 540)

    @property
    def message(self) -> str:
        return self._message

    @property
    def look(self) -> Look:
        return self._look

    def set_frame(self, frame: Frame) -> None:
        self._image = image_of(frame)
        self._scaled = None
        self._frame_size = frame.size
        self._new_frame = True
        self.update()

    def set_faces(self, faces: tuple[Shown, ...], look: Look) -> None:
        """The faces on the present frame. `look.mirror` mirrors the frame too."""
        if look.mirror != self._look.mirror:
            self._scaled = None
        self._faces, self._look = faces, look
        self.update()

    def set_chosen(self, track_id: int | None) -> None:
        """The face with a line around its box; None for none."""
        if track_id != self._chosen:
            self._chosen = track_id
            self.update()

    def set_message(self, text: str) -> None:
        """A line over the picture ("No face in view"); empty for none."""
        if text != self._message:
            self._message = text
            self.update()

    def clear(self) -> None:
        self._image = self._scaled = None
        self._faces = ()
        self._overlay.clear()
        self.update()

    def picture_rect(self) -> QRect:
        """Where the picture lies in the widget, in logical pixels."""
        width, height = self._frame_size
        scale = min(self.width() / width, self.height() / height)
        size = QSize(max(round(width * scale), 1), max(round(height * scale), 1))
        return QRect(QPoint((self.width() - size.width()) // 2, (self.height() - size.height()) // 2), size)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(palette.LETTERBOX))
        if self._image is not None:
            where = self.picture_rect()
            painter.drawImage(where, self._scaled_to(where))
            picture = Rect(where.x(), where.y(), where.width(), where.height())
            self.placed = self._overlay.paint(painter, self._faces, self._frame_size, picture, self._look)
            self._paint_chosen(painter)
        if self._message:
            self._paint_message(painter)
        self.paint_ring(painter)
        painter.end()
        if self._new_frame:
            self._new_frame = False
            self.painted.emit(time.monotonic())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        face = self._face_at(event.position())
        if face is not None and event.button() is Qt.MouseButton.LeftButton:
            self.face_clicked.emit(face)
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A hand over what can be clicked."""
        over = self._face_at(event.position()) is not None
        shape = Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor
        if self.cursor().shape() is not shape:
            self.setCursor(shape)
        super().mouseMoveEvent(event)

    def _face_at(self, point: QPointF) -> int | None:
        """Of boxes that lie over one another, the smallest is meant."""
        hit = [item for item in self.placed if QRectF(*_xywh(item.box)).contains(point)]
        return min(hit, key=lambda item: item.box.width * item.box.height).key if hit else None

    def _scaled_to(self, where: QRect) -> QImage:
        """The picture at the screen's own resolution, kept for the paints between two frames."""
        assert self._image is not None
        ratio = self.devicePixelRatioF()
        size = QSize(round(where.width() * ratio), round(where.height() * ratio))
        if self._scaled is None or self._scaled.size() != size:
            scaled = QImage(size, QImage.Format.Format_RGB32)
            painter = QPainter(scaled)
            # Far smaller than the source, bilinear sampling alone would skip pixels: halve first.
            source = self._image
            while source.width() > 2 * size.width() and source.height() > 2 * size.height():
                source = source.scaled(
                    source.width() // 2,
                    source.height() // 2,
                    Qt.AspectRatioMode.IgnoreAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            if self._look.mirror:
                painter.translate(size.width(), 0)
                painter.scale(-1, 1)
            painter.drawImage(QRect(0, 0, size.width(), size.height()), source)
            painter.end()
            scaled.setDevicePixelRatio(1.0)
            self._scaled = scaled
        return self._scaled

    def _paint_chosen(self, painter: QPainter) -> None:
        for item in self.placed:
            if item.key == self._chosen:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setBrush(Qt.BrushStyle.NoBrush)
                # Between the box and what stands beside it.
                around = item.box.grown(4.5)
                radius = min(around.width, around.height) * 0.1
                for colour, width in ((palette.OUTLINE, 3.0), (palette.ON_PLATE, 2.0)):
                    painter.setPen(QPen(QColor(colour), width))
                    painter.drawRoundedRect(QRectF(*_xywh(around)), radius, radius)

    def _paint_message(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(MESSAGE_PX))
        metrics = painter.fontMetrics()
        text = metrics.elidedText(self._message, Qt.TextElideMode.ElideRight, self.width() - 64)
        width, height = metrics.horizontalAdvance(text) + 32, 32
        where = self.picture_rect() if self._image is not None else self.rect()
        rect = QRectF(where.center().x() - width / 2, where.top() + 16, width, height)
        plate = QColor(palette.PLATE)
        plate.setAlphaF(0.86)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(plate)
        painter.drawRoundedRect(rect, height / 2, height / 2)
        painter.setPen(QColor(palette.ON_PLATE))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
