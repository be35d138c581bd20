"""A face's readings along a recording: its band, and runs of one label."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from fer_desktop.core.band import NO_LABEL, Band
from fer_desktop.offline.readings import Readings, SeenFace


@dataclass(frozen=True, slots=True)
class Run:
    """Pictures that follow one another and read the same: rows `first` to `last` (not included) of a face, from one
    time to another in seconds. `label` NO_LABEL: for that `reason`."""

    first: int
    last: int
    from_s: float
    to_s: float
    label: int
    reason: str | None


class Lane(Band):
    """One face. Made of what is read so far; nothing in it changes."""

    def __init__(self, readings: Readings, face: SeenFace) -> None:
        self.face = face
        self._readings = readings
        frames, times, ends = face.frames, readings.times, readings.ends()
        labels, smoothed = np.ascontiguousarray(face.rows["label"]), np.ascontiguousarray(face.rows["smoothed"])
        super().__init__(times[frames], ends[frames], labels, smoothed)

    def runs(self) -> list[Run]:
        """In order. A picture in which the face is not, or another label, ends a run."""
        count = len(self.labels)
        if not count:
            return []
        new = (np.diff(self.labels) != 0) | (np.diff(self.face.frames) != 1) | (np.diff(self.face.rows["reason"]) != 0)
        edges = [0, *(np.flatnonzero(new) + 1).tolist(), count]
        return [
            Run(
                first,
                last,
                float(self.starts[first]),
                float(self.ends[last - 1]),
                int(self.labels[first]),
                self._readings.reason(self.face.rows[first]) if self.labels[first] == NO_LABEL else None,
            )
            for first, last in itertools.pairwise(edges)
        ]

    def reason_at(self, at_s: float) -> str | None:
        """Why there is no label at a time; None where there is one, or where the face is not."""
        row = int(np.searchsorted(self.ends, at_s, "right"))
        if row >= len(self.labels) or self.starts[row] > at_s or self.labels[row] != NO_LABEL:
            return None
        return self._readings.reason(self.face.rows[row])
