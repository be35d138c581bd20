"""One photo as large as a person wants it, its faces painted by the overlay at whatever zoom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QSizePolicy, QWidget

from fer_desktop.gui.focus_ring import RingedWidget
from fer_desktop.gui.photos import photo_keys
from fer_desktop.gui.photos.photo_paint import paint_chosen, paint_message, paint_picture, qrect
from fer_desktop.gui.photos.viewport import STEP, Viewport
from fer_desktop.gui.photos.words import tr
from fer_desktop.overlay import palette, why, words
from fer_desktop.overlay.layout import Placed, Rect
from fer_desktop.overlay.motion import Shown
from fer_desktop.overlay.painter import Look, Overlay

CLICK_PX: Final = 4
"""A pointer that moved no farther has clicked."""


class PhotoView(RingedWidget):
    """`face_chosen`: the id of a face's track, None for none. `stepped`: -1 or 1, to another photo. `left`: back to the
    gallery. `taken_out`: this photo is to go from the list. `why_asked`: shown or not any more. `emotion_asked`: why
    for the next emotion. `zoomed`."""

    face_chosen = Signal(object)
    stepped = Signal(int)
    left = Signal()
    taken_out = Signal()
    why_asked = Signal()
    emotion_asked = Signal()
    zoomed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.setAccessibleName(tr("Photo"))
        self.port = Viewport()
        self.placed: tuple[Placed, ...] = ()
        self.chosen: int | None = None
        self._levels: tuple[QImage, ...] = ()
        self._faces: tuple[Shown, ...] = ()
        self._look = Look()
        self._message = ""
        self._overlay = Overlay()
        self._pressed: QPointF | None = None
        self._dragged = False

    def sizeHint(self) -> QSize:
        return QSize(800, 600)

    # What is shown

    def show_picture(self, levels: Sequence[QImage], size: tuple[int, int], anew: bool) -> None:
        """The picture, its levels each half the size of the one before. size: of the photo in pixels, which a thumbnail
        that stands for it does not have. anew: another photo, which is fitted."""
        self._levels = tuple(levels)
        self.zoomed.emit()
        if anew or size != self.port.picture:
            self._overlay.clear()
            self._zoom(Viewport((self.width(), self.height()), size))
        self.update()

    def clear(self) -> None:
        self._levels, self._faces = (), ()
        self._zoom(Viewport((self.width(), self.height())))
        self.zoomed.emit()

    def set_faces(self, faces: tuple[Shown, ...], look: Look) -> None:
        self._faces, self._look = faces, look
        self._describe()
        self.update()

    def set_message(self, text: str) -> None:
        if text != self._message:
            self._message = text
            self._describe()
            self.update()

    def choose(self, track_id: int | None) -> None:
        if track_id != self.chosen:
            self.chosen = track_id
            self._describe()
            for face in self._faces:
                if face.track_id == track_id:
                    box = face.box
                    self._zoom(self.port.showing(box.x, box.y, box.x + box.width, box.y + box.height))
            self.update()

    def _describe(self) -> None:
        face = next((one for one in self._faces if one.track_id == self.chosen), None)
        parts = [self._message] if self._message else []
        if face is not None:
            text = tr("Face {number} of {count}").format(number=face.number, count=len(self._faces))
            parts = [f"{text}: {words.reading(face.label, face.percent, face.reason)}"]
        if self._look.why and self._look.emotion is not None:
            parts.append(why.legend_text(self._look.emotion))
        self.setAccessibleDescription(". ".join(parts))

    # Zoom

    @property
    def has_picture(self) -> bool:
        return bool(self._levels)

    @property
    def percent(self) -> int:
        """100: a pixel of the picture on each of the screen's."""
        return round(self.port.now * self.devicePixelRatioF() * 100)

    def fit(self) -> None:
        self._zoom(self.port.fitted())

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        self._zoom(self.port.scaled(self.port.now * factor, None if at is None else (at.x(), at.y())))

    def whole_pixels(self, at: QPointF | None = None) -> None:
        scale = 1 / self.devicePixelRatioF()
        self._zoom(self.port.scaled(scale, None if at is None else (at.x(), at.y())))

    def _zoom(self, port: Viewport) -> None:
        if port != self.port:
            self.port = port
            self.zoomed.emit()
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._zoom(self.port.resized(self.width(), self.height()))
        super().resizeEvent(event)

    # Keys

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier & ~Qt.KeyboardModifier.ShiftModifier
            # Some are the window's too, for the living picture.
            if event.key() in photo_keys.ALL and plain == Qt.KeyboardModifier.NoModifier:
                event.accept()
                return True
        elif isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_by(1 + event.value(), event.position())
                return True
        elif isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self.zoom_by(pinch.scaleFactor(), QPointF(self.mapFromGlobal(pinch.centerPoint().toPoint())))
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in photo_keys.PANS and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            across, down = (way * photo_keys.PAN_SHARE for way in photo_keys.PANS[key])
            self._zoom(self.port.moved(across * self.width(), down * self.height()))
        elif key in photo_keys.ZOOM_IN:
            self.zoom_by(STEP)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(1 / STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key in photo_keys.NEXT or key in photo_keys.BEFORE:
            self.stepped.emit(1 if key in photo_keys.NEXT else -1)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._choose_next(1 if key == Qt.Key.Key_Down else -1, around=True)
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        elif key == Qt.Key.Key_Delete:
            self.taken_out.emit()
        elif key == Qt.Key.Key_W and not event.isAutoRepeat():
            self.why_asked.emit()
        elif key == Qt.Key.Key_E:
            self.emotion_asked.emit()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes through the faces, then on."""
        return self._choose_next(1 if forward else -1, around=False) or super().focusNextPrevChild(forward)

    def _choose_next(self, step: int, around: bool) -> bool:
        """The face after the chosen one. False where there is none."""
        ids = [face.track_id for face in self._faces]
        at = ids.index(self.chosen) + step if self.chosen in ids else (0 if step > 0 else len(ids) - 1)
        if not ids or (not around and not 0 <= at < len(ids)):
            if ids and self.chosen is not None:
                self.face_chosen.emit(None)
            return False
        self.face_chosen.emit(ids[at % len(ids)])
        return True

    # Pointer

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        moved = event.position() - self._pressed
        if self._dragged or moved.manhattanLength() > CLICK_PX:
            self._dragged = True
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self._zoom(self.port.moved(moved.x(), moved.y()))
            self._pressed = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Of boxes that lie over one another, the smallest is meant."""
        if self._pressed is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        self._pressed = None
        self.unsetCursor()
        if not self._dragged:
            hit = [item for item in self.placed if qrect(item.box).contains(event.position())]
            self.face_chosen.emit(min(hit, key=lambda item: item.box.width * item.box.height).key if hit else None)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = None
            if self.port.scale is None:
                self.whole_pixels(event.position())
            else:
                self.fit()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(palette.LETTERBOX))
        if self._levels:
            left, top, width, height = self.port.rect
            paint_picture(painter, self._levels, QRectF(left, top, width, height), QRectF(self.rect()))
            picture = Rect(left, top, width, height)
            self.placed = self._overlay.paint(painter, self._faces, self.port.picture, picture, self._look)
            paint_chosen(painter, [item for item in self.placed if item.key == self.chosen])
        else:
            self.placed = ()
        if self._message:
            paint_message(painter, QRectF(self.rect()), self._message, over_picture=bool(self._levels))
        self.paint_ring(painter)
        painter.end()
