"""What a report's pages are put together from: words, cards, and drawings, each a block of a known height."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen, QTextLayout, QTextOption
from PySide6.QtSvg import QSvgRenderer

from fer_desktop.report import style
from fer_desktop.report.parts import Chart, Drawing, Face

POINT: Final = 10.0
"""So many units of the drawing a point (1/72 inch): fine enough that letters stand where they should."""
TITLE, HEADING, FIGURE, BODY, SMALL, SMALLEST = 20.0, 13.0, 17.0, 9.5, 8.0, 6.5
"""Letters' sizes in points."""
COLOURS: Final = style.colours(dark=False)

Draw = Callable[[QPainter, float, float], None]
"""Paints something with its left upper corner at x, y."""


class Block:
    """Something to be painted, `height` units high."""

    def __init__(self, height: float, draw: Draw) -> None:
        self.height, self.draw = height, draw


def _font(size: float, bold: bool = False) -> QFont:
    """size: in points."""
    font = QFont()
    font.setPixelSize(round(size * POINT))
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    if bold:
        font.setWeight(QFont.Weight.DemiBold)
    return font


def words(text: str, size: float, width: float, colour: str = "ink", bold: bool = False, right: bool = False) -> Block:
    """A paragraph; a word that is too long is broken anywhere."""
    layout = QTextLayout(text, _font(size, bold))
    option = QTextOption(Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    height = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, height))
        height += line.height()
    layout.endLayout()

    def draw(painter: QPainter, x: float, y: float) -> None:
        painter.setPen(QColor(COLOURS[colour]))
        layout.draw(painter, QPointF(x, y))

    return Block(height, draw)


def natural_width(text: str, size: float, bold: bool = False) -> float:
    """The width of the text on one line."""
    layout = QTextLayout(text, _font(size, bold))
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    return line.naturalTextWidth() if line.isValid() else 0.0


class Framed(Block):
    """A card with blocks in it, one under the other."""

    def __init__(self, blocks: Sequence[Block], width: float, padding: float) -> None:
        self._blocks, self._width, self._padding = blocks, width, padding
        super().__init__(sum(block.height for block in blocks) + 2 * padding, self._draw)

    def _draw(self, painter: QPainter, x: float, y: float) -> None:
        self.draw_in(painter, x, y, self.height)

    def draw_in(self, painter: QPainter, x: float, y: float, height: float) -> None:
        painter.setPen(QPen(QColor(COLOURS["line"]), 0.6 * POINT))
        painter.setBrush(QColor(COLOURS["card"]))
        painter.drawRoundedRect(QRectF(x, y, self._width, height), 5 * POINT, 5 * POINT)
        y += self._padding
        for block in self._blocks:
            block.draw(painter, x + self._padding, y)
            y += block.height


def _nothing(height: float) -> Block:
    return Block(height, lambda painter, x, y: None)


def tile(name: str, figure: str, note: str, width: float) -> Framed:
    padding = 8 * POINT
    inner = width - 2 * padding
    blocks = [words(name, SMALL, inner, "muted"), words(figure, FIGURE, inner)]
    return Framed([*blocks, words(note, SMALL - 0.5, inner, "muted")] if note else blocks, width, padding)


def card(chart: Chart, width: float) -> Framed:
    padding = 8 * POINT
    inner = width - 2 * padding
    blocks = [words(chart.title, BODY, inner, bold=True)]
    if chart.note:
        blocks.append(words(chart.note, SMALL, inner, "muted"))
    return Framed([*blocks, _nothing(4 * POINT), _drawing(chart.drawing, inner)], width, padding)


def _drawing(drawing: Drawing, width: float) -> Block:
    wide, high = drawing.size
    # A little larger than on the page of HTML, since it is made smaller here.
    rules = style.resolved(style.DRAWINGS).replace("font-size:12px", "font-size:13px")
    rules += f"text{{font-family:'{QFont().family()}'}}"
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}"><style type="text/css">{rules}</style>'
        f"{drawing.body}</svg>"
    )
    renderer = QSvgRenderer(QByteArray(text.encode("utf-8", "replace")))
    height = width * high / wide

    def draw(painter: QPainter, x: float, y: float) -> None:
        renderer.render(painter, QRectF(x, y, width, height))

    return Block(height, draw)


def face_card(face: Face, width: float) -> Framed:
    padding = 4 * POINT
    inner = width - 2 * padding
    image = QImage.fromData(QByteArray(face.jpeg))

    def picture(painter: QPainter, x: float, y: float) -> None:
        painter.drawImage(QRectF(x, y, inner, inner), image)

    reading = words(face.reading, SMALLEST, inner - 8 * POINT if face.emotion else inner, bold=True)

    def read(painter: QPainter, x: float, y: float) -> None:
        if face.emotion:
            swatch(painter, face.emotion, x, y + 1.6 * POINT, 5 * POINT)
        reading.draw(painter, x + (8 * POINT if face.emotion else 0), y)

    blocks = [
        Block(inner + 2 * POINT, picture),
        Block(reading.height, read),
        words(face.where, SMALLEST, inner, "muted"),
    ]
    return Framed(blocks, width, padding)


def swatch(painter: QPainter, emotion: str, x: float, y: float, side: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(COLOURS.get(emotion, COLOURS["line"])))
    painter.drawRoundedRect(QRectF(x, y, side, side), POINT, POINT)
