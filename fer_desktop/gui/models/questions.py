"""What is asked before a model gets another name, or goes."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from fer_desktop.gui.models import words
from fer_desktop.gui.models.rows import Row
from fer_desktop.gui.models.words import tr
from fer_desktop.gui.parts import Button, Text
from fer_desktop.gui.question import Question, YesNo
from fer_desktop.modelstore.manifest import MAX_NAME, name_problem


class NameQuestion(Question):
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
        self.column.addWidget(self.name)
        self.column.addWidget(self.problem)
        self.add_buttons(self.cancel, self.save, default=self.save)
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


class DeleteQuestion(YesNo):
    """`accepted` where it is to go."""

    def __init__(self, parent: QWidget, row: Row) -> None:
        # Under the heading it is never cut: names that are alike differ there.
        size = words.size(row.size_bytes)
        if row.beside:
            what = tr("{id}: its folder, {size}, is deleted for good.").format(id=row.beside, size=size)
        else:
            what = tr("Its folder, {size}, is deleted for good.").format(size=size)
        if row.folder is not None and not row.problem:
            what += " " + tr("Save it as a file first if you may want it again.")
        super().__init__(parent, tr("Delete {name}?").format(name=row.name), what, tr("&Delete"), tr("&Keep it"))
