"""Roughly how far a head is turned, from a face's six keypoints. What it is for: a face turned away is not labelled.

The keypoints are fitted with a turned, scaled copy of a mean face, seen from afar (scaled orthographic projection;
DeMenthon and Davis, "Model-Based Object Pose in 25 Lines of Code", 1995), by least squares: with the mean face's
pseudo-inverse made beforehand it is one small product and a few lines of arithmetic, about 15 microseconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from fer_desktop.core.types import Face

FACE: Final = np.array(
    [
        (-3.12, -2.12, 1.35),
        (3.12, -2.12, 1.35),
        (0.0, 1.41, 6.22),
        (0.0, 4.54, 3.85),
        (-6.61, -0.86, -6.39),
        (6.61, -0.86, -6.39),
    ]
)
"""The mean face in centimetres, in the order of a Face's keypoints: x to the picture's right, y down, z to the camera.

Measured by packaging/measure_head.py: what the detector's keypoints of 3,500 faces have in common (factorisation;
Tomasi and Kanade, 1992), as wide as a head. One rigid shape explains all but 0.03 % of their spread.
How the shape stands, keypoints do not tell: it looks straight ahead, pitch 0, where the median of those faces looks up
by 1.5°.
"""

_CENTRED: Final = FACE - FACE.mean(axis=0)
_INVERSE: Final = np.linalg.pinv(_CENTRED)
"""Its rows sum to 0, so it takes where the face is out of the points by itself."""


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Where a head looks, in degrees, after its roll is undone: `yaw` to the picture's right, `pitch` up."""

    yaw: float
    pitch: float

    @property
    def turn(self) -> float:
        """Degrees between the head's line of sight and the camera's: 0 to 90 of a face, up to 180 of keypoints that are
        none, such as a face's turned upside down as in a mirror."""
        return math.degrees(math.acos(math.cos(math.radians(self.yaw)) * math.cos(math.radians(self.pitch))))


def head_pose(face: Face) -> HeadPose:
    """The pose of a detected face. Keypoints that all lie on one point or line, which no face has, give (0, 0).

    The detector itself is careful with faces far to the side and takes them for less turned than they are: of FER2013's
    faces, one in a hundred reaches 40°.
    """
    ((a, d), (b, e), (c, f)) = (_INVERSE @ face.keypoints.astype(np.float64)).tolist()
    # The nearest two rows of a rotation: (M Mᵀ)^-½ M, with the 2×2 root in closed form.
    xx, xy, yy = a * a + b * b + c * c, a * d + b * e + c * f, d * d + e * e + f * f
    root = math.sqrt(max(xx * yy - xy * xy, 0.0))
    if root <= 1e-9 * (xx + yy):
        return HeadPose(0.0, 0.0)
    # The third row, their cross product, does not depend on roll; both orthonormal rows' is M's over the root.
    x, y, z = (b * f - c * e) / root, (c * d - a * f) / root, (a * e - b * d) / root
    return HeadPose(math.degrees(math.asin(max(-1.0, min(1.0, -x)))), math.degrees(math.atan2(y, z)))
