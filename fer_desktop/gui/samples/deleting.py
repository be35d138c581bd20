"""Deleting samples: what is asked before, and what else is made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from fer_desktop.gui.parts import Text
from fer_desktop.gui.question import YesNo
from fer_desktop.gui.samples.library import Library
from fer_desktop.gui.samples.words import samples

if TYPE_CHECKING:
    from fer_desktop.gui.retrain.control import RetrainControl
    from fer_desktop.samples import Sample


class DeleteQuestion(YesNo):
    """`discard`: the interrupted retrainings that learnt from samples are to go as well; None where there are none.
    These, and one that goes on, have pictures made from the samples in their folders."""

    def __init__(self, parent: QWidget, title: str, interrupted: int, going_on: int) -> None:
        text = self.tr("They are deleted from this computer and cannot be brought back. Models keep what they learnt.")
        super().__init__(parent, title, text, self.tr("&Delete"), self.tr("&Keep them"))
        self.discard: QCheckBox | None = None
        more: list[QWidget] = []
        if going_on:
            more.append(Text(self.tr("The retraining that goes on has pictures made from samples until it is done.")))
        if interrupted == 1:
            more.append(Text(self.tr("An interrupted retraining has pictures made from samples as well.")))
            self.discard = QCheckBox(self.tr("D&iscard that retraining, too"))
        elif interrupted:
            text = self.tr("{n} interrupted retrainings have pictures made from samples as well.")
            more.append(Text(text.format(n=interrupted)))
            self.discard = QCheckBox(self.tr("D&iscard those retrainings, too"))
        if self.discard is not None:
            more.append(self.discard)
        for place, part in enumerate(more, start=2):
            self.column.insertWidget(place, part)


class Deleting(QObject):
    """`agreed`: what was asked about is being deleted."""

    agreed = Signal()

    def __init__(self, window: QWidget, library: Library, retraining: RetrainControl) -> None:
        super().__init__(window)
        self._window, self._library, self._retraining = window, library, retraining
        self.question: DeleteQuestion | None = None

    def ask(self, chosen: Sequence[Sample]) -> None:
        if chosen:
            title = self.tr("Delete {n}?").format(n=samples(len(chosen)))
            self._ask(title, lambda: self._library.delete(chosen))

    def ask_for_all(self) -> None:
        title = self.tr("Delete all {n}, of every emotion?").format(n=samples(self._library.total))
        self._ask(title, self._library.delete_all)

    def _ask(self, title: str, delete: Callable[[], None]) -> None:
        runs = self._retraining.runs_with(self._library.folder)
        interrupted = [run for run in runs if not run.running]
        question = DeleteQuestion(self._window, title, len(interrupted), len(runs) - len(interrupted))

        def agreed() -> None:
            delete()
            if question.discard is not None and question.discard.isChecked():
                for run in interrupted:
                    self._retraining.discard(run)
            self.agreed.emit()

        question.accepted.connect(agreed)
        self.question = question
        question.open()
