"""A button that adds a person's own samples to a list of data; off while there are none."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent

from fer_desktop import resources
from fer_desktop.gui.parts import Button
from fer_desktop.gui.task import Task


class AddSamplesButton(Button):
    """Counts them, in a thread, each time it comes into view. `chosen`: their folder."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__("")
        self._task: Task | None = None
        self._say(0)
        self.clicked.connect(lambda: self.chosen.emit(resources.user_samples_dir()))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._task is None:
            self._task = Task(self, _count)
            self._task.done.connect(self._counted)
            self._task.failed.connect(lambda _: self._counted(0))

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._task is not None:
            self._task.finish()
            self._task = None

    def _counted(self, count: int) -> None:
        self._task = None
        self._say(count)

    def _say(self, count: int) -> None:
        self.setEnabled(bool(count))
        self.setText(self.tr("Add my &samples ({n})").format(n=f"{count:,}"))
        self.setToolTip(self.tr("Your own faces, from Collect samples") if count else self.tr("There are none yet"))


def _count() -> int:
    # Here, since it loads OpenCV.
    from fer_desktop.samples import SampleStore

    return len(SampleStore.default().samples())
