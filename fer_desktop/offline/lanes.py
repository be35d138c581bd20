"""A face's readings along time, at any zoom: runs of one label, and what stands in each column of a picture of it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fer_desktop.core import emotions
from fer_desktop.core.types import Float32Array
from fer_desktop.offline.readings import NO_LABEL, Float64Array, Readings, SeenFace

ABSENT: Final = -2
"""In a column in which the face is not to be seen."""
_CODES: Final = emotions.COUNT + 1

Int8Array = NDArray[np.int8]


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


class Lane:
    """One face. Made of what is read so far; nothing in it changes."""

    def __init__(self, readings: Readings, face: SeenFace) -> None:
        self.face = face
        self._readings = readings
        frames, times, ends = face.frames, readings.times, readings.ends()
        self.starts: Float64Array = times[frames]
        self.ends: Float64Array = ends[frames]
        self.labels: Int8Array = np.ascontiguousarray(face.rows["label"])
        self.smoothed: Float32Array = np.ascontiguousarray(face.rows["smoothed"])
        codes = np.where(self.labels == NO_LABEL, emotions.COUNT, self.labels)
        # Sums from the first row on: any stretch's sum is the difference of two of them.
        self._counts = np.zeros((len(frames) + 1, _CODES), np.int32)
        self._counts[np.arange(1, len(frames) + 1), codes] = 1
        np.cumsum(self._counts, axis=0, out=self._counts)
        self._sums = np.zeros((len(frames) + 1, emotions.COUNT), np.float64)
        np.cumsum(self.smoothed, axis=0, out=self._sums[1:])

    @property
    def seconds(self) -> dict[str, float]:
        """How long each label stood; emotions that it never was are left out."""
        shown = self.labels != NO_LABEL
        sums = np.bincount(self.labels[shown], (self.ends - self.starts)[shown], emotions.COUNT)
        return {name: float(value) for name, value in zip(emotions.NAMES, sums, strict=True) if value > 0}

    @property
    def unlabelled_s(self) -> float:
        """How long it was in the picture without a label."""
        return float((self.ends - self.starts)[self.labels == NO_LABEL].sum())

    def rows_in(self, edges: Float64Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """For columns between edges (seconds, rising, float64[n + 1]): the first row in each, and the one after the
        last; equal where there is none."""
        first = np.searchsorted(self.ends, edges[:-1], "right")
        last = np.searchsorted(self.starts, edges[1:], "left")
        return first, np.maximum(last, first)

    def columns(self, edges: Float64Array) -> tuple[Int8Array, Float32Array]:
        """What stands in each column longest, int8[n]: an emotion's index, NO_LABEL or ABSENT; and how sure it is
        there, float32[n], 0 to 1: the mean of that emotion's smoothed probability (of the largest, without a label)."""
        first, last = self.rows_in(edges)
        counts = self._counts[last] - self._counts[first]
        codes = counts.argmax(axis=1)
        means = self._means(first, last)
        sure = np.where(codes < emotions.COUNT, means[np.arange(len(codes)), codes % emotions.COUNT], means.max(axis=1))
        codes = np.where(codes == emotions.COUNT, NO_LABEL, codes)
        return np.where(last > first, codes, ABSENT).astype(np.int8), sure.astype(np.float32)

    def curves(self, edges: Float64Array) -> Float32Array:
        """The mean of the smoothed probabilities in each column, float32[n, 7]; not a number where it is absent."""
        first, last = self.rows_in(edges)
        means = self._means(first, last)
        means[last == first] = np.nan
        return means.astype(np.float32)

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

    def _means(self, first: NDArray[np.intp], last: NDArray[np.intp]) -> Float64Array:
        sums = self._sums[last] - self._sums[first]
        return np.asarray(sums / np.maximum(last - first, 1)[:, np.newaxis])
