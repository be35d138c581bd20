"""What is asked before a model gets another name, or goes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from fer_desktop.gui.models import words
from fer_desktop.gui.models.elided import Elided
from fer_desktop.gui.models.rows import Row
from fer_desktop.gui.models.words import tr
from fer_desktop.gui.parts import Button, Text
from fer_desktop.modelstore.manifest import MAX_NAME, name_problem

WIDE = 420


class _Question(QDialog):
    def __init__(self, parent: QWidget, title: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(WIDE)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 24, 24, 16)
        self.column.setSpacing(8)
        heading = Elided(16, bold=True)
        heading.say(title)
        self.column.addWidget(heading)

    def add_buttons(self, *buttons: Button) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
        self.column.addSpacing(8)
        self.column.addLayout(row)


class NameQuestion(_Question):
    """`named`: the name that was given."""

    named = Signal(str)

    def __init__(self, parent: QWidget, row: Row) -> None:
        super().__init__(parent, tr("Another name for {name}").format(name=row.name))
        self.name = QLineEdit(row.name)
        self.name.setAccessibleName(tr("Name"))
        self.name.setMaxLength(MAX_NAME)
        self.name.selectAll()
        self.problem = Text(size=12, muted=True)
        self.save, self.cancel = Button(tr("&Rename")), Button(tr("&Cancel"))
        self.save.setDefault(True)
        self.column.addWidget(self.name)
        self.column.addWidget(self.problem)
        self.add_buttons(self.cancel, self.save)
        self.save.clicked.connect(self._save)
        self.cancel.clicked.connect(self.reject)
        self.name.textChanged.connect(self._look)
        self.name.setFocus()
        self._look()

    def _look(self) -> None:
        problem = name_problem(self.name.text())
        self.save.setEnabled(problem is None)
        self.problem.say(tr("Its id and its folder stay as they are.") if problem is None else tr("Give it a name."))

    def _save(self) -> None:
        self.accept()
        self.named.emit(self.name.text().strip())


class DeleteQuestion(_Question):
    """`delete`, once."""

    delete = Signal()

    def __init__(self, parent: QWidget, row: Row) -> None:
        name = f"{row.name} ({row.beside})" if row.beside else row.name
        super().__init__(parent, tr("Delete {name}?").format(name=name))
        what = tr("Its folder, {size}, is deleted for good.").format(size=words.size(row.size_bytes))
        if row.folder is not None and not row.problem:
            what += " " + tr("Save it as a file first if you may want it again.")
        self.column.addWidget(Text(what))
        self.go, self.keep = Button(tr("&Delete")), Button(tr("&Keep it"))
        self.keep.setDefault(True)
        self.add_buttons(self.go, self.keep)
        self.go.clicked.connect(self._go)
        self.keep.clicked.connect(self.reject)
        self.keep.setFocus()

    def _go(self) -> None:
        self.accept()
        self.delete.emit()
