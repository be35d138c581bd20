"""Does the map mark what matters? Hiding it must cost the label more of its probability than hiding as much elsewhere.

An occlusion check (Zeiler and Fergus, 2014) on faces of FER2013 that trained nothing.
"""

from __future__ import annotations

import csv
from pathlib import Path

import cv2
import numpy as np

from fer_desktop.classification.onnx_classifier import OnnxClassifier
from fer_desktop.core import why
from fer_desktop.core.types import CROP_SIDE, Prediction
from fer_desktop.modelstore.store import ONNX_FILE, ModelStore

FACES = 500
WINDOW = 16
"""Side in pixels of the square that is hidden: a ninth of the face."""
ELSEWHERE = 8
BATCH = 250
TILES_A_ROW = 180


def public_test_faces(shared: Path, count: int) -> np.ndarray:
    """uint8[count, 48, 48]: the first of a shuffle that is always the same."""
    with (shared / "data" / "fer2013.csv").open() as stream:
        tiles = [int(row["tile"]) for row in csv.DictReader(stream) if row["usage"] == "PublicTest"]
    mosaic = cv2.imread(str(shared / "data" / "fer2013.webp"), cv2.IMREAD_GRAYSCALE)
    chosen = np.array(tiles)[np.random.default_rng(0).permutation(len(tiles))[:count]]
    rows, columns = np.divmod(chosen, TILES_A_ROW)
    rows, columns = rows * CROP_SIDE, columns * CROP_SIDE
    pairs = zip(rows, columns, strict=True)
    return np.stack([mosaic[row : row + CROP_SIDE, column : column + CROP_SIDE] for row, column in pairs])


def marked_window(prediction: Prediction) -> tuple[int, int]:
    """(row, column) of the window that holds most of what is marked for the label."""
    marked = why.spread(why.marked(prediction, int(prediction.probabilities.argmax())), CROP_SIDE)
    sums = np.lib.stride_tricks.sliding_window_view(marked, (WINDOW, WINDOW)).sum(axis=(2, 3))
    row, column = np.unravel_index(sums.argmax(), sums.shape)
    return int(row), int(column)


def other_windows(marked: tuple[int, int], rng: np.random.Generator) -> list[tuple[int, int]]:
    """Places of windows that share no pixel with the marked one."""
    places: list[tuple[int, int]] = []
    while len(places) < ELSEWHERE:
        row, column = (int(value) for value in rng.integers(0, CROP_SIDE - WINDOW + 1, 2))
        if abs(row - marked[0]) >= WINDOW or abs(column - marked[1]) >= WINDOW:
            places.append((row, column))
    return places


def hidden(face: np.ndarray, at: tuple[int, int]) -> np.ndarray:
    covered = face.copy()
    covered[at[0] : at[0] + WINDOW, at[1] : at[1] + WINDOW] = round(float(face.mean()))
    return covered


def test_hiding_what_is_marked_matters_more_than_hiding_as_much_elsewhere(shared_dir: Path) -> None:
    folder = ModelStore.default().active()
    classifier = OnnxClassifier(folder.read(ONNX_FILE), folder.id, folder.manifest.temperature)
    faces, rng = public_test_faces(shared_dir, FACES), np.random.default_rng(1)
    seen = [one for start in range(0, FACES, BATCH) for one in classifier.classify(faces[start : start + BATCH], True)]
    pictures = []
    for face, prediction in zip(faces, seen, strict=True):
        at = marked_window(prediction)
        pictures += [hidden(face, place) for place in (at, *other_windows(at, rng))]
    left = np.concatenate(
        [
            [one.probabilities for one in classifier.classify(np.stack(pictures[start : start + BATCH]))]
            for start in range(0, len(pictures), BATCH)
        ]
    ).reshape(FACES, 1 + ELSEWHERE, -1)
    labels = np.array([one.probabilities.argmax() for one in seen])
    left = left[np.arange(FACES), :, labels]
    share = float((left[:, 0] < left[:, 1:].mean(axis=1)).mean())
    print(f"the marked window matters more in {share:.1%} of {FACES} faces")
    # 85 % at the time of writing; the issue asks for 75.
    assert share >= 0.8
