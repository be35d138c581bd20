"""What makes a model's confidence true: 80 % sure should be right in 80 of 100 (Guo et al., 2017).

A temperature makes all readings surer or less sure. A bias an emotion makes up for a training that saw them in other
proportions than the faces have (weights of classes, votes that say neutral more often than the labels), and keeps an
emotion that is often taken for others from going under. The temperature is applied to every reading, the biases go
into the network's last layer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.probability import softmax
from fer_desktop.core.types import Float32Array

TEMPERATURES = (0.25, 4.0)
PRIOR = 4.0
"""A bias of 1 costs as much as so many nats: with few faces the biases stay small."""
RECALL_FLOOR = 0.5
"""Of each emotion with at least FEWEST faces so many should be read right, if a bias can do it."""
FEWEST = 20
WEIGHT_STEP, MOST_STEPS = 1.02, 80


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Probabilities are softmax((logits + biases) / temperature); biases float32[7]."""

    temperature: float
    biases: Float32Array

    def probabilities(self, logits: Float32Array) -> Float32Array:
        """float32[n, 7] for logits float32[n, 7]."""
        return softmax(logits + self.biases, self.temperature)


def fit(logits: Float32Array, labels: np.ndarray) -> Calibration:
    """The calibration of least negative log likelihood on logits float32[n, 7] with int64[n] labels, n at least 1.

    Emotions under RECALL_FLOOR are given more weight, step by step, until they reach it; where that does not lead to
    it, the weights stay equal.
    """
    counts = np.bincount(labels, minlength=emotions.COUNT)
    weights = np.ones(emotions.COUNT)
    first = best = _fit_biases(logits, labels, weights)
    for step in range(MOST_STEPS + 1):
        predicted = (logits + best).argmax(axis=1)
        right = np.bincount(labels[predicted == labels], minlength=emotions.COUNT)
        low = (counts >= FEWEST) & (right < RECALL_FLOOR * counts)
        if not low.any():
            break
        if step == MOST_STEPS:
            best = first
            break
        weights[low] *= WEIGHT_STEP
        best = _fit_biases(logits, labels, weights)
    return Calibration(fit_temperature(logits + best, labels), best)


def _fit_biases(logits: Float32Array, labels: np.ndarray, weights: np.ndarray) -> Float32Array:
    """float32[7], in the unit of the logits; weights float64[7] of each emotion's faces."""
    from scipy.optimize import minimize

    faces, scores, of_face = np.arange(len(labels)), logits.astype(np.float64), weights[labels]

    def cost(values: np.ndarray) -> tuple[float, np.ndarray]:
        """Of (log of 1 / temperature, biases in units of the scaled logits), with its gradient."""
        scale, biases = np.exp(values[0]), values[1:]
        z = scores * scale + biases
        z -= z.max(axis=1, keepdims=True)
        p = np.exp(z)
        p /= p.sum(axis=1, keepdims=True)
        loss = -(of_face * np.log(np.maximum(p[faces, labels], 1e-300))).sum() + PRIOR * (biases**2).sum()
        slope = p
        slope[faces, labels] -= 1
        slope *= of_face[:, None]
        of_scale = (slope * scores).sum() * scale
        return float(loss), np.concatenate(([of_scale], slope.sum(axis=0) + 2 * PRIOR * biases))

    low, high = np.log(TEMPERATURES)
    found = minimize(
        cost,
        np.zeros(1 + emotions.COUNT),
        jac=True,
        method="L-BFGS-B",
        bounds=[(low, high), *[(-5, 5)] * emotions.COUNT],
    ).x
    return ((found[1:] - found[1:].mean()) / np.exp(found[0])).astype(np.float32)


def negative_log_likelihood(logits: Float32Array, labels: np.ndarray, temperature: float) -> float:
    chosen = softmax(logits, temperature)[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(chosen, 1e-12)).mean())


def fit_temperature(logits: Float32Array, labels: np.ndarray) -> float:
    """The temperature of least negative log likelihood, by golden section; the function has one valley."""
    golden = (np.sqrt(5) - 1) / 2
    low, high = np.log(TEMPERATURES)
    for _ in range(40):
        left, right = high - golden * (high - low), low + golden * (high - low)
        if negative_log_likelihood(logits, labels, np.exp(left)) < negative_log_likelihood(
            logits, labels, np.exp(right)
        ):
            high = right
        else:
            low = left
    return round(float(np.exp((low + high) / 2)), 4)
