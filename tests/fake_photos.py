"""A detector and a classifier that know what they will say: for tests of what is done with photos, not of faces."""

from __future__ import annotations

import sys
import threading
import types
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from fer_desktop.core.types import Box, Face, Frame, Prediction
from tests.core_values import face, prediction


class FakePhotos:
    """Finds one face in every picture at least 30 pixels wide, unless told otherwise, and reads happy, 70 % sure, in
    each. `seen`: the pictures looked at. One for all workers, as a detector of each."""

    model_id, device = "fake", "none"

    def __init__(self, find: Callable[[Frame], Sequence[Face]] | None = None) -> None:
        self.seen: list[str] = []
        self.threads: set[int] = set()
        self.batches: list[int] = []
        self.detectors = self.closed = 0
        self.find = find or (lambda frame: [face(3.26, 4.0, 30.0)] if frame.size[0] >= 30 else [])
        self._lock = threading.Lock()

    def detector(self) -> FakePhotos:
        with self._lock:
            self.detectors += 1
        return self

    def detect(self, frame: Frame, known: Sequence[Box] = ()) -> tuple[Face, ...]:
        with self._lock:
            self.seen.append(frame.source)
            self.threads.add(threading.get_ident())
            return tuple(self.find(frame))

    def classify(self, crops: np.ndarray, maps: bool = False) -> tuple[Prediction, ...]:
        self.batches.append(len(crops))
        return tuple(prediction("happy", 0.7) for _ in crops)

    def close(self) -> None:
        with self._lock:
            self.closed += 1

    def as_app(self) -> types.ModuleType:
        """Stands in the place of fer_desktop.app."""
        app = types.ModuleType("fer_desktop.app")
        app.photo_detector = lambda fast=False: self.detector()  # type: ignore[attr-defined]
        app.classifier = lambda: self  # type: ignore[attr-defined]
        return app


def in_place_of_app(monkeypatch: pytest.MonkeyPatch) -> FakePhotos:
    fake = FakePhotos()
    monkeypatch.setitem(sys.modules, "fer_desktop.app", fake.as_app())
    return fake
