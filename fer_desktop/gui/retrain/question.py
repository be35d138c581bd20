"""What is to become of a training when its window, or the program, is closed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from fer_desktop.gui.parts import Button, Text
from fer_desktop.gui.question import Question


class CloseQuestion(Question):
    """`stop` or `go_on`, once; neither where a person thinks better of it."""

    stop = Signal()
    go_on = Signal()

    def __init__(self, parent: QWidget, where: str, program: bool, kept: bool) -> None:
        """where: how far the training is; program: the whole program is being closed; kept: an epoch is done."""
        super().__init__(parent, where)
        self.setWindowTitle(self.tr("A retraining is under way"))
        self.going_on = Button(self.tr("&Go on in the background"))
        self.stopping = Button(self.tr("&Stop and keep the checkpoint") if kept else self.tr("&Stop"))
        self.staying = Button(self.tr("&Do not close"))
        if program:
            more = self.tr("In the background it goes on without this program, and the next start shows how far it is.")
        else:
            more = self.tr("In the background it goes on, and a line in the main window shows how far it is.")
        self.column.addWidget(Text(more))
        if kept:
            stopped = self.tr("Stopped, it can be resumed after its last whole epoch.")
        else:
            stopped = self.tr("Stopped now, it can only begin anew: its first epoch is not done yet.")
        self.column.addWidget(Text(stopped, muted=True))
        self.add_buttons(self.going_on, self.stopping, self.staying, default=self.going_on, stacked=True)
        self.going_on.clicked.connect(self._go_on)
        self.stopping.clicked.connect(self._stop)
        self.staying.clicked.connect(self.reject)

    def _go_on(self) -> None:
        self.accept()
        self.go_on.emit()

    def _stop(self) -> None:
        self.accept()
        self.stop.emit()
