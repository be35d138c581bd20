"""A question over a window, which does not stop the picture."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QDialog, QSizePolicy, QVBoxLayout, QWidget

from fer_desktop.gui.parts import Button, Elided, Text

WIDE = 440


class Question(QDialog):
    """A title over a column that others fill; Esc is the way out."""

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

    def add_buttons(self, *buttons: Button, default: Button, stacked: bool = False) -> None:
        """The last thing that is added: in a row at the right, or, with long texts, one over the other. default: has
        the focus, and takes Enter from elsewhere too."""
        row = QBoxLayout(QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight)
        row.setSpacing(8)
        if not stacked:
            row.addStretch(1)
        for button in buttons:
            row.addWidget(button)
            if stacked:
                button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.column.addSpacing(8)
        self.column.addLayout(row)
        default.setAutoDefault(True)
        default.setDefault(True)
        default.setFocus()


class YesNo(Question):
    """One thing that can be done, and the way out, which has the focus. `accepted` where the person wants it done."""

    def __init__(self, parent: QWidget, title: str, text: str, do: str, leave: str) -> None:
        super().__init__(parent, title)
        self.doing, self.leaving = Button(do), Button(leave)
        self.column.addWidget(Text(text))
        self.add_buttons(self.doing, self.leaving, default=self.leaving)
        self.doing.clicked.connect(self.accept)
        self.leaving.clicked.connect(self.reject)
