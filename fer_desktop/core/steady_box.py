"""Where a face is shown: its box without the detector's tremble, and without lagging behind a face that moves."""

from __future__ import annotations

import math
from typing import Final

from fer_desktop.core.types import Box

CUTOFF_HZ: Final = 0.5
"""Tremble faster than this is taken off a face at rest. What LiveFaceDetector finds of a still face, with a camera's
noise and compression, scatters by 0.005 widths and by 0.009 of its size (two recordings and sixteen faces of 100 to 300
pixels; for one in ten by 0.013 and 0.028). Of its steps from frame to frame an eighth is left at 30 a second."""
CUTOFF_PER_SPEED: Final = 8.0
"""By how many Hz the limit rises for each width a second that the face moves: one that moves evenly by 0.3 to 2.5
widths a second is shown less than 0.01 widths behind, at 15 as at 60 frames a second."""
SPEED_CUTOFF_HZ: Final = 1.0
"""The speed itself is steadied with this limit, as the method's authors advise."""


class SteadyBox:
    """The One Euro filter (Casiez, Roussel and Vogel, CHI 2012) on a box's centre and the logarithms of its sides.

    Speeds are in widths of the face a second, so that near and far faces are steadied alike.
    """

    def __init__(self) -> None:
        self._values: tuple[float, float, float, float] | None = None
        self._speeds = (0.0, 0.0, 0.0, 0.0)
        self._at_s = 0.0

    def update(self, box: Box, at_s: float, strength: float = 1.0) -> Box:
        """The box to show at `at_s` seconds. strength: what the calm is multiplied by; 0 gives the box as it is."""
        x, y = box.centre
        log_width, log_height = math.log(box.width), math.log(box.height)
        passed_s, self._at_s = at_s - self._at_s, at_s
        if self._values is None or strength <= 0:
            self._values, self._speeds = (x, y, log_width, log_height), (0.0, 0.0, 0.0, 0.0)
            return box
        old_x, old_y, old_width, old_height = self._values
        if passed_s > 0:
            # Written out: four times a face and frame, this is what most of the tracker's time would go into.
            unit = passed_s * math.sqrt(box.area)
            kept = 1.0 - _share(SPEED_CUTOFF_HZ, passed_s)
            along, across, wider, higher = self._speeds
            along = kept * along + (1 - kept) * (x - old_x) / unit
            across = kept * across + (1 - kept) * (y - old_y) / unit
            wider = kept * wider + (1 - kept) * (log_width - old_width) / passed_s
            higher = kept * higher + (1 - kept) * (log_height - old_height) / passed_s
            self._speeds = along, across, wider, higher
            cutoff_hz = CUTOFF_HZ / strength
            move = _share(cutoff_hz + CUTOFF_PER_SPEED * math.hypot(along, across), passed_s)
            grow = _share(cutoff_hz + CUTOFF_PER_SPEED * max(abs(wider), abs(higher)), passed_s)
            old_x, old_y = old_x + move * (x - old_x), old_y + move * (y - old_y)
            old_width += grow * (log_width - old_width)
            old_height += grow * (log_height - old_height)
            self._values = old_x, old_y, old_width, old_height
        width, height = math.exp(old_width), math.exp(old_height)
        return Box(old_x - width / 2, old_y - height / 2, width, height)


def _share(cutoff_hz: float, passed_s: float) -> float:
    """How much of the way to a new value a low-pass filter of the first order goes in `passed_s` seconds."""
    return 1.0 - math.exp(-2.0 * math.pi * cutoff_hz * passed_s)
