"""Keypoints of the mean head, turned: what the detector would give of a face that looks elsewhere."""

from __future__ import annotations

import numpy as np

from fer_desktop.core.head_pose import FACE
from fer_desktop.core.types import Box, Face


def rotation(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """float64[3, 3]: pitch first, then yaw, then roll; degrees; x right, y down, z to the camera."""
    a, b, c = np.radians((yaw, pitch, roll))
    up = np.array(((1, 0, 0), (0, np.cos(b), -np.sin(b)), (0, np.sin(b), np.cos(b))))
    right = np.array(((np.cos(a), 0, np.sin(a)), (0, 1, 0), (-np.sin(a), 0, np.cos(a))))
    tilt = np.array(((np.cos(c), -np.sin(c), 0), (np.sin(c), np.cos(c), 0), (0, 0, 1)))
    return tilt @ right @ up


def seen(yaw: float, pitch: float = 0.0, roll: float = 0.0, form: np.ndarray = FACE, scale: float = 9.0) -> Face:
    points = (form @ rotation(yaw, pitch, roll).T)[:, :2] * scale + (320, 240)
    return Face(Box(250, 170, 140, 140), 0.9, points.astype(np.float32))
