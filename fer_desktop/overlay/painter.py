"""Paints faces with QPainter, on any thread. The window, snapshots and files all come through `Overlay.paint`."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QPainter, QPen

from fer_desktop.core import emotions
from fer_desktop.overlay import layout, palette, why, words
from fer_desktop.overlay.layout import Bars, Placed, Rect, Request, Side
from fer_desktop.overlay.motion import Shown

FADED: Final = 0.4
"""Opacity of what was read long before the picture."""


@dataclass(frozen=True, slots=True)
class Look:
    """What to paint. `mirror` flips where things go, never the text; `scale` widens strokes and text in large files.

    `why`: the places that spoke for each face's label, where its prediction has maps; or for `emotion`, its index.
    `followed`: the id of the track that the picture speaks of; the other faces step back. None: it speaks of all.
    """

    boxes: bool = True
    bars: bool = True
    mirror: bool = False
    faded: bool = False
    scale: float = 1.0
    why: bool = False
    emotion: int | None = None
    followed: int | None = None

    def steps_back(self, face: Shown) -> bool:
        """Another face is followed."""
        return self.followed is not None and face.track_id != self.followed


def scale_for(size: tuple[int, int]) -> float:
    """`Look.scale` for a file of (width, height) pixels that will be seen whole: 1 up to 1280 wide, 3 at 4K."""
    return max(1.0, max(size) / 1280)


class _Fonts(threading.local):
    """Of each thread its own: a font loads its letters when it is first used, and nothing guards that."""

    def __init__(self) -> None:
        self.at = lru_cache(maxsize=64)(self._made)

    @staticmethod
    def _made(size_px: float, bold: bool) -> QFont:
        result = QFont(QGuiApplication.font())
        result.setPixelSize(max(round(size_px), 1))
        result.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        result.setFeature(QFont.Tag("tnum"), 1)
        return result


_FONTS: Final = _Fonts()


def font(size_px: float, bold: bool = False) -> QFont:
    """The system's font at a size in pixels, to the next whole one, with digits of equal width. On any thread."""
    return _FONTS.at(size_px, bold)


@lru_cache(maxsize=4096)
def text_width(text: str, size_px: float, bold: bool = True) -> float:
    """Width in pixels of the text; in the bold cut, the wider of the two, it fits either."""
    return QFontMetricsF(font(size_px, bold)).horizontalAdvance(text)


def _qrect(rect: Rect) -> QRectF:
    return QRectF(rect.x, rect.y, rect.width, rect.height)


class Overlay:
    """Keeps, from one frame to the next, the side each face's bars are on, so that they do not hop about."""

    def __init__(self) -> None:
        self._sides: dict[int, Side | None] = {}

    def clear(self) -> None:
        self._sides.clear()

    def arrange(self, faces: Sequence[Shown], size: tuple[int, int], picture: Rect, look: Look) -> tuple[Placed, ...]:
        """Lay the faces out. `size`: (width, height) of the frame the boxes are in; `picture`: where it is painted."""
        zoom = picture.width / size[0]
        requests = []
        for face in faces:
            left = size[0] - face.box.x - face.box.width if look.mirror else face.box.x
            box = Rect(
                picture.x + left * zoom, picture.y + face.box.y * zoom, face.box.width * zoom, face.box.height * zoom
            )
            quiet = look.steps_back(face)
            wants_bars = look.bars and face.label is not None and not quiet
            requests.append(Request(face.track_id, box, pill_text(face, len(faces)), wants_bars, quiet))
        names = [words.emotion(name) for name in emotions.NAMES]
        placed = layout.place(picture, requests, text_width, names, look.scale, self._sides)
        self._sides = {item.key: None if item.bars is None else item.bars.side for item in placed}
        return placed

    def paint(
        self, painter: QPainter, faces: Sequence[Shown], size: tuple[int, int], picture: Rect, look: Look
    ) -> tuple[Placed, ...]:
        """Paint the faces over a picture that is already there; returns where everything went."""
        placed = self.arrange(faces, size, picture, look)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(_qrect(picture))
        if look.faded:
            painter.setOpacity(FADED)
        spoken_of = [face for face in faces if not look.steps_back(face)]
        if look.why and why.paint(painter, spoken_of, size, picture, look.mirror, look.emotion):
            painter.setOpacity(1.0)
            why.paint_legend(painter, picture, font(why.LEGEND_PX * look.scale), look.scale, look.emotion)
            painter.setOpacity(FADED if look.faded else 1.0)
        if look.boxes:
            for face, item in zip(faces, placed, strict=True):
                _paint_box(painter, item.box, face.label, look.scale, look.steps_back(face))
        for face, item in zip(faces, placed, strict=True):
            if item.bars is not None:
                _paint_bars(painter, item.bars, face, item.row_text_px, look.scale)
        if look.boxes:
            for face, item in zip(faces, placed, strict=True):
                if item.pill is not None:
                    text = pill_text(face, len(faces))
                    _paint_pill(painter, item.pill, face, text, item.text_px, look.steps_back(face))
        painter.restore()
        return placed


def pill_text(face: Shown, count: int) -> str:
    """ "Happy 87 %"; with several faces the number of its card goes before it, and what it is read against after it."""
    number = () if count < 2 else (str(face.number),)
    own = (words.own_neutral().replace(" ", words.NO_BREAK),) if face.own_neutral else ()
    reading = words.reading(face.label, face.percent, face.reason)
    return f"{words.NO_BREAK}\u00b7{words.NO_BREAK}".join((*number, reading, *own))


def _paint_box(painter: QPainter, box: Rect, label: str | None, scale: float, quiet: bool) -> None:
    radius = min(box.width, box.height) * 0.1
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if quiet:
        for colour, alpha, thickness in ((palette.OUTLINE, 0.3, 3.0), (palette.ABSTAIN, 0.8, 1.2)):
            dimmed = QColor(colour)
            dimmed.setAlphaF(alpha)
            painter.setPen(QPen(dimmed, thickness * scale))
            painter.drawRoundedRect(_qrect(box), radius, radius)
        return
    line = QPen(QColor(palette.of_label(label)), 2 * scale)
    dark = QColor(palette.OUTLINE)
    dark.setAlphaF(0.75)
    thickness = scale
    if label == "neutral":
        # The one colour without a hue: on a grey wall only the dark line tells where the box is.
        dark.setAlphaF(0.9)
        thickness = 2 * scale
    # The dark line lies outside the coloured one: half of each, so that the two touch.
    apart = scale + thickness / 2
    outside = box.grown(apart)
    edge = QPen(dark, thickness)
    if label is None:
        line.setDashPattern([4, 3])
        edge = QPen(dark, 4 * scale)
        outside = box
    painter.setPen(edge)
    painter.drawRoundedRect(_qrect(outside), radius + apart, radius + apart)
    painter.setPen(line)
    painter.drawRoundedRect(_qrect(box), radius, radius)


def _plate(alpha: float = palette.PLATE_ALPHA) -> QColor:
    colour = QColor(palette.PLATE)
    colour.setAlphaF(alpha)
    return colour


def _paint_pill(painter: QPainter, pill: Rect, face: Shown, text: str, text_px: float, quiet: bool) -> None:
    radius = pill.height / 2
    plain = quiet or face.label is None
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_plate() if plain else QColor(palette.of_label(face.label)))
    painter.drawRoundedRect(_qrect(pill), radius, radius)
    painter.setPen(QColor(palette.ON_PLATE_MUTED if plain else palette.INK))
    painter.setFont(font(text_px, bold=not plain))
    painter.drawText(_qrect(pill), Qt.AlignmentFlag.AlignCenter, text)


def _paint_bars(painter: QPainter, bars: Bars, face: Shown, text_px: float, scale: float) -> None:
    plate = _qrect(bars.plate)
    radius = 6 * scale
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_plate())
    painter.drawRoundedRect(plate, radius, radius)
    # A strip in the box's colour on the side towards it: the plate is seen to hang on this box and no other.
    left = plate.left() if bars.side == "right" else plate.right() - 3 * scale
    strip = QRectF(left, plate.top(), 3 * scale, plate.height())
    painter.save()
    painter.setClipRect(strip, Qt.ClipOperation.IntersectClip)
    painter.setBrush(QColor(palette.of_label(face.label)))
    painter.drawRoundedRect(plate, radius, radius)
    painter.restore()
    paint_rows(painter, bars, face, text_px, ON_PICTURE)


@dataclass(frozen=True, slots=True)
class RowColours:
    """Colours of the seven rows. `edge` darkens a bar's outline where the ground is light."""

    name: str
    leading: str
    groove: str
    bars: tuple[str, ...]
    edge: bool = False


ON_PICTURE = RowColours(
    palette.ON_PLATE_MUTED,
    palette.ON_PLATE,
    palette.GROOVE,
    tuple(emotion.colour_dark for emotion in emotions.EMOTIONS),
)


def paint_rows(painter: QPainter, bars: Bars, face: Shown, text_px: float, colours: RowColours) -> None:
    """The seven rows: name, bar, number, always in the order of core.emotions."""
    metrics = QFontMetricsF(font(text_px))
    thickness = max(round(bars.row_height * 0.46), 3)
    for emotion in emotions.EMOTIONS:
        top = bars.first_row_y + emotion.index * bars.row_height
        leads = face.label is not None and emotion.index == face.leading
        text_colour = QColor(colours.leading if leads else colours.name)
        baseline = top + (bars.row_height + metrics.ascent() - metrics.descent()) / 2
        painter.setFont(font(text_px, bold=leads))
        painter.setPen(text_colour)
        painter.drawText(QPointF(bars.name_x, baseline), words.emotion(emotion.name))
        groove = QRectF(bars.groove_x, round(top + (bars.row_height - thickness) / 2), bars.groove_width, thickness)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.groove))
        painter.drawRoundedRect(groove, thickness / 2, thickness / 2)
        length = float(face.bars[emotion.index]) * groove.width()
        if length >= 0.5:
            fill = QColor(colours.bars[emotion.index])
            painter.setBrush(fill)
            bar = QRectF(groove.left(), groove.top(), max(length, thickness * 0.5), thickness)
            if colours.edge:
                painter.setPen(QPen(QColor(palette.edge_on_light(fill.name())), 1))
                bar.adjust(0.5, 0.5, -0.5, -0.5)
            round_by = min(bar.width(), bar.height()) / 2
            painter.drawRoundedRect(bar, round_by, round_by)
        if face.numbers[emotion.index] >= 1:
            number = str(face.numbers[emotion.index])
            painter.setPen(text_colour)
            width = text_width(number, text_px, leads)
            painter.drawText(QPointF(bars.number_right - width, baseline), number)
