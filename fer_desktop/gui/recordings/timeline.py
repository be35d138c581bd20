"""The recording along its time: the chosen face's seven readings as curves, and a lane of labels for each face."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QToolTip

from fer_desktop.core import emotions
from fer_desktop.gui.parts import tool_tip
from fer_desktop.gui.recordings import words as said
from fer_desktop.gui.recordings.document import Document
from fer_desktop.gui.recordings.lanes import LANE_PX
from fer_desktop.gui.recordings.scale import Scale
from fer_desktop.gui.recordings.timeline_painting import AXIS_PX, CURVES_PX, GAP_PX, NAMES_PX, TimelinePainting
from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.offline.lanes import Lane
from fer_desktop.offline.video_summary import clock
from fer_desktop.overlay import words

_WHEEL_STEP: Final = 1.25
_MS: Final = 1000
MOST_LANES: Final = 3
NEAR_PX: Final = 5
"""So near to a marker it is meant."""


class Timeline(QAbstractScrollArea):
    """`asked` (seconds): a person wants to be there. `face_asked`: the id of the face whose name was clicked."""

    asked = Signal(float)
    face_asked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("timeline")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(said.tr("Timeline"))
        self.viewport().setMouseTracking(True)
        self.scale = Scale.whole(1, 1)
        self.document: Document | None = None
        self.theme = DARK
        self.at_s = 0.0
        self.mark_s: float | None = None
        self.coming_s = 0.0
        self._painting = TimelinePainting(self)
        self._drawn: QImage | None = None
        self._dragging = self._settling = False
        self.horizontalScrollBar().valueChanged.connect(self._scrolled)
        self.verticalScrollBar().valueChanged.connect(self._redraw)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumHeight(AXIS_PX + LANE_PX + 3 * GAP_PX + 12)

    def sizeHint(self) -> QSize:
        """Room for the lanes there are, up to MOST_LANES."""
        count = 1 if self.document is None else min(max(len(self.document.lanes), 1), MOST_LANES)
        return QSize(640, AXIS_PX + CURVES_PX + count * (LANE_PX + GAP_PX) + 2 * GAP_PX + 12)

    def set_theme(self, theme: Theme) -> None:
        self.theme = theme
        self._redraw()

    def set_document(self, document: Document | None) -> None:
        self.document, self.at_s, self.mark_s = document, 0.0, None
        self.scale = Scale.whole(self._width(), 0.0)
        if document is not None:
            document.changed.connect(self._grown)
            document.chosen_changed.connect(self._redraw)
        self._grown()

    def set_coming(self, whole_s: float) -> None:
        """How long the recording will be, while it is being read; 0 once it was."""
        if whole_s != self.coming_s:
            self.coming_s = whole_s
            self._grown()

    def set_at(self, at_s: float, follow: bool) -> None:
        """Where the playhead stands. follow: turn the page where it goes out of sight."""
        self.at_s = at_s
        if follow and not self._dragging:
            self._use(self.scale.showing(at_s))
        if self.document is not None and self.hasFocus():
            self.setAccessibleDescription(self.told_at(at_s, self.document.chosen_lane))
        self.viewport().update()

    def mark(self, at_s: float | None) -> None:
        """The moment that is chosen."""
        if at_s != self.mark_s:
            self.mark_s = at_s
            self.viewport().update()

    def show_whole(self) -> None:
        self._use(Scale.whole(self.scale.width, self.scale.whole_s))

    def zoom(self, factor: float, x: float | None = None) -> None:
        """About x of the lanes; else about the playhead, where it is in sight, or the middle."""
        if x is None:
            x = self.scale.x(self.at_s)
            x = x if 0 <= x <= self.scale.width else self.scale.width / 2
        self._use(self.scale.zoomed(factor, x))

    # Places

    def _width(self) -> float:
        return max(self.viewport().width() - NAMES_PX - 8, 1)

    def curves(self) -> QRectF | None:
        """Where the curves are; None where there is no room for them."""
        if self.viewport().height() < AXIS_PX + CURVES_PX + LANE_PX + 2 * GAP_PX:
            return None
        return QRectF(NAMES_PX, AXIS_PX + GAP_PX, self.scale.width, CURVES_PX - 2 * GAP_PX)

    def lanes_top(self) -> int:
        return AXIS_PX + (CURVES_PX if self.curves() is not None else 0)

    def lane_top(self, number: int) -> int:
        return self.lanes_top() + GAP_PX + number * (LANE_PX + GAP_PX) - self.verticalScrollBar().value()

    def marker_at(self, x: float) -> tuple[float, str] | None:
        """Its time in seconds, and what it says; the nearest within a few pixels."""
        markers = () if self.document is None else self.document.markers
        near = [(abs(self.x_at(one[0]) - x), one) for one in markers]
        away, found = min(near, default=(NEAR_PX + 1, (0.0, "")))
        return found if away <= NEAR_PX else None

    def lane_at(self, y: float) -> Lane | None:
        lanes = () if self.document is None else self.document.lanes
        if y < self.lanes_top():
            return None
        number = int((y - self.lane_top(0)) // (LANE_PX + GAP_PX))
        return lanes[number] if 0 <= number < len(lanes) else None

    def time_at(self, x: float) -> float:
        """x of the viewport, in logical pixels."""
        return self.scale.time(x - NAMES_PX)

    def x_at(self, at_s: float) -> float:
        return NAMES_PX + self.scale.x(at_s)

    def told_at(self, at_s: float, lane: Lane | None) -> str:
        """ "0:12.3, Face 1: Happy 87 %", as far as there is something to tell."""
        told = clock(at_s)
        if lane is None or self.document is None:
            return told
        name = self.document.name_of(lane.face.id)
        frame = self.document.readings.frame_at(at_s) if self.document.readings.count else 0
        place = lane.face.place(frame)
        if place is None or self.document.readings.until_s <= at_s < self.coming_s:
            return said.tr("{time}, {face}: not seen").format(time=told, face=name)
        reason, label = lane.reason_at(at_s), int(lane.labels[place])
        leading = emotions.NAMES[label] if reason is None and label >= 0 else None
        sure = round(float(lane.smoothed[place].max()) * 100)
        reading = words.reading(leading, sure, reason)
        return said.tr("{time}, {face}: {reading}").format(time=told, face=name, reading=reading)

    # Changes of what is in sight

    def _grown(self) -> None:
        until_s = 0.0 if self.document is None else self.document.readings.until_s
        self.scale = self.scale.fitted(self._width(), max(until_s, self.coming_s))
        self._redraw()
        self._set_bars()
        self.updateGeometry()

    def _use(self, scale: Scale) -> None:
        if scale != self.scale:
            self.scale = scale
            self._redraw()
            self._set_bars()

    def _set_bars(self) -> None:
        self._settling = True
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setRange(0, max(round((self.scale.whole_s - self.scale.span_s) * _MS), 0))
        across.setPageStep(max(round(self.scale.span_s * _MS), 1))
        across.setSingleStep(max(round(self.scale.span_s * _MS / 20), 1))
        across.setValue(round(self.scale.from_s * _MS))
        count = 0 if self.document is None else len(self.document.lanes)
        room = self.viewport().height() - self.lanes_top()
        down.setRange(0, max(count * (LANE_PX + GAP_PX) + 2 * GAP_PX - room, 0))
        down.setPageStep(max(room, 1))
        down.setSingleStep(LANE_PX + GAP_PX)
        self._settling = False

    def _scrolled(self, value: int) -> None:
        if not self._settling:
            self.scale = self.scale.moved_to(value / _MS)
            self._redraw()

    def _redraw(self) -> None:
        self._drawn = None
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._grown()

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        place = event.position()
        lane = self.lane_at(place.y())
        if place.x() >= NAMES_PX:
            self._dragging = True
            marker = self.marker_at(place.x()) if place.y() < AXIS_PX else None
            self.asked.emit(self.time_at(place.x()) if marker is None else marker[0])
        if lane is not None:
            self.face_asked.emit(lane.face.id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self.asked.emit(self.time_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging = False

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Over the names it goes through the faces; elsewhere up and down zoom, and sideways goes along the time."""
        turned = event.angleDelta()
        if event.position().x() < NAMES_PX:
            down = self.verticalScrollBar()
            down.setValue(down.value() - turned.y() * (LANE_PX + GAP_PX) // 120)
        elif abs(turned.x()) > abs(turned.y()) or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            steps = (turned.x() or turned.y()) / 120
            self._use(self.scale.moved_to(self.scale.from_s - steps * self.scale.span_s / 10))
        else:
            self.zoom(_WHEEL_STEP ** (turned.y() / 120), event.position().x() - NAMES_PX)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Only what is this widget's own: the rest is the page's."""
        if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(_WHEEL_STEP)
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom(1 / _WHEEL_STEP)
        elif event.key() == Qt.Key.Key_0:
            self.show_whole()
        else:
            event.ignore()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._tell(event.pos(), event.globalPos())
            return True
        return super().viewportEvent(event)

    def _tell(self, place: QPoint, where: QPoint) -> None:
        lane = self.lane_at(place.y())
        text = ""
        if self.document is not None and place.x() >= NAMES_PX:
            text = self.told_at(self.time_at(place.x()), lane or self.document.chosen_lane)
            marker = self.marker_at(place.x())
            text = text if marker is None else said.tr("{marker}: {at}").format(marker=marker[1], at=text)
        elif lane is not None and self.document is not None:
            text = self.document.name_of(lane.face.id)
        QToolTip.showText(where, tool_tip(text), self)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._drawn is None:
            self._drawn = self._painting.drawn(self.devicePixelRatioF())
        painter = QPainter(self.viewport())
        painter.drawImage(0, 0, self._drawn)
        self._painting.paint_over(painter, self.mark_s)
        painter.end()
