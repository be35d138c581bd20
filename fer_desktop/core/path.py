"""Where one face is and where it goes: seen now and then, foreseen in between."""

from __future__ import annotations

import math
from typing import Final

from fer_desktop.core.types import Box

SCATTER: Final = 0.02
"""Standard deviation of a found box's centre, in widths of the face. Of a still face it is 0.005, for one in ten 0.013
(see core.steady_box); a head is never quite still."""
CROWDED_WITHIN: Final = 0.85
"""Faces cover one another when their centres are nearer than this, along and across, in mean widths: where two cross,
LiveFaceDetector makes one of them at 0.85 to 0.65."""
CROWDED_SCATTER: Final = 0.4
"""As SCATTER, there: what is found is now the one, now the other, now something of both that stands still for a second
while they pass, with scores of 0.3 to 0.8. So a path goes on by what was seen before. Chosen, with the constants that
stand for such places, on what was found of seven pairs that cross ten times: 12 swaps with 0.12 and no such care, none
with them; then none on sixteen other pairs (PublicTest faces, 1 to 3.5 face sides a second)."""
DOUBTFUL_SCATTER: Final = 0.5
DOUBTFUL_SCORE: Final = 0.7
"""The more so where the detector is less sure than this."""
SIZE_S: Final = 0.15
CROWDED_SIZE_S: Final = 1.0
"""The size follows what is found with this time constant, and with the second there."""
UNREST: Final = 2.0
"""How much speeds change: the variance of the speed, in (widths/s)², grows by so much a second."""
CROWDED_UNREST: Final = 0.15
"""… and by so much there: who walks behind somebody walks on."""
DAMPING_S: Final = 1.5
"""A speed that is not seen dies out with this time constant: people stop."""
LEAP: Final = 3.0
"""A face that is off by more standard deviations than this is there now, but its speed is told only so much: a leap
is more often the detector's than the face's."""
FIRST_SPEED: Final = 1.0
"""Standard deviation of a new face's speed, in widths/s."""


class Path:
    """A Kalman filter with constant, damped velocity. Places are in pixels, uncertainties in widths of the face.

    `foresee`, then `see` where the face was found; in order of time. A width is the root of the box's area.
    """

    __slots__ = (
        "_at_s", "_of_both", "_of_place", "_of_speed", "_vx", "_vy", "crowded", "log_side",
        "proven", "seen_at", "seen_s", "x", "y",
    )  # fmt: skip

    def __init__(self, box: Box, at_s: float) -> None:
        self.x, self.y = box.centre
        self.log_side = math.log(box.area) / 2
        self.seen_at, self.seen_s = (self.x, self.y), at_s
        self.crowded = False
        """Another face covers it, or it another."""
        self.proven = False
        """It was shown: it is a face."""
        self._vx = self._vy = 0.0
        self._at_s = at_s
        # Variances of place and speed, and their covariance; the same along and across.
        self._of_place, self._of_both, self._of_speed = SCATTER**2, 0.0, FIRST_SPEED**2

    @property
    def variance(self) -> float:
        """Of the next sighting's place, in widths²."""
        return self._of_place + (CROWDED_SCATTER if self.crowded else SCATTER) ** 2

    def box(self, like: Box) -> Box:
        """A box as large as `like` where the face is expected."""
        return Box(self.x - like.width / 2, self.y - like.height / 2, like.width, like.height)

    def foresee(self, at_s: float) -> None:
        """Go on to `at_s` seconds."""
        step_s = max(at_s - self._at_s, 0.0)
        self._at_s = max(at_s, self._at_s)
        unrest = CROWDED_UNREST if self.crowded else UNREST
        kept = math.exp(-step_s / DAMPING_S)
        reach_s = DAMPING_S * (1.0 - kept)
        self.x += self._vx * reach_s
        self.y += self._vy * reach_s
        self._vx *= kept
        self._vy *= kept
        self._of_place += reach_s * (2 * self._of_both + reach_s * self._of_speed) + unrest * reach_s**2 * step_s / 3
        self._of_both = kept * (self._of_both + reach_s * self._of_speed) + unrest * reach_s**2 / 2
        self._of_speed = kept * kept * self._of_speed + unrest * reach_s

    def see(self, box: Box, score: float) -> None:
        """The face was found at the time it was foreseen to."""
        x, y = box.centre
        off_x, off_y = x - self.x, y - self.y
        variance = self.variance
        if self.crowded and score < DOUBTFUL_SCORE:
            variance += DOUBTFUL_SCATTER**2
        share = self._of_place / variance
        per_s = self._of_both / variance
        self.x += share * off_x
        self.y += share * off_y
        per_s *= min(1.0, LEAP * math.sqrt(variance) * math.exp(self.log_side) / max(math.hypot(off_x, off_y), 1e-9))
        self._vx += per_s * off_x
        self._vy += per_s * off_y
        self._of_speed -= self._of_both**2 / variance
        self._of_both -= share * self._of_both
        self._of_place -= share * self._of_place
        passed_s = max(self._at_s - self.seen_s, 0.0)
        followed = 1.0 - math.exp(-passed_s / (CROWDED_SIZE_S if self.crowded else SIZE_S))
        self.log_side += followed * (math.log(box.area) / 2 - self.log_side)
        self.seen_at, self.seen_s = (x, y), self._at_s
