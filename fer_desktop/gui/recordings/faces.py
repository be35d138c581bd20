"""The faces of the recording: choose one, name it, put several together, take one out."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QItemSelectionModel, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QUndoStack
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from fer_desktop.gui.buttons import ToolButton
from fer_desktop.gui.icons import icon
from fer_desktop.gui.parts import Text
from fer_desktop.gui.recordings.document import Document
from fer_desktop.gui.recordings.keys import is_lists_own
from fer_desktop.gui.recordings.words import tr
from fer_desktop.gui.theme import Theme
from fer_desktop.offline.video_summary import clock

_ID: Final = int(Qt.ItemDataRole.UserRole)


class _List(QListWidget):
    """Delete takes faces out; double click and F2 name one."""

    delete_pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("plainList")
        self.setAccessibleName(tr("Faces"))
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_pressed.emit()
        elif is_lists_own(event):
            super().keyPressEvent(event)
        else:
            event.ignore()

    @property
    def editing(self) -> bool:
        return self.state() == QAbstractItemView.State.EditingState


class Faces(QWidget):
    """`told` (text): what a person should know of what they have just done."""

    told = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._document: Document | None = None
        self._filling = False
        self.list = _List()
        self.name = self._button(tr("Name"), tr("Name the chosen face (F2)"))
        self.merge = self._button(tr("Merge"), tr("The chosen faces are one and the same"))
        self.remove = self._button(tr("Remove"), tr("Take the chosen faces out (Delete)"))
        self.undo = self._button("", tr("Undo (Ctrl+Z)"))
        self.redo = self._button("", tr("Redo (Ctrl+Shift+Z)"))
        self.undo.setAccessibleName(tr("Undo"))
        self.redo.setAccessibleName(tr("Redo"))
        row = QHBoxLayout()
        row.setSpacing(0)
        for button in (self.name, self.merge, self.remove):
            row.addWidget(button)
        row.addStretch(1)
        # The words need the whole width of a narrow side.
        heading = QHBoxLayout()
        heading.setSpacing(0)
        heading.addWidget(Text(tr("Faces"), 13, bold=True), 1)
        heading.addWidget(self.undo)
        heading.addWidget(self.redo)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(heading)
        column.addWidget(self.list, 1)
        column.addLayout(row)
        # Once a name is written, or is not, the list is as the document has it.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self.refresh)
        self.list.itemDelegate().closeEditor.connect(lambda *_: self._later.start(0))
        self.list.itemChanged.connect(self._named)
        self.list.itemSelectionChanged.connect(self._selected)
        self.list.currentItemChanged.connect(self._selected)
        self.list.delete_pressed.connect(self._remove)
        self.name.clicked.connect(self.edit_name)
        self.merge.clicked.connect(self._merge)
        self.remove.clicked.connect(self._remove)
        self.undo.clicked.connect(self._undo)
        self.redo.clicked.connect(self._redo)
        self._allow()

    def _button(self, text: str, tip: str) -> ToolButton:
        button = ToolButton()
        button.setObjectName("pageButton")
        button.setText(text)
        button.setToolTip(tip)
        button.setFixedHeight(28)
        if not text:
            button.setIconSize(QSize(18, 18))
            button.setFixedWidth(28)
        return button

    def set_theme(self, theme: Theme) -> None:
        self.undo.setIcon(icon("undo", theme.text, theme.disabled))
        self.redo.setIcon(icon("redo", theme.text, theme.disabled))

    def set_document(self, document: Document | None) -> None:
        self._document = document
        if document is not None:
            document.changed.connect(self.refresh)
            document.chosen_changed.connect(self._follow)
            document.undo.indexChanged.connect(self._allow)
        self.refresh()

    @property
    def selected(self) -> list[int]:
        """Ids of the chosen faces, from above."""
        rows = sorted(index.row() for index in self.list.selectedIndexes())
        return [self.list.item(row).data(_ID) for row in rows]

    def edit_name(self) -> None:
        if (item := self.list.currentItem()) is not None:
            self.list.setFocus()
            self.list.editItem(item)

    def refresh(self) -> None:
        """The list as the document has it; nothing is taken away under a name that is being written."""
        document = self._document
        if self.list.editing:
            return
        self._filling = True
        faces = () if document is None else document.faces
        chosen = self.selected
        while self.list.count() > len(faces):
            self.list.takeItem(self.list.count() - 1)
        while self.list.count() < len(faces):
            item = QListWidgetItem()
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.list.addItem(item)
        if document is not None:
            times, ends = document.readings.times, document.readings.ends()
        for row, face in enumerate(faces):
            assert document is not None
            item = self.list.item(row)
            item.setData(_ID, face.id)
            item.setText(document.name_of(face.id))
            seen = tr("Seen from {first} to {last}")
            item.setToolTip(seen.format(first=clock(times[face.frames[0]]), last=clock(ends[face.frames[-1]])))
            item.setSelected(face.id in chosen)
        self._filling = False
        self._follow()
        self._allow()

    # Within

    @property
    def _stack(self) -> QUndoStack | None:
        return None if self._document is None else self._document.undo

    def _follow(self) -> None:
        """The chosen face is the list's current one."""
        if self._document is None or self.list.editing:
            return
        for row in range(self.list.count()):
            if self.list.item(row).data(_ID) == self._document.chosen and row != self.list.currentRow():
                self._filling = True
                kept = self._document.chosen in self.selected
                flag = QItemSelectionModel.SelectionFlag
                self.list.setCurrentRow(row, flag.NoUpdate if kept else flag.ClearAndSelect)
                self._filling = False
        self._allow()

    def _selected(self) -> None:
        item = self.list.currentItem()
        if not self._filling and self._document is not None and item is not None:
            self._document.choose(item.data(_ID))
        self._allow()

    def _allow(self) -> None:
        count, stack = len(self.list.selectedIndexes()), self._stack
        self.name.setEnabled(self.list.currentItem() is not None)
        self.merge.setEnabled(count > 1)
        self.remove.setEnabled(count > 0)
        self.undo.setEnabled(stack is not None and stack.canUndo())
        self.redo.setEnabled(stack is not None and stack.canRedo())

    def _named(self, item: QListWidgetItem) -> None:
        if self._filling or self._document is None:
            return
        face, text = item.data(_ID), item.text().strip()
        unnamed = tr("Face {number}").format(number=face)
        self._document.name(face, "" if text == unnamed else text)

    def _merge(self) -> None:
        document, faces = self._document, self.selected
        if document is None or len(faces) < 2:
            return
        document.merge(faces)
        kept = next((face.id for face in document.faces if set(faces) & set(face.tracks)), faces[0])
        document.choose(kept)
        text = tr("{n} faces are one now. Where more than one of them is in a picture, {face} counts, seen longest.")
        self.told.emit(text.format(n=len(faces), face=document.name_of(kept)))

    def _undo(self) -> None:
        if self._stack is not None:
            self._stack.undo()

    def _redo(self) -> None:
        if self._stack is not None:
            self._stack.redo()

    def _remove(self) -> None:
        if self._document is not None:
            self._document.remove(self.selected)
