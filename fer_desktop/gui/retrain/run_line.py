"""A thin line of progress in the main window while a retraining goes on out of sight."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QVBoxLayout

from fer_desktop.gui.buttons import ToolButton
from fer_desktop.gui.parts import Text
from fer_desktop.gui.retrain.training_run import State, TrainingRun
from fer_desktop.gui.training import words

FINE = 1000


class RunLine(QFrame):
    """`show`, `text` and `bar`; hidden at first."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("runLine")
        self.bar = QProgressBar()
        self.bar.setRange(0, FINE)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(4)
        self.bar.setStyleSheet("min-height: 4px; max-height: 4px; border-radius: 0")
        self.bar.setAccessibleName(self.tr("Retraining"))
        self.text = Text(size=12)
        self.text.setWordWrap(False)
        self.open = ToolButton()
        self.open.setText(self.tr("Show…"))
        self.open.setAccessibleName(self.tr("Show the retraining"))
        row = QHBoxLayout()
        row.setContentsMargins(16, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        row.addWidget(self.open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addLayout(row)
        self.setFixedHeight(32)
        self.hide()

    def show_run(self, run: TrainingRun) -> None:
        self.bar.setValue(round(FINE * run.share))
        left = run.seconds_left()
        at = self.tr("epoch {n} of {all}").format(n=min(max(run.epoch, 1), run.epochs), all=run.epochs)
        parts = [
            {
                State.STARTING: self.tr("Retraining: starting"),
                State.PAUSED: self.tr("Retraining paused in {at}").format(at=at),
                State.STOPPING: self.tr("Retraining: stopping"),
            }.get(run.state, self.tr("Retraining: {at}").format(at=at))
        ]
        if left is not None and run.state is State.TRAINING:
            parts.append(self.tr("{time} left").format(time=words.duration(left)))
        text = "  ·  ".join(parts)
        self.text.say(text)
        self.bar.setAccessibleDescription(text)
