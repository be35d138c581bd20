from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
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
    device = "none"

    def __init__(self, model_id: str = "test", label: str = "sad") -> None:
        self.model_id, self._label = model_id, label
        self.batches: list[int] = []
        self.asked: list[bool] = []
        self.closed = 0

    def classify(self, crops: np.ndarray, maps: bool = False) -> tuple[Prediction, ...]:
        self.batches.append(len(crops))
        self.asked.append(maps)
        return tuple(prediction(self._label) for _ in crops)

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


@pytest.mark.parametrize("tracker", [Tracker(early=True), None])
def test_a_face_that_leaves_the_picture_is_told_by_the_pictures_edge(tracker: Tracker | None) -> None:
    pipeline = Pipeline(Detector((face(-30, 30, 80), face(60, 30, 80))), Classifier(), tracker)
    leaving, whole = pipeline.analyse(frame(200, 150)).tracks
    assert (leaving.label, leaving.reason) == (None, "half out of view") and whole.label == "sad"


def test_how_calm_it_is_and_a_resting_face_are_the_trackers() -> None:
    class AlwaysSad:
        def apply(self, read: Prediction) -> Prediction:
            return prediction("neutral")

    tracker = Tracker()
    pipeline = Pipeline(Detector((face(5, 5, 38),)), Classifier(), tracker)
    pipeline.strength = 0.5
    assert pipeline.strength == tracker.strength == 0.5
    for index in range(CONFIRM_SIGHTINGS):
        (*_, track) = (None, *pipeline.analyse(frame(index=index, at_s=index / 30)).tracks)
    assert track is not None and track.label == "sad" and not track.own_neutral
    pipeline.set_baseline(track.id, AlwaysSad())
    (track,) = pipeline.analyse(frame(index=9, at_s=0.2)).tracks
    assert track.label == "neutral" and track.own_neutral
    pipeline.set_baseline(track.id + 1, AlwaysSad())
    (track,) = pipeline.analyse(frame(index=10, at_s=0.23)).tracks
    assert track.own_neutral, "there is no such face, and this one keeps its own"
    pipeline.number_from(20)
    pipeline.reset()
    ids = [one.id for index in range(4) for one in pipeline.analyse(frame(index=index, at_s=1 + index / 30)).tracks]
    assert set(ids) == {20}
    photos = Pipeline(Detector((face(5, 5, 38),)), Classifier())
    photos.strength = 2.0
    photos.set_baseline(1, AlwaysSad())
    photos.number_from(20)
    (track,) = photos.analyse(frame()).tracks
    assert photos.strength == 0.0 and (track.id, track.label) == (1, "sad")


@pytest.mark.parametrize("tracker", [Tracker(), None])
def test_maps_are_asked_for_where_they_are_wanted(tracker: Tracker | None) -> None:
    classifier = Classifier()
    pipeline = Pipeline(Detector((face(0, 0, 30),)), classifier, tracker)
    for wanted in (False, True, False):
        pipeline.maps = wanted
        pipeline.analyse(frame())
    assert classifier.asked == [False, True, False]


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


def test_who_is_away_is_told_with_the_analysis() -> None:
    detector, tracker = Detector((face(5, 5, 38),)), Tracker()
    pipeline = Pipeline(detector, Classifier(), tracker)
    analyses = [pipeline.analyse(frame(index=at, at_s=at / 30)) for at in range(4)]
    (track,) = analyses[-1].tracks
    detector.faces = ()
    later = [pipeline.analyse(frame(index=at, at_s=at / 30)) for at in range(4, 90)]
    assert analyses[-1].away == () and later[0].tracks and not later[10].tracks
    assert later[10].away == (track.id,) and later[-1].away == ()


def test_closing_closes_both() -> None:
    detector, classifier = Detector(()), Classifier()
    Pipeline(detector, classifier).close()
    assert (detector.closed, classifier.closed) == (1, 1)


@pytest.mark.parametrize("tracker", [Tracker(), None])
def test_another_classifier_reads_with_the_same_detector(tracker: Tracker | None) -> None:
    detector, old, new = Detector((face(0, 0, 30),)), Classifier("old"), Classifier("new", "happy")
    pipeline = Pipeline(detector, old, tracker)
    for index in range(CONFIRM_SIGHTINGS):
        analysis = pipeline.analyse(frame(index=index, at_s=index / 30))
    assert (analysis.model_id, analysis.tracks[0].label) == ("old", "sad")
    pipeline.exchange_classifier(new)
    assert (old.closed, new.closed, detector.closed) == (1, 0, 0)
    analysis = pipeline.analyse(frame(index=9, at_s=9 / 30))
    assert (analysis.model_id, analysis.tracks[0].label) == ("new", "happy")
    pipeline.close()
    assert (old.closed, new.closed, detector.closed) == (1, 1, 1)


def test_a_classifier_that_does_not_close_is_replaced_all_the_same() -> None:
    class Stuck(Classifier):
        def close(self) -> None:
            raise OSError("it does not close")

    pipeline = Pipeline(Detector(()), Stuck())
    with pytest.raises(OSError, match="does not close"):
        pipeline.exchange_classifier(Classifier("new"))
    assert pipeline.classifier.model_id == "new"
