"""What the lists with a painted row for each thing share: the keys, and being filled again under a person's hands."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from fer_desktop.gui.parts import tool_tip
from fer_desktop.gui.theme import DARK, Theme

THING: Final = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Words:
    """Of a row. name: typing its first letters finds the row; told: all of it, for who listens; tip: may be empty."""

    name: str
    told: str
    tip: str = ""


class Rows(QStyledItemDelegate):
    """Paints them."""

    theme = DARK

    def paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> QRectF:
        """What lies under the words: nothing, or the sign of the chosen row. Gives the row's place."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        whole = QRectF(option.rect).adjusted(2, 2, -2, -2)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.theme.hover))
            painter.drawRoundedRect(whole, 6, 6)
            painter.setBrush(QColor(self.theme.accent))
            painter.drawRoundedRect(QRectF(whole.left(), whole.top() + 8, 3, whole.height() - 16), 1.5, 1.5)
        return whole


class RowList(QListWidget):
    """`asked`: Enter or a double click; `deleted`: Delete, on the row that is chosen. Its parts say what a thing's key
    is, the same with each filling, and its words."""

    asked = Signal()
    deleted = Signal()

    def __init__(self, name: str, rows: Rows) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self._rows, self._things = rows, list[Any]()
        rows.setParent(self)
        self.setItemDelegate(rows)
        self.itemDoubleClicked.connect(lambda _: self.asked.emit())
        self.wishes = {
            Qt.Key.Key_Return: self.asked,
            Qt.Key.Key_Enter: self.asked,
            Qt.Key.Key_Delete: self.deleted,
        }

    def key_of(self, thing: Any) -> Hashable:
        raise NotImplementedError

    def words_of(self, thing: Any) -> Words:
        raise NotImplementedError

    @property
    def thing(self) -> Any | None:
        """The one that is chosen."""
        row = self.currentRow()
        return self._things[row] if 0 <= row < len(self._things) else None

    @property
    def things(self) -> list[Any]:
        return list(self._things)

    def fill(self, things: Sequence[Any], wanted: Sequence[Hashable | None] = ()) -> None:
        """Only the rows that are another than before are touched, so that the list stays where it was scrolled to.

        wanted: the first of these keys that is there is chosen; else what stands where the chosen one stood.
        """
        keys = [self.key_of(thing) for thing in things]
        old = dict(zip(map(self.key_of, self._things), self._things, strict=True))
        # Before anything is changed: what cannot be put into words leaves the list as it was.
        new = {
            key: self.words_of(thing)
            for key, thing in zip(keys, things, strict=True)
            if key not in old or old[key] != thing
        }
        at, was, scrolled = max(self.currentRow(), 0), self.thing, self.verticalScrollBar().value()
        with QSignalBlocker(self):
            lay_out = list(old) != keys
            if lay_out:
                self._arrange(list(old), keys, things, new)
            self._things = list(things)
            for row, key in enumerate(keys):
                if key in new and key in old:
                    high = self.sizeHintForRow(row)
                    self._write(self.item(row), things[row], new[key])
                    lay_out |= self.sizeHintForRow(row) != high
            at = next((keys.index(key) for key in wanted if key in keys), min(at, len(keys) - 1))
            if at != self.currentRow():
                self.setCurrentRow(at)
            if lay_out:  # which is dear where they are many
                self.doItemsLayout()
            self.verticalScrollBar().setValue(scrolled)
            if at >= 0 and (was is None or keys[at] != self.key_of(was)):
                self.scrollToItem(self.item(at))
        self.currentItemChanged.emit(self.currentItem(), None)

    def put(self, thing: Any) -> None:
        """In the place of the one with its key, where nothing else is to be shown of it."""
        row = list(map(self.key_of, self._things)).index(self.key_of(thing))
        self._things[row] = thing
        self.item(row).setData(THING, thing)

    def set_theme(self, theme: Theme) -> None:
        self._rows.theme = theme
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        wish = self.wishes.get(Qt.Key(event.key()))
        if wish is None:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            wish.emit()

    # Within

    def _arrange(
        self, here: list[Hashable], keys: list[Hashable], things: Sequence[Any], new: Mapping[Hashable, Words]
    ) -> None:
        """An item for each key, in their order; the items of those that were there and stay are the same ones, and say
        what they said. here: the keys of the items that there are."""
        there_before, staying = set(here), set(keys)
        for row in reversed(range(len(here))):
            if here[row] not in staying:
                self.takeItem(row)
                del here[row]
        for row, key in enumerate(keys):
            if row < len(here) and here[row] == key:
                continue
            if key in there_before:
                further_down = here.index(key)
                item = self.takeItem(further_down)
                del here[further_down]
            else:
                item = QListWidgetItem()
                self._write(item, things[row], new[key])
            self.insertItem(row, item)
            here.insert(row, key)

    def _write(self, item: QListWidgetItem, thing: Any, words: Words) -> None:
        item.setData(THING, thing)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, words.told)
        # Nothing paints it.
        item.setText(words.name)
        item.setToolTip(tool_tip(words.tip))
