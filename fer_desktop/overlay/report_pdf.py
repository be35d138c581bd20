"""A report as a PDF: A4, letters and drawings as outlines, a table's head on each of its pages. Needs no display."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, Qt
from PySide6.QtGui import QColor, QPageSize, QPainter, QPdfWriter, QPen

from fer_desktop.overlay import report_blocks as blocks
from fer_desktop.overlay.picture import ensure_application
from fer_desktop.overlay.report_blocks import BODY, COLOURS, HEADING, POINT, SMALL, TITLE, Block, Framed, words
from fer_desktop.report.parts import Charts, Faces, Heading, Part, Points, Report, Table, Text, Tiles

PAGE: Final = (595.0 * POINT, 842.0 * POINT)
MARGIN: Final = 42.0 * POINT
FOOT: Final = 22.0 * POINT
WIDTH: Final = PAGE[0] - 2 * MARGIN
BOTTOM: Final = PAGE[1] - MARGIN - FOOT
GAP: Final = 8.0 * POINT
_TILES_A_ROW: Final = 4
_FACES_A_ROW: Final = 8
MOST_LETTERS: Final = 600
"""In a cell of a table."""

_Item = TypeVar("_Item")


def pdf(report: Report) -> bytes:
    """The file's bytes. Where no Qt application runs yet, to be called on the main thread."""
    ensure_application()
    pages = laid_out(report)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(round(72 * POINT))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setTitle(report.title)
    writer.setCreator("FER Desktop")
    painter = QPainter(writer)
    try:
        for number, page in enumerate(pages, start=1):
            if number > 1:
                writer.newPage()
            for block, x, y in page:
                block.draw(painter, x, y)
            _foot(painter, report.title, f"{number} of {len(pages)}")
    finally:
        painter.end()
    return bytes(buffer.data().data())


def laid_out(report: Report) -> list[list[tuple[Block, float, float]]]:
    """For each page, what is on it and where."""
    sheets = _Sheets()
    sheets.put(words(report.title, TITLE, WIDTH, bold=True))
    sheets.space(GAP / 2)
    for part in report.parts:
        _add(sheets, part)
    sheets.space(GAP)
    sheets.put(words(report.made, SMALL, WIDTH, "muted"))
    return sheets.all


class _Sheets:
    """Pages that fill from top to bottom."""

    def __init__(self) -> None:
        self.all: list[list[tuple[Block, float, float]]] = [[]]
        self._y = MARGIN

    def put(self, block: Block, again: Block | None = None, keep: float = 0.0) -> None:
        """Under what is there, or on the next page, there after `again`; with room for `keep` more under it."""
        if self._y + block.height + keep > BOTTOM and self.all[-1]:
            self.all.append([])
            self._y = MARGIN
            if again is not None:
                self.put(again)
        self.all[-1].append((block, MARGIN, self._y))
        self._y += block.height

    def space(self, height: float) -> None:
        """Nothing at the top of a page."""
        if self.all[-1]:
            self._y += height


def _add(sheets: _Sheets, part: Part) -> None:
    match part:
        case Heading():
            sheets.space(2 * GAP)
            # Never alone at the foot of a page.
            sheets.put(words(part.text, HEADING, WIDTH, bold=True), keep=90 * POINT)
            sheets.space(GAP / 2)
        case Text():
            size, colour = (SMALL, "muted") if part.quiet else (BODY, "ink")
            sheets.put(words(part.text, size, WIDTH, colour))
            sheets.space(GAP / 2)
        case Points():
            for item in part.items:
                sheets.put(_point(item))
        case Tiles():
            sheets.space(GAP)
            for row in _rows(part.items, _TILES_A_ROW):
                sheets.put(_row([blocks.tile(*item, _share(_TILES_A_ROW)) for item in row], _TILES_A_ROW))
        case Charts():
            across = 1 if part.wide else 2
            for pair in _rows(part.items, 2):
                sheets.put(_row([blocks.card(chart, _share(across)) for chart in pair], across))
        case Table():
            _put_table(sheets, part)
        case Faces():
            sheets.put(words(part.note, SMALL, WIDTH, "muted"))
            sheets.space(GAP / 2)
            for faces in _rows(part.items, _FACES_A_ROW):
                sheets.put(_row([blocks.face_card(face, _share(_FACES_A_ROW)) for face in faces], _FACES_A_ROW))


def _rows(items: Sequence[_Item], across: int) -> list[Sequence[_Item]]:
    return [items[at : at + across] for at in range(0, len(items), across)]


def _share(across: int) -> float:
    """Of the width, with gaps between."""
    return (WIDTH - (across - 1) * GAP) / across


def _row(framed: Sequence[Framed], across: int) -> Block:
    """Side by side, all as high as the highest, and a gap under them."""
    height = max(block.height for block in framed)

    def draw(painter: QPainter, x: float, y: float) -> None:
        for number, block in enumerate(framed):
            block.draw_in(painter, x + number * (_share(across) + GAP), y, height)

    return Block(height + GAP, draw)


def _point(text: str) -> Block:
    indent = 12 * POINT
    told = words(text, BODY, WIDTH - indent)

    def draw(painter: QPainter, x: float, y: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(COLOURS["muted"]))
        painter.drawEllipse(QPointF(x + 3 * POINT, y + 6.5 * POINT), 1.4 * POINT, 1.4 * POINT)
        told.draw(painter, x + indent, y)

    return Block(told.height + 3 * POINT, draw)


def _foot(painter: QPainter, title: str, page: str) -> None:
    y = PAGE[1] - MARGIN - 8 * POINT
    number = words(page, SMALL, 60 * POINT, "muted", right=True)
    number.draw(painter, PAGE[0] - MARGIN - 60 * POINT, y)
    told = title if len(title) <= 80 else title[:79] + "…"
    words(told, SMALL, WIDTH - 70 * POINT, "muted").draw(painter, MARGIN, y)


# Tables

_CELL_GAP: Final = 10.0 * POINT
_SWATCH: Final = 10.0 * POINT


def _put_table(sheets: _Sheets, table: Table) -> None:
    widths = _widths(table)
    head = _line(table, [column.title for column in table.columns], widths, head=True)
    sheets.put(head, keep=20 * POINT)
    for row in table.rows:
        sheets.put(_line(table, row, widths), again=head)
    if table.note:
        sheets.space(GAP / 2)
        sheets.put(words(table.note, SMALL, WIDTH, "muted"))
    sheets.space(GAP / 2)


def _widths(table: Table) -> list[float]:
    """Of each column: what its texts need; where that is too much, long texts are broken, at last all of them."""
    natural = []
    for number, column in enumerate(table.columns):
        swatch = _SWATCH if column.emotion else 0.0
        texts = {row[number] for row in table.rows}
        widest = max((blocks.natural_width(text, SMALL) for text in texts), default=0.0) + swatch
        natural.append(max(widest, blocks.natural_width(column.title, SMALL)) + 0.5 * POINT)
    room = WIDTH - _CELL_GAP * (len(natural) - 1)
    fixed = sum(width for width, column in zip(natural, table.columns, strict=True) if not column.long)
    long = sum(natural) - fixed
    if fixed + long <= room:
        return natural
    left = room - fixed
    if long and left >= 0.25 * room:
        shrunk = left / long
        return [w * shrunk if column.long else w for w, column in zip(natural, table.columns, strict=True)]
    return [width * room / sum(natural) for width in natural]


def _line(table: Table, texts: Sequence[str], widths: Sequence[float], head: bool = False) -> Block:
    cells: list[tuple[float, Block, str]] = []
    x = 0.0
    for column, text, width in zip(table.columns, texts, widths, strict=True):
        swatch = text if column.emotion and text and not head else ""
        indent = _SWATCH if swatch else 0.0
        told = words(_shortened(text), SMALL, width - indent, "muted" if head else "ink", right=column.number)
        cells.append((x + indent, told, swatch))
        x += width + _CELL_GAP
    high = max(told.height for _, told, _ in cells)

    def draw(painter: QPainter, x: float, y: float) -> None:
        for at, told, swatch in cells:
            if swatch:
                blocks.swatch(painter, swatch, x + at - _SWATCH, y + 4 * POINT, 6 * POINT)
            told.draw(painter, x + at, y + 2 * POINT)
        painter.setPen(QPen(QColor(COLOURS["muted" if head else "line"]), 0.5 * POINT))
        painter.drawLine(QPointF(x, y + high + 4 * POINT), QPointF(x + WIDTH, y + high + 4 * POINT))

    return Block(high + 4.5 * POINT, draw)


def _shortened(text: str) -> str:
    """No cell is as high as a page."""
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS // 2]} … {text[-MOST_LETTERS // 2 :]}"
