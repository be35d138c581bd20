"""A small data set of drawn faces in every form: a disc with eyes, brows and a mouth that tell the emotion."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

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


@dataclass(frozen=True)
class Drawn:
    """One face: `image` uint8[48, 48], and ten votes in FER+'s order."""

    image: np.ndarray
    label: int
    usage: str
    votes: list[int]


FERPLUS = ["neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt", "unknown", "NF"]
IN_FERPLUS = ["anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral"]
SYNONYMS = ["ANGER", "disgusted", "Fearful", "Happiness", "3_sadness", "Surprised", "calm"]


@functools.cache
def drawn(training: int = 140, public_test: int = 70, seed: int = 0) -> list[Drawn]:
    """Training first, labels in turn. Every tenth face is voted "not a face"; the others have 8 votes for the seven."""
    rng = np.random.default_rng(seed)
    faces = []
    for usage, count in (("Training", training), ("PublicTest", public_test)):
        for index in range(count):
            label = index % emotions.COUNT
            votes = [0] * len(FERPLUS)
            if index % 10 == 0:
                votes[FERPLUS.index("NF")] = 10
            else:
                votes[FERPLUS.index(IN_FERPLUS[label])] += 7
                votes[FERPLUS.index("neutral" if label != 6 else "sadness")] += 1
                votes[FERPLUS.index("contempt")] += 2
            faces.append(Drawn(draw(emotions.NAMES[label], rng), label, usage, votes))
    return faces


def _pixels(face: Drawn) -> str:
    return " ".join(map(str, face.image.ravel()))


def write_csv(path: Path, training: int = 140, public_test: int = 70, seed: int = 0) -> Path:
    faces = drawn(training, public_test, seed)
    lines = ["emotion,pixels,Usage", *(f"{face.label},{_pixels(face)},{face.usage}" for face in faces)]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return path


def write_later_csv(path: Path) -> Path:
    """As Kaggle's icml_face_data.csv."""
    lines = ["emotion, Usage, pixels", *(f"{face.label}, {face.usage}, {_pixels(face)}" for face in drawn())]
    path.write_text("\r\n".join(lines) + "\r\n", encoding="ascii", newline="")
    return path


def write_ferplus(path: Path) -> Path:
    """The votes on the faces of `write_csv`; a face that is "not a face" has no image name, as in FER+."""
    lines = [",".join(["Usage", "Image name", *FERPLUS])]
    for row, face in enumerate(drawn()):
        name = "" if face.votes[-1] else f"fer{row:07d}.png"
        lines.append(",".join([face.usage, name, *map(str, face.votes)]))
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return path


def write_npz(path: Path, **changed: object) -> Path:
    """changed: other arrays in place of these, None for none."""
    faces = drawn()
    arrays: dict[str, object] = {
        "image": np.stack([face.image for face in faces]),
        "emotion": np.array([face.label for face in faces], np.int8),
        "usage": np.array([face.usage for face in faces]),
        "votes": np.array([face.votes for face in faces], np.uint8),
    }
    arrays.update(changed)
    np.savez_compressed(path, **{name: value for name, value in arrays.items() if value is not None})  # type: ignore[arg-type]
    return path


def write_folders(
    root: Path, names: list[str] | None = None, training: str = "train", validation: str = "test", ending: str = "png"
) -> Path:
    for row, face in enumerate(drawn()):
        split = training if face.usage == "Training" else validation
        folder = root / split / (names or list(emotions.NAMES))[face.label]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(face.image).save(folder / f"{row:05d}.{ending}")
    return root
