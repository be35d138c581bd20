"""Measure the crop's geometry on Training faces: where FER2013's frame lies, seen from a detected face.

    python packaging/measure_crop.py fer2013.csv [--faces 3000]

Prints, for both detector models, the constants of fer_desktop/core/crop.py and the scatter that is left once they are
applied. fer_desktop/training/config.py takes that scatter for the augmentation.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from fer_desktop.core import crop
from fer_desktop.core.types import Face
from fer_desktop.detection import model_files
from fer_desktop.detection.mediapipe_detector import WholeFrameDetector
from fer_desktop.training import scenes
from fer_desktop.training.datasets import fer_csv


def local_frame(face: Face, scene: scenes.Scene) -> tuple[float, float, float, float, float]:
    """Centre of the true frame in widths of the box from the box's centre, upright; its side; the eyes' y and x."""
    width = float(np.sqrt(face.box.area))
    roll = crop.crop_frame(face).roll
    turn = np.array(((np.cos(roll), np.sin(roll)), (-np.sin(roll), np.cos(roll))))
    origin = np.array(face.box.centre)
    centre = turn @ (np.array(scene.frame.centre) - origin) / width
    eyes = turn @ (face.keypoints[:2].mean(axis=0) - origin) / width
    return centre[0], centre[1], scene.frame.width / width, eyes[0], eyes[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("csv", type=Path)
    parser.add_argument("--faces", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    training = fer_csv.load(args.csv).split("Training").images
    rng = np.random.default_rng(args.seed)
    chosen = training[rng.choice(len(training), min(args.faces, len(training)), replace=False)]
    for model in (model_files.SHORT_RANGE, model_files.FULL_RANGE):
        detector = WholeFrameDetector(model)
        rows = []
        for image in chosen:
            scene = scenes.compose(image, rng)
            face = scenes.find(scene, detector)
            if face is not None:
                rows.append(local_frame(face, scene))
        detector.close()
        x, y, side, eyes_x, eyes_y = np.array(rows).T
        print(f"{model.file_name}: found {len(rows)} of {len(chosen)} on the whole frame")
        print(f"  SCALE {np.median(side):.3f}, left over: {np.log(side).std():.3f} of its logarithm")
        for pull in (0.0, 0.25, 0.5, 0.75, 1.0):
            dx, dy = x - pull * eyes_x, y - pull * eyes_y
            print(
                f"  EYE_PULL {pull:.2f}: DROP {np.median(dy):+.3f}, sideways {np.median(dx):+.3f}, "
                f"scatter {dx.std():.3f} sideways, {dy.std():.3f} up and down"
            )


if __name__ == "__main__":
    main()
