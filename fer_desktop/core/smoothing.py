"""Probabilities over time: steadied by seconds, not by frames, so that 15 and 60 frames a second look the same."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from fer_desktop.core.types import Float32Array

TIME_CONSTANT_S: Final = 0.15
"""After a sudden change this much time brings the shown value 63 % of the way. The reading of a steady face scatters
from frame to frame (measured on two recordings and sixteen faces with camera noise, compression and small moves: the
lead of the first emotion over the second by 0.08 to 0.2 in logits, neighbouring frames hardly alike); this leaves a
third of it at 30 frames a second, and a new emotion's bar passes the old one's after 0.1 s."""
LONGEST_STEP_S: Final = 0.1
"""A reading stands for the time since the one before, but for no more than this: what a face expressed while nobody
looked is not known, and one reading after a gap may be as wrong as any other. So time is what counts at ten readings a
second and more, and below that readings are."""


def credited_s(passed_s: float) -> float:
    """The time a reading stands for, `passed_s` seconds after the one before."""
    return min(max(passed_s, 0.0), LONGEST_STEP_S)


def share(passed_s: float, strength: float = 1.0, time_constant_s: float = TIME_CONSTANT_S) -> float:
    """How much of the way to a new reading it brings what is shown, `passed_s` seconds after the one before: 0 to 1.

    strength: what the time constant is multiplied by; with 0 it is all of the way.
    """
    constant_s = time_constant_s * strength
    return 1 - math.exp(-credited_s(passed_s) / constant_s) if constant_s > 0 else 1.0


class Smoother:
    """Exponential smoothing of float32[7] with a time constant in seconds."""

    def __init__(self, time_constant_s: float = TIME_CONSTANT_S) -> None:
        self._time_constant_s = time_constant_s
        self._value: Float32Array | None = None
        self._at_s = 0.0

    def update(self, probabilities: Float32Array, at_s: float, strength: float = 1.0) -> Float32Array:
        """The smoothed probabilities at `at_s` seconds; they sum to 1 as the given ones do.

        strength: what the time constant is multiplied by; 0 gives them as they are.
        """
        if self._value is None or strength <= 0:
            self._value = probabilities.copy()
        else:
            weight = share(at_s - self._at_s, strength, self._time_constant_s)
            self._value = np.asarray(self._value + weight * (probabilities - self._value), np.float32)
        self._at_s = at_s
        # Given out as it is: the next one is another array.
        return self._value
