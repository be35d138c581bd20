"""A question with one thing that can be done, and the way out."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from fer_desktop.gui.parts import Button, Text


class Question(QDialog):
    """`accepted` where the person wants it done. The way out has the focus."""

    def __init__(self, parent: QWidget, title: str, text: str, do: str, leave: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(440)
        self.doing, self.leaving = Button(do), Button(leave)
        self.leaving.setAutoDefault(True)
        self.leaving.setDefault(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(self.doing)
        row.addWidget(self.leaving)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(8)
        column.addWidget(Text(title, 16, bold=True))
        column.addWidget(Text(text))
        column.addSpacing(8)
        column.addLayout(row)
        self.doing.clicked.connect(self.accept)
        self.leaving.clicked.connect(self.reject)
        self.leaving.setFocus()
