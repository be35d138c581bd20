from __future__ import annotations

import itertools

import numpy as np
import pytest

from fer_desktop.core.probability import softmax
from fer_desktop.training.evaluate import calibration, confident_mistakes, evaluate, expected_calibration_error


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


def random_readings(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    return softmax(rng.normal(0, 2, (n, 7)).astype(np.float32)), rng.integers(0, 7, n)


def test_the_bins_hold_every_face_once_and_give_the_error(rng: np.random.Generator) -> None:
    probabilities, labels = random_readings(rng, 500)
    bins = calibration(probabilities, labels)
    assert len(bins) == 15
    assert (bins[0].low, bins[-1].high) == (0, 1)
    assert all(left.high == right.low for left, right in itertools.pairwise(bins))
    assert sum(one.n for one in bins) == 500
    for one in bins:
        if one.n:
            assert one.low - 1e-6 <= one.confidence <= one.high + 1e-6
    error = sum(one.n * abs(one.confidence - one.accuracy) for one in bins if one.n) / 500
    assert expected_calibration_error(probabilities, labels) == pytest.approx(error)
    assert bins[0].to_json() == {"from": 0, "to": 0.0667, "n": 0, "confidence": None, "accuracy": None}


def test_a_certain_reading_is_in_the_last_bin() -> None:
    assert calibration(one_hot([0, 1]), np.array([0, 0]))[-1].to_json() == {
        "from": 0.9333, "to": 1, "n": 2, "confidence": 1, "accuracy": 0.5,
    }  # fmt: skip


def test_mistakes_are_wrong_and_the_surest_come_first(rng: np.random.Generator) -> None:
    probabilities, labels = random_readings(rng, 300)
    wrong = probabilities.argmax(axis=1) != labels
    mistakes = confident_mistakes(probabilities, labels, 40)
    assert len(set(mistakes.tolist())) == 40
    assert wrong[mistakes].all()
    confidence = probabilities.max(axis=1)
    assert (np.diff(confidence[mistakes]) <= 0).all()
    assert confidence[mistakes[-1]] >= np.delete(confidence, mistakes)[np.delete(wrong, mistakes)].max()
    assert len(confident_mistakes(probabilities, labels, 1000)) == wrong.sum()
    assert len(confident_mistakes(one_hot([0, 1]), np.array([0, 1]), 5)) == 0
