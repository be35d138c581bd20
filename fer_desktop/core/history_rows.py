"""The rows of a history, by time: an array that grows as it is filled, and whose oldest rows are forgotten."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fer_desktop.core import emotions

MOST_ROWS: Final = 56_000
"""Eight faces for ten minutes are 48,000. More than that, as with labels that are not steadied, keep less than that."""
_FIRST: Final = 1024
ROW: Final = np.dtype(
    [
        ("time", np.float64),
        ("track", np.int32),
        ("frame", np.int32),
        ("number", np.uint8),
        ("label", np.int8),
        ("reason", np.uint8),
        ("own_neutral", np.bool_),
        ("score", np.float32),
        ("box", np.float32, 4),
        ("probabilities", np.float32, emotions.COUNT),
        ("smoothed", np.float32, emotions.COUNT),
    ]
)
"""One face at one time, 96 bytes. time: seconds of time.monotonic(); number: what people know the face by; label: an
emotion's index, NO_LABEL (then reason is its number), or ABSENT where the face is gone from then on."""
Rows = NDArray[Any]


class RowStore:
    """`kept` is all that was appended and is not forgotten: ROW[n]. Look at it before the next `append`, or copy it."""

    def __init__(self, rows: Rows | None = None) -> None:
        """rows: to begin with, of which the newest are copied."""
        first = np.empty(0, ROW) if rows is None else rows[-MOST_ROWS:]
        self._array: Rows = np.empty(max(min(len(first) * 2, MOST_ROWS), _FIRST), ROW)
        self._start, self._end = 0, len(first)
        self._array[: self._end] = first

    @property
    def kept(self) -> Rows:
        return self._array[self._start : self._end]

    @property
    def nbytes(self) -> int:
        return self._array.nbytes

    def append(self, *values: object) -> None:
        """The fields of a ROW, no older than the one before."""
        if self._end == len(self._array):
            self._make_room()
        self._array[self._end] = values
        self._end += 1

    def forget_older_than(self, oldest_s: float) -> None:
        times = self._array["time"]
        while self._start < self._end and times[self._start] < oldest_s:
            self._start += 1

    def _make_room(self) -> None:
        capacity = len(self._array)
        if self._start < capacity // 8 and capacity < MOST_ROWS:
            larger = np.empty(min(capacity * 2, MOST_ROWS), ROW)
            larger[: self._end - self._start] = self.kept
            self._array = larger
        else:
            self._start = max(self._start, capacity // 8)
            self._array[: self._end - self._start] = self.kept.copy()
        self._start, self._end = 0, self._end - self._start
