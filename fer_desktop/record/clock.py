"""When in a recording something is, in seconds since its first picture. Rests are left out of it.

In a pause, on another page or while a camera is away no picture comes. Of such a rest a recording keeps REST_S: nobody
watches minutes of one still picture, and what is recorded next does not lie hours behind it.
"""

from __future__ import annotations

from typing import Final

REST_S: Final = 2.0
"""After so long without a picture time stands still, until the next one."""


class SessionClock:
    """`picture` is called by one thread, for each picture in order; `at` by any. Moments are those of
    time.monotonic()."""

    def __init__(self) -> None:
        self.origin_s: float | None = None
        """When the first picture was taken; None before it."""
        # (when the newest picture was taken, what is left out: from when to when), put in place as one.
        self._known: tuple[float, tuple[tuple[float, float], ...]] = (0.0, ())

    def picture(self, captured_s: float) -> float:
        """The next picture. Gives how many seconds before it are left out."""
        newest_s, rests = self._known
        if self.origin_s is None:
            self.origin_s, left_out_s = captured_s, 0.0
        else:
            left_out_s = max(captured_s - newest_s - REST_S, 0.0)
        if left_out_s:
            rests = (*rests, (newest_s + REST_S, captured_s))
        self._known = captured_s, rests
        return left_out_s

    def at(self, moment_s: float) -> float:
        """Seconds since the first picture, 0 before it."""
        if self.origin_s is None:
            return 0.0
        newest_s, rests = self._known
        left_out_s = sum(max(min(moment_s, to_s) - from_s, 0.0) for from_s, to_s in rests)
        left_out_s += max(moment_s - newest_s - REST_S, 0.0)
        return max(moment_s - self.origin_s - left_out_s, 0.0)

    def resting(self, moment_s: float) -> bool:
        """Whether it stands still at a moment after the newest picture."""
        return self.origin_s is None or moment_s - self._known[0] > REST_S
