"""Frame -> Analysis: detect, crop, classify, track. The window, the command line, files and tests all call this."""

from __future__ import annotations

import time

import numpy as np

from fer_desktop.core import crop
from fer_desktop.core.ports import EmotionClassifier, FaceDetector
from fer_desktop.core.tracking import Tracker, make_track
from fer_desktop.core.types import CROP_SIDE, Analysis, Frame, UInt8Array


class Pipeline:
    """Owns its detector and classifier. Made, used and closed by one thread; so is the detector.

    With a tracker: for frames of one source, in order. Without: for photos, each face a track of its own, unsmoothed.
    """

    def __init__(self, detector: FaceDetector, classifier: EmotionClassifier, tracker: Tracker | None = None) -> None:
        self._detector = detector
        self.classifier = classifier
        self._tracker = tracker

    def analyse(self, frame: Frame) -> Analysis:
        """All faces of one frame. Raises what the detector and classifier raise."""
        started = time.perf_counter()
        if self._tracker:
            faces = self._detector.detect(frame, self._tracker.known())
        else:
            # A photo's faces are numbered as people count them, from left to right.
            faces = tuple(sorted(self._detector.detect(frame), key=lambda face: face.box.centre))
        detected = time.perf_counter()
        crops: UInt8Array = np.empty((len(faces), CROP_SIDE, CROP_SIDE), np.uint8)
        for index, face in enumerate(faces):
            crops[index] = crop.crop_face(frame.bgr, face)
        cropped = time.perf_counter()
        predictions = self.classifier.classify(crops)
        classified = time.perf_counter()
        if self._tracker:
            tracks = self._tracker.update(faces, predictions, crops, frame.captured_at)
        else:
            tracks = tuple(
                make_track(number, face, prediction, prediction.probabilities.copy(), crops[number - 1])
                for number, (face, prediction) in enumerate(zip(faces, predictions, strict=True), start=1)
            )
        tracked = time.perf_counter()
        return Analysis(
            frame_index=frame.index,
            captured_at=frame.captured_at,
            size=frame.size,
            tracks=tracks,
            model_id=self.classifier.model_id,
            timings={
                "detect": (detected - started) * 1e3,
                "crop": (cropped - detected) * 1e3,
                "classify": (classified - cropped) * 1e3,
                "track": (tracked - classified) * 1e3,
            },
        )

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
