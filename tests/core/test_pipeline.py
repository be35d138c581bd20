from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from core_values import face, frame, prediction

from fer_desktop.core.pipeline import Pipeline
from fer_desktop.core.tracking import CONFIRM_SIGHTINGS, Tracker
from fer_desktop.core.types import Box, Face, Frame, Prediction


class Detector:
    def __init__(self, faces: tuple[Face, ...]) -> None:
        self.faces, self.known, self.closed = faces, [], 0  # type: ignore[var-annotated]

    def detect(self, frame: Frame, known: Sequence[Box] = ()) -> tuple[Face, ...]:
        self.known.append(list(known))
        return self.faces

    def close(self) -> None:
        self.closed += 1


class Classifier:
    model_id, device = "test", "none"

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.closed = 0

    def classify(self, crops: np.ndarray) -> tuple[Prediction, ...]:
        self.batches.append(len(crops))
        return tuple(prediction("sad") for _ in crops)

    def close(self) -> None:
        self.closed += 1


def test_a_photo_gives_each_face_once_in_one_batch() -> None:
    classifier = Classifier()
    pipeline = Pipeline(Detector((face(0, 0, 30), face(30, 5, 12))), classifier)
    analysis = pipeline.analyse(frame(index=4, at_s=1.5))
    assert classifier.batches == [2]
    assert [track.id for track in analysis.tracks] == [1, 2]
    assert [track.label for track in analysis.tracks] == ["sad", None]
    assert (analysis.frame_index, analysis.captured_at, analysis.size) == (4, 1.5, (64, 48))
    assert set(analysis.timings) == {"detect", "crop", "classify", "track"}


def test_live_the_detector_is_told_where_the_faces_were() -> None:
    detector = Detector((face(0, 0, 30),))
    pipeline = Pipeline(detector, Classifier(), Tracker())
    for index in range(CONFIRM_SIGHTINGS):
        analysis = pipeline.analyse(frame(index=index, at_s=index / 30))
    assert len(analysis.tracks) == 1
    assert detector.known[0] == []
    assert detector.known[1] == [Box(0, 0, 30, 30)]
    pipeline.reset()
    pipeline.analyse(frame(index=9, at_s=9.0))
    assert detector.known[-1] == []


def test_closing_closes_both() -> None:
    detector, classifier = Detector(()), Classifier()
    Pipeline(detector, classifier).close()
    assert (detector.closed, classifier.closed) == (1, 1)
