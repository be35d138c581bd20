"""One person under changed light, for tests: the demo's drawn face, cut as the program cuts it, then lit anew.

packaging/measure_finetune.py measures with it as well. The drawn face is no one's; nothing here is a real person's.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from fer_desktop.capture.drawn_face.expressions import KEY_POSES, NEUTRAL, Pose, mix
from fer_desktop.capture.drawn_face.face import draw_face
from fer_desktop.core import emotions
from fer_desktop.core.crop import CropFrame, cut
from fer_desktop.samples import COLLECTED, SampleStore

WIDTH, HEIGHT = 480, 360
SIDE, MIDDLE = 0.575, 0.533
"""Of the frame that detector and crop put around this face: its side, and how low its centre lies, in heights."""
LIGHTS = ("side", "below", "dark", "back", "blinds")
"""The shipped model reads under 65 % of this face in each of them."""


def draw(emotion: str, rng: np.random.Generator) -> np.ndarray:
    """uint8[48, 48]: weak to strong, the head a little moved and turned, cut with a detector's scatter."""
    face = mix(NEUTRAL, KEY_POSES[emotion], rng.uniform(0.55, 1.0))
    face = replace(face, gaze_x=face.gaze_x + rng.normal(0, 0.2), gaze_y=face.gaze_y + rng.normal(0, 0.1))
    pose = Pose(rng.normal(0, 1.2), rng.normal(0, 0.6), rng.normal(0, 4), 1 + rng.normal(0, 0.03))
    side = SIDE * HEIGHT * pose.scale * math.exp(rng.normal(0, 0.03))
    x = WIDTH / 2 + pose.x * HEIGHT / 100 + rng.normal(0, 0.015) * side
    y = HEIGHT * MIDDLE + pose.y * HEIGHT / 100 + rng.normal(0, 0.015) * side
    frame = CropFrame(x, y, side, math.radians(pose.roll) + rng.normal(0, 0.03))
    return cut(draw_face(face, pose, (WIDTH, HEIGHT)), frame)


def lit(crop: np.ndarray, light: str, rng: np.random.Generator) -> np.ndarray:
    """uint8[48, 48]: the same face under another light, with a camera's noise."""
    y, x = np.mgrid[0:48, 0:48] / 47.0
    v = crop / 255.0
    if light == "side":
        v = v**1.6 * (0.06 + 0.94 * np.clip(x * 1.3 - 0.25, 0, 1) ** 1.5)
    elif light == "below":
        v = v**1.3 * (0.08 + 0.92 * np.clip((y - 0.2) * 1.25, 0, 1) ** 1.4)
    elif light == "dark":
        v = 0.04 + 0.16 * v**2.2
    elif light == "back":
        v = 0.24 + 0.65 * np.clip(2.4 * ((x - 0.5) ** 2 + (y - 0.5) ** 2), 0, 1) + 0.22 * v**1.5
    elif light == "blinds":
        v = v**1.3 * (0.45 + 0.4 * np.sin(2 * math.pi * (3.2 * y + 0.8 * x)))
    return np.clip(255 * (v + rng.normal(0, 0.02, v.shape)), 0, 255).astype(np.uint8)


def faces(light: str, each: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """uint8[7 * each, 48, 48] and int64 labels, in the order of the emotions."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(emotions.COUNT), each)
    return np.stack([lit(draw(emotions.NAMES[label], rng), light, rng) for label in labels]), labels


def fill(store: SampleStore, light: str, each: int, seed: int, bursts: int = 5, of: str = "") -> None:
    """Add so many samples of each emotion (or of those named, divided by spaces), in so many bursts each."""
    for index, (image, label) in enumerate(zip(*faces(light, each, seed), strict=True)):
        name = emotions.NAMES[label]
        if not of or name in of.split():
            store.add(image, name, f"{name}-{index % bursts}", COLLECTED)
