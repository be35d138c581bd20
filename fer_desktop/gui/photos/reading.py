"""What came of one photo, in a few small arrays: of a hundred thousand photos no pixel and no Track is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fer_desktop.core import emotions
from fer_desktop.core.types import CROP_SIDE, Analysis, Box, Face, Prediction, Track, UInt8Array
from fer_desktop.offline.image_result import ImageResult

NO_LABEL: Final = 255
FACE: Final = np.dtype(
    [
        ("box", "f8", (4,)),  # as precise as they came: what is written of them must be what `classify` writes
        ("whole", "?"),  # a box in whole pixels is written so
        ("score", "f8"),
        ("keypoints", "f4", (6, 2)),
        ("logits", "f4", (emotions.COUNT,)),
        ("probabilities", "f4", (emotions.COUNT,)),
        ("label", "u1"),
        ("reason", "u1"),
    ]
)
"""One face. `reason` is an index into Reading.reasons."""
_NO_CROP: Final = np.zeros((CROP_SIDE, CROP_SIDE), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """`size` is (width, height) in pixels, (0, 0) where the photo was not read; `faces` has dtype FACE, from left to
    right. `error`: why it could not be read, else empty; `defect`: for a fault of the program's own."""

    size: tuple[int, int]
    model_id: str
    faces: NDArray[np.void]
    reasons: tuple[str, ...] = ()
    error: str = ""
    defect: bool = False


def compact(result: ImageResult) -> Reading:
    """The same in few bytes. The smoothed probabilities of a photo are those of its prediction, and are not kept."""
    size = (result.width or 0, result.height or 0)
    if result.analysis is None:
        return Reading(size, "", np.zeros(0, FACE), (), result.error or "", result.defect)
    tracks = result.analysis.tracks
    faces = np.zeros(len(tracks), FACE)
    reasons: list[str] = []
    for row, track in zip(faces, tracks, strict=True):
        box = track.face.box
        row["box"] = sides = (box.x, box.y, box.width, box.height)
        row["whole"] = all(isinstance(side, int) for side in sides)
        row["score"], row["keypoints"] = track.face.score, track.face.keypoints
        row["logits"], row["probabilities"] = track.prediction.logits, track.prediction.probabilities
        row["label"] = NO_LABEL if track.label is None else emotions.NAMES.index(track.label)
        if track.reason is not None:
            if track.reason not in reasons:
                reasons.append(track.reason)
            row["reason"] = reasons.index(track.reason)
    return Reading(size, result.analysis.model_id, faces, tuple(reasons))


def face_of(row: np.void) -> Face:
    """Of dtype FACE."""
    sides = map(int if row["whole"] else float, row["box"])
    return Face(Box(*sides), float(row["score"]), row["keypoints"].copy())


def analysis_of(
    size: tuple[int, int],
    faces: NDArray[np.void],
    reasons: tuple[str, ...],
    model_id: str,
    crops: UInt8Array | None = None,
    predictions: tuple[Prediction, ...] = (),
) -> Analysis:
    """Back to what the rest of the program knows. crops uint8[n, 48, 48], black where not given. predictions: to stand
    in the place of those kept, such as with maps."""
    tracks = []
    for index, row in enumerate(faces):
        read = predictions[index] if predictions else Prediction(row["probabilities"].copy(), row["logits"].copy())
        label, reason = int(row["label"]), int(row["reason"])
        tracks.append(
            Track(
                index + 1,
                face_of(row),
                read,
                read.probabilities.copy(),
                None if label == NO_LABEL else emotions.NAMES[label],
                reasons[reason] if label == NO_LABEL else None,
                _NO_CROP if crops is None else crops[index],
            )
        )
    return Analysis(0, 0.0, size, tuple(tracks), model_id)
