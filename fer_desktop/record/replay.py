"""A session's readings in place of a model: to open its video with what was read live."""

from __future__ import annotations

from bisect import bisect_right
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
    """Stands for a Pipeline where a recording is read: `analyse` looks the faces up in the log.

    Frames carry their place in the video as `captured_at`, in seconds since the first, as VideoFileSource gives them
    with realtime=False. painted: the readings are on the pictures already. Raises InputError where the log cannot be
    read.
    """

    def __init__(self, log: Path, painted: bool = False) -> None:
        self.title, self.painted = log.parent.name, painted
        reader = LogReader(log)
        self.classifier = LoggedModel(reader.head.model or "")
        self.markers = tuple((one.time_s, one.text) for one in reader.markers())
        self._frames: list[LoggedFrame] = sorted(reader.frames(), key=lambda frame: frame.time_s)
        self._times = [frame.time_s for frame in self._frames]
        self.confirmed = frozenset(track.id for frame in self._frames for track in frame.tracks)
        """The live view told of faces alone."""

    def analyse(self, frame: Frame) -> Analysis:
        at_s = frame.captured_at
        place = bisect_right(self._times, at_s + _SAME_S) - 1
        tracks = self._frames[place].tracks if place >= 0 and at_s - self._times[place] <= STANDS_S else ()
        return Analysis(frame.index, at_s, frame.size, tracks, self.classifier.model_id)

    def reset(self) -> None:
        pass

    def close(self) -> None:
        pass
