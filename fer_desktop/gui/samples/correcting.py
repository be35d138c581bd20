"""A face that was read wrong, kept under what it showed: one sample of a face, however often a person thinks again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Final

from fer_desktop.core.types import Frame, Track
from fer_desktop.gui.samples.library import CORRECTED, Kept, Library, new_burst

SITTING_S: Final = 60.0
"""Corrections no further apart are one sitting: their faces may be near copies."""
RETHINK_S: Final = 1.0
"""Another emotion so soon after a correction puts right a slip of the finger, though the frame is another one."""


class Correcting:
    def __init__(self, library: Library) -> None:
        self._library = library
        self._corrected_s = 0.0
        self._burst = ""
        self._last: Kept | None = None
        self._whose: tuple[int, Frame | None] | None = None
        """The face that was corrected last: its id, in this photo or in the living picture."""

    def correct(self, track: Track, photo: Frame | None, emotion: str, takes: Sequence[list[Kept]]) -> Kept | None:
        """The sample that is made; None where the last one is put right instead. photo: in which the face is, None for
        the living picture. takes: what can still be undone."""
        last, now = self._last, time.monotonic()
        if last is not None and [last] in takes and (last.crop is track.crop or self._rethought(track, photo, now)):
            # The same picture, or nearly so, under two labels would teach nothing: the later one counts.
            if last.emotion != emotion:
                last.emotion = emotion
                self._library.correct(last, emotion)
            return None
        if now - self._corrected_s > SITTING_S:
            self._burst = new_burst()
        self._corrected_s, self._whose = now, (track.id, photo)
        self._last = self._library.keep(track.crop, emotion, self._burst, CORRECTED)
        return self._last

    def forget_last(self) -> None:
        """It was taken back: the next one is a sample of its own."""
        self._last = None

    def forget_whose(self) -> None:
        """Other pictures come: the ids of their faces are others."""
        self._whose = None

    def _rethought(self, track: Track, photo: Frame | None, now: float) -> bool:
        if self._whose is None or now - self._corrected_s > RETHINK_S:
            return False
        number, corrected_in = self._whose
        return track.id == number and photo is corrected_in
