"""Paints the timeline: what changes seldom once, onto a picture of its own; the playhead and the mark over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QPolygonF

from fer_desktop.gui.recordings.lanes import LANE_PX, curves_image, lane_image, paint_words
from fer_desktop.gui.recordings.scale import axis_time
from fer_desktop.gui.recordings.words import tr
from fer_desktop.offline.lanes import Lane
from fer_desktop.overlay import words
from fer_desktop.overlay.painter import font

if TYPE_CHECKING:
    from fer_desktop.gui.recordings.timeline import Timeline

NAMES_PX: Final = 152
AXIS_PX: Final = 24
CURVES_PX: Final = 64
GAP_PX: Final = 4
MARKER_PX: Final = 9
"""Of the sign of a marker, across."""


class TimelinePainting:
    """Of one timeline, which knows where things are."""

    def __init__(self, line: Timeline) -> None:
        self._line = line

    def drawn(self, ratio: float) -> QImage:
        """All but the playhead and the mark; `ratio` device pixels a logical one."""
        image = QImage(self._line.viewport().size() * ratio, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        painter = QPainter(image)
        self._paint_all(painter, ratio)
        painter.end()
        return image

    def paint_over(self, painter: QPainter, mark_s: float | None) -> None:
        """mark_s: when the chosen moment is."""
        self._paint_mark(painter, mark_s)
        self._paint_playhead(painter)
        if self._line.hasFocus():
            painter.setPen(QPen(QColor(self._line.theme.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(self._line.viewport().rect()).adjusted(1, 1, -1, -1))

    def _paint_all(self, painter: QPainter, ratio: float) -> None:
        theme, view = self._line.theme, self._line.viewport().rect()
        painter.fillRect(view, QColor(theme.window))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = QRectF(NAMES_PX, AXIS_PX, self._line.scale.width, view.height() - AXIS_PX)
        painter.fillRect(ground, QColor(theme.field))
        self._paint_axis(painter, ground)
        document, curves = self._line.document, self._line.curves()
        if document is None:
            return
        if curves is not None:
            self._paint_scale_of(painter, curves)
            if document.chosen_lane is not None:
                image = curves_image(document.chosen_lane, self._line.scale, curves.height(), theme, ratio)
                painter.drawImage(curves.topLeft(), image)
        painter.setClipRect(QRect(0, self._line.lanes_top(), view.width(), view.height() - self._line.lanes_top()))
        for number, lane in enumerate(document.lanes):
            top = self._line.lane_top(number)
            if self._line.lanes_top() - LANE_PX < top < view.height():
                painter.drawImage(NAMES_PX, top, lane_image(lane, self._line.scale, theme, ratio))
                painter.save()
                painter.translate(NAMES_PX, 0)
                paint_words(painter, lane, self._line.scale, top, theme)
                painter.restore()
                self._paint_name(painter, lane, top)
        painter.setClipping(False)
        self._paint_markers(painter)
        self._paint_coming(painter, ground)
        if document.faceless:
            painter.setFont(font(13))
            painter.setPen(QColor(theme.muted))
            painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, tr("No face found"))

    def _paint_axis(self, painter: QPainter, ground: QRectF) -> None:
        if self._line.document is None:
            return
        theme = self._line.theme
        painter.setFont(font(12))
        step_s, ticks = self._line.scale.ticks()
        for at_s in ticks:
            x = round(self._line.x_at(at_s)) + 0.5
            painter.setPen(QColor(theme.line))
            painter.drawLine(QPointF(x, AXIS_PX - 5), QPointF(x, ground.bottom()))
            painter.setPen(QColor(theme.muted))
            where = QRectF(x + 4, 0, 80, AXIS_PX - 2)
            if where.left() + 30 < ground.right():
                painter.drawText(where, Qt.AlignmentFlag.AlignVCenter, axis_time(at_s, step_s))

    def _paint_scale_of(self, painter: QPainter, curves: QRectF) -> None:
        theme, document = self._line.theme, self._line.document
        painter.setPen(QPen(QColor(theme.line), 1, Qt.PenStyle.DotLine))
        for part in (0.0, 0.5, 1.0):
            y = round(curves.bottom() - part * curves.height()) + 0.5
            painter.drawLine(QPointF(curves.left(), y), QPointF(curves.right(), y))
        painter.setPen(QColor(theme.muted))
        painter.setFont(font(12))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for part, text in ((1.0, words.percent(100)), (0.0, words.percent(0))):
            y = curves.bottom() - part * curves.height()
            painter.drawText(QRectF(0, y - 8, NAMES_PX - 8, 16), right, text)
        if document is not None and document.chosen is not None:
            middle = QRectF(12, curves.center().y() - 9, NAMES_PX - 56, 18)
            name = document.name_of(document.chosen)
            painter.drawText(middle, painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, NAMES_PX - 56))

    def _paint_name(self, painter: QPainter, lane: Lane, top: float) -> None:
        theme, document = self._line.theme, self._line.document
        assert document is not None
        chosen = lane.face.id == document.chosen
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(QRectF(4, top + 4, 3, LANE_PX - 8), 1.5, 1.5)
        painter.setFont(font(13, bold=chosen))
        painter.setPen(QColor(theme.text if chosen else theme.muted))
        name = document.name_of(lane.face.id)
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, NAMES_PX - 24)
        painter.drawText(QRectF(12, top, NAMES_PX - 20, LANE_PX), Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_coming(self, painter: QPainter, ground: QRectF) -> None:
        """What is not read yet."""
        assert self._line.document is not None
        from_x = max(self._line.x_at(self._line.document.readings.until_s), ground.left())
        if self._line.coming_s and from_x < ground.right():
            there = QRectF(from_x, ground.top(), ground.right() - from_x, ground.height())
            painter.fillRect(there, QBrush(QColor(self._line.theme.line), Qt.BrushStyle.BDiagPattern))

    def _paint_markers(self, painter: QPainter) -> None:
        """A dotted line from top to bottom, and the sign of the list of moments over it."""
        theme, document = self._line.theme, self._line.document
        bottom = self._line.viewport().height()
        for at_s, _ in () if document is None else document.markers:
            if not self._line.scale.from_s <= at_s <= self._line.scale.to_s:
                continue
            x, r = round(self._line.x_at(at_s)) + 0.5, MARKER_PX / 2
            painter.setPen(QPen(QColor(theme.text), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, AXIS_PX), QPointF(x, bottom))
            y = AXIS_PX - 1 - r
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.text))
            painter.drawPolygon(QPolygonF([QPointF(x - r, y), QPointF(x, y - r), QPointF(x + r, y), QPointF(x, y + r)]))

    def _paint_mark(self, painter: QPainter, mark_s: float | None) -> None:
        """A diamond on the axis over the chosen moment."""
        if mark_s is None or not self._line.scale.from_s <= mark_s <= self._line.scale.to_s:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x, y, r = self._line.x_at(mark_s), AXIS_PX - 6, 5
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._line.theme.accent))
        painter.drawPolygon(QPolygonF([QPointF(x - r, y), QPointF(x, y - r), QPointF(x + r, y), QPointF(x, y + r)]))

    def _paint_playhead(self, painter: QPainter) -> None:
        if self._line.document is None or not self._line.scale.from_s <= self._line.at_s <= self._line.scale.to_s:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        x, bottom = round(self._line.x_at(self._line.at_s)), self._line.viewport().height()
        painter.fillRect(x - 1, 2, 3, bottom - 2, QColor(self._line.theme.window))
        painter.fillRect(x, 2, 1, bottom - 2, QColor(self._line.theme.text))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._line.theme.text))
        painter.drawPolygon(QPolygonF([QPointF(x - 4.5, 2), QPointF(x + 5.5, 2), QPointF(x + 0.5, 9)]))
