"""Faces found by MediaPipe's Tasks FaceDetector: fast for live frames, thorough for photos.

MediaPipe's models see the whole frame at 128×128 (short range) or 192×192 (full range), so a small face is a few
pixels there. Tiles bring it back to size: live, one tile a frame in turn; for photos, all of them.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np

from fer_desktop import native_stderr
from fer_desktop.core.errors import ModelError
from fer_desktop.core.types import Box, Face, Frame, UInt8Array
from fer_desktop.detection import model_files
from fer_desktop.detection.tiling import Region, around, merge, merge_looks, tiles

MIN_SCORE = 0.5
KNOWN_MIN_SCORE = 0.3
"""A face that was there a moment ago is believed sooner than a new one."""
SURE_SCORE = 0.8
DOUBTFUL_MIN_SCORE = 0.15
"""In a photo a find between these two is looked at again from close by, and the mean of all looks has to reach
MIN_SCORE. That finds small faces the first looks doubted, and drops what only one look took for a face."""
CLOSE_REACHES = (1.5, 2.0, 2.5, 3.5)
"""Sides of those close looks, in widths of the find."""
MAX_DOUBTS = 16
"""So many doubtful finds of a photo are looked at again, best first: a bound on the time it takes."""
SMALL_SHARE = 0.3
"""A box narrower than this share of the frame's shorter side is rough when found on the whole frame."""
MAX_KNOWN_LOOKS = 4
"""Looks a frame spent on known faces: a bound on the time a frame takes."""


def _import_mediapipe() -> tuple[Any, Any, Any]:
    """MediaPipe's detector without what it imports for documentation, 3-D plots and recording sound.

    TensorFlow and matplotlib would cost more than ten seconds and half a gigabyte; sounddevice starts a compiler to
    look for a sound library. The names are given back afterwards.
    """
    shadows: dict[str, Any] = {"tensorflow": None, "sounddevice": None}
    if "matplotlib" not in sys.modules:
        shadows["matplotlib"] = types.ModuleType("matplotlib")
        shadows["matplotlib.pyplot"] = shadows["matplotlib"].pyplot = types.ModuleType("matplotlib.pyplot")
    shadows = {name: module for name, module in shadows.items() if name not in sys.modules}
    sys.modules.update(shadows)
    try:
        from mediapipe.tasks.python.core.base_options import BaseOptions
        from mediapipe.tasks.python.vision import face_detector
        from mediapipe.tasks.python.vision.core import image
    finally:
        for name in shadows:
            sys.modules.pop(name, None)
    return BaseOptions, face_detector, image


class _Model:
    """One MediaPipe model, looking at one region of a frame at a time."""

    def __init__(self, model: model_files.DetectorModel) -> None:
        path = model_files.path_of(model)
        base_options, self._api, self._image = _import_mediapipe()
        options = self._api.FaceDetectorOptions(
            # From bytes: MediaPipe opens paths itself and fails on non-ASCII ones on Windows.
            base_options=base_options(model_asset_buffer=path.read_bytes()),
            min_detection_confidence=DOUBTFUL_MIN_SCORE,
        )
        with native_stderr.silenced():
            try:
                self._detector: Any = self._api.FaceDetector.create_from_options(options)
            except (RuntimeError, ValueError) as error:
                raise ModelError(
                    f"The face detector {path.name} does not load ({error})",
                    "Run: python3 packaging/bootstrap.py run doctor",
                ) from error
            self.look(np.zeros((64, 64, 3), np.uint8))

    def look(self, rgb: UInt8Array, region: Region | None = None) -> list[Face]:
        """Faces in a region of an RGB picture (default: all of it), in pixels of the picture."""
        height, width = rgb.shape[:2]
        region = region or Region(0, 0, width, height)
        part = np.ascontiguousarray(rgb[region.y : region.y + region.height, region.x : region.x + region.width])
        image = self._image.Image(self._image.ImageFormat.SRGB, part)
        faces = []
        for detection in self._detector.detect(image).detections:
            box = detection.bounding_box
            if box.width <= 0 or box.height <= 0:
                continue
            found = Box(region.x + box.origin_x, region.y + box.origin_y, box.width, box.height)
            if region.cuts(found, width, height):
                continue
            keypoints = np.array([(point.x, point.y) for point in detection.keypoints], np.float32)
            keypoints = keypoints * (region.width, region.height) + (region.x, region.y)
            score = min(max(float(detection.categories[0].score), 0.0), 1.0)
            faces.append(Face(found, score, keypoints.astype(np.float32)))
        return faces

    def close(self) -> None:
        """May be called more than once; `look` not after it."""
        detector, self._detector = self._detector, None
        if detector is not None:
            detector.close()


class WholeFrameDetector:
    """One model on the whole frame and nothing else: for measurements."""

    def __init__(self, model: model_files.DetectorModel) -> None:
        self._model = _Model(model)

    def detect(self, frame: Frame, known: Sequence[Box] = ()) -> tuple[Face, ...]:
        rgb: UInt8Array = cv2.cvtColor(frame.bgr, cv2.COLOR_BGR2RGB)  # type: ignore[assignment]
        return merge(face for face in self._model.look(rgb) if face.score >= MIN_SCORE)

    def close(self) -> None:
        self._model.close()


class LiveFaceDetector:
    """For frames that come fast: the short-range model on the whole frame and on one tile, another one each frame.

    On the whole frame a small face is missed or its box is rough, so a known face that is small, or was missed, is
    looked for around where it was. A new small face is found within as many frames as there are tiles.
    """

    def __init__(self) -> None:
        self._model = _Model(model_files.SHORT_RANGE)
        self._turn = 0

    def detect(self, frame: Frame, known: Sequence[Box] = ()) -> tuple[Face, ...]:
        rgb: UInt8Array = cv2.cvtColor(frame.bgr, cv2.COLOR_BGR2RGB)  # type: ignore[assignment]
        width, height = frame.size
        self._turn += 1
        regions = tiles(width, height)
        whole = self._model.look(rgb)
        tile = self._model.look(rgb, regions[self._turn % len(regions)])
        close: list[Face] = []
        wanted = [box for box in known if _is_small(box, frame) or not _among(box, whole)]
        # Which of many are looked for rotates, so that none starves.
        turn = self._turn * MAX_KNOWN_LOOKS
        order = [wanted[(turn + index) % len(wanted)] for index in range(len(wanted))]
        for box in order[:MAX_KNOWN_LOOKS]:
            if not _among(box, close):
                close += self._model.look(rgb, around(box, width, height))
        # A rough box is worse than none where a close look comes in a frame or two: the tracker bridges that time.
        waiting = [box for box in order[MAX_KNOWN_LOOKS:] if _is_small(box, frame)]
        whole = [face for face in whole if not any(box.iou(face.box) > 0.1 for box in waiting)]
        looks = ([face for face in look if _is_believed(face, known)] for look in (close, tile, whole))
        return merge_looks(looks)

    def close(self) -> None:
        self._model.close()


class PhotoFaceDetector:
    """For photos: both ranges on the whole picture and the short range on every tile; the doubtful looked at again."""

    def __init__(self) -> None:
        self._short_range = _Model(model_files.SHORT_RANGE)
        try:
            self._full_range = _Model(model_files.FULL_RANGE)
        except ModelError:
            self._short_range.close()
            raise

    def detect(self, frame: Frame, known: Sequence[Box] = ()) -> tuple[Face, ...]:
        rgb: UInt8Array = cv2.cvtColor(frame.bgr, cv2.COLOR_BGR2RGB)  # type: ignore[assignment]
        faces = self._short_range.look(rgb) + self._full_range.look(rgb)
        for region in tiles(*frame.size):
            faces += self._short_range.look(rgb, region)
        finds = merge(faces)
        sure = [face for face in finds if face.score >= SURE_SCORE]
        doubts = [face for face in finds if face.score < SURE_SCORE][:MAX_DOUBTS]
        return tuple(sure + [face for face in doubts if self._mean_score(rgb, face) >= MIN_SCORE])

    def _mean_score(self, rgb: UInt8Array, doubt: Face) -> float:
        """What the look that found it and the close looks around it think of a find, on average."""
        height, width = rgb.shape[:2]
        scores = [doubt.score]
        for reach in CLOSE_REACHES:
            looked = self._short_range.look(rgb, around(doubt.box, width, height, reach))
            scores.append(max((face.score for face in looked if face.box.iou(doubt.box) > 0.25), default=0.0))
        return float(np.mean(scores))

    def close(self) -> None:
        self._short_range.close()
        self._full_range.close()


def _is_small(box: Box, frame: Frame) -> bool:
    return max(box.width, box.height) < SMALL_SHARE * min(frame.size)


def _among(box: Box, faces: Sequence[Face]) -> bool:
    return any(box.iou(face.box) > 0.2 for face in faces)


def _is_believed(face: Face, known: Sequence[Box]) -> bool:
    return face.score >= MIN_SCORE or (face.score >= KNOWN_MIN_SCORE and any(face.box.iou(box) > 0.2 for box in known))
