"""Probabilities over time: steadied by seconds, not by frames, so that 15 and 60 frames a second look the same."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from fer_desktop.core.types import Float32Array

TIME_CONSTANT_S: Final = 0.2
"""After a sudden change this much time brings the shown value 63 % of the way."""


class Smoother:
    """Exponential smoothing of float32[7] with a time constant in seconds."""

    def __init__(self, time_constant_s: float = TIME_CONSTANT_S) -> None:
        self._time_constant_s = time_constant_s
        self._value: Float32Array | None = None
        self._at_s = 0.0

    def update(self, probabilities: Float32Array, at_s: float) -> Float32Array:
        """The smoothed probabilities at `at_s` seconds; they sum to 1 as the given ones do."""
        if self._value is None or self._time_constant_s <= 0:
            self._value = probabilities.copy()
        else:
            weight = 1 - math.exp(-max(at_s - self._at_s, 0.0) / self._time_constant_s)
            mixed = self._value + weight * (probabilities - self._value)
            self._value = np.asarray(mixed / mixed.sum(), np.float32)
        self._at_s = at_s
        return self._value.copy()
