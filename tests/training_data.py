"""A small data set of drawn faces in Kaggle's form: a disc with eyes, brows and a mouth that tell the emotion."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from fer_desktop.core import emotions

MOUTHS = {
    "angry": (0, 0),
    "disgust": (-4, 2),
    "fear": (2, 5),
    "happy": (8, 2),
    "sad": (-8, 0),
    "surprise": (0, 9),
    "neutral": (0, 1),
}


def draw(emotion: str, rng: np.random.Generator) -> np.ndarray:
    """uint8[48, 48]"""
    image = np.full((48, 48), int(rng.integers(40, 100)), np.uint8)
    x, y = (int(value) for value in rng.integers(22, 27, 2))
    cv2.ellipse(image, (x, y), (17, 22), 0, 0, 360, int(rng.integers(150, 230)), -1)
    bend, opening = MOUTHS[emotion]
    for side in (-7, 7):
        cv2.circle(image, (x + side, y - 6), 4 if emotion in ("surprise", "fear") else 2, 20, -1)
        slope = {"angry": 4, "sad": -4, "fear": -3}.get(emotion, 0) * (1 if side < 0 else -1)
        cv2.line(image, (x + side - 5, y - 12 - slope // 2), (x + side + 5, y - 12 + slope // 2), 30, 2)
    cv2.ellipse(
        image,
        (x, y + 12 - bend // 2),
        (8, max(abs(bend), 1)),
        0,
        0 if bend >= 0 else 180,
        180 if bend >= 0 else 360,
        20,
        2,
    )
    if opening > 1:
        cv2.ellipse(image, (x, y + 12), (5, opening), 0, 0, 360, 10, -1)
    noise = rng.normal(0, 4, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def write_csv(path: Path, training: int = 140, public_test: int = 70, seed: int = 0) -> Path:
    rng = np.random.default_rng(seed)
    lines = ["emotion,pixels,Usage"]
    for usage, count in (("Training", training), ("PublicTest", public_test)):
        for index in range(count):
            label = index % emotions.COUNT
            pixels = " ".join(map(str, draw(emotions.NAMES[label], rng).ravel()))
            lines.append(f"{label},{pixels},{usage}")
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return path
