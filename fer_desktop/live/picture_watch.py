"""Tells what is wrong with pictures that do come: black, always the same, too few. Pure: times are passed in."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from fer_desktop.core.types import UInt8Array

LOOK_EVERY_S: Final = 0.1
STILL_AFTER_S: Final = 1.3
BLACK_AFTER_S: Final = 1.0
BLACK_MEAN: Final = 16
"""Most that a black picture has on average: what a covered camera's noise comes to."""
NOT_BLACK: Final = 40
"""A black picture has next to no value above this."""
SLOW_BELOW: Final = 0.5
"""Of the rate that the source says it has. Above NO_LONGER_SLOW it is no longer called slow."""
NO_LONGER_SLOW: Final = 0.7
RATE_OVER_S: Final = 1.5
_GAP_S: Final = 1.4
"""After so long without any picture the rate is counted anew: a silence is told of as such."""
_NOW: Final = 4
"""Pictures whose times tell the rate at which they come now."""
_SAMPLES_HIGH: Final = 45


@dataclass(frozen=True, slots=True)
class Picture:
    """What is wrong with the pictures that come; by default nothing.

    still_since: seconds of time.monotonic() since when the picture has not changed; None while it does. slow_fps:
    pictures a second when they were found to be too few; None while there are enough.
    """

    black: bool = False
    still_since: float | None = None
    slow_fps: float | None = None


class PictureWatch:
    """Watches one opened source. fps: what it says it delivers; None: its rate is not judged."""

    def __init__(self, fps: float | None) -> None:
        self.picture = Picture()
        self._fps = fps
        self._times: deque[float] = deque()
        self._began_at: float | None = None
        self._looked_at = float("-inf")
        self._image: UInt8Array | None = None
        self._sample: UInt8Array | None = None
        self._same_since = self._bright_at = 0.0

    def look(self, image: UInt8Array, at_s: float) -> bool:
        """A picture of uint8[h, w, 3] came, which nobody will change. True if `picture` is not what it was before."""
        before = self.picture
        self._count(at_s)
        if at_s - self._looked_at >= LOOK_EVERY_S:
            self._judge(image, at_s)
            self._looked_at = at_s
        return self.picture != before

    def _count(self, at_s: float) -> None:
        times = self._times
        if self._began_at is None or at_s - times[-1] > _GAP_S:
            times.clear()
            self._began_at = at_s
        times.append(at_s)
        while at_s - times[0] > RATE_OVER_S:
            times.popleft()
        if self._fps is None or at_s - self._began_at < RATE_OVER_S or len(times) < 2:
            return
        rate = (len(times) - 1) / (times[-1] - times[0])
        if self.picture.slow_fps is None and rate < SLOW_BELOW * self._fps:
            # The rate of now: before these few there may have been many.
            few = min(len(times), _NOW) - 1
            self.picture = replace(self.picture, slow_fps=few / (times[-1] - times[-1 - few]))
        elif self.picture.slow_fps is not None and rate > NO_LONGER_SLOW * self._fps:
            self.picture = replace(self.picture, slow_fps=None)

    def _judge(self, image: UInt8Array, at_s: float) -> None:
        step = max(min(image.shape[:2]) // _SAMPLES_HIGH, 1)
        sample = image[::step, ::step].copy()
        if self._changed(image, sample):
            self._same_since = at_s
        dark = sample.mean() <= BLACK_MEAN and np.count_nonzero(sample > NOT_BLACK) <= sample.size // 100
        if not dark or self._sample is None:
            self._bright_at = at_s
        self._image, self._sample = image, sample
        still_since = self._same_since if at_s - self._same_since >= STILL_AFTER_S else None
        black = dark and at_s - self._bright_at >= BLACK_AFTER_S
        self.picture = replace(self.picture, black=bool(black), still_since=still_since)

    def _changed(self, image: UInt8Array, sample: UInt8Array) -> bool:
        """Where the sample is the same, every pixel is looked at: a pointer may move between its places."""
        if self._image is None or self._sample is None or image.shape != self._image.shape:
            return True
        return not np.array_equal(sample, self._sample) or not np.array_equal(image, self._image)
