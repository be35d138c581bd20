"""The measures that statistics are made of: spreads of milliseconds, rates of events. Pure; times are passed in."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

ROLLING_S = 2.0

_BINS_PER_MS = 10
_LONGEST_MS = 2000


class Distribution:
    """Milliseconds, counted in bins of 0.1 ms up to 2 s; what is longer shares the last bin. The maximum is exact."""

    def __init__(self) -> None:
        self._bins = np.zeros(_LONGEST_MS * _BINS_PER_MS + 1, np.int64)
        self._max: float | None = None
        self.count = 0

    def add(self, ms: float) -> None:
        index = min(max(round(ms * _BINS_PER_MS), 0), len(self._bins) - 1)
        self._bins[index] += 1
        self.count += 1
        self._max = ms if self._max is None else max(self._max, ms)

    @property
    def max(self) -> float | None:
        return None if self._max is None else round(self._max, 1)

    def percentile(self, percent: float) -> float | None:
        """The smallest value that at least `percent` of all do not exceed (nearest rank); None without values."""
        if self._max is None:
            return None
        rank = max(1, int(np.ceil(percent / 100 * self.count)))
        index = int(np.searchsorted(np.cumsum(self._bins), rank))
        if index == len(self._bins) - 1:
            return self.max
        return index / _BINS_PER_MS


class Rate:
    """Events a second, over the last `ROLLING_S` and over the whole run.

    The time between `interrupt` and the next event does not count for the whole run.
    """

    def __init__(self) -> None:
        self.count = 0
        self._recent: deque[float] = deque()
        self._previous: float | None = None
        self._span_s = 0.0
        self._intervals = 0

    def add(self, at_s: float) -> None:
        self.count += 1
        if self._previous is not None:
            self._span_s += at_s - self._previous
            self._intervals += 1
        self._previous = at_s
        self._recent.append(at_s)
        self._forget(at_s)

    def interrupt(self) -> None:
        self._previous = None

    def total(self) -> float | None:
        """Mean over the run; None with fewer than two events."""
        return self._intervals / self._span_s if self._span_s > 0 else None

    def rolling(self, at_s: float) -> float:
        """Over the last `ROLLING_S` before `at_s`; in the first seconds, over the time since the first event."""
        self._forget(at_s)
        if len(self._recent) < 2:
            return 0.0
        if self.count == len(self._recent):
            return (len(self._recent) - 1) / max(at_s - self._recent[0], self._recent[-1] - self._recent[0], 1e-9)
        return len(self._recent) / ROLLING_S

    def _forget(self, at_s: float) -> None:
        while self._recent and self._recent[0] <= at_s - ROLLING_S:
            self._recent.popleft()


@dataclass(frozen=True, slots=True)
class Count:
    """How many there were at the first look, at most, and at the last."""

    start: int
    peak: int
    end: int

    @classmethod
    def after(cls, before: Count | None, now: int) -> Count:
        return cls(now, now, now) if before is None else cls(before.start, max(before.peak, now), now)


@dataclass(frozen=True, slots=True)
class Spread:
    """Milliseconds; None where nothing was measured."""

    p50: float | None
    p95: float | None
    p99: float | None
    max: float | None

    @classmethod
    def of(cls, distribution: Distribution) -> Spread:
        p50, p95, p99 = (distribution.percentile(percent) for percent in (50, 95, 99))
        return cls(p50, p95, p99, distribution.max)
