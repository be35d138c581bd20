"""One photo in the gallery: the picture, its name, and what its faces say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from fer_desktop.core import emotions
from fer_desktop.gui.icons import icon
from fer_desktop.gui.photos import words
from fer_desktop.gui.photos.records import PROBLEM
from fer_desktop.gui.photos.words import tr
from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.overlay import palette
from fer_desktop.overlay.painter import font

if TYPE_CHECKING:
    from fer_desktop.gui.photos.gallery_model import GalleryModel

WIDTH: Final = 184
HEIGHT: Final = 184
PICTURE: Final = QSize(160, 120)
_PAD: Final = 12
_CHIP: Final = 6
_Index = QModelIndex | QPersistentModelIndex
_LEFT: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class PhotoCell(QStyledItemDelegate):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.theme: Theme = DARK

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(WIDTH, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model: GalleryModel = index.model()  # type: ignore[assignment]
        record, theme, state = int(model.rows[index.row()]), self.theme, option.state
        cell = QRectF(option.rect).adjusted(4, 4, -4, -4)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(QPen(QColor(theme.accent), 2) if chosen else QPen(QColor(theme.line), 1))
        hovered = chosen or state & QStyle.StateFlag.State_MouseOver
        painter.setBrush(QColor(theme.hover if hovered else theme.card))
        inset = 1.0 if chosen else 0.5
        painter.drawRoundedRect(cell.adjusted(inset, inset, -inset, -inset), 8, 8)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(theme.text), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(cell.adjusted(3, 3, -3, -3), 6, 6)
        picture = QRectF(cell.x() + 8, cell.y() + 8, cell.width() - 16, PICTURE.height())
        name = QRectF(picture.x(), picture.bottom() + 6, picture.width(), 18)
        line = name.translated(0, 18)
        if model.records.photos[record]["state"] == PROBLEM:
            self._paint_problem(painter, picture, words.problem_of(model.records, record))
            self._write(painter, line, tr("Cannot be read"), theme.muted)
        else:
            self._paint_picture(painter, model, record, picture)
            self._paint_faces(painter, model, record, line)
        self._write(painter, name, words.name_of(model.records, record), theme.text, 13)
        painter.restore()

    def _paint_picture(self, painter: QPainter, model: GalleryModel, record: int, where: QRectF) -> None:
        image = model.thumbnails.of(model.records.paths[record], record)
        if image is None or image.isNull():
            shape = QPainterPath()
            shape.addRoundedRect(where, 4, 4)
            painter.fillPath(shape, QColor(self.theme.rows.groove))
            if image is not None:
                self._write(painter, where, tr("No picture"), self.theme.muted, align=Qt.AlignmentFlag.AlignCenter)
            return
        size = QSizeF(image.size())
        size.scale(where.size(), Qt.AspectRatioMode.KeepAspectRatio)
        # A small picture is not blown up.
        ratio = painter.device().devicePixelRatioF()
        if size.width() * ratio > image.width():
            size = QSizeF(image.size()) / ratio
        place = QRectF(where.center().x() - size.width() / 2, where.center().y() - size.height() / 2, 0, 0)
        place.setSize(size)
        painter.drawImage(place, image)

    def _paint_problem(self, painter: QPainter, where: QRectF, why: str) -> None:
        theme = self.theme
        sign = QRect(round(where.center().x()) - 10, round(where.y()) + 4, 20, 20)
        icon("warning", theme.text).paint(painter, sign)
        painter.setFont(font(12))
        painter.setPen(QColor(theme.text))
        text = where.adjusted(4, 28, -4, 0)
        option = QTextOption(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        # Within a word only where that is longer than the cell, as a name may be.
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        painter.save()
        painter.setClipRect(text)
        painter.drawText(text, why, option)
        painter.restore()

    def _paint_faces(self, painter: QPainter, model: GalleryModel, record: int, where: QRectF) -> None:
        theme, photo = self.theme, model.records.photos[record]
        several = int(photo["faces"]) > 1
        if not photo["faces"]:
            self._write(painter, where, words.faces_text(0), theme.muted)
            return
        room = QRectF(where)
        if several:
            text = words.faces_text(int(photo["faces"]))
            self._write(painter, where, text, theme.muted, align=_RIGHT)
            room.setRight(where.right() - QFontMetricsF(font(12)).horizontalAdvance(text) - 8)
        # The face it is surest of stands for the photo, or of those with the emotion looked for; all are in the tool
        # tip.
        lead = int(photo["lead"]) if photo["lead"] < emotions.COUNT else None
        sure = float(photo["confidence"])
        if model.emotion is not None and photo["best"][model.emotion] > 0:
            lead, sure = model.emotion, float(photo["best"][model.emotion])
        if lead is not None:
            text = words.reading(lead, round(sure * 100))
        else:
            text = words.readings_of(model.records, record)[0][1]
        if lead is not None:
            colour = QColor(theme.rows.bars[lead])
            painter.setPen(
                QPen(QColor(palette.edge_on_light(colour.name())), 1) if not theme.dark else Qt.PenStyle.NoPen
            )
            painter.setBrush(colour)
            painter.drawRoundedRect(QRectF(room.x(), room.center().y() - 5, _CHIP, 10), 2, 2)
            room.setLeft(room.x() + _CHIP + 5)
        self._write(painter, room, text, theme.text if lead is not None else theme.muted)

    def _write(
        self, painter: QPainter, where: QRectF, text: str, colour: str, size: int = 12, align: Qt.AlignmentFlag = _LEFT
    ) -> None:
        painter.setFont(font(size))
        painter.setPen(QColor(colour))
        shown = QFontMetricsF(font(size)).elidedText(text, Qt.TextElideMode.ElideMiddle, where.width())
        painter.drawText(where, align, shown)
