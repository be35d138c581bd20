"""One face's labels and probabilities along time, at any zoom: what stands in each column of a picture of them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from fer_desktop.core import emotions
from fer_desktop.core.types import Float32Array

NO_LABEL: Final = -1
"""In place of an emotion's index: the face is there, and a reason keeps it from being named."""
ABSENT: Final = -2
"""The face is not to be seen."""
_CODES: Final = emotions.COUNT + 1

Int8Array = NDArray[np.int8]
Float64Array = NDArray[np.float64]


class Band:
    """Readings that follow one another, each standing from a time to another in seconds, rising and apart; where none
    stands the face is absent. `labels`: an emotion's index or NO_LABEL each; `smoothed` float32[n, 7]."""

    def __init__(self, starts: Float64Array, ends: Float64Array, labels: Int8Array, smoothed: Float32Array) -> None:
        self.starts, self.ends, self.labels, self.smoothed = starts, ends, labels, smoothed
        codes = np.where(labels == NO_LABEL, emotions.COUNT, labels)
        # Sums from the first row on: any stretch's sum is the difference of two of them.
        self._counts = np.zeros((len(labels) + 1, _CODES), np.int32)
        self._counts[np.arange(1, len(labels) + 1), codes] = 1
        np.cumsum(self._counts, axis=0, out=self._counts)
        self._sums = np.zeros((len(labels) + 1, emotions.COUNT), np.float64)
        np.cumsum(smoothed, axis=0, out=self._sums[1:])

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

    def _means(self, first: NDArray[np.intp], last: NDArray[np.intp]) -> Float64Array:
        sums = self._sums[last] - self._sums[first]
        return np.asarray(sums / np.maximum(last - first, 1)[:, np.newaxis])
