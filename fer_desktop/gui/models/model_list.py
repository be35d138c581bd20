"""The list of models: three lines each, painted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionViewItem

from fer_desktop.gui.icons import icon
from fer_desktop.gui.models import words
from fer_desktop.gui.models.rows import Row
from fer_desktop.gui.models.words import tr
from fer_desktop.gui.row_list import THING, RowList, Rows, Words
from fer_desktop.overlay.painter import font

ROW_HIGH: Final = 76
MARGIN: Final = 12


@dataclass(frozen=True, slots=True)
class _Listed:
    """state: whether it is in use, in words; empty where it is not."""

    row: Row
    state: str


class ModelList(RowList):
    """`renamed`: F2 on the row that is chosen."""

    renamed = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Models"), _ModelRows())
        self.setObjectName("models")
        self.wishes[Qt.Key.Key_F2] = self.renamed

    def key_of(self, thing: _Listed) -> Path:
        return thing.row.path

    def words_of(self, thing: _Listed) -> Words:
        said = ", ".join(part for part in (words.summary(thing.row), thing.state) if part)
        return Words(thing.row.name, said, thing.row.problem)

    @property
    def chosen(self) -> Row | None:
        return None if self.thing is None else self.thing.row

    def show_rows(self, rows: Sequence[Row], live_id: str | None, choose: Path | None) -> None:
        """What was chosen stays so, unless `choose` is among them; else the one in use."""
        live, chosen = live_row(rows, live_id), self.chosen
        wanted = [choose, None if chosen is None else chosen.path, None if live is None else live.path]
        self.fill([_Listed(row, state_of(row, live, live_id)) for row in rows], wanted)

    def replace_row(self, row: Row) -> None:
        """It was looked at more closely, and there is nothing else to show of it."""
        for listed in self.things:
            if listed.row.path == row.path:
                self.put(replace(listed, row=row))


def live_row(rows: Sequence[Row], live_id: str | None) -> Row | None:
    """The row whose model reads in this window: of several with that id the active one."""
    found = [row for row in rows if row.folder is not None and row.folder.id == live_id]
    return next((row for row in found if row.active), found[0] if found else None)


def state_of(row: Row, live: Row | None, live_id: str | None) -> str:
    """Another window may have chosen another model than the one that reads in this window, or deleted that one."""
    if row.active:
        return tr("In use") if live_id is None or live is row else tr("From the next start")
    return tr("In use in this window") if row is live else ""


class _ModelRows(Rows):
    """Name and state; how good; where from, when, how large."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, ROW_HIGH)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        listed: _Listed = index.data(THING)
        row, theme = listed.row, self.theme
        painter.save()
        whole = self.paint_ground(painter, option)
        inside = whole.adjusted(MARGIN, 7, -MARGIN, -7)
        line = inside.height() / 3
        top = QRectF(inside.left(), inside.top(), inside.width(), line)
        if listed.state:
            top.setRight(self._pill(painter, top, listed.state) - 8)
        used = self._write(painter, top, row.name, font(13, bold=True), theme.text)
        if row.beside:
            top.setLeft(top.left() + used + 8)
            if top.width() > 24:
                self._write(painter, top, row.beside, font(12), theme.muted)
        middle = QRectF(inside.left(), inside.top() + line, inside.width(), line)
        if row.problem:
            sign = icon("warning", theme.text).pixmap(QSize(16, 16), painter.device().devicePixelRatio())
            painter.drawPixmap(QRectF(middle.left(), middle.center().y() - 8, 16, 16), sign, QRectF(sign.rect()))
            middle.setLeft(middle.left() + 22)
            at_the_end = Qt.TextElideMode.ElideRight
            self._write(painter, middle, words.trouble(row), font(12), theme.text, at_the_end)
        else:
            self._write(painter, middle, words.accuracy(row), font(12), theme.text)
        parts = [words.size(row.size_bytes)]
        if row.folder is not None:
            parts = [words.origin(row), words.date(row.folder.manifest.created), *parts]
        last = QRectF(inside.left(), inside.top() + 2 * line, inside.width(), line)
        self._write(painter, last, "  ·  ".join(parts), font(12), theme.muted)
        painter.restore()

    def _write(
        self,
        painter: QPainter,
        where: QRectF,
        text: str,
        with_: QFont,
        colour: str,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
    ) -> float:
        """Its width."""
        metrics = QFontMetricsF(with_)
        shown = metrics.elidedText(text, elide, where.width())
        painter.setFont(with_)
        painter.setPen(QColor(colour))
        painter.drawText(where, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        return metrics.horizontalAdvance(shown)

    def _pill(self, painter: QPainter, where: QRectF, text: str) -> float:
        """Its left edge."""
        with_ = font(12)
        wide = QFontMetricsF(with_).horizontalAdvance(text) + 16
        pill = QRectF(where.right() - wide, where.center().y() - 9, wide, 18)
        painter.setFont(with_)
        painter.setPen(QPen(QColor(self.theme.accent), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(pill, 9, 9)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
        return pill.left()
