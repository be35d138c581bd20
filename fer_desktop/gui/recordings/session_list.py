"""The list of recorded sessions: a row each, painted; arrows, Enter and Delete."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from fer_desktop.gui.icons import icon
from fer_desktop.gui.parts import tool_tip
from fer_desktop.gui.recordings import session_words as words
from fer_desktop.gui.recordings.words import tr
from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.overlay.painter import font
from fer_desktop.record.session_folder import Session

LINE_PX: Final = 21
BESIDE_PX: Final = 12
SIGN_PX: Final = 16
_SESSION: Final = Qt.ItemDataRole.UserRole


class SessionList(QListWidget):
    """`asked`: Enter or a double click; `deleted`: Delete, on the row that is chosen."""

    asked = Signal()
    deleted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("plainList")
        self.setAccessibleName(tr("Recorded sessions"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self._rows = _Rows(self)
        self.setItemDelegate(self._rows)
        self.itemDoubleClicked.connect(lambda _: self.asked.emit())

    @property
    def chosen(self) -> Session | None:
        item = self.currentItem()
        return None if item is None else item.data(_SESSION)

    @property
    def sessions(self) -> list[Session]:
        return [self.item(row).data(_SESSION) for row in range(self.count())]

    def show_sessions(self, sessions: Sequence[Session], choose: Path | None = None) -> None:
        """The folder that was chosen stays so, unless `choose` is among them; where it has gone, its neighbour is."""
        if list(sessions) != self.sessions:
            row, now = max(self.currentRow(), 0), self.chosen
            wanted = [choose, None if now is None else now.folder]
            self.blockSignals(True)
            self.clear()
            for session in sessions:
                item = QListWidgetItem()
                item.setData(_SESSION, session)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, words.told(session))
                # Typing the first letters finds it; nothing paints it.
                item.setText(words.when(session))
                item.setToolTip(tool_tip(words.told(session)))
                self.addItem(item)
            folders = [session.folder for session in sessions]
            at = next((folders.index(folder) for folder in wanted if folder in folders), min(row, len(folders) - 1))
            self.setCurrentRow(at)
            self.blockSignals(False)
            self.currentItemChanged.emit(self.currentItem(), None)

    def set_theme(self, theme: Theme) -> None:
        self._rows.theme = theme
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        wish = {
            Qt.Key.Key_Return: self.asked,
            Qt.Key.Key_Enter: self.asked,
            Qt.Key.Key_Delete: self.deleted,
        }.get(Qt.Key(event.key()))
        if wish is None:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            wish.emit()


class _Rows(QStyledItemDelegate):
    """When, and what it is of; where something is wrong with it, that in a line of its own."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = DARK

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        lines = 3 if index.data(_SESSION).problem else 2
        return QSize(200, LINE_PX * lines + 20)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        session: Session = index.data(_SESSION)
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
        inside = whole.adjusted(BESIDE_PX, 8, -BESIDE_PX, -8)
        line = QRectF(inside.left(), inside.top(), inside.width(), LINE_PX)
        if session.running:
            self._recording(painter, line)
        _write(painter, line, words.when(session), font(13, bold=True), theme.text)
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
