"""The grid of samples: a list model that changes in steps, so that selection and place stay, and what a cell shows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from fer_desktop.gui.samples.library import CORRECTED
from fer_desktop.gui.samples.parts import colour_of
from fer_desktop.gui.samples.pictures import SamplePictures
from fer_desktop.gui.samples.words import tr
from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.overlay import words
from fer_desktop.overlay.painter import font

if TYPE_CHECKING:
    from fer_desktop.samples import Sample

CELL: Final = (88, 104)
FACE: Final = 64
_Index = QModelIndex | QPersistentModelIndex


class SampleModel(QAbstractListModel):
    """Samples, the newest first."""

    def __init__(self, parent: QObject, pictures: SamplePictures) -> None:
        super().__init__(parent)
        self.pictures = pictures
        self._rows: list[Sample] = []
        self._places: dict[Path, int] | None = None
        pictures.came.connect(self._came)

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def sample(self, row: int) -> Sample:
        return self._rows[row]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        sample = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return words.label(sample.emotion)
        if role == Qt.ItemDataRole.ToolTipRole:
            taken = sample.taken_at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
            how = tr("corrected") if sample.origin == CORRECTED else tr("collected")
            return f"{words.label(sample.emotion)}, {how}, {taken}"
        return None

    def show(self, samples: Sequence[Sample]) -> None:
        """Take away what is gone and put in what has come; the rest keeps its place and its selection."""
        wanted = {sample.path for sample in samples}
        last = len(self._rows)
        while last > 0:
            first = last
            while first > 0 and self._rows[first - 1].path not in wanted:
                first -= 1
            if first < last:
                self.beginRemoveRows(QModelIndex(), first, last - 1)
                del self._rows[first:last]
                self.endRemoveRows()
            last = first - 1
        have = dict.fromkeys(sample.path for sample in self._rows)
        if list(have) != [sample.path for sample in samples if sample.path in have]:
            self.beginResetModel()
            self._rows = list(samples)
            self.endResetModel()
        else:
            self._insert(samples)
        self._places = None

    def _insert(self, samples: Sequence[Sample]) -> None:
        row = 0
        while row < len(samples):
            end = row
            kept = self._rows[row].path if row < len(self._rows) else None
            while end < len(samples) and samples[end].path != kept:
                end += 1
            if end > row:
                self.beginInsertRows(QModelIndex(), row, end - 1)
                self._rows[row:row] = samples[row:end]
                self.endInsertRows()
            row = end + 1

    def _came(self, samples: Sequence[Sample]) -> None:
        if self._places is None:
            self._places = {sample.path: row for row, sample in enumerate(self._rows)}
        for sample in samples:
            row = self._places.get(sample.path)
            if row is not None:
                self.dataChanged.emit(self.index(row), self.index(row))


class SampleCell(QStyledItemDelegate):
    """The face, and under it its emotion in words."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.theme = DARK

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(*CELL)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model = index.model()
        assert isinstance(model, SampleModel)
        sample, theme = model.sample(index.row()), self.theme
        cell = QRectF(option.rect)
        state = option.state
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        inside = cell.adjusted(3, 3, -3, -3)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent))
            painter.drawRoundedRect(inside, 6, 6)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(theme.text), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(inside, 6, 6)
        face = QRectF(cell.center().x() - FACE / 2, cell.y() + 9, FACE, FACE)
        image = model.pictures.of(sample.path, sample)
        if image is None or image.isNull():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.rows.groove))
            painter.drawRect(face)
            if image is not None:
                painter.setPen(QColor(theme.muted))
                painter.setFont(font(12))
                painter.drawText(face, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, tr("cannot be read"))
        else:
            painter.drawImage(face, image)
        name, ink = words.label(sample.emotion), QColor(theme.on_accent if chosen else theme.text)
        painter.setFont(font(12))
        wide = QFontMetricsF(font(12)).horizontalAdvance(name)
        line = QRectF(cell.x(), face.bottom() + 4, cell.width(), 18)
        left = cell.center().x() - (wide + 10) / 2
        painter.setPen(QPen(ink, 1) if chosen else Qt.PenStyle.NoPen)
        painter.setBrush(colour_of(sample.emotion, theme))
        painter.drawRoundedRect(QRectF(left, line.center().y() - 5, 5, 10), 2, 2)
        painter.setPen(ink)
        painter.drawText(line.adjusted(left - cell.x() + 10, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, name)
        painter.restore()


class Grid(QListView):
    """As many columns as fit; only the cells in view are asked for."""

    def __init__(self, model: SampleModel) -> None:
        super().__init__()
        self.cell = SampleCell(self)
        self.setModel(model)
        self.setItemDelegate(self.cell)
        # Not the icon mode: its layout of some thousands takes seconds.
        self.setViewMode(QListView.ViewMode.ListMode)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMouseTracking(True)
        self.setAccessibleName(tr("Samples"))

    def set_theme(self, theme: Theme) -> None:
        self.cell.theme = theme
        self.setStyleSheet(
            f"""
            QListView {{ background: {theme.field}; border: 1px solid {theme.outline}; border-radius: 6px;
                padding: 4px; }}
            QListView:focus {{ border: 2px solid {theme.accent}; padding: 3px; }}
            QScrollBar:vertical {{ background: transparent; width: 8px; margin: 2px; }}
            QScrollBar::handle:vertical {{ background: {theme.outline}; border-radius: 2px; min-height: 32px; }}
            QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical {{ height: 0; }}
            QScrollBar::add-page:vertical, QScrollBar::sub-page:vertical {{ background: none; }}
            """
        )
        self.viewport().update()

    def choose(self, paths: Collection[Path]) -> None:
        """Select those of them that are shown, as well."""
        model, selection = self.model(), self.selectionModel()
        assert isinstance(model, SampleModel)
        rows = [row for row in range(model.rowCount()) if model.sample(row).path in paths]
        for row in rows:
            selection.select(model.index(row), QItemSelectionModel.SelectionFlag.Select)
        if rows:
            selection.setCurrentIndex(model.index(rows[0]), QItemSelectionModel.SelectionFlag.NoUpdate)

    def chosen(self) -> list[Sample]:
        model = self.model()
        assert isinstance(model, SampleModel)
        return [model.sample(row) for row in sorted(index.row() for index in self.selectionModel().selectedIndexes())]
