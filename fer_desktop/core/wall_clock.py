"""What the clock on the wall showed at times of another clock, which stands still while the computer sleeps."""

from __future__ import annotations

import bisect
from typing import Final

APART_S: Final = 2.0
"""By so much the two may part before it counts: the computer slept, or the clock on the wall was set."""


class WallClock:
    """Filled in the order of time; the oldest may be forgotten."""

    def __init__(self) -> None:
        self._since_s: list[float] = []
        self._ahead_s: list[float] = []

    def use(self, at_s: float, ahead_s: float) -> bool:
        """How far the clock on the wall is ahead at a time. Whether that is much else than before."""
        if self._ahead_s and abs(ahead_s - self._ahead_s[-1]) <= APART_S:
            return False
        self._since_s.append(at_s)
        self._ahead_s.append(ahead_s)
        return len(self._ahead_s) > 1

    def wall_s(self, at_s: float) -> float:
        """A time as one of time.time(), in seconds."""
        at = max(bisect.bisect_right(self._since_s, at_s) - 1, 0)
        return at_s + (self._ahead_s[at] if self._ahead_s else 0.0)

    def forget_older_than(self, oldest_s: float) -> None:
        """What held then is still known."""
        old = max(bisect.bisect_right(self._since_s, oldest_s) - 1, 0)
        del self._since_s[:old], self._ahead_s[:old]

    def begin_with(self, earlier: WallClock) -> None:
        """What it showed before the times that are known here."""
        self._since_s, self._ahead_s = earlier._since_s + self._since_s, earlier._ahead_s + self._ahead_s

    def copy(self) -> WallClock:
        other = WallClock()
        other._since_s, other._ahead_s = list(self._since_s), list(self._ahead_s)
        return other
