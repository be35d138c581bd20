"""A session's readings in place of a model: to open its video with what was read live."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fer_desktop.core.types import Analysis, Frame
from fer_desktop.record.log import LoggedFrame, LogReader

STANDS_S: Final = 0.3
"""A picture that was not read itself shows the reading before it, as the live view did, for so long."""
_SAME_S: Final = 0.0005
"""Times closer than this are one picture's: the video's are kept to 1/60,000 s, the log's to a millionth."""


@dataclass(frozen=True, slots=True)
class LoggedModel:
    """Which model read the session; its device is not known any more."""

    model_id: str
    device: str = ""


class Replay:
    """Stands for a Pipeline where a recording is read: `analyse` looks the faces up in the log, which it goes through
    beside the pictures. None of it is kept: an hour of four faces would be half a million of them.

    Frames carry their place in the video as `captured_at`, in seconds since the first, as VideoFileSource gives them
    with realtime=False; for one before the last, the log is read from its beginning again. painted: the readings are on
    the pictures already. Raises InputError where the log cannot be read.
    """

    def __init__(self, log: Path, painted: bool = False) -> None:
        self.title, self.painted = log.parent.name, painted
        self._log = LogReader(log)
        self.classifier = LoggedModel(self._log.head.model or "")
        self.markers = tuple((one.time_s, one.text) for one in self._log.markers())
        self.confirmed: set[int] = set()
        """The live view told of faces alone: all that were told of so far."""
        self._frames: Iterator[LoggedFrame] | None = None
        self._now: LoggedFrame | None = None
        self._next: LoggedFrame | None = None

    def analyse(self, frame: Frame) -> Analysis:
        at_s = frame.captured_at
        if self._frames is None or (self._now is not None and self._now.time_s > at_s + _SAME_S):
            self.close()
            self._frames = self._log.frames()
            self._next = next(self._frames, None)
        while self._next is not None and self._next.time_s <= at_s + _SAME_S:
            self._now, self._next = self._next, next(self._frames, None)
        tracks = self._now.tracks if self._now is not None and at_s - self._now.time_s <= STANDS_S else ()
        self.confirmed.update(track.id for track in tracks)
        return Analysis(frame.index, at_s, frame.size, tracks, self.classifier.model_id)

    def reset(self) -> None:
        self.close()

    def close(self) -> None:
        # The generator closes the file once nobody holds it.
        self._frames = self._now = self._next = None
