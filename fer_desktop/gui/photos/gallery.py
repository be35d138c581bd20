"""The gallery: a view whose cost is that of what is seen.

To screen readers it is a list, as QListView is, of which nothing else is used: it lays out every item anew whenever
some are added, which of a hundred thousand takes seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QRegion, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyleOptionViewItem, QWidget

from fer_desktop.gui.photos import words
from fer_desktop.gui.photos.cell import HEIGHT, WIDTH, PhotoCell
from fer_desktop.gui.photos.gallery_model import GalleryModel
from fer_desktop.gui.photos.words import tr
from fer_desktop.gui.theme import Theme

MARGIN: Final = 4
MOST_RUNS: Final = 1000
"""A selection in more pieces is let go of when the order changes."""
_Index = QModelIndex | QPersistentModelIndex
_Flag = QItemSelectionModel.SelectionFlag


class Gallery(QListView):
    """`opened` (record): is to be shown large. `taken_out` (records)."""

    opened = Signal(int)
    taken_out = Signal(object)

    def __init__(self, model: GalleryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gallery")
        self.cell = PhotoCell(self)
        self.photos = model
        self.setModel(model)
        self.setItemDelegate(self.cell)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always, so that columns do not jump when it comes.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Photos"))
        model.thumbnails.came.connect(self._repaint)
        self.doubleClicked.connect(lambda index: self.opened.emit(int(model.rows[index.row()])))

    # What is shown

    def show_rows(self, rows: NDArray[np.int64]) -> None:
        """The records to show; what was selected and where one was stays."""
        model = self.photos
        if model.grows_to(rows):
            model.show(rows)
        else:
            chosen, current, top = self.chosen(), self.current, self.verticalScrollBar().value()
            model.show(rows)
            self.updateGeometries()
            self.verticalScrollBar().setValue(top)
            self._select_again(chosen, current)
        self.updateGeometries()
        self.viewport().update()

    @property
    def current(self) -> int | None:
        """The record that the keys act on."""
        index = self.currentIndex()
        return int(self.photos.rows[index.row()]) if index.isValid() else None

    def chosen(self) -> NDArray[np.int64]:
        """The selected records."""
        parts = [
            self.photos.rows[part.top() : part.bottom() + 1] for part in self.selectionModel().selection().toList()
        ]
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)

    def go_to(self, record: int) -> None:
        row = self.photos.row_of(record)
        if row is not None:
            index = self.photos.index(row)
            self.selectionModel().setCurrentIndex(index, _Flag.ClearAndSelect)
            self.scrollTo(index)

    def set_theme(self, theme: Theme) -> None:
        self.cell.theme = theme
        self.setStyleSheet(
            f"""
            #gallery {{ background: {theme.window}; border: none; }}
            QScrollBar:vertical {{ background: transparent; width: 12px; margin: 2px; }}
            QScrollBar::handle:vertical {{ background: {theme.outline}; border-radius: 4px; min-height: 32px; }}
            QScrollBar::handle:vertical:disabled {{ background: transparent; }}
            QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical {{ height: 0; }}
            QScrollBar::add-page:vertical, QScrollBar::sub-page:vertical {{ background: none; }}
            """
        )
        self.viewport().update()

    def _select_again(self, chosen: NDArray[np.int64], current: int | None) -> None:
        rows = np.flatnonzero(np.isin(self.photos.rows, chosen)) if len(chosen) else np.zeros(0, np.int64)
        selection = QItemSelection()
        if len(rows):
            starts = np.flatnonzero(np.diff(rows, prepend=-2) > 1)
            if len(starts) <= MOST_RUNS:
                ends = np.append(starts[1:], len(rows)) - 1
                for start, end in zip(rows[starts], rows[ends], strict=True):
                    selection.select(self.photos.index(int(start)), self.photos.index(int(end)))
        self.selectionModel().select(selection, _Flag.ClearAndSelect)
        row = None if current is None else self.photos.row_of(current)
        if row is not None:
            # It may have gone far; what a person looks at stays.
            self.setAutoScroll(False)
            self.selectionModel().setCurrentIndex(self.photos.index(row), _Flag.NoUpdate)
            self.setAutoScroll(True)

    def _repaint(self, records: Iterable[int]) -> None:
        first, last = self._rows_between(0, self.viewport().height())
        if not set(map(int, self.photos.rows[first:last])).isdisjoint(records):
            self.viewport().update()

    # Where things are

    @property
    def columns(self) -> int:
        return max((self.viewport().width() - 2 * MARGIN) // WIDTH, 1)

    def _across(self) -> int:
        """Width of a column: what is left over is shared among them."""
        return (self.viewport().width() - 2 * MARGIN) // self.columns

    def _rect(self, row: int) -> QRect:
        down, across = divmod(row, self.columns)
        top = MARGIN + down * HEIGHT - self.verticalScrollBar().value()
        return QRect(MARGIN + across * self._across(), top, self._across(), HEIGHT)

    def _rows_between(self, top: int, bottom: int) -> tuple[int, int]:
        """First and end of the rows that a strip of the viewport touches."""
        at = self.verticalScrollBar().value() - MARGIN
        first = max((top + at) // HEIGHT, 0) * self.columns
        end = ((bottom + at) // HEIGHT + 1) * self.columns
        return min(first, len(self.photos.rows)), max(min(end, len(self.photos.rows)), 0)

    def visualRect(self, index: _Index) -> QRect:
        return self._rect(index.row()) if index.isValid() else QRect()

    def indexAt(self, point: QPoint) -> QModelIndex:
        across = (point.x() - MARGIN) // self._across()
        down = (point.y() + self.verticalScrollBar().value() - MARGIN) // HEIGHT
        row = down * self.columns + across
        inside = 0 <= across < self.columns and 0 <= row < len(self.photos.rows)
        return self.photos.index(row) if inside else QModelIndex()

    def scrollTo(
        self, index: _Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        if not index.isValid():
            return
        rect, bar = self.visualRect(index), self.verticalScrollBar()
        if hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(bar.value() + rect.center().y() - self.viewport().height() // 2)
        elif rect.top() < 0:
            bar.setValue(bar.value() + rect.top() - MARGIN)
        elif rect.bottom() > self.viewport().height():
            bar.setValue(bar.value() + rect.bottom() - self.viewport().height() + MARGIN)

    def horizontalOffset(self) -> int:
        return 0

    def verticalOffset(self) -> int:
        return self.verticalScrollBar().value()

    def isIndexHidden(self, index: _Index) -> bool:
        return False

    def setSelection(self, rect: QRect, command: QItemSelectionModel.SelectionFlag) -> None:
        rect = rect.normalized()
        first, end = self._rows_between(rect.top(), rect.bottom())
        columns, wide = self.columns, self._across()
        low = min(max((rect.left() - MARGIN) // wide, 0), columns - 1)
        high = min(max((rect.right() - MARGIN) // wide, 0), columns - 1)
        selection = QItemSelection()
        for start in range(first, end, columns):
            if start + low < end:
                last = min(start + high, end - 1)
                selection.select(self.photos.index(start + low), self.photos.index(last))
        self.selectionModel().select(selection, command)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        return QRegion(self.viewport().rect())

    def doItemsLayout(self) -> None:
        QAbstractItemView.doItemsLayout(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        QAbstractItemView.resizeEvent(self, event)

    def updateGeometries(self) -> None:
        lines = -(-len(self.photos.rows) // self.columns)
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(lines * HEIGHT + 2 * MARGIN - height, 0))
        bar.setEnabled(bar.maximum() > 0)
        bar.setPageStep(height)
        bar.setSingleStep(HEIGHT // 4)
        QAbstractItemView.updateGeometries(self)

    # Keys and pointer

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        count, columns = len(self.photos.rows), self.columns
        if not count:
            return QModelIndex()
        now = self.currentIndex()
        move = QAbstractItemView.CursorAction
        page = max(self.viewport().height() // HEIGHT, 1) * columns
        steps = {
            move.MoveLeft: -1,
            move.MovePrevious: -1,
            move.MoveRight: 1,
            move.MoveNext: 1,
            move.MoveUp: -columns,
            move.MoveDown: columns,
            move.MovePageUp: -page,
            move.MovePageDown: page,
            move.MoveHome: -count,
            move.MoveEnd: count,
        }
        if not now.isValid():
            return self.photos.index(0)
        row = now.row() + steps[action]
        if action == move.MoveUp and row < 0:
            row = now.row()
        return self.photos.index(min(max(row, 0), count - 1))

    def selectAll(self) -> None:
        model = self.photos
        if len(model.rows):
            everything = QItemSelection(model.index(0), model.index(len(model.rows) - 1))
            self.selectionModel().select(everything, _Flag.ClearAndSelect)

    def keyboardSearch(self, search: str) -> None:
        """Letters are the window's keys."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        current = self.current
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and current is not None:
            if not event.isAutoRepeat():
                self.opened.emit(current)
        elif event.key() == Qt.Key.Key_Delete:
            if len(chosen := self.chosen()):
                self.taken_out.emit(chosen)
        else:
            super().keyPressEvent(event)

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.setAccessibleDescription(words.summary(self.photos.records, int(self.photos.rows[current.row()])))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        selection, current = self.selectionModel(), self.currentIndex().row()
        plain, pointer = option.state, self.viewport().mapFromGlobal(self.cursor().pos())
        focus = self.hasFocus()
        first, end = self._rows_between(event.rect().top(), event.rect().bottom())
        for row in range(first, end):
            index = self.photos.index(row)
            option.rect = self._rect(row)
            option.state = plain
            if selection.isSelected(index):
                option.state |= QStyle.StateFlag.State_Selected
            if focus and row == current:
                option.state |= QStyle.StateFlag.State_HasFocus
            if self.underMouse() and option.rect.contains(pointer):
                option.state |= QStyle.StateFlag.State_MouseOver
            self.cell.paint(painter, option, index)
        painter.end()
