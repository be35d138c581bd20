"""A pipeline that knows what it will say: stands for the detector and the network where neither is what is tested."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.types import Analysis, Box, Face, Frame, Prediction, Track


def track(number: int, label: str | None = "happy", reason: str | None = None, side: float = 20.0) -> Track:
    """A face of `side` pixels at (3.26, 4.0), 70 % sure of its label, or of surprise where it has none."""
    probabilities = np.full(emotions.COUNT, 0.05, np.float32)
    probabilities[emotions.NAMES.index(label or "surprise")] = 0.7
    return Track(
        id=number,
        face=Face(Box(3.26, 4.0, side, side), 0.912345, np.full((6, 2), 10, np.float32)),
        prediction=Prediction(probabilities, np.log(probabilities)),
        smoothed=probabilities.copy(),
        label=label,
        reason=reason,
        crop=np.full((48, 48), 90, np.uint8),
    )


def analysis(frame: Frame, tracks: Sequence[Track]) -> Analysis:
    return Analysis(frame.index, frame.captured_at, frame.size, tuple(tracks), "fake", {"detect": 1.0})


class FakePipeline:
    """Finds one happy face in every picture at least 30 pixels wide, unless told otherwise; remembers what it saw."""

    def __init__(self, find: Callable[[Frame], Sequence[Track]] | None = None) -> None:
        self.classifier = SimpleNamespace(model_id="fake", device="none")
        self.seen: list[str] = []
        self.closed = False
        self.confirmed: set[int] = set(range(100))
        self._find = find or (lambda frame: [track(0)] if frame.size[0] >= 30 else [])

    def analyse(self, frame: Frame) -> Analysis:
        self.seen.append(frame.source)
        return analysis(frame, self._find(frame))

    def reset(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True
