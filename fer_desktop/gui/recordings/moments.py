"""The list of moments: a click goes there, and the one that the playhead has passed is the chosen one."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QAbstractItemView, QListView

from fer_desktop.core import emotions
from fer_desktop.gui.recordings import words as said
from fer_desktop.gui.recordings.document import Document
from fer_desktop.gui.recordings.keys import is_lists_own
from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.offline.moments import Moment
from fer_desktop.offline.video_summary import clock
from fer_desktop.overlay import palette
from fer_desktop.overlay.painter import font

SIGN_PX: Final = 16
ROW_PX: Final = 28
_Index = QModelIndex | QPersistentModelIndex


class MomentModel(QAbstractListModel):
    """The moments of a document, in the order of time."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._document: Document | None = None
        self._rows: list[Moment] = []
        self._several = False
        """Whose moment it is stands in a line of its own."""
        self._icons: dict[tuple[str, bool, bool], QIcon] = {}
        self._theme = DARK

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def moment(self, row: int) -> Moment:
        return self._rows[row]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows) or self._document is None:
            return None
        one = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            at, what = clock(one.at_s), said.moment(one)
            whose = "" if one.face is None else self._document.name_of(one.face)
            return f"{what}\n{at}  {whose}" if self._several else f"{at}  {what}"
        if role == Qt.ItemDataRole.DecorationRole:
            return self._sign(one.emotion, one.confidence is not None, one.text is not None)
        if role == Qt.ItemDataRole.SizeHintRole:
            # As wide as the list: what is too long is elided, and its whole is the tool tip.
            return QSize(1, 2 * ROW_PX - 10 if self._several else ROW_PX)
        if role == Qt.ItemDataRole.FontRole:
            return font(13)
        return None

    def show(self, document: Document | None) -> None:
        rows = [] if document is None else document.moments
        several = document is not None and len(document.faces) > 1
        if document is self._document and rows == self._rows and several == self._several:
            if rows:  # names may be others
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._document, self._rows, self._several = document, rows, several
        self.endResetModel()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._icons.clear()

    def passed(self, at_s: float) -> int:
        """The row of the last moment up to a time; -1 before the first."""
        return bisect_right(self._rows, at_s + 1e-6, key=lambda one: one.at_s) - 1

    def _sign(self, emotion: str, peak: bool, marker: bool) -> QIcon:
        """A disc where the label changed, a mountain where an emotion peaked, in the emotion's colour; a diamond where
        a marker was set."""
        key = emotion, peak, marker
        if key not in self._icons:
            pixmap = _sign(*key, self._theme)
            self._icons[key] = sign = QIcon(pixmap)
            sign.addPixmap(pixmap, QIcon.Mode.Selected)  # else Qt mixes in the colour of the selection
        return self._icons[key]


def _sign(emotion: str, peak: bool, marker: bool, theme: Theme) -> QPixmap:
    scale = 3
    pixmap = QPixmap(SIGN_PX * scale, SIGN_PX * scale)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(scale, scale)
    colour = theme.text if marker else theme.rows.bars[emotions.NAMES.index(emotion)]
    painter.setBrush(QColor(colour))
    painter.setPen(Qt.PenStyle.NoPen if theme.dark else QPen(QColor(palette.edge_on_light(colour)), 1))
    if marker:
        painter.drawPolygon(QPolygonF([QPointF(2.5, 8), QPointF(8, 2.5), QPointF(13.5, 8), QPointF(8, 13.5)]))
    elif peak:
        painter.drawPolygon(QPolygonF([QPointF(2, 13), QPointF(8, 3), QPointF(14, 13)]))
    else:
        painter.drawEllipse(QRectF(3, 3, 10, 10))
    painter.end()
    pixmap.setDevicePixelRatio(scale)
    return pixmap


class MomentList(QListView):
    """`asked` (Moment): a person wants to be there."""

    asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("plainList")
        self.setAccessibleName(said.tr("Moments"))
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.moments = MomentModel(self)
        self.setModel(self.moments)
        self._following = False
        self.clicked.connect(self._go)
        self.activated.connect(self._go)
        self.selectionModel().currentChanged.connect(self._moved)

    def show_document(self, document: Document | None, at_s: float) -> None:
        self._following = True
        self.moments.show(document)
        self._following = False
        self.follow(at_s)

    def follow(self, at_s: float) -> None:
        """Choose the moment that was passed last."""
        row = self.moments.passed(at_s)
        now = self.currentIndex().row()
        # Of moments at one time, the one that was asked for stays the chosen one.
        if row == now or (0 <= now <= row and self.moments.moment(now).at_s == self.moments.moment(row).at_s):
            return
        self._following = True
        if row >= 0:
            self.setCurrentIndex(self.moments.index(row))
        else:
            self.setCurrentIndex(QModelIndex())
        self._following = False

    @property
    def current(self) -> Moment | None:
        row = self.currentIndex().row()
        return self.moments.moment(row) if 0 <= row < self.moments.rowCount() else None

    def neighbour(self, at_s: float, by: int) -> Moment | None:
        """The moment after a time (by 1) or before it (by -1)."""
        row = self.moments.passed(at_s)
        if by > 0:
            row += 1
        elif row >= 0 and self.moments.moment(row).at_s >= at_s - 1e-6:
            row = self.moments.passed(self.moments.moment(row).at_s - 1e-3)
        return self.moments.moment(row) if 0 <= row < self.moments.rowCount() else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_lists_own(event) or event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def _moved(self, index: _Index) -> None:
        # By the arrow keys; a click is told by itself.
        if not self._following and self.hasFocus():
            self._go(index)

    def _go(self, index: _Index) -> None:
        if index.isValid():
            self.asked.emit(self.moments.moment(index.row()))
