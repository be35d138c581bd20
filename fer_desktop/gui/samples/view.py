"""What is seen of a person's samples: its widgets, where they are, and how they look. What they do is the window's."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from fer_desktop.gui.parts import Button, Elided, Text, WarningCard
from fer_desktop.gui.samples.grid import Grid, SampleModel
from fer_desktop.gui.samples.kinds import Kinds
from fer_desktop.gui.samples.pictures import SamplePictures
from fer_desktop.gui.side_window import SideWindow
from fer_desktop.gui.theme import Theme

FIRST_SIZE: Final = (920, 640)
SMALLEST: Final = (720, 480)


class SamplesView(SideWindow):
    """The `grid` of the kind that is chosen in `kinds`, or why it is `empty`."""

    def __init__(self, parent: QWidget, folder: Path, close_key: QKeySequence) -> None:
        """folder: where the samples lie."""
        super().__init__(parent, self.tr("My samples"), FIRST_SIZE, SMALLEST, close_key)
        self.model = SampleModel(self, SamplePictures(self))
        self.kinds = Kinds()
        self.grid = Grid(self.model)
        self.empty = Text(muted=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.collect_button = Button(self.tr("&Collect samples"))
        self.headline = Text(size=16, bold=True)
        self.headline.setWordWrap(False)
        self.move_to = Button(self.tr("&Relabel"))
        self.relabel_menu = QMenu(self.move_to)
        self.delete = Button(self.tr("&Delete"))
        self.warning = WarningCard()
        self.said = Elided(12, muted=True)
        self.undo = Button(self.tr("&Undo"))
        self.undo.hide()
        self.where = Elided(12, muted=True)
        self.where.say(self.tr("They lie on this computer alone, in {path}").format(path=folder))
        self.show_folder = Button(self.tr("Open the &folder"))
        self.close_button = Button(self.tr("C&lose"))
        self.delete_all = Button(self.tr("Delete &all…"))
        self.export = Button(self.tr("&Export…"))
        self.tune_button = Button(self.tr("Fine-&tune…"))
        self.tune_button.setAutoDefault(True)
        self.tune_button.setDefault(True)
        self._lay_out()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.headline, 1)
        top.addWidget(self.move_to)
        top.addWidget(self.delete)
        nothing = QWidget()
        inside = QVBoxLayout(nothing)
        inside.setSpacing(16)
        inside.addStretch(1)
        inside.addWidget(self.empty)
        inside.addWidget(self.collect_button, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addStretch(2)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.grid)
        self._stack.addWidget(nothing)
        self._stack.setCurrentIndex(1)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addLayout(top)
        right.addWidget(self.warning)
        right.addWidget(self._stack, 1)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(self.kinds)
        middle.addLayout(right, 1)
        place = QHBoxLayout()
        place.setSpacing(8)
        place.addWidget(self.where, 1)
        place.addWidget(self.show_folder)
        footer = QHBoxLayout()
        footer.setSpacing(8)
        footer.addWidget(self.close_button)
        footer.addWidget(self.undo)
        footer.addWidget(self.said, 1)
        for button in (self.delete_all, self.export, self.tune_button):
            footer.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addLayout(middle, 1)
        column.addLayout(place)
        column.addLayout(footer)

    def set_theme(self, theme: Theme) -> None:
        self.warning.set_theme(theme)
        self.grid.set_theme(theme)
