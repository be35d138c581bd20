"""Logits -> probabilities: the one softmax, with the model's temperature."""

from __future__ import annotations

import numpy as np

from fer_desktop.core.types import Float32Array


def softmax(logits: Float32Array, temperature: float = 1.0) -> Float32Array:
    """float32[..., 7] that sum to 1, from logits divided by `temperature` (Guo et al., "On Calibration", 2017)."""
    scaled = logits.astype(np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)
