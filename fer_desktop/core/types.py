"""The values that flow through the program. Frozen, slotted, checked when made.

Frame -> Face -> Prediction -> Track -> Analysis. Whoever knows these knows the program.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fer_desktop.core import emotions

CROP_SIDE: Final = 48
"""Width and height in pixels of the picture of a face that the network sees."""
CROP_GEOMETRY_VERSION: Final = 1
"""Raised with every change of what core.crop cuts; a model says in its manifest which one it learnt from."""

UInt8Array = NDArray[np.uint8]
Float32Array = NDArray[np.float32]


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture: `bgr` uint8[height, width, 3], made read-only; `captured_at` in seconds of time.monotonic()."""

    bgr: UInt8Array
    index: int
    captured_at: float
    source: str

    def __post_init__(self) -> None:
        _require(self.bgr.dtype == np.uint8, f"frame is {self.bgr.dtype}, not uint8")
        _require(self.bgr.ndim == 3 and self.bgr.shape[2] == 3, f"frame has shape {self.bgr.shape}, not (h, w, 3)")
        _require(self.bgr.size > 0, "frame is empty")
        _require(self.index >= 0, f"frame index {self.index} is negative")
        self.bgr.flags.writeable = False

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.bgr.shape[1], self.bgr.shape[0]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the frame: top left corner, width, height. It may reach outside the frame."""

    x: float
    y: float
    width: float
    height: float

    def __post_init__(self) -> None:
        # Made many times a frame: the words only where they are needed.
        if not math.isfinite(self.x + self.y + self.width + self.height):
            raise ValueError(f"box {self} is not finite")
        if not (self.width > 0 and self.height > 0):
            raise ValueError(f"box {self} has no area")

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def area(self) -> float:
        return self.width * self.height

    def intersection(self, other: Box) -> float:
        """Area in square pixels that both cover."""
        width = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        height = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return max(width, 0.0) * max(height, 0.0)

    def iou(self, other: Box) -> float:
        """Intersection over union, 0 to 1."""
        shared = self.intersection(other)
        return shared / (self.area + other.area - shared)

    def as_list(self) -> list[float]:
        return [round(value, 1) for value in (self.x, self.y, self.width, self.height)]


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A face as found: box in pixels, score 0 to 1, and six keypoints float32[6, 2] in pixels.

    Keypoints: right eye, left eye, nose tip, mouth, right ear, left ear (the person's right, so the picture's left).
    """

    box: Box
    score: float
    keypoints: Float32Array

    def __post_init__(self) -> None:
        _require(0.0 <= self.score <= 1.0, f"face score {self.score} is not within 0 and 1")
        _require(self.keypoints.shape == (6, 2), f"keypoints have shape {self.keypoints.shape}, not (6, 2)")
        self.keypoints.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What the network says of one face: `probabilities` float32[7] that sum to 1, and the `logits` behind them.

    `maps` float32[6, 6, 7], rows from the top of the crop: what each place of it adds to each logit, so that a map's
    mean is its logit less a constant. None where nobody asked, or where the network does not tell.
    """

    probabilities: Float32Array
    logits: Float32Array
    maps: Float32Array | None = None

    def __post_init__(self) -> None:
        for name, values in (("probabilities", self.probabilities), ("logits", self.logits)):
            _require(values.shape == (emotions.COUNT,), f"{name} have shape {values.shape}, not (7,)")
            _require(bool(np.isfinite(values).all()), f"{name} are not finite")
            values.flags.writeable = False
        _require(bool((self.probabilities >= 0).all()), "a probability is negative")
        _require(abs(float(self.probabilities.sum()) - 1.0) < 1e-3, "probabilities do not sum to 1")
        if self.maps is not None:
            shape = self.maps.shape
            # A network of another depth may tell of more or fewer places.
            _require(self.maps.size > 0 and len(shape) == 3, f"maps have shape {shape}, not (6, 6, 7)")
            _require(shape[2] == emotions.COUNT, f"maps have shape {shape}, not (6, 6, 7)")
            _require(bool(np.isfinite(self.maps).all()), "maps are not finite")
            self.maps.flags.writeable = False


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One face over time. `smoothed` float32[7] is what is shown; `label` is None where the program abstains.

    `reason` then says why, in words ("too small"). `crop` uint8[48, 48] is what the network saw. `steady` is where the
    face is shown, without the detector's tremble; None where nothing was steadied, as in photos. `own_neutral`: what is
    shown, unlike `prediction`, is read against the person's own resting face (core.neutral).
    """

    id: int
    face: Face
    prediction: Prediction
    smoothed: Float32Array
    label: str | None
    reason: str | None
    crop: UInt8Array
    steady: Box | None = None
    own_neutral: bool = False
    seen: bool = True
    """The face was found in this very frame. False: it was missed for a moment and is shown where it is expected;
    `face`, `prediction`, `smoothed` and `crop` are those of the last frame in which it was found."""

    def __post_init__(self) -> None:
        _require(self.id >= 0, f"track id {self.id} is negative")
        _require(self.smoothed.shape == (emotions.COUNT,), f"smoothed has shape {self.smoothed.shape}, not (7,)")
        _require(self.label is None or self.label in emotions.NAMES, f"unknown label {self.label!r}")
        _require((self.label is None) != (self.reason is None), "a track has either a label or a reason for none")
        self.smoothed.flags.writeable = False
        self.crop.flags.writeable = False

    @property
    def shown_box(self) -> Box:
        """Where to paint it; `face.box` is what was detected and cut."""
        return self.steady or self.face.box

    @property
    def confidence(self) -> float:
        """The largest of the smoothed probabilities, 0 to 1."""
        return float(self.smoothed.max())


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """All that was read from one frame. `size` is (width, height) in pixels; `timings` are milliseconds a stage.

    `away`: ids of tracks that are not in view just now, and would be the same tracks if they came back. `found`: where
    the detector saw a face at all, in pixels, be it one that the tracker does not take for one yet.
    """

    frame_index: int
    captured_at: float
    size: tuple[int, int]
    tracks: tuple[Track, ...]
    model_id: str
    timings: Mapping[str, float] = field(default_factory=dict)
    away: tuple[int, ...] = ()
    found: tuple[Box, ...] = ()
