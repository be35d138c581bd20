"""Two models on the same faces: how good each is, how long each takes, and where they differ."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.ports import EmotionClassifier
from fer_desktop.core.types import Float32Array, UInt8Array
from fer_desktop.training.datasets.examples import png
from fer_desktop.training.evaluate import evaluate

BATCH = 256
SHOWN = 48
"""So many of the faces that they read differently are shown, those most surely different first."""


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """What a model says of faces: probabilities float32[n, 7], and its time for a face, one at a time, in ms."""

    model: str
    probabilities: Float32Array
    milliseconds: float


def read(classifier: EmotionClassifier, images: UInt8Array) -> Readings:
    """Of uint8[n, 48, 48], n at least 1."""
    said = probabilities(classifier, images)
    return Readings(classifier.model_id, said, milliseconds_a_face(classifier, images))


def probabilities(classifier: EmotionClassifier, images: UInt8Array) -> Float32Array:
    """float32[n, 7] for uint8[n, 48, 48], n at least 1."""
    starts = range(0, len(images), BATCH)
    return np.stack(
        [one.probabilities for start in starts for one in classifier.classify(images[start : start + BATCH])]
    )


def milliseconds_a_face(classifier: EmotionClassifier, images: UInt8Array, times: int = 40) -> float:
    """The median over faces given one at a time."""
    taken = []
    for index in range(times):
        face = images[index % len(images)][None]
        started_s = time.perf_counter()
        classifier.classify(face)
        taken.append((time.perf_counter() - started_s) * 1000)
    return float(np.median(taken))


def compare(new: Readings, other: Readings, images: UInt8Array, labels: np.ndarray) -> dict[str, Any]:
    """For JSON: `against`, the other model's figures, and the faces on which they differ."""
    differ = np.flatnonzero(new.probabilities.argmax(axis=1) != other.probabilities.argmax(axis=1))
    sure = new.probabilities[differ].max(axis=1) + other.probabilities[differ].max(axis=1)
    shown = differ[np.argsort(-sure, kind="stable")][:SHOWN]
    return {
        "against": {
            "model": other.model,
            **evaluate(other.probabilities, labels).to_json(),
            "milliseconds_a_face": round(other.milliseconds, 3),
        },
        "differ_on": len(differ),
        "differ": _faces(shown, new, other, images, labels),
    }


def _faces(
    chosen: Sequence[int] | np.ndarray, new: Readings, other: Readings, images: UInt8Array, labels: np.ndarray
) -> list[dict[str, Any]]:
    return [
        {
            "face": int(index),
            "label": emotions.NAMES[labels[index]],
            "read": emotions.NAMES[int(new.probabilities[index].argmax())],
            "against": emotions.NAMES[int(other.probabilities[index].argmax())],
            "png": png(images[index]),
        }
        for index in chosen
    ]
