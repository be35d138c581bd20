"""Values of the core types, made up for tests."""

from __future__ import annotations

import numpy as np

from fer_desktop.capture.demo import DemoSource
from fer_desktop.core import emotions
from fer_desktop.core.probability import softmax
from fer_desktop.core.types import Box, Face, Frame, Prediction, UInt8Array


def frame(width: int = 64, height: int = 48, index: int = 0, at_s: float = 0.0) -> Frame:
    """Blots of many greys: a face in it is neither dark nor blurred."""
    rows, columns = np.indices((height, width)) // 4
    grey = (rows * 53 + columns * 89) % 160 + 50
    return Frame(np.repeat(grey[..., None], 3, axis=2).astype(np.uint8), index, at_s, "test")


def readable_crops(count: int) -> UInt8Array:
    """uint8[count, 48, 48]: nothing in them speaks against reading them."""
    return np.repeat(frame(48, 48).bgr[None, ..., 0], count, axis=0)


def demo_frame(width: int = 640, height: int = 360) -> Frame:
    """The first frame of the demo."""
    source = DemoSource(width, height, realtime=False)
    source.open()
    try:
        first = source.read()
    finally:
        source.close()
    assert first is not None
    return first


def face(x: float, y: float, side: float, score: float = 0.9, roll: float = 0.0) -> Face:
    """A face with keypoints where MediaPipe puts them, turned by `roll` radians about the box's centre."""
    places = np.array([(-0.21, -0.22), (0.21, -0.22), (0, 0.01), (0, 0.22), (-0.44, -0.12), (0.44, -0.12)])
    turn = np.array(((np.cos(roll), -np.sin(roll)), (np.sin(roll), np.cos(roll))))
    box = Box(x, y, side, side)
    return Face(box, score, (places @ turn.T * side + box.centre).astype(np.float32))


def prediction(label: str, confidence: float = 0.8) -> Prediction:
    probabilities = np.full(emotions.COUNT, (1 - confidence) / (emotions.COUNT - 1), np.float32)
    probabilities[emotions.NAMES.index(label)] = confidence
    logits = np.log(probabilities)
    return Prediction(softmax(logits), logits)
