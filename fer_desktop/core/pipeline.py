"""Frame -> Analysis: detect, crop, classify, track. The window, the command line, files and tests all call this."""

from __future__ import annotations

import time
from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np

from fer_desktop.core import crop
from fer_desktop.core.ports import EmotionClassifier, FaceDetector
from fer_desktop.core.tracking import Baseline, Tracker, make_track
from fer_desktop.core.types import CROP_SIDE, Analysis, Box, Face, Frame, Track, UInt8Array


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """The faces of one frame before they are read: `crops` uint8[n, 48, 48], one a face. It holds no picture.

    The rest as in Analysis; `timings` of the stages so far.
    """

    frame_index: int
    captured_at: float
    size: tuple[int, int]
    faces: tuple[Face, ...]
    crops: UInt8Array
    timings: dict[str, float]

    def analysis(
        self, tracks: tuple[Track, ...], model_id: str, away: tuple[int, ...] = (), **milliseconds: float
    ) -> Analysis:
        timings = self.timings | milliseconds
        found = tuple(face.box for face in self.faces)
        return Analysis(self.frame_index, self.captured_at, self.size, tracks, model_id, timings, away, found)


def find(detector: FaceDetector, frame: Frame, known: Sequence[Box] = (), in_order: bool = False) -> Finding:
    """The first half of the way: detect and crop. in_order: from left to right. Raises what the detector raises."""
    started = time.perf_counter()
    faces = detector.detect(frame, known)
    if in_order:
        faces = tuple(sorted(faces, key=lambda face: face.box.centre))
    detected = time.perf_counter()
    crops: UInt8Array = np.empty((len(faces), CROP_SIDE, CROP_SIDE), np.uint8)
    for index, face in enumerate(faces):
        crops[index] = crop.crop_face(frame.bgr, face)
    cropped = time.perf_counter()
    timings = {"detect": (detected - started) * 1e3, "crop": (cropped - detected) * 1e3}
    return Finding(frame.index, frame.captured_at, frame.size, faces, crops, timings)


def read_photos(findings: Sequence[Finding], classifier: EmotionClassifier, maps: bool = False) -> list[Analysis]:
    """The second half for photos: all their faces in one batch, each a track of its own, unsmoothed, counted from 1.

    maps: predictions carry them. Raises what the classifier raises.
    """
    started = time.perf_counter()
    crops = np.concatenate([np.empty((0, CROP_SIDE, CROP_SIDE), np.uint8), *(one.crops for one in findings)])
    predictions = iter(classifier.classify(crops, maps=maps))
    # Each photo bears its share of the batch.
    milliseconds = (time.perf_counter() - started) * 1e3 / max(len(crops), 1)
    analyses = []
    for finding in findings:
        tracks = tuple(
            make_track(number, face, read, read.probabilities.copy(), finding.crops[number - 1], finding.size)
            for number, (face, read) in enumerate(zip(finding.faces, predictions, strict=False), start=1)
        )
        analyses.append(
            finding.analysis(tracks, classifier.model_id, classify=milliseconds * len(finding.crops), track=0.0)
        )
    return analyses


class Pipeline:
    """Owns its detector and classifier. Made, used and closed by one thread; so is the detector.

    With a tracker: for frames of one source, in order. Without: for photos, each face a track of its own, unsmoothed.
    """

    def __init__(self, detector: FaceDetector, classifier: EmotionClassifier, tracker: Tracker | None = None) -> None:
        self._detector = detector
        self.classifier = classifier
        self.maps = False
        """From the next frame on predictions carry their maps."""
        self._tracker = tracker

    def analyse(self, frame: Frame) -> Analysis:
        """All faces of one frame. Raises what the detector and classifier raise."""
        if self._tracker is None:
            # A photo's faces are numbered as people count them, from left to right.
            return read_photos([find(self._detector, frame, in_order=True)], self.classifier, self.maps)[0]
        finding = find(self._detector, frame, self._tracker.known())
        started = time.perf_counter()
        predictions = self.classifier.classify(finding.crops, maps=self.maps)
        classified = time.perf_counter()
        tracks = self._tracker.update(finding.faces, predictions, finding.crops, frame.captured_at, frame.size)
        tracked = time.perf_counter()
        return finding.analysis(
            tracks,
            self.classifier.model_id,
            self._tracker.away,
            classify=(classified - started) * 1e3,
            track=(tracked - classified) * 1e3,
        )

    @property
    def confirmed(self) -> Set[int]:
        """The ids of all tracks that were faces so far; see Tracker."""
        return self._tracker.confirmed if self._tracker else frozenset()

    @property
    def strength(self) -> float:
        """How calm what is shown is, see Tracker; photos are shown as they are read. May be set between two frames."""
        return self._tracker.strength if self._tracker else 0.0

    @strength.setter
    def strength(self, strength: float) -> None:
        if self._tracker:
            self._tracker.strength = strength

    def set_baseline(self, track_id: int, baseline: Baseline | None) -> None:
        """From the next frame on, see Tracker; for photos it does nothing."""
        if self._tracker:
            self._tracker.set_baseline(track_id, baseline)

    def number_from(self, first_id: int) -> None:
        """Ids begin here at the earliest, see Tracker; photos count theirs from 1."""
        if self._tracker:
            self._tracker.number_from(first_id)

    def reset(self) -> None:
        """Forget the faces: another source begins."""
        if self._tracker:
            self._tracker.reset()

    def exchange_classifier(self, classifier: EmotionClassifier) -> None:
        """Read with `classifier` from the next frame on, and own it. Smoothing begins anew; faces keep their ids.

        Closes the classifier before it, and raises what that raises; the new one is in use by then all the same.
        """
        old, self.classifier = self.classifier, classifier
        if self._tracker:
            self._tracker.restart_smoothing()
        old.close()

    def close(self) -> None:
        try:
            self._detector.close()
        finally:
            self.classifier.close()
