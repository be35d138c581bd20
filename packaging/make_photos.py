"""Make photos of 1280×960 with one to five faces of a data set on plain backgrounds, to measure whole folders with.

    python packaging/make_photos.py fer2013.csv FOLDER [--photos 1000] [--split PublicTest] [--seed 0]

Writes FOLDER/0000.jpg and so on, and FOLDER/faces.csv: photo, x, y, side, emotion of each pasted face.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import cv2
import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.types import Box, UInt8Array
from fer_desktop.training import datasets

WIDTH, HEIGHT = 1280, 960
MOST_FACES = 5
SIDES = (120, 420)
"""Side of the pasted 48×48 frame in pixels, smallest and largest; drawn evenly on a log scale."""
TRIES = 40


def places(count: int, rng: np.random.Generator) -> list[Box]:
    """Squares that do not touch each other; fewer than `count` where no room is found."""
    found: list[Box] = []
    for _ in range(TRIES * count):
        if len(found) == count:
            break
        side = int(np.exp(rng.uniform(*np.log(SIDES))))
        box = Box(int(rng.integers(0, WIDTH - side)), int(rng.integers(0, HEIGHT - side)), side, side)
        if all(box.intersection(other) == 0 for other in found):
            found.append(box)
    return found


def photo(faces: UInt8Array, boxes: list[Box], rng: np.random.Generator) -> UInt8Array:
    """uint8[960, 1280, 3]: each of uint8[n, 48, 48] in its place on a gradient, with soft edges and light noise."""
    corners = rng.uniform(40, 215, (2, 2, 3)).astype(np.float32)
    scene = cv2.resize(corners, (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    for face, box in zip(faces, boxes, strict=True):
        side, x, y = int(box.width), int(box.x), int(box.y)
        patch = cv2.resize(face, (side, side), interpolation=cv2.INTER_CUBIC).astype(np.float32)[..., None]
        feather = max(2, round(side * 0.04))
        inside = np.zeros((side, side), np.float32)
        inside[feather:-feather, feather:-feather] = 1
        mask = cv2.blur(inside, (feather, feather))[..., None]
        scene[y : y + side, x : x + side] = mask * patch + (1 - mask) * scene[y : y + side, x : x + side]
    noise = rng.standard_normal(scene.shape, np.float32) * np.float32(rng.uniform(0, 3))
    return np.clip(scene + noise, 0, 255).astype(np.uint8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--photos", type=int, default=1000)
    parser.add_argument("--split", default="PublicTest")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    faces = datasets.load(args.data).split(args.split)
    rng = np.random.default_rng(args.seed)
    args.folder.mkdir(parents=True, exist_ok=True)
    with (args.folder / "faces.csv").open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(("photo", "x", "y", "side", "emotion"))
        for number in range(args.photos):
            boxes = places(int(rng.integers(1, MOST_FACES + 1)), rng)
            chosen = rng.integers(0, len(faces), len(boxes))
            name = f"{number:04d}.jpg"
            picture = photo(faces.images[chosen], boxes, rng)
            cv2.imwrite(str(args.folder / name), picture, [cv2.IMWRITE_JPEG_QUALITY, 90])
            for index, box in zip(chosen, boxes, strict=True):
                emotion = emotions.NAMES[int(faces.labels[index])]
                table.writerow((name, int(box.x), int(box.y), int(box.width), emotion))


if __name__ == "__main__":
    main()
