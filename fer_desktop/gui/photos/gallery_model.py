"""The records that the gallery shows, as Qt's views want them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from fer_desktop.gui.photos import words
from fer_desktop.gui.photos.pictures import Thumbnails
from fer_desktop.gui.photos.records import Records

_Index = QModelIndex | QPersistentModelIndex


class GalleryModel(QAbstractListModel):
    """`rows`: the records to show, in order."""

    def __init__(self, parent: QObject, records: Records, thumbnails: Thumbnails) -> None:
        super().__init__(parent)
        self.records, self.thumbnails = records, thumbnails
        self.rows: NDArray[np.int64] = np.zeros(0, np.int64)
        self.emotion: int | None = None
        """The one that is looked for."""

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        record = int(self.rows[index.row()])
        if role == Qt.ItemDataRole.DisplayRole:
            return words.name_of(self.records, record)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return words.summary(self.records, record)
        if role == Qt.ItemDataRole.ToolTipRole:
            return words.tool_tip(self.records, record)
        return None

    def row_of(self, record: int) -> int | None:
        found = np.flatnonzero(self.rows == record)
        return int(found[0]) if len(found) else None

    def following(self, records: NDArray[np.int64]) -> int | None:
        """The record after these, or before them, to go to once they are taken out; None where none is left."""
        rows = self.rows
        stay = ~np.isin(rows, records)
        last = int(np.flatnonzero(~stay)[-1]) if not stay.all() else -1
        after, before = rows[last + 1 :], rows[: max(last, 0)][stay[: max(last, 0)]]
        return int(after[0]) if len(after) else int(before[-1]) if len(before) else None

    def grows_to(self, rows: NDArray[np.int64]) -> bool:
        """Whether these are those shown now, with more at the end or none."""
        old = self.rows
        return len(rows) >= len(old) and np.array_equal(rows[: len(old)], old)

    def exchange(self, records: Records) -> None:
        """Others altogether, of which none is shown yet."""
        self.beginResetModel()
        self.records, self.rows = records, self.rows[:0]
        self.endResetModel()

    def show(self, rows: NDArray[np.int64]) -> None:
        old = len(self.rows)
        if not self.grows_to(rows):
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        elif len(rows) > old:
            self.beginInsertRows(QModelIndex(), old, len(rows) - 1)
            self.rows = rows
            self.endInsertRows()
