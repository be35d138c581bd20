"""The side panel: a card for each face, with what the network sees, its label and its seven bars."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from fer_desktop.core import emotions
from fer_desktop.core.types import CROP_SIDE
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

    `clicked`: the id of its track.
    """

    clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.face: Shown | None = None
        self._theme = DARK
        self._chosen = False

    def sizeHint(self) -> QSize:
        return QSize(NARROW - 24, _PAD + CROP_SIDE + 8 + _ROW * emotions.COUNT + _PAD - 2)

    def show_face(self, face: Shown, theme: Theme) -> None:
        if face is self.face and theme is self._theme:
            return
        self.face, self._theme = face, theme
        self.setAccessibleName(self.title())
        self.setAccessibleDescription(
            ", ".join(
                f"{words.emotion(name)} {words.percent(value)}"
                for name, value in zip(emotions.NAMES, face.numbers, strict=True)
            )
        )
        self.update()

    def set_chosen(self, chosen: bool) -> None:
        if chosen != self._chosen:
            self._chosen = chosen
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.face is not None and event.button() is Qt.MouseButton.LeftButton:
            self.clicked.emit(self.face.track_id)

    def title(self) -> str:
        assert self.face is not None
        return f"{self._number_text()}: {words.reading(self.face.label, self.face.percent, self.face.reason)}"

    def _number_text(self) -> str:
        assert self.face is not None
        number = self.tr("Face {number}").format(number=self.face.number)
        return f"{number} · {words.own_neutral()}" if self.face.own_neutral else number

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
        painter.drawText(
            QRectF(left, _PAD + 2, self.width() - left - _PAD, 18), Qt.AlignmentFlag.AlignVCenter, self._number_text()
        )
        painter.setFont(font(_TITLE, bold=face.label is not None))
        painter.setPen(QColor(theme.text if face.label is not None else theme.muted))
        title = QRectF(left, _PAD + 20, self.width() - left - _PAD, 26)
        if face.label is not None:
            name = words.label(face.label)
            painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, name)
            painter.drawText(
                title, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words.percent(face.percent)
            )
        else:
            painter.drawText(title, Qt.AlignmentFlag.AlignVCenter, words.reason(face.reason or ""))
            painter.setOpacity(0.45)
        paint_rows(painter, self._rows(), face, _SMALL, theme.rows)
        painter.end()

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
    """Cards of the faces in view, in the order of their numbers. `face_clicked`: the id of a card's track."""

    face_clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(self.tr("Faces"))
        self._cards: list[FaceCard] = []
        self._theme = DARK
        self._faces: tuple[Shown, ...] = ()
        self._chosen: int | None = None
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
        scroll = QScrollArea()
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

    def set_chosen(self, track_id: int | None) -> None:
        self._chosen = track_id
        self.set_faces(self._faces)

    def set_faces(self, faces: tuple[Shown, ...]) -> None:
        self._faces = faces
        while len(self._cards) < len(faces):
            card = FaceCard()
            card.clicked.connect(self.face_clicked)
            self._cards.append(card)
            self._column.insertWidget(len(self._cards), card)
        for index, card in enumerate(self._cards):
            if index < len(faces):
                card.show_face(faces[index], self._theme)
                card.set_chosen(faces[index].track_id == self._chosen)
            card.setVisible(index < len(faces))
        self._empty.setVisible(not faces)
