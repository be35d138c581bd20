"""How far the reading is, how long it will take, and what stops it or lets it go on."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar

from fer_desktop.gui.parts import Button, Elided
from fer_desktop.gui.photos.words import count, tr
from fer_desktop.offline.time_left import time_left

SURE_AFTER_S: Final = 2.0
SURE_AFTER: Final = 10
"""Photos: before that the time left would be a guess."""
WINDOW_S: Final = 30.0
"""The speed is that of the last so many seconds: the machine may have got other things to do."""


class Pace:
    """How fast it goes. No clock of its own: the caller passes the seconds."""

    def __init__(self) -> None:
        self._marks: list[tuple[float, int]] = []

    def begin(self, at_s: float, done: int) -> None:
        self._marks = [(at_s, done)]

    def tell(self, at_s: float, done: int) -> None:
        # One a second will do.
        if self._marks and (len(self._marks) == 1 or at_s - self._marks[-1][0] >= 1):
            self._marks.append((at_s, done))
            while len(self._marks) > 2 and at_s - self._marks[1][0] > WINDOW_S:
                del self._marks[0]

    def left(self, at_s: float, done: int, of: int) -> float | None:
        """Seconds; None where that is not known yet."""
        if not self._marks:
            return None
        since_s, before = self._marks[0]
        if at_s - since_s < SURE_AFTER_S or done - before < SURE_AFTER:
            return None
        return (at_s - since_s) / (done - before) * (of - done)


class ProgressRow(QFrame):
    """`cancelled`, `went_on`: pressed."""

    cancelled = Signal()
    went_on = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("runLine")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(160)
        self.bar.setAccessibleName(tr("Progress"))
        self.text = Elided()
        self.cancel, self.go_on = Button(tr("Cancel")), Button(tr("Go on"))
        self.pace = Pace()
        self._busy = False
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 6, 8, 6)
        row.setSpacing(12)
        row.addWidget(self.bar)
        row.addWidget(self.text, 1)
        row.addWidget(self.go_on)
        row.addWidget(self.cancel)
        self.cancel.clicked.connect(self.cancelled)
        self.go_on.clicked.connect(self.went_on)
        self.hide()

    def tell(self, busy: bool, done: int, of: int, words: Sequence[str], timed: bool = True) -> None:
        """words: what is said of it, the time left comes after the first. timed: `of` is known. Not busy, and all done:
        it hides."""
        now, unfinished = time.monotonic(), done < of
        if busy and not self._busy:
            self.pace.begin(now, done)
        self._busy = busy
        self.pace.tell(now, done)
        left_s = self.pace.left(now, done, of) if busy and timed else None
        first, *rest = words
        self.text.say(", ".join([first, *([] if left_s is None else [time_left(left_s, tr)]), *rest]))
        self.bar.setRange(0, max(of, 1))
        self.bar.setValue(done)
        # A button that goes takes the focus along: to the one that comes.
        focused = self.cancel.hasFocus() or self.go_on.hasFocus()
        self.cancel.setVisible(busy)
        self.go_on.setVisible(not busy and unfinished)
        self.setVisible(busy or unfinished)
        if focused and self.isVisible():
            (self.cancel if busy else self.go_on).setFocus()


def reading_words(busy: bool, listing: bool, done: int, of: int, problems: int, again: str) -> list[str]:
    """again: the name of the model with which photos are read once more; empty where it is their first time."""
    if listing and not of:
        return [tr("Looking for photos…")]
    text = tr("{done} of {of}")
    if again:
        text = tr("Reading again with {model}: {done} of {of}")
    elif listing:
        text = tr("{done} of {of} found so far")
    elif not busy:
        text = tr("Stopped: {done} of {of} are read")
    parts = [text.format(model=again, done=count(done), of=count(of))]
    if problems:
        parts.append(tr("{n} could not be read").format(n=count(problems)))
    return parts
