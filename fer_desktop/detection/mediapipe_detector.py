"""Faces found by MediaPipe's Tasks FaceDetector: fast for live frames, thorough for photos.

MediaPipe's models see the whole frame at 128×128 (short range) or 192×192 (full range), so a small face is a few
pixels there. Tiles bring it back to size: live, one tile a frame in turn; for photos, all of them.
"""

from __future__ import annotations

import math
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
ENOUGH_PX = 360
"""The models see 128 or 192 pixels a side: a larger part of a picture is first sampled down to no less than this, which
costs less than handing it over."""
SMALL_SHARE = 0.3
"""A box narrower than this share of the frame's shorter side is rough when found on the whole frame."""
MAX_KNOWN_LOOKS = 4
"""Looks a frame spent on known faces: a bound on the time a frame takes."""
LOOK_EVERY_S = 1 / 30
"""Faces and their readings change little in less: a camera of 60 frames a second costs half as many close looks."""
BRIDGED_S = 0.14
"""A face that waits no longer for its close look is shown by the tracker meanwhile (core.tracking.COAST_S)."""


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

    def look(self, bgr: UInt8Array, region: Region | None = None) -> list[Face]:
        """Faces in a region of a BGR picture (default: all of it), in pixels of the picture."""
        height, width = bgr.shape[:2]
        region = region or Region(0, 0, width, height)
        part = bgr[region.y : region.y + region.height, region.x : region.x + region.width]
        times = min(region.width, region.height) // ENOUGH_PX
        if times > 1:
            part = cv2.resize(part, (region.width // times, region.height // times))  # type: ignore[assignment]
        scale_x, scale_y = region.width / part.shape[1], region.height / part.shape[0]
        image = self._image.Image(self._image.ImageFormat.SRGB, cv2.cvtColor(part, cv2.COLOR_BGR2RGB))
        faces = []
        for detection in self._detector.detect(image).detections:
            box = detection.bounding_box
            if box.width <= 0 or box.height <= 0:
                continue
            found = Box(
                region.x + box.origin_x * scale_x,
                region.y + box.origin_y * scale_y,
                box.width * scale_x,
                box.height * scale_y,
            )
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
        return merge(face for face in self._model.look(frame.bgr) if face.score >= MIN_SCORE)

    def close(self) -> None:
        self._model.close()


class LiveFaceDetector:
    """For frames that come fast: the short-range model on the whole frame and on one tile, another one each time.

    On the whole frame a small face is missed or its box is rough, so a known face that is small, or was missed, is
    looked for around where it was. A new small face is found within as many frames as there are tiles.

    look_every_s: of frames that follow one another faster, each is looked at as a whole, and for tiles and known faces
    about as often as this. The default spends them on every frame.
    """

    def __init__(self, look_every_s: float = 0.0) -> None:
        self._model = _Model(model_files.SHORT_RANGE)
        self._tile_budget, self._close_budget = _Budget(look_every_s), _Budget(look_every_s)
        self._tile = self._turn = 0

    def detect(self, frame: Frame, known: Sequence[Box] = ()) -> tuple[Face, ...]:
        width, height = frame.size
        whole, tile = self._model.look(frame.bgr), list[Face]()
        if self._tile_budget.spend(frame.captured_at, 1):
            regions = tiles(width, height)
            self._tile += 1
            tile = self._model.look(frame.bgr, regions[self._tile % len(regions)])
        wanted = [box for box in known if _is_small(box, frame) or not _among(box, whole)]
        # Which of many are looked for rotates, so that none starves.
        order = [wanted[(self._turn + index) % len(wanted)] for index in range(len(wanted))]
        looks = self._close_budget.spend(frame.captured_at, min(len(wanted), MAX_KNOWN_LOOKS))
        self._turn += looks
        close: list[Face] = []
        for box in order[:looks]:
            if not _among(box, close):
                close += self._model.look(frame.bgr, around(box, width, height))
        # A rough box is worse than none where a close look comes in a frame or two: the tracker bridges that time.
        waiting = [box for box in order[looks:] if _is_small(box, frame)]
        if waiting and self._close_budget.round_s(len(order), MAX_KNOWN_LOOKS) <= BRIDGED_S:
            whole = [face for face in whole if _nearest(face, known) not in waiting]
        believed = ([face for face in look if _is_believed(face, known)] for look in (close, tile, whole))
        return merge_looks(believed)

    def close(self) -> None:
        self._model.close()


class _Budget:
    """How many of the looks that are wanted a frame gets, when each is to be had every so many seconds."""

    _EARLY = 0.75
    """Frames do not come evenly: one that is a quarter too early is in time."""
    _TOGETHER = 2
    """So many looks or none: two faces that pass each other are told apart best where both were found in one frame."""

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._saved = self._passed_s = 0.0
        self._at_s: float | None = None

    def round_s(self, wanted: int, most: int) -> float:
        """How long it takes until each of `wanted` had its look, of which a frame gets `most` at most."""
        return max(self._every_s, self._passed_s) * math.ceil(wanted / most)

    def spend(self, at_s: float, wanted: int) -> int:
        """For the frame of that time. What it did not get of it, up to one round, is saved for the next."""
        self._passed_s, self._at_s = at_s - (at_s if self._at_s is None else self._at_s), at_s
        passed_s = self._passed_s
        if not 0 < passed_s < self._every_s * self._EARLY:
            # The first frame, or one that came late, or from elsewhere.
            self._saved = 0.0
            return wanted
        self._saved = min(self._saved + wanted * passed_s / self._every_s, wanted + 1)
        looks = min(int(self._saved + 1 - self._EARLY), wanted)
        if looks < min(wanted, self._TOGETHER):
            return 0
        self._saved -= looks
        return looks


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
        faces = self._short_range.look(frame.bgr) + self._full_range.look(frame.bgr)
        for region in tiles(*frame.size):
            faces += self._short_range.look(frame.bgr, region)
        finds = merge(faces)
        sure = [face for face in finds if face.score >= SURE_SCORE]
        doubts = [face for face in finds if face.score < SURE_SCORE][:MAX_DOUBTS]
        return tuple(sure + [face for face in doubts if self._mean_score(frame.bgr, face) >= MIN_SCORE])

    def _mean_score(self, bgr: UInt8Array, doubt: Face) -> float:
        """What the look that found it and the close looks around it think of a find, on average."""
        height, width = bgr.shape[:2]
        scores = [doubt.score]
        for reach in CLOSE_REACHES:
            looked = self._short_range.look(bgr, around(doubt.box, width, height, reach))
            scores.append(max((face.score for face in looked if face.box.iou(doubt.box) > 0.25), default=0.0))
        return float(np.mean(scores))

    def close(self) -> None:
        self._short_range.close()
        self._full_range.close()


def _is_small(box: Box, frame: Frame) -> bool:
    return max(box.width, box.height) < SMALL_SHARE * min(frame.size)


def _among(box: Box, faces: Sequence[Face]) -> bool:
    return any(box.iou(face.box) > 0.2 for face in faces)


def _nearest(face: Face, known: Sequence[Box]) -> Box | None:
    """The known face that this find is, most likely; None for a new one."""
    nearest = max(known, key=face.box.iou, default=None)
    return nearest if nearest is not None and face.box.iou(nearest) > 0.1 else None


def _is_believed(face: Face, known: Sequence[Box]) -> bool:
    return face.score >= MIN_SCORE or (face.score >= KNOWN_MIN_SCORE and any(face.box.iou(box) > 0.2 for box in known))
