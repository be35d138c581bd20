"""Sources and pipelines that do what a test tells them, faults included."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.types import Analysis, Box, Face, Frame, Prediction, Track


def frame(index: int = 0, captured_at: float = 0.0, source: str = "fake") -> Frame:
    return Frame(np.full((8, 12, 3), index % 256, np.uint8), index, captured_at, source)


def track(label: str | None = "happy", identity: int = 0) -> Track:
    probabilities = np.full(emotions.COUNT, 1 / emotions.COUNT, np.float32)
    return Track(
        id=identity,
        face=Face(Box(1, 1, 4, 4), 0.9, np.zeros((6, 2), np.float32)),
        prediction=Prediction(probabilities.copy(), np.zeros(emotions.COUNT, np.float32)),
        smoothed=probabilities.copy(),
        label=label,
        reason=None if label else "too small",
        crop=np.zeros((48, 48), np.uint8),
    )


def analysis(
    of: Frame,
    labels: tuple[str | None, ...] = ("happy",),
    timings: Mapping[str, float] | None = None,
    model_id: str = "fake-model",
) -> Analysis:
    tracks = tuple(track(label, identity) for identity, label in enumerate(labels))
    return Analysis(of.index, of.captured_at, of.size, tracks, model_id, timings or {})


class FakeSource:
    """`count` frames at `fps`. `fault(index)` is called before each frame and may raise or block.

    `close` wakes a read that blocks in `blocked`, unless `deaf`.
    """

    def __init__(
        self,
        name: str = "fake",
        count: int | None = None,
        fps: float = 100.0,
        fault: Callable[[FakeSource, int], None] | None = None,
        open_error: Exception | None = None,
    ) -> None:
        self.name, self.live = name, True
        self.closed = threading.Event()
        self.opened = False
        self.reads = 0
        self._count, self._fps, self._fault, self._open_error = count, fps, fault, open_error

    @property
    def fps(self) -> float | None:
        return self._fps

    def open(self) -> None:
        assert not self.opened, "opened twice"
        self.opened = True
        if self._open_error is not None:
            raise self._open_error

    def read(self) -> Frame | None:
        if self._fault is not None:
            self._fault(self, self.reads)
        if self.closed.wait(1 / self._fps) or self.reads == self._count:
            return None
        self.reads += 1
        return frame(self.reads - 1, time.monotonic(), self.name)

    def close(self) -> None:
        self.closed.set()


class FakeClassifier:
    device = "CPU, 1 thread"
    has_maps = False

    def __init__(self, model_id: str = "fake-model", error: Exception | None = None) -> None:
        """error: raised by `classify`."""
        self.model_id = model_id
        self.calls = 0
        self.closed = False
        self._error = error

    def classify(self, crops: np.ndarray, maps: bool = False) -> tuple[Prediction, ...]:
        assert crops.shape[1:] == (48, 48) and not self.closed
        if self._error is not None:
            raise self._error
        self.calls += 1
        return tuple(track().prediction for _ in crops)

    def close(self) -> None:
        self.closed = True


class FakePipeline:
    """Takes `seconds` a frame. `fault(frame)` is called before each real frame and may raise or block."""

    def __init__(self, seconds: float = 0.0, fault: Callable[[Frame], None] | None = None) -> None:
        self.classifier = FakeClassifier()
        self.thread = threading.current_thread()
        self.resets = 0
        self.sources: list[str] = []
        self.closed = False
        self._seconds, self._fault = seconds, fault

    def analyse(self, of: Frame) -> Analysis:
        assert threading.current_thread() is self.thread and not self.closed
        if of.source:
            self.sources.append(of.source)
            if self._fault is not None:
                self._fault(of)
        if self._seconds:
            time.sleep(self._seconds)
        return analysis(of, timings={"detect": 1.0}, model_id=self.classifier.model_id)

    def number_from(self, first_id: int) -> None:
        pass

    def reset(self) -> None:
        self.resets += 1

    def exchange_classifier(self, classifier: FakeClassifier) -> None:
        assert threading.current_thread() is self.thread and not self.closed
        old, self.classifier = self.classifier, classifier
        old.close()

    def close(self) -> None:
        assert threading.current_thread() is self.thread
        self.closed = True


def wait_for(condition: Callable[[], object], within_s: float = 10.0) -> None:
    """Until `condition()` is true. The bound is generous: only a failing test waits that long."""
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.002)
