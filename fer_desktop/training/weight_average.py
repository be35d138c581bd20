"""The average of a network's weights over its last steps, which reads faces better than the weights themselves."""

from __future__ import annotations

import keras
import numpy as np

AVERAGE_EVERY = 5
"""The average takes in every fifth step: a fifth of the cost and, over hundreds of steps, the same average.

So many steps are also run in one call where the backend can: the device does not wait for Python in between.
"""


class WeightAverage:
    """Exponential average of a model's weights, batch norm statistics included; young averages start fast."""

    def __init__(self, model: keras.Model, steps: int) -> None:
        self._model, self.steps = model, steps
        self._decay = 1 - AVERAGE_EVERY / max(steps, AVERAGE_EVERY)
        self._updates = 0
        self.values: list[np.ndarray] = [np.array(value) for value in model.get_weights()]

    def update(self) -> None:
        self._updates += 1
        decay = min(self._decay, self._updates / (self._updates + 10))
        for average, value in zip(self.values, self._model.get_weights(), strict=True):
            average += (1 - decay) * (value - average)

    def state(self) -> list[np.ndarray]:
        return [*self.values, np.array(self._updates)]

    def restore(self, state: list[np.ndarray]) -> None:
        *self.values, updates = state
        self._updates = int(updates)
