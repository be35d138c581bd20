"""What is to become of a training when its window, or the program, is closed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from fer_desktop.gui.parts import Button, Text


class CloseQuestion(QDialog):
    """`stop` or `go_on`, once; neither where a person thinks better of it."""

    stop = Signal()
    go_on = Signal()

    def __init__(self, parent: QWidget, where: str, program: bool) -> None:
        """where: how far the training is; program: the whole program is being closed."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("A retraining is under way"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFixedWidth(440)
        self.going_on = Button(self.tr("&Go on in the background"))
        self.stopping = Button(self.tr("&Stop and keep the checkpoint"))
        self.staying = Button(self.tr("&Do not close"))
        if program:
            more = self.tr("In the background it goes on without this program, and the next start shows how far it is.")
        else:
            more = self.tr("In the background it goes on, and a line in the main window shows how far it is.")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(8)
        column.addWidget(Text(where, 16, bold=True))
        column.addWidget(Text(more))
        column.addWidget(Text(self.tr("Stopped, it can be resumed after its last whole epoch."), muted=True))
        column.addSpacing(8)
        for button in (self.going_on, self.stopping, self.staying):
            column.addWidget(button)
            button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
        self.going_on.setAutoDefault(True)
        self.going_on.setDefault(True)
        self.going_on.clicked.connect(self._go_on)
        self.stopping.clicked.connect(self._stop)
        self.staying.clicked.connect(self.reject)

    def _go_on(self) -> None:
        self.accept()
        self.go_on.emit()

    def _stop(self) -> None:
        self.accept()
        self.stop.emit()
