"""Measure what detection and crop cost: labelled faces pasted into scenes, found, cropped and read by the program.

    python packaging/measure_scenes.py fer2013.csv [--split PublicTest] [--faces N] [--model ID|DIR]

Prints the share of faces found, and the accuracy on those beside the accuracy on the same faces given directly.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from fer_desktop import app
from fer_desktop.core.crop import crop_face
from fer_desktop.detection.mediapipe_detector import PhotoFaceDetector
from fer_desktop.training import scenes
from fer_desktop.training.datasets import fer_csv


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("csv", type=Path)
    parser.add_argument("--split", default="PublicTest")
    parser.add_argument("--faces", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model")
    args = parser.parse_args()
    faces = fer_csv.load(args.csv).split(args.split)
    rng = np.random.default_rng(args.seed)
    chosen = rng.permutation(len(faces))[: args.faces]
    classifier, detector = app.classifier(args.model), PhotoFaceDetector()
    right_in_scene, right_directly, sides, found = [], [], [], []
    for index in chosen:
        scene = scenes.compose(faces.images[index], rng)
        face = scenes.find(scene, detector)
        sides.append(scene.frame.width)
        found.append(face is not None)
        if face is None:
            continue
        in_scene, directly = classifier.logits(np.stack([crop_face(scene.bgr, face), faces.images[index]]))
        right_in_scene.append(in_scene.argmax() == faces.labels[index])
        right_directly.append(directly.argmax() == faces.labels[index])
    detector.close()
    print(
        f"{len(chosen):,} faces of {args.split} in scenes of {scenes.WIDTH}x{scenes.HEIGHT}: found {np.mean(found):.1%}"
    )
    for low, high in ((96, 130), (130, 180), (180, 260), (260, 401)):
        of_size = [one for one, side in zip(found, sides, strict=True) if low <= side < high]
        print(f"  frame side {low} to {high - 1} px: found {np.mean(of_size):.1%} of {len(of_size)}")
    print(
        f"of the faces found: accuracy {np.mean(right_in_scene):.1%} in the scene, "
        f"{np.mean(right_directly):.1%} given directly, difference "
        f"{100 * (np.mean(right_in_scene) - np.mean(right_directly)):+.1f} points"
    )


if __name__ == "__main__":
    main()
