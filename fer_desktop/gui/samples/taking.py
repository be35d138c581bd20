"""One take: a moment to make the face, then some crops a second of it for as long as it can be held."""

from __future__ import annotations

import time
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Signal

from fer_desktop.core.types import UInt8Array
from fer_desktop.gui.feed import Feed
from fer_desktop.gui.samples.library import COLLECTED, Kept, Library, new_burst
from fer_desktop.gui.samples.subject import subject, why_not
from fer_desktop.gui.samples.words import tr

COUNTDOWN_S: Final = 1.0
TAKE_S: Final = 3.0
LONGEST_S: Final = 15.0
"""However long the button is held."""
EVERY_S: Final = 0.2
LOST_S: Final = 0.8
"""A face out of view for so long has lost its id: who comes then may be somebody else."""
STILL_S: Final = 0.5
"""A picture that has not changed for so long stands still."""


class Taking(QObject):
    """`changed`: what `wait_s`, `kept` or `why` say is another now. `ended`: it is over, and `kept` is what it gave.

    It is of one face in one source's picture, and ends with them.
    """

    changed = Signal()
    ended = Signal()

    def __init__(self, parent: QObject, feed: Feed, library: Library) -> None:
        super().__init__(parent)
        self._feed, self._library = feed, library
        self.emotion = ""
        self.kept: list[Kept] = []
        self.why = ""
        """Why nothing is saved at this moment; once it has ended, why it did so early, or gave nothing."""
        self.held = False
        """The button is held: go on until it is let go."""
        self._begun_s: float | None = None
        self._due_s = 0.0
        self._burst = ""
        self._whom: int | None = None
        self._chosen = False
        """A person said whose face it is to be."""
        self._last: UInt8Array | None = None
        self._seen_s = self._changed_s = 0.0
        """When the face was seen last, and when its picture was another than the one before."""
        feed.source_shown.connect(self._picture_changed)

    @property
    def active(self) -> bool:
        return self._begun_s is not None

    @property
    def wait_s(self) -> float:
        """Seconds until the first crop."""
        return 0.0 if self._begun_s is None else max(self._begun_s - time.monotonic(), 0.0)

    def start(self, emotion: str, chosen: int | None) -> None:
        """`chosen`: the id of the face to take; None: the largest there is when the first crop is due."""
        now = time.monotonic()
        self.emotion, self.kept, self.why = emotion, [], ""
        self._burst, self._whom, self._chosen = new_burst(), chosen, chosen is not None
        # Each take by itself: what the one before has kept may have been undone.
        self._last = None
        self._begun_s = self._due_s = self._seen_s = self._changed_s = now + COUNTDOWN_S
        self.changed.emit()

    def stop(self, why: str = "") -> None:
        """why: in words, where nobody asked for its end."""
        if self.active:
            self._begun_s = None
            # What had stopped it from saving for a moment is not worth a word once it has saved.
            self.why = why or ("" if self.kept else self.why)
            self.held = False
            self.ended.emit()

    def turn(self) -> None:
        """With each turn of the window's timer."""
        now = time.monotonic()
        if self._begun_s is None or now < self._begun_s:
            return
        passed_s = now - self._begun_s
        if passed_s >= (LONGEST_S if self.held else TAKE_S):
            self.stop()
            return
        self._take(now)

    def _take(self, now: float) -> None:
        analysis = self._feed.analysis
        track = subject(analysis, self._whom)
        if track is not None or analysis is None or self._whom is None:
            self._seen_s = now
        elif now - self._seen_s > LOST_S:
            self.stop(tr("The face went out of view, so the take has ended."))
            return
        why = why_not(analysis, track, self._chosen)
        if why or track is None:
            self._say(why)
            return
        # Neither the same picture twice, nor a face that stands still while the detector misses it.
        if self._last is not None and np.array_equal(track.crop, self._last):
            if now - self._changed_s > STILL_S:
                self._say(tr("The picture stands still."))
            return
        self._changed_s = now
        if now < self._due_s:
            return
        self._whom, self._last, self.why = track.id, track.crop, ""
        self._due_s = now + EVERY_S
        self.kept.append(self._library.keep(track.crop, self.emotion, self._burst, COLLECTED))
        self.changed.emit()

    def _say(self, why: str) -> None:
        if why != self.why:
            self.why = why
            self.changed.emit()

    def _picture_changed(self) -> None:
        self.stop(tr("Another picture came, so the take has ended."))
