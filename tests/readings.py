"""Recordings as tests make them up: random faces that come, go and change."""

from __future__ import annotations

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.types import Analysis, Box, Face, Prediction, Track
from fer_desktop.offline.readings import Readings
from fer_desktop.offline.video import Beginning, FrameResult

SIZE = (640, 360)
REASONS = ("too small", "too dark")
BEGINNING = Beginning("fake", SIZE)


def smoothed_for(label: str, sure: float = 0.7) -> np.ndarray:
    """float32[7]: `sure` on the label, the rest spread evenly."""
    values = np.full(emotions.COUNT, (1 - sure) / (emotions.COUNT - 1), np.float32)
    values[emotions.NAMES.index(label)] = sure
    return values


def track(
    number: int, label: str | None = "happy", sure: float = 0.7, reason: str = REASONS[0], x: float = 5.0
) -> Track:
    values = smoothed_for(label or "neutral", sure)
    return Track(
        number,
        Face(Box(x, 4.3, 50.1, 60.7), 0.91, np.arange(12, dtype=np.float32).reshape(6, 2) + number),
        Prediction(values.copy(), np.log(values)),
        values,
        label,
        None if label else reason,
        np.zeros((48, 48), np.uint8),
    )


def result(index: int, at_s: float, *tracks: Track, error: str | None = None) -> FrameResult:
    analysis = None if error else Analysis(index, at_s, SIZE, tracks, "fake")
    return FrameResult(index, at_s, analysis, error, None)


def random_results(rng: np.random.Generator, count: int = 400, faces: int = 4) -> list[FrameResult]:
    """Uneven times; each face is there for stretches, with labels that hold for some pictures; some errors."""
    times = np.cumsum(rng.choice([0.02, 0.04, 0.3], count)).round(4)
    there = {number: bool(rng.integers(2)) for number in range(1, faces + 1)}
    labels: dict[int, str | None] = dict.fromkeys(there, "happy")
    results = []
    for index in range(count):
        for number in there:
            if rng.random() < 0.03:
                there[number] = not there[number]
            if rng.random() < 0.08:
                labels[number] = str(rng.choice(emotions.NAMES)) if rng.random() < 0.8 else None
        if rng.random() < 0.01:
            results.append(result(index, float(times[index]), error="a defect"))
            continue
        tracks = [
            track(number, labels[number], float(rng.uniform(0.3, 0.99)), str(rng.choice(REASONS)), 10.0 * number)
            for number in there
            if there[number]
        ]
        results.append(result(index, float(times[index]), *tracks))
    return results


def filled(results: list[FrameResult]) -> Readings:
    readings = Readings(BEGINNING)
    for one in results:
        readings.add(one)
    return readings
