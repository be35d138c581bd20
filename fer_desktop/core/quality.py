"""When not to label a face, and why, in words a person understands.

Two kinds of refusal. A face beyond a limit (too small, too dark, too bright, blurred, turned away, half out of view)
is read wrong more often than right, or there were hardly any such faces to measure, or (too small) what was measured is
kinder than cameras are: it gets no label, however sure the network is. Any other face has a quality: how likely its
reading is right, from how sure the network is and how near the face is to those limits. Where that is too low, the
limit it is nearest to is named, and where it is near none, "not sure".

packaging/measure_quality.py fitted the weights on scenes made from FER2013's PublicTest, and prints what the limits,
MIN_QUALITY and MIN_CONTRAST were chosen by. Single readings were measured; live, smoothed ones are judged. The network
knows well when it is at a loss: most of what leaving out the worst gains comes from how sure it is, and the limits add
the words.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from fer_desktop.core.crop import crop_frame
from fer_desktop.core.head_pose import head_pose
from fer_desktop.core.reasons import NOT_SURE
from fer_desktop.core.types import CROP_SIDE, Face, Float32Array, UInt8Array

MIN_FACE_PX: Final = 24
"""A smaller face is cut from fewer than 29 pixels a side: a third of the 48 that the network sees would be invented.
Of those between 13 and 24 pixels 56 % were still read right, but FER2013's faces made small are cleaner than a
camera's."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Up to `fine` faces are read as well as any. From there on a reading is trusted less, by `weight` nats of odds at
    `last`, beyond which no face is labelled."""

    reason: str
    fine: float
    last: float
    weight: float

    def badness(self, value: float) -> float:
        """0 where the value is fine, 1 at the limit, and more beyond."""
        return max(0.0, (value - self.fine) / (self.last - self.fine))


SIZE: Final = Limit("too small", 40.0, MIN_FACE_PX, 0.1)
"""Pixels of the box's shorter side."""
OUT_OF_VIEW: Final = Limit("half out of view", 0.12, 0.29, 0.4)
"""Share of the crop's square that the picture does not show."""
DARK: Final = Limit("too dark", 45.0, 15.0, 0.4)
"""Mean grey of the face, 0 to 255."""
GLARE: Final = Limit("too bright", 0.3, 0.7, 0.4)
"""Share of the face that is white: WHITE and more."""
BLUR: Final = Limit("blurred", 0.3, 0.16, 0.15)
"""Sharpness: the spread of the Laplacian in the spread of grey; noise counts as sharp, so it errs to the mild side."""
TURNED: Final = Limit("turned away", 27.0, 40.0, 0.0)
"""Degrees off the camera, by core.head_pose."""
LIMITS: Final = (SIZE, OUT_OF_VIEW, DARK, GLARE, BLUR, TURNED)
"""In the order in which they are named: what a person mends first, and what causes the others before them."""

WHITE: Final = 250
MIN_CONTRAST: Final = 5.0
"""Spread of the face's grey; with less, a face is a few grey levels, in fog, night or glare."""
CONSTANT: Final = 0.91
SURENESS: Final = 0.78
"""Weight of the logarithm of the odds of the largest probability."""
SPREAD: Final = -0.82
"""Weight of the probabilities' entropy in nats."""
MIN_QUALITY: Final = 0.33
"""Below, a face is not labelled."""

_FACE: Final[UInt8Array] = np.zeros((CROP_SIDE, CROP_SIDE), np.uint8)
cv2.ellipse(_FACE, (CROP_SIDE // 2, CROP_SIDE // 2 + 1), (17, 21), 0, 0, 360, 255, cv2.FILLED)
_FACE_PX: Final = cv2.countNonZero(_FACE)


@dataclass(frozen=True, slots=True)
class Cues:
    """What is measured of one face; units as in the limits of the same name. `contrast`: spread of grey, 0 to 128."""

    size: float
    out_of_view: float
    light: float
    glare: float
    sharpness: float
    turn: float
    contrast: float

    def values(self) -> tuple[float, ...]:
        """What each of LIMITS limits."""
        return self.size, self.out_of_view, self.light, self.glare, self.sharpness, self.turn

    def badness(self) -> tuple[float, ...]:
        """For each of LIMITS, 0 where the face is fine, 1 at the limit."""
        return tuple(limit.badness(value) for limit, value in zip(LIMITS, self.values(), strict=True))


@dataclass(frozen=True, slots=True)
class Quality:
    """`score`: how likely the reading is right, 0 to 1. `reason`: why the face is not labelled; None where it is."""

    score: float
    reason: str | None


def is_too_small(face: Face) -> bool:
    return min(face.box.width, face.box.height) < MIN_FACE_PX


def cues(face: Face, crop: UInt8Array, frame_size: tuple[int, int] | None = None) -> Cues:
    """What speaks for or against reading this crop, uint8[48, 48]. Without the frame's (width, height) in pixels no
    face is out of view. About 0.1 ms."""
    mean, spread = cv2.meanStdDev(crop, mask=_FACE)
    light, contrast = float(mean[0, 0]), float(spread[0, 0])
    edges = float(cv2.meanStdDev(cv2.Laplacian(crop, cv2.CV_16S), mask=_FACE)[1][0, 0])
    white = cv2.countNonZero(cv2.bitwise_and(cv2.threshold(crop, WHITE - 1, 255, cv2.THRESH_BINARY)[1], _FACE))
    return Cues(
        size=min(face.box.width, face.box.height),
        out_of_view=_out_of_view(face, frame_size) if frame_size else 0.0,
        light=light,
        glare=white / _FACE_PX,
        sharpness=edges / max(contrast, 1.0),
        turn=head_pose(face).turn,
        contrast=contrast,
    )


def judge(seen: Cues, probabilities: Float32Array) -> Quality:
    """probabilities: calibrated float32[7]."""
    badness = seen.badness()
    score = _score(badness, probabilities)
    for limit, much in zip(LIMITS, badness, strict=True):
        if much > 1:
            return Quality(score, limit.reason)
        if limit is DARK and seen.contrast < MIN_CONTRAST:
            return Quality(score, DARK.reason if seen.light < 128 else GLARE.reason)
    if score >= MIN_QUALITY:
        return Quality(score, None)
    worst = max(badness)
    return Quality(score, LIMITS[badness.index(worst)].reason if worst > 0 else NOT_SURE)


def _score(badness: tuple[float, ...], probabilities: Float32Array) -> float:
    likely = [max(float(one), 1e-6) for one in probabilities]
    most = min(max(likely), 1 - 1e-6)
    logit = CONSTANT + SURENESS * math.log(most / (1 - most)) - SPREAD * sum(one * math.log(one) for one in likely)
    logit -= sum(limit.weight * min(much, 1.0) for limit, much in zip(LIMITS, badness, strict=True))
    return 1 / (1 + math.exp(-logit))


def reason_not_to_label(
    face: Face,
    crop: UInt8Array | None = None,
    frame_size: tuple[int, int] | None = None,
    probabilities: Float32Array | None = None,
) -> str | None:
    """None where the face can be labelled. Without crop and probabilities only its size is judged."""
    if crop is None or probabilities is None:
        return SIZE.reason if is_too_small(face) else None
    return judge(cues(face, crop, frame_size), probabilities).reason


def _out_of_view(face: Face, size: tuple[int, int]) -> float:
    """Share of the crop's square that lies outside a frame of (width, height), its roll left aside."""
    frame = crop_frame(face)
    shown = 1.0
    for middle, length in ((frame.centre_x, size[0]), (frame.centre_y, size[1])):
        shown *= max(0.0, min(middle + frame.side / 2, length) - max(middle - frame.side / 2, 0.0)) / frame.side
    return 1 - shown
