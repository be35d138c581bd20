"""A tracker fed by hand, frame by frame."""

from __future__ import annotations

import numpy as np
from core_values import prediction, readable_crops

from fer_desktop.core import emotions
from fer_desktop.core.tracking import CONFIRM_SIGHTINGS, Tracker
from fer_desktop.core.types import Face, Prediction, Track

FPS = 30


def feed(tracker: Tracker, faces: list[Face], at_s: float, label: str = "happy") -> tuple[Track, ...]:
    crops = readable_crops(len(faces))
    return tracker.update(faces, [prediction(label) for _ in faces], crops, at_s)


def settle(tracker: Tracker, faces: list[Face]) -> tuple[tuple[Track, ...], float]:
    for index in range(CONFIRM_SIGHTINGS):
        tracks = feed(tracker, faces, index / FPS)
    return tracks, (CONFIRM_SIGHTINGS - 1) / FPS


def look_away(tracker: Tracker, from_s: float, seconds: float) -> float:
    """Frames without a face; gives the time of the last."""
    for index in range(1, round(seconds * FPS) + 1):
        feed(tracker, [], from_s + index / FPS)
    return from_s + round(seconds * FPS) / FPS


class Sadder:
    """Somebody's resting face: half of what is read as sad is taken for neutral."""

    def apply(self, read: Prediction) -> Prediction:
        values, sad = read.probabilities.copy(), emotions.NAMES.index("sad")
        values[emotions.NAMES.index("neutral")] += values[sad] / 2
        values[sad] /= 2
        return Prediction(values, np.log(np.maximum(values, 1e-9)))
