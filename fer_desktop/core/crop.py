"""Face -> 48×48 grey. THE preprocessing: live frames, files and training all go through here and nowhere else.

The network learnt from FER2013's frames, which are wider and stand higher than a detector's box, so the crop rebuilds
that frame from the detected face. `packaging/measure_crop.py` measured the three constants on Training faces pasted
into scenes; a change to any of them is a new CROP_GEOMETRY_VERSION.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from fer_desktop.core.types import CROP_SIDE, Face, UInt8Array

SCALE: Final = 1.19
"""Side of the frame in widths of the box."""
EYE_PULL: Final = 0.5
"""The frame hangs between the box's centre (0) and the middle of the eyes (1): half-way scatters least."""
DROP: Final = 0.015
"""How far below that point, along the face, the frame's centre lies, in widths of the box."""
STEADY_EYE_DISTANCE: Final = 0.25
"""In a face turned away the eyes move together and their line tells little of the roll. Below this distance, in widths
of the box, the roll counts for less, down to nothing."""
MAX_OVERSAMPLING: Final = 16
"""A face larger than so many crops a side is first averaged down by a whole number, which costs less than cutting it so
large."""
REACH: Final = 0.75
"""How far the surroundings of a frame reach, in its sides: half its diagonal, and a little."""
MARGIN_PX: Final = 2
"""… and more, for what lies between two pixels of a small one."""


@dataclass(frozen=True, slots=True)
class CropFrame:
    """A square to cut out of a picture: centre and side in pixels, `roll` in radians, clockwise as seen."""

    centre_x: float
    centre_y: float
    side: float
    roll: float


def crop_frame(face: Face) -> CropFrame:
    """The frame that FER2013 would have put around this face, upright by its eye line."""
    # Plain numbers: of two at a time numpy takes five times as long.
    (right_x, right_y), (left_x, left_y) = face.keypoints[:2].tolist()
    width = math.sqrt(face.box.area)
    steadiness = min(1.0, math.hypot(left_x - right_x, left_y - right_y) / (STEADY_EYE_DISTANCE * width))
    roll = math.atan2(left_y - right_y, left_x - right_x) * steadiness
    x, y = face.box.centre
    eyes_x, eyes_y, drop = (right_x + left_x) / 2, (right_y + left_y) / 2, DROP * width
    return CropFrame(
        x * (1 - EYE_PULL) + eyes_x * EYE_PULL - drop * math.sin(roll),
        y * (1 - EYE_PULL) + eyes_y * EYE_PULL + drop * math.cos(roll),
        SCALE * width,
        roll,
    )


def cut(bgr: UInt8Array, frame: CropFrame) -> UInt8Array:
    """uint8[48, 48] grey from uint8[h, w, 3]. Where the frame leaves the picture, the picture's edge is repeated.

    A large face is first cut at a multiple of 48 pixels and then averaged, so that nothing aliases.
    """
    grey, frame = _surroundings(bgr, frame)
    oversampling = max(1, math.ceil(frame.side / CROP_SIDE))
    size = CROP_SIDE * oversampling
    step = frame.side / size
    cos, sin = math.cos(frame.roll) * step, math.sin(frame.roll) * step
    # From the middle of pixel (column, row) of the crop to the picture; OpenCV counts pixel centres as whole numbers.
    middle = (size - 1) / 2
    to_picture = np.array(
        [
            [cos, -sin, frame.centre_x - 0.5 - cos * middle + sin * middle],
            [sin, cos, frame.centre_y - 0.5 - sin * middle - cos * middle],
        ]
    )
    crop = cv2.warpAffine(
        grey, to_picture, (size, size), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    if oversampling > 1:
        crop = cv2.resize(crop, (CROP_SIDE, CROP_SIDE), interpolation=cv2.INTER_AREA)
    return crop  # type: ignore[return-value]


def _surroundings(bgr: UInt8Array, frame: CropFrame) -> tuple[UInt8Array, CropFrame]:
    """What a frame needs of the picture, in grey, a third of the work of cutting colours; and the frame in it."""
    height, width = bgr.shape[:2]
    reach = frame.side * REACH + MARGIN_PX
    left, right = (min(max(int(edge), 0), width - 1) for edge in (frame.centre_x - reach, frame.centre_x + reach))
    top, bottom = (min(max(int(edge), 0), height - 1) for edge in (frame.centre_y - reach, frame.centre_y + reach))
    grey = cv2.cvtColor(bgr[top : bottom + 1, left : right + 1], cv2.COLOR_BGR2GRAY)
    scale_x = scale_y = 1.0
    times = math.ceil(frame.side / (CROP_SIDE * MAX_OVERSAMPLING))
    if times > 1:
        size = max(1, grey.shape[1] // times), max(1, grey.shape[0] // times)
        scale_x, scale_y = size[0] / grey.shape[1], size[1] / grey.shape[0]
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    centre_x, centre_y = (frame.centre_x - left) * scale_x, (frame.centre_y - top) * scale_y
    return grey, CropFrame(centre_x, centre_y, frame.side * scale_x, frame.roll)  # type: ignore[return-value]


def crop_face(bgr: UInt8Array, face: Face) -> UInt8Array:
    """uint8[48, 48]: the face as the network sees it."""
    return cut(bgr, crop_frame(face))
