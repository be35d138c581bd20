"""What the player needs of a recording, and where it stands in it. No decoder, no clock, no Qt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from fer_desktop.core.band import Float64Array
from fer_desktop.core.types import Frame
from fer_desktop.offline.video import Recording, VideoPipeline

SPEEDS: Final = (0.5, 1.0, 2.0, 4.0)
LATE_S: Final = 0.25
"""A picture that is not there so long after it was asked for holds the play up."""


class Pictures(Protocol):
    """Gives any picture of a recording that was read already. Used and closed by one thread."""

    def frame(self, number: int, at_s: float, given_up: Callable[[], bool] = ...) -> Frame | None:
        """Picture `number`, with `at_s` as its time. None where given_up() becomes true meanwhile, or where it cannot
        be decoded any more. Raises InputError where the file is gone."""

    def close(self) -> None: ...


class ReadLive(VideoPipeline, Protocol):
    """What was read of a recording while it was made. painted: it stands on the pictures already; markers: seconds
    since the first picture, and text."""

    title: str
    painted: bool
    markers: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class OpenedRecording:
    """Two ways into one file: `recording` reads it from front to end; what `pictures` makes, one for each thread that
    wants any, gives what that has read again.

    read_live: what was read of it while it was recorded, in the place of a model; None where nothing was, or where that
    cannot be read any more. It looks at the disk: to be called on the thread that uses what it gives.
    """

    recording: Recording
    pictures: Callable[[], Pictures]
    read_live: Callable[[], ReadLive | None] = lambda: None


class Playhead:
    """Which picture is due at which time of the clock, in seconds; the caller tells the time."""

    def __init__(self) -> None:
        self.speed = 1.0
        self.playing = False
        self._from_s = 0.0
        self._since_s = 0.0

    def start(self, at_s: float, now_s: float) -> None:
        """Play on from the time `at_s` of the recording."""
        self.playing, self._from_s, self._since_s = True, at_s, now_s

    def stop(self) -> None:
        self.playing = False

    def set_speed(self, speed: float, now_s: float) -> None:
        self._from_s, self._since_s = self.at(now_s), now_s
        self.speed = speed

    def hold(self, at_s: float, now_s: float) -> None:
        """The picture at `at_s` is late: the time does not go on without it."""
        self._from_s, self._since_s = at_s, now_s

    def at(self, now_s: float) -> float:
        """Seconds of the recording."""
        return self._from_s + (now_s - self._since_s) * self.speed

    def due(self, times: Float64Array, now_s: float) -> tuple[int, bool]:
        """The number of the picture that is due, and whether it is the last one there is."""
        number = int(np.searchsorted(times, self.at(now_s), "right")) - 1
        return max(number, 0), number >= len(times) - 1
