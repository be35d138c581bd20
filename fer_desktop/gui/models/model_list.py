"""The list of models: three lines each, painted; arrows, Enter, F2 and Delete."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fer_desktop.gui.icons import icon
from fer_desktop.gui.models import words
from fer_desktop.gui.models.rows import Row
from fer_desktop.gui.models.words import tr
from fer_desktop.gui.parts import tool_tip
from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.overlay.painter import font

ROW_HIGH: Final = 76
MARGIN: Final = 12
_ROW: Final = Qt.ItemDataRole.UserRole
_STATE: Final = Qt.ItemDataRole.UserRole + 1


class ModelList(QListWidget):
    """`used`, `renamed`, `deleted`: Enter or a double click, F2, Delete on the row that is chosen."""

    used = Signal()
    renamed = Signal()
    deleted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("models")
        self.setAccessibleName(tr("Models"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self._lines = _Lines(self)
        self.setItemDelegate(self._lines)
        self.itemDoubleClicked.connect(lambda _: self.used.emit())

    @property
    def chosen(self) -> Row | None:
        """The one that is chosen."""
        item = self.currentItem()
        return None if item is None else item.data(_ROW)

    def show_rows(self, rows: Sequence[Row], live_id: str | None, choose: Path | None) -> None:
        """What was chosen stays so, unless `choose` is among them; else the one in use."""
        live = live_row(rows, live_id)
        wanted = [choose, None if self.chosen is None else self.chosen.path, None if live is None else live.path]
        self.blockSignals(True)
        self.clear()
        for row in rows:
            item = QListWidgetItem()
            state = state_of(row, live, live_id)
            item.setData(_ROW, row)
            item.setData(_STATE, state)
            said = ", ".join(part for part in (words.summary(row), state) if part)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, said)
            # Typing the first letters finds it; nothing paints it.
            item.setText(row.name)
            item.setToolTip(tool_tip(row.problem))
            self.addItem(item)
        paths = [row.path for row in rows]
        self.setCurrentRow(next((paths.index(path) for path in wanted if path in paths), 0))
        self.blockSignals(False)
        self.currentItemChanged.emit(self.currentItem(), None)

    def replace_row(self, row: Row) -> None:
        """It was looked at more closely, and there is nothing else to show of it."""
        for index in range(self.count()):
            if self.item(index).data(_ROW).path == row.path:
                self.item(index).setData(_ROW, row)

    def set_theme(self, theme: Theme) -> None:
        self._lines.theme = theme
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        wish = {
            Qt.Key.Key_Return: self.used,
            Qt.Key.Key_Enter: self.used,
            Qt.Key.Key_F2: self.renamed,
            Qt.Key.Key_Delete: self.deleted,
        }.get(Qt.Key(event.key()))
        if wish is not None:
            wish.emit()
        else:
            super().keyPressEvent(event)


def live_row(rows: Sequence[Row], live_id: str | None) -> Row | None:
    """The row whose model reads in this window: of several with that id the active one."""
    found = [row for row in rows if row.folder is not None and row.folder.id == live_id]
    return next((row for row in found if row.active), found[0] if found else None)


def state_of(row: Row, live: Row | None, live_id: str | None) -> str:
    """Another window may have chosen another model than the one that reads in this window, or deleted that one."""
    if row.active:
        return tr("In use") if live_id is None or live is row else tr("From the next start")
    return tr("In use in this window") if row is live else ""


class _Lines(QStyledItemDelegate):
    """Name and state; how good; where from, when, how large."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = DARK

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(200, ROW_HIGH)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: Row = index.data(_ROW)
        theme = self.theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRectF(option.rect).adjusted(2, 2, -2, -2)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.hover))
            painter.drawRoundedRect(whole, 6, 6)
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(QRectF(whole.left(), whole.top() + 8, 3, whole.height() - 16), 1.5, 1.5)
        inside = whole.adjusted(MARGIN, 7, -MARGIN, -7)
        line = inside.height() / 3
        top = QRectF(inside.left(), inside.top(), inside.width(), line)
        state = index.data(_STATE)
        if state:
            top.setRight(self._pill(painter, top, state) - 8)
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
