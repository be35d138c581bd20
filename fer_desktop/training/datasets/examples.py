"""A few faces of each emotion, to look at before training."""

from __future__ import annotations

import base64

import cv2
import numpy as np

from fer_desktop.core import emotions
from fer_desktop.training.datasets.face_set import FaceSet

A_CLASS = 8
SEED = 1


def examples(faces: FaceSet) -> dict[str, list[str]]:
    """By emotion, at most A_CLASS faces as base64 of PNG, 48×48; the same ones each time."""
    rng = np.random.default_rng(SEED)
    chosen = {}
    for label, name in enumerate(emotions.NAMES):
        of_class = np.flatnonzero(faces.labels == label)
        picked = rng.permutation(of_class)[:A_CLASS]
        chosen[name] = [png(faces.images[index]) for index in np.sort(picked)]
    return chosen


def png(image: np.ndarray) -> str:
    """Base64 of uint8[h, w] as PNG."""
    _, content = cv2.imencode(".png", image)
    return base64.b64encode(content.tobytes()).decode("ascii")
