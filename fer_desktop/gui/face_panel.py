"""The side panel: a card for each face, with what the network sees, its label and its seven bars."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from fer_desktop.core import emotions
from fer_desktop.core.history import History
from fer_desktop.core.types import CROP_SIDE
from fer_desktop.gui.lately import HEIGHT, Lately
from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.overlay import layout, palette, words
from fer_desktop.overlay.layout import Bars, Rect
from fer_desktop.overlay.motion import Shown
from fer_desktop.overlay.painter import font, paint_rows, text_width

WIDTH: Final = 300
NARROW: Final = 248
"""Beside a small window, so that the picture stays the larger part."""
SCROLL_BAR: Final = 8
_PAD: Final = 12
_ROW: Final = 18
_SMALL: Final = 12
_TITLE: Final = 16


class FaceCard(QWidget):
    """One face. Painted by hand: cheaper than fourteen labels, and its bars are those of the overlay.

    `clicked`: the id of its track. `emotion_clicked` (the same, index): a row, where one may be asked for.
    """

    clicked = Signal(int)
    emotion_clicked = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.face: Shown | None = None
        self._theme = DARK
        self.lately: Lately | None = None
        self._chosen = self._asking = False
        self._emotion: int | None = None

    def sizeHint(self) -> QSize:
        return QSize(NARROW - 24, _PAD + CROP_SIDE + 8 + _ROW * emotions.COUNT + _PAD - 2)

    def show_face(self, face: Shown, theme: Theme, lately: Lately | None = None) -> None:
        """lately: what it showed in the last seconds; None where nothing is known of that, as of a photo."""
        if face is self.face and theme is self._theme and lately == self.lately:
            return
        self.face, self._theme, self.lately = face, theme, lately
        self.setAccessibleName(self.title())
        self._describe(face)
        self.update()

    def set_chosen(self, chosen: bool) -> None:
        if chosen != self._chosen:
            self._chosen = chosen
            if self.face is not None:
                self._describe(self.face)
            self.update()

    def _describe(self, face: Shown) -> None:
        """For who hears the card."""
        values = [
            f"{words.emotion(name)} {words.percent(value)}"
            for name, value in zip(emotions.NAMES, face.numbers, strict=True)
        ]
        if self.lately is not None and (told := self.lately.told):
            values.append(told)
        self.setAccessibleDescription(", ".join([self.tr("chosen"), *values] if self._chosen else values))

    def ask_for_emotion(self, on: bool, emotion: int | None) -> None:
        """on: rows may be clicked; emotion: the one that was."""
        if (on, emotion) == (self._asking, self._emotion):
            return
        self._asking, self._emotion = on, emotion
        self.setMouseTracking(on)
        self.unsetCursor()
        tip = self.tr("Click a row to see which places spoke for that emotion; again, for the label.")
        self.setToolTip(tip if on else "")
        self.update()

    def _emotion_at(self, at: QPointF) -> int | None:
        rows = self._rows()
        row = int((at.y() - rows.first_row_y) // rows.row_height)
        return row if self._asking and 0 <= row < emotions.COUNT else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.face is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        emotion = self._emotion_at(event.position())
        if emotion is None:
            self.clicked.emit(self.face.track_id)
        else:
            self.emotion_clicked.emit(self.face.track_id, emotion)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._emotion_at(event.position()) is None:
            self.unsetCursor()
        else:
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def title(self) -> str:
        assert self.face is not None
        return f"{self._number_text()}: {words.reading(self.face.label, self.face.percent, self.face.reason)}"

    def _number_text(self) -> str:
        assert self.face is not None
        name = self.face.name or self.tr("Face {number}").format(number=self.face.number)
        return f"{name} · {words.own_neutral()}" if self.face.own_neutral else name

    def paintEvent(self, event: QPaintEvent) -> None:
        face, theme = self.face, self._theme
        if face is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.accent), 2) if self._chosen else QPen(QColor(theme.line), 1))
        painter.setBrush(QColor(theme.card))
        inset = 1 if self._chosen else 0.5
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 8, 8)
        self._paint_crop(painter, face)
        left = _PAD + CROP_SIDE + 12
        painter.setFont(font(_SMALL))
        painter.setPen(QColor(theme.muted))
        top = _PAD + 2
        if self.lately is not None:
            # The line of the last seconds ends where the crop ends; what is over it goes up a little.
            top = _PAD - 1
            line = QRectF(left, _PAD + CROP_SIDE - HEIGHT + 1, self.width() - left - _PAD, HEIGHT)
            self.lately.paint(painter, line, theme)
        over = QRectF(left, top, self.width() - left - _PAD, 18)
        whose = painter.fontMetrics().elidedText(self._number_text(), Qt.TextElideMode.ElideRight, int(over.width()))
        painter.drawText(over, Qt.AlignmentFlag.AlignVCenter, whose)
        painter.setFont(font(_TITLE, bold=face.label is not None))
        painter.setPen(QColor(theme.text if face.label is not None else theme.muted))
        title = QRectF(left, top + 18, self.width() - left - _PAD, 26)
        if face.label is not None:
            name = words.label(face.label)
            painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, name)
            painter.drawText(
                title, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words.percent(face.percent)
            )
        else:
            painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, words.reason(face.reason or ""))
            painter.setOpacity(0.45)
        rows = self._rows()
        if self._asking and self._emotion is not None:
            self._paint_asked(painter, rows, self._emotion)
        paint_rows(painter, rows, face, _SMALL, theme.rows)
        painter.end()

    def _paint_asked(self, painter: QPainter, rows: Bars, emotion: int) -> None:
        """Around the row that was clicked."""
        top = rows.first_row_y + emotion * rows.row_height
        row = QRectF(_PAD - 6, top, self.width() - 2 * (_PAD - 6), rows.row_height).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(self._theme.accent), 1))
        painter.setBrush(QColor(self._theme.hover))
        painter.drawRoundedRect(row, 4, 4)

    def _paint_crop(self, painter: QPainter, face: Shown) -> None:
        height, width = face.crop.shape
        image = QImage(face.crop.data, width, height, face.crop.strides[0], QImage.Format.Format_Grayscale8)
        square = QRectF(_PAD, _PAD, CROP_SIDE, CROP_SIDE)
        shape = QPainterPath()
        shape.addRoundedRect(square, 5, 5)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setClipPath(shape)
        painter.drawImage(square, image)
        painter.restore()
        colour = palette.ABSTAIN
        if face.label is not None:
            colour = self._theme.rows.bars[emotions.NAMES.index(face.label)]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(colour), 2))
        painter.drawRoundedRect(square.adjusted(-1, -1, 1, 1), 6, 6)

    def _rows(self) -> Bars:
        """The rows under the crop, names under the crop's left edge, numbers at the card's right."""
        top = _PAD + CROP_SIDE + 8
        names = max(text_width(words.emotion(name), _SMALL) for name in emotions.NAMES)
        groove_x = _PAD + max(names + 12, CROP_SIDE + 12)
        right = self.width() - _PAD
        groove_width = right - text_width("100", _SMALL) - 8 - groove_x
        plate = Rect(0, top, self.width(), _ROW * emotions.COUNT)
        return layout.Bars(plate, "right", _ROW, top, _PAD, groove_x, groove_width, right)


class FacePanel(QFrame):
    """Cards of the faces in view, in the order of their numbers. `face_clicked`: the id of a card's track;
    `emotion_clicked`: the same, and the index of the row."""

    face_clicked = Signal(int)
    emotion_clicked = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(self.tr("Faces"))
        self._cards: list[FaceCard] = []
        self._theme = DARK
        self._faces: tuple[Shown, ...] = ()
        self._chosen: int | None = None
        self._away: Shown | None = None
        self.history: History | None = None
        """Of the living picture, for each card's line of the last seconds."""
        self._asking: tuple[bool, int | None] = (False, None)
        self._empty = QLabel(self.tr("Faces in view appear here, each with its seven readings."))
        self._empty.setWordWrap(True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._empty.setContentsMargins(4, 4, 4, 4)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(12, 12, 12, 12)
        self._column.setSpacing(8)
        self._column.addWidget(self._empty)
        self._column.addStretch(1)
        self._scroll = scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName(self.tr("Faces"))
        scroll.setWidget(inside)
        scroll.verticalScrollBar().rangeChanged.connect(self._keep_cards_in_place)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 0, 0, 0)
        outer.addWidget(scroll)

    @property
    def cards(self) -> tuple[FaceCard, ...]:
        """The cards in use."""
        return tuple(card for card in self._cards if card.isVisibleTo(self))

    def _keep_cards_in_place(self, lowest: int, highest: int) -> None:
        """The scroll bar stands in the margin: cards keep their width when it comes and goes."""
        self._column.setContentsMargins(12, 12, 12 - (SCROLL_BAR if highest > lowest else 0), 12)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._empty.setStyleSheet(f"color: {theme.muted}")
        self.set_faces(self._faces)

    def set_chosen(self, track_id: int | None, away: Shown | None = None) -> None:
        """Its card is marked, and brought into view when it is chosen. away: what the card of the chosen face tells
        while that face is not in the picture."""
        newly = track_id != self._chosen
        self._chosen, self._away = track_id, away
        self.set_faces(self._faces)
        card = next((one for one in self.cards if one.face is not None and one.face.track_id == track_id), None)
        if newly and card is not None:
            self._scroll.ensureWidgetVisible(card, 0, 12)

    def ask_for_emotion(self, on: bool, emotion: int | None) -> None:
        """on: a row may be clicked, to see why for its emotion; emotion: the one that is shown, None for the label."""
        self._asking = on, emotion
        self.set_faces(self._faces)

    def set_faces(self, faces: tuple[Shown, ...]) -> None:
        self._faces = faces
        if self._away is not None and all(face.track_id != self._away.track_id for face in faces):
            faces = tuple(sorted((*faces, self._away), key=lambda face: face.number))
        while len(self._cards) < len(faces):
            card = FaceCard()
            card.clicked.connect(self.face_clicked)
            card.emotion_clicked.connect(self.emotion_clicked)
            self._cards.append(card)
            self._column.insertWidget(len(self._cards), card)
        for index, card in enumerate(self._cards):
            if index < len(faces):
                lately = None if self.history is None else Lately.of(self.history, faces[index].track_id)
                card.show_face(faces[index], self._theme, lately)
                card.set_chosen(faces[index].track_id == self._chosen)
                card.ask_for_emotion(*self._asking)
            card.setVisible(index < len(faces))
        self._empty.setVisible(not faces)
