"""The list of recorded sessions: a row each, painted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from fer_desktop.gui.icons import icon
from fer_desktop.gui.recordings import session_words as words
from fer_desktop.gui.recordings.words import tr
from fer_desktop.gui.row_list import THING, RowList, Rows, Words
from fer_desktop.overlay.painter import font
from fer_desktop.record.session_folder import Session

LINE_PX: Final = 21
BESIDE_PX: Final = 12
SIGN_PX: Final = 16


@dataclass(frozen=True, slots=True)
class _Listed:
    """told_by: how much of the time is said, so that no two are called the same."""

    session: Session
    told_by: words.ToldBy


class SessionList(RowList):
    def __init__(self) -> None:
        super().__init__(tr("Recorded sessions"), _SessionRows())
        self.setObjectName("plainList")

    def key_of(self, thing: _Listed) -> Path:
        return thing.session.folder

    def words_of(self, thing: _Listed) -> Words:
        name = words.when(thing.session, thing.told_by)
        told = words.told(thing.session, name)
        return Words(name, told, f"{told}{words.DOT}{thing.session.folder}")

    @property
    def chosen(self) -> Session | None:
        return None if self.thing is None else self.thing.session

    @property
    def chosen_name(self) -> str:
        """As the list calls it; empty where none is chosen."""
        item = self.currentItem()
        return "" if item is None else item.text()

    @property
    def sessions(self) -> list[Session]:
        return [listed.session for listed in self.things]

    def show_sessions(self, sessions: Sequence[Session], to_new: bool = False) -> None:
        """The one that was chosen stays so; where it has gone, its neighbour is. to_new: the newest is chosen instead,
        if it was not here before."""
        chosen, before = self.chosen, {session.folder for session in self.sessions}
        listed = list(map(_Listed, sessions, words.told_by(sessions)))
        came = sessions[0].folder if to_new and sessions and sessions[0].folder not in before else None
        self.fill(listed, [came, None if chosen is None else chosen.folder])


class _SessionRows(Rows):
    """When, and what it is of; where something is wrong with it, that in a line of its own."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        lines = 3 if index.data(THING).session.problem else 2
        return QSize(200, LINE_PX * lines + 20)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        session: Session = index.data(THING).session
        theme = self.theme
        painter.save()
        whole = self.paint_ground(painter, option)
        inside = whole.adjusted(BESIDE_PX, 8, -BESIDE_PX, -8)
        line = QRectF(inside.left(), inside.top(), inside.width(), LINE_PX)
        if session.running:
            self._recording(painter, line)
        _write(painter, line, index.data(), font(13, bold=True), theme.text)
        line.translate(0, LINE_PX)
        _write(painter, line, words.facts(session), font(12), theme.muted)
        if session.problem:
            line.translate(0, LINE_PX)
            sign = icon("warning", theme.text).pixmap(QSize(SIGN_PX, SIGN_PX), painter.device().devicePixelRatio())
            place = QRectF(line.left(), line.center().y() - SIGN_PX / 2, SIGN_PX, SIGN_PX)
            painter.drawPixmap(place, sign, QRectF(sign.rect()))
            line.setLeft(line.left() + SIGN_PX + 6)
            _write(painter, line, words.problem(session), font(12), theme.text)
        painter.restore()

    def _recording(self, painter: QPainter, line: QRectF) -> None:
        """At the right: that it is being recorded. The rest of the line is what is left."""
        text = tr("Being recorded now")
        wide = QFontMetricsF(font(12)).horizontalAdvance(text)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.recording))
        painter.drawEllipse(QPointF(line.right() - wide - 12, line.center().y()), 5, 5)
        right = QRectF(line.right() - wide, line.top(), wide + 1, line.height())
        _write(painter, right, text, font(12), self.theme.text)
        line.setRight(line.right() - wide - 28)


def _write(painter: QPainter, where: QRectF, text: str, with_: QFont, colour: str) -> None:
    shown = QFontMetricsF(with_).elidedText(text, Qt.TextElideMode.ElideRight, where.width())
    painter.setFont(with_)
    painter.setPen(QColor(colour))
    painter.drawText(where, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
