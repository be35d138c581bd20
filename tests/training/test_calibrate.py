from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy", reason="the training component is not installed")

from fer_desktop.core.probability import softmax
from fer_desktop.training import calibrate
from fer_desktop.training.evaluate import evaluate, expected_calibration_error


def drawn(rng: np.random.Generator, n: int = 100_000, spread: float = 2.0) -> tuple[np.ndarray, np.ndarray]:
    """Logits that are true, float32[n, 7], and labels drawn by them.

    With 100,000 the fit's own scatter is under a third of what the tests allow, whatever the seed.
    """
    logits = rng.normal(0, spread, (n, 7)).astype(np.float32)
    labels = (softmax(logits).cumsum(axis=1) < rng.random((n, 1))).sum(axis=1).clip(0, 6)
    return logits, labels


@pytest.mark.parametrize("temperature", [0.6, 1.0, 2.5])
def test_the_temperature_that_was_put_in_is_found(temperature: float, rng: np.random.Generator) -> None:
    logits, labels = drawn(rng)
    assert calibrate.fit_temperature(logits * temperature, labels) == pytest.approx(temperature, rel=0.05)


def test_what_was_put_into_the_logits_is_taken_out(rng: np.random.Generator) -> None:
    logits, labels = drawn(rng)
    biases = np.array([0.5, -0.3, 0.0, 0.4, -0.6, 0.2, -0.2], np.float32)
    spoilt = (logits - biases) * 1.7
    found = calibrate.fit(spoilt, labels)
    np.testing.assert_allclose(found.biases / 1.7, biases, atol=0.08)
    assert found.temperature == pytest.approx(1.7, rel=0.05)
    assert expected_calibration_error(found.probabilities(spoilt), labels) < 0.02
    before, after = evaluate(softmax(spoilt), labels), evaluate(found.probabilities(spoilt), labels)
    assert after.accuracy > before.accuracy


def test_few_faces_move_little(rng: np.random.Generator) -> None:
    logits, labels = drawn(rng, n=14)
    assert np.abs(calibrate.fit(logits, labels).biases).max() < 0.6
    assert np.isfinite(calibrate.fit(logits[:1], labels[:1]).biases).all()


def test_an_emotion_that_goes_under_is_raised_to_the_floor(rng: np.random.Generator) -> None:
    labels = rng.permutation(np.repeat(np.arange(7), [300, 300, 100, 300, 600, 300, 300]))
    logits = rng.normal(0, 1, (len(labels), 7)).astype(np.float32)
    logits[np.arange(len(labels)), labels] += 3
    # A rare emotion that looks much like a frequent one.
    logits[labels == 2, 4] += 3
    logits[labels == 4, 2] += 1.5
    equal = evaluate(softmax(logits + calibrate._fit_biases(logits, labels, np.ones(7))), labels)
    raised = evaluate(calibrate.fit(logits, labels).probabilities(logits), labels)
    assert equal.recall[2] < calibrate.RECALL_FLOOR <= raised.recall[2]
    assert raised.accuracy > equal.accuracy - 0.06


def test_a_floor_out_of_reach_changes_nothing(rng: np.random.Generator) -> None:
    labels = rng.permutation(np.repeat(np.arange(7), 100))
    logits = rng.normal(0, 1, (700, 7)).astype(np.float32)
    np.testing.assert_array_equal(
        calibrate.fit(logits, labels).biases, calibrate._fit_biases(logits, labels, np.ones(7))
    )
