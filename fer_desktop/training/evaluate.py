"""How good a model is: figures over labelled faces, one crop each, no test-time augmentation. numpy only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fer_desktop.core import emotions

ECE_BINS = 15


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Figures are 0 to 1. `recall` is NaN for a class with no face; `confusion` int64[7, 7], rows the true class."""

    n: int
    accuracy: float
    balanced_accuracy: float
    ece: float
    recall: np.ndarray
    confusion: np.ndarray

    def to_json(self) -> dict[str, Any]:
        recall = {
            name: None if np.isnan(value) else round(float(value), 4)
            for name, value in zip(emotions.NAMES, self.recall, strict=True)
        }
        return {
            "n": self.n,
            "accuracy": round(self.accuracy, 4),
            "balanced_accuracy": round(self.balanced_accuracy, 4),
            "ece": round(self.ece, 4),
            "recall": recall,
            "confusion": self.confusion.tolist(),
        }


def evaluate(probabilities: np.ndarray, labels: np.ndarray) -> Evaluation:
    """From float32[n, 7] probabilities and int64[n] labels; n at least 1."""
    if len(labels) == 0:
        raise ValueError("nothing to evaluate")
    predicted = probabilities.argmax(axis=1)
    confusion = np.zeros((emotions.COUNT, emotions.COUNT), np.int64)
    np.add.at(confusion, (labels, predicted), 1)
    counts = confusion.sum(axis=1)
    with np.errstate(invalid="ignore"):
        recall = confusion.diagonal() / counts
    return Evaluation(
        n=len(labels),
        accuracy=float((predicted == labels).mean()),
        balanced_accuracy=float(np.nanmean(recall)),
        ece=expected_calibration_error(probabilities, labels),
        recall=recall,
        confusion=confusion,
    )


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """The faces whose confidence lies from `low` to `high`. Its means, 0 to 1, are NaN where there is no face."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float

    def to_json(self) -> dict[str, Any]:
        return {
            "from": round(self.low, 4),
            "to": round(self.high, 4),
            "n": self.n,
            "confidence": round(self.confidence, 4) if self.n else None,
            "accuracy": round(self.accuracy, 4) if self.n else None,
        }


def calibration(probabilities: np.ndarray, labels: np.ndarray, bins: int = ECE_BINS) -> tuple[CalibrationBin, ...]:
    """How often the readings of each confidence are right: every bin of equal width, from 0 to 1, empty ones too."""
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == labels
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    found = []
    for index in range(bins):
        inside = bin_of == index
        n = int(inside.sum())
        means = (float(confidence[inside].mean()), float(correct[inside].mean())) if n else (np.nan, np.nan)
        found.append(CalibrationBin(index / bins, (index + 1) / bins, n, *means))
    return tuple(found)


def expected_calibration_error(probabilities: np.ndarray, labels: np.ndarray, bins: int = ECE_BINS) -> float:
    """Mean gap between confidence and accuracy over bins of equal width (Guo et al., 2017)."""
    filled = [one for one in calibration(probabilities, labels, bins) if one.n]
    return sum(abs(one.confidence - one.accuracy) * one.n for one in filled) / len(labels)


def confident_mistakes(probabilities: np.ndarray, labels: np.ndarray, most: int) -> np.ndarray:
    """int64[k], k at most `most`: the faces read wrong, by number, the most confident first."""
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != labels)
    order = np.argsort(-probabilities[wrong].max(axis=1), kind="stable")
    return wrong[order][:most]
