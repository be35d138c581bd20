from __future__ import annotations

import numpy as np
import pytest

from fer_desktop.core.probability import softmax
from fer_desktop.training.calibrate import fit_temperature
from fer_desktop.training.evaluate import evaluate, expected_calibration_error


def one_hot(labels: list[int], confidence: float = 1.0) -> np.ndarray:
    rows = np.full((len(labels), 7), (1 - confidence) / 6, np.float32)
    rows[np.arange(len(labels)), labels] = confidence
    return rows


def test_figures_by_hand() -> None:
    labels = np.array([0, 0, 0, 3])
    result = evaluate(one_hot([0, 0, 1, 3]), labels)
    assert result.accuracy == 0.75
    assert result.balanced_accuracy == pytest.approx((2 / 3 + 1) / 2)
    assert result.confusion[0].tolist() == [2, 1, 0, 0, 0, 0, 0]
    figures = result.to_json()
    assert figures["recall"]["disgust"] is None, "a class without faces has no recall"
    assert figures["recall"]["angry"] == 0.6667


def test_calibration_error_by_hand() -> None:
    labels = np.array([0, 0, 1, 1])
    assert expected_calibration_error(one_hot([0, 0, 1, 1]), labels) == 0
    assert expected_calibration_error(one_hot([0, 0, 0, 0], 0.9), labels) == pytest.approx(0.4, abs=1e-6)


def test_nothing_cannot_be_evaluated() -> None:
    with pytest.raises(ValueError, match="nothing"):
        evaluate(np.empty((0, 7), np.float32), np.empty(0, np.int64))


@pytest.mark.parametrize("temperature", [0.6, 1.0, 2.5])
def test_the_temperature_that_was_put_in_is_found(temperature: float, rng: np.random.Generator) -> None:
    true_logits = rng.normal(0, 2, (20_000, 7)).astype(np.float32)
    chances = softmax(true_logits).cumsum(axis=1)
    labels = (chances < rng.random((20_000, 1))).sum(axis=1).clip(0, 6)
    assert fit_temperature(true_logits * temperature, labels) == pytest.approx(temperature, rel=0.05)
