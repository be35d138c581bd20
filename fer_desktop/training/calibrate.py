"""The temperature that makes a model's confidence true: 80 % sure should be right in 80 of 100 (Guo et al., 2017)."""

from __future__ import annotations

import numpy as np

from fer_desktop.core.probability import softmax
from fer_desktop.core.types import Float32Array

RANGE = (0.25, 4.0)


def negative_log_likelihood(logits: Float32Array, labels: np.ndarray, temperature: float) -> float:
    chosen = softmax(logits, temperature)[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(chosen, 1e-12)).mean())


def fit_temperature(logits: Float32Array, labels: np.ndarray) -> float:
    """The temperature of least negative log likelihood, by golden section; the function has one valley."""
    golden = (np.sqrt(5) - 1) / 2
    low, high = np.log(RANGE)
    for _ in range(40):
        left, right = high - golden * (high - low), low + golden * (high - low)
        if negative_log_likelihood(logits, labels, np.exp(left)) < negative_log_likelihood(
            logits, labels, np.exp(right)
        ):
            high = right
        else:
            low = left
    return round(float(np.exp((low + high) / 2)), 4)
