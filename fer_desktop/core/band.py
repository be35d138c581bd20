"""One face's labels and probabilities along time, at any zoom: what stands in each column of a picture of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
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
LEAST_S: Final = 1e-7
"""What stands shorter is the rounding of sums."""

Int8Array = NDArray[np.int8]
Float64Array = NDArray[np.float64]


def whole_percents(parts: Sequence[float]) -> list[int]:
    """Parts of a whole, 0 or more, as percents that sum to 100, none a whole one off: by the largest remainder. Zeros
    where there is nothing."""
    whole = sum(parts)
    if not whole:
        return [0] * len(parts)
    exact = [100 * part / whole for part in parts]
    found = [int(one) for one in exact]
    short = 100 - sum(found)
    for index in sorted(range(len(parts)), key=lambda at: found[at] - exact[at])[:short]:
        found[index] += 1
    return found


class Band:
    """Readings that follow one another, each standing from a time to another in seconds, rising and apart; where none
    stands the face is absent. `labels`: an emotion's index or NO_LABEL each; `smoothed` float32[n, 7]."""

    def __init__(self, starts: Float64Array, ends: Float64Array, labels: Int8Array, smoothed: Float32Array) -> None:
        self.starts, self.ends, self.labels, self.smoothed = starts, ends, labels, smoothed

    @cached_property
    def _weights(self) -> Float64Array:
        """For each row a second of it: in the column of its label, in those of the probabilities, float64[n, 8 + 7]."""
        codes = np.where(self.labels == NO_LABEL, emotions.COUNT, self.labels)
        weights = np.zeros((len(codes), _CODES + emotions.COUNT))
        weights[np.arange(len(codes)), codes] = 1
        weights[:, _CODES:] = self.smoothed
        return weights

    @cached_property
    def _sums(self) -> Float64Array:
        """The same times seconds, summed from the first row on: any stretch's sum is the difference of two of them."""
        sums = np.zeros((len(self.labels) + 1, _CODES + emotions.COUNT))
        np.cumsum(self._weights * (self.ends - self.starts)[:, np.newaxis], axis=0, out=sums[1:])
        return sums

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

    def columns(self, edges: Float64Array) -> tuple[Int8Array, Float32Array]:
        """What stands in each column longest, int8[n]: an emotion's index, NO_LABEL or ABSENT; and how sure it is
        there, float32[n], 0 to 1: the mean of that emotion's smoothed probability (of the largest, without a label)."""
        spent, means = self._in(edges)
        codes = spent.argmax(axis=1)
        sure = np.where(codes < emotions.COUNT, means[np.arange(len(codes)), codes % emotions.COUNT], means.max(axis=1))
        codes = np.where(codes == emotions.COUNT, NO_LABEL, codes)
        return np.where(spent.any(axis=1), codes, ABSENT).astype(np.int8), sure.astype(np.float32)

    def curves(self, edges: Float64Array) -> Float32Array:
        """The mean of the smoothed probabilities in each column, float32[n, 7]; not a number where it is absent."""
        spent, means = self._in(edges)
        means[~spent.any(axis=1)] = np.nan
        return means.astype(np.float32)

    def _in(self, edges: Float64Array) -> tuple[Float64Array, Float64Array]:
        """For columns between edges (seconds, rising, float64[n + 1]): how long each label stood, in seconds,
        float64[n, 8], all 0 where the face is absent, and the mean of each probability over time, float64[n, 7]."""
        if not len(self.labels):
            return np.zeros((len(edges) - 1, _CODES)), np.zeros((len(edges) - 1, emotions.COUNT))
        # Up to each edge: the rows that have ended, and what has gone by of the one that stands.
        ended = np.searchsorted(self.ends, edges, "right")
        stands = np.minimum(ended, len(self.labels) - 1)
        gone_by = np.clip(edges - self.starts[stands], 0.0, np.where(ended > stands, 0.0, np.inf))
        sums = self._sums[ended] + self._weights[stands] * gone_by[:, np.newaxis]
        within = np.diff(sums, axis=0)
        spent = np.where(within[:, :_CODES] > LEAST_S, within[:, :_CODES], 0.0)
        return spent, within[:, _CODES:] / np.maximum(within[:, :_CODES].sum(axis=1), LEAST_S)[:, np.newaxis]
