"""In place of the first step where the training component is missing: what it is, and one button that installs it."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QProgressBar, QVBoxLayout

from fer_desktop.gui.parts import Button, Text, WarningCard
from fer_desktop.gui.theme import Theme
from fer_desktop.gui.training import component
from fer_desktop.gui.training.child import Child
from fer_desktop.gui.training.child_page import ChildPage
from fer_desktop.overlay.painter import font

LINES_KEPT = 500


class InstallPage(ChildPage):
    """`changed` when the component has come; `installed` says whether it is there. Several windows have such a page;
    one at a time installs."""

    _at_work: ClassVar[InstallPage | None] = None

    def __init__(self) -> None:
        super().__init__()
        self.installed = not component.missing()
        self.text = Text(self._what())
        self.install = Button(self.tr("&Install the training component"))
        self.install.setAutoDefault(True)
        self.copy = Button(self.tr("&Copy the command"))
        self.cancel = Button(self.tr("&Cancel"))
        self.command = Text(component.shown_command(), 12, muted=True)
        self.wait = QProgressBar()
        self.wait.setRange(0, 0)
        self.wait.setTextVisible(False)
        self.wait.setAccessibleName(self.tr("Installing"))
        self.output = QPlainTextEdit()
        self.output.setReadOnly(True)
        self.output.setMaximumBlockCount(LINES_KEPT)
        self.output.setFont(font(12))
        self.output.setTabChangesFocus(True)
        self.output.setAccessibleName(self.tr("What the installation says"))
        self.warning = WarningCard()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(Text(self.tr("Training needs one more part"), 16, bold=True))
        column.addWidget(self.text)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.install, self.copy, self.cancel):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.command)
        column.addWidget(self.wait)
        column.addWidget(self.warning)
        column.addWidget(self.output, 1)
        column.addStretch()
        self.install.clicked.connect(self._install)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(component.shown_command()))
        self.cancel.clicked.connect(self._cancel)
        self._show()

    @property
    def possible(self) -> bool:
        return not component.frozen() and not component.too_new()

    def can_go_on(self) -> bool:
        return self.installed

    def set_theme(self, theme: Theme) -> None:
        self.warning.set_theme(theme)

    def _what(self) -> str:
        if component.frozen():
            return self.tr(
                "This program came as one file, and nothing can be added to it. To train, install Python 3.10 to 3.13 "
                'and then FER Desktop in it: pip install "fer-desktop[train]". It finds the models and settings that '
                "you have here. Reading live goes on without it."
            )
        if component.too_new():
            return self.tr(
                "TensorFlow, which training needs, has no release for this Python yet. Install FER Desktop in Python "
                "3.10 to 3.13 to train. Reading live goes on without it."
            )
        return self.tr(
            "The libraries that networks are trained with (TensorFlow, Keras and a few more) are not installed. They "
            "take about {n} GB on the disk and are fetched once, over the network, as pip is set up here. Reading live "
            "goes on without them."
        ).format(n=component.SIZE_GB)

    def shut_down(self) -> None:
        super().shut_down()
        if InstallPage._at_work is self:
            InstallPage._at_work = None

    def _install(self) -> None:
        if InstallPage._at_work is not None:
            self.warning.say(self.tr("It is being installed already, in another window."))
            return
        self.warning.say("")
        if not component.missing():  # it has come since, by another window
            self.installed = True
            self._show()
            return
        InstallPage._at_work = self
        self.output.clear()
        child = self._start_child(component.install_command(), "install.log", errors_too=True)
        child.printed.connect(self.output.appendPlainText)
        self._show()
        self.cancel.setFocus()

    def _cancel(self) -> None:
        self.shut_down()
        self.warning.say(self.tr("The installation was stopped. Start it again to finish it."))
        self._show()
        self.install.setFocus()

    def _ended(self, child: Child, status: int) -> None:
        InstallPage._at_work = None
        left = component.missing()
        self.installed = not left
        if status or left:
            said = self.output.toPlainText().strip().splitlines()
            why = child.reason() or (said[-1] if said else "")
            if not status:
                why = self.tr("still missing: {names}").format(names=", ".join(left))
            self.warning.say(self.tr("The training component could not be installed: {why}").format(why=why))
        self._show()

    def _show(self) -> None:
        busy = self._child is not None
        self.wait.setVisible(busy)
        self.cancel.setVisible(busy)
        self.output.setVisible(busy or not self.output.document().isEmpty())
        for widget in (self.install, self.copy, self.command):
            widget.setVisible(self.possible and not busy)
        self.changed.emit()
