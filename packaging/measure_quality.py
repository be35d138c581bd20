"""Measure when a reading had better not be shown: accuracy against the share of faces labelled, and the numbers of
fer_desktop/core/quality.py.

    python packaging/measure_quality.py fer2013.csv [--faces N] [--rows ROWS.npz] [--table FILE.md] [--picture FILE.svg]

Faces of PublicTest are put into scenes in the dark, in glare, far away, blurred, turned and half out of the picture,
each drawn evenly from not at all to hardly readable, found and cropped by the program's own detector and crop, and read
by the shipped model. On one half of the faces the limits and weights are fitted and printed, to be put into
core/quality.py by hand; the table and the picture come from the other half and from what core/quality.py says now.

--rows: keeps what was found and read, and takes it from there if the file exists.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from quality_curve import draw

from fer_desktop import app
from fer_desktop.core import emotions, quality
from fer_desktop.core.crop import crop_face
from fer_desktop.core.reasons import NOT_SURE
from fer_desktop.core.types import Box, Face
from fer_desktop.detection.mediapipe_detector import LiveFaceDetector
from fer_desktop.training import hard_scenes, scenes
from fer_desktop.training.datasets import fer_csv

BATCH: Final = 64
SHARES: Final = (1.0, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5)
ABOUT: Final = ("small", "half out", "dark", "bright", "blurred", "turned")
"""The scenes each of core.quality's limits is about."""
WINDOW: Final = 150
"""Neighbouring faces whose accuracy is taken to fit a limit."""
ORDINARY: Final = 98
"""Percentile of the clean faces that is still fine."""
MOST_FIT_STEPS: Final = 30
Rows = dict[str, Any]


def collect(csv: Path, count: int | None, seed: int, model: str | None) -> Rows:
    """Arrays with a row a face found, told where to look as the live view is of a face that was there before.

    `tried`: the faces put into scenes; `found`: bool[tried, kinds].
    """
    faces = fer_csv.load(csv).split("PublicTest")
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(faces))[:count]
    classifier, detector = app.classifier(model), LiveFaceDetector()
    columns: Rows = {name: [] for name in ("face", "kind", "how", "box", "kp", "score", "crop", "size", "label")}
    found = np.zeros((len(chosen), len(hard_scenes.KINDS)), bool)
    for at, index in enumerate(chosen):
        for number, kind in enumerate(hard_scenes.KINDS):
            scene, how = kind.compose(faces.images[index], rng)
            face = scenes.find(scene, detector, hint=True)
            found[at, number] = face is not None
            if face is None:
                continue
            box, size = face.box, scene.bgr.shape[1::-1]
            values = (index, number, how, (box.x, box.y, box.width, box.height), face.keypoints, face.score)
            for name, value in zip(
                columns, (*values, crop_face(scene.bgr, face), size, faces.labels[index]), strict=True
            ):
                columns[name].append(value)
    detector.close()
    rows: Rows = {name: np.array(values) for name, values in columns.items()}
    crops = rows["crop"]
    predictions = [one for at in range(0, len(crops), BATCH) for one in classifier.classify(crops[at : at + BATCH])]
    probabilities = np.array([one.probabilities for one in predictions])
    return rows | {"probabilities": probabilities, "found": found, "tried": chosen}


class Scenes:
    """The rows and what core.quality makes of them."""

    def __init__(self, rows: Rows, seed: int) -> None:
        self.kind = rows["kind"]
        self.probabilities, self.label = rows["probabilities"], rows["label"]
        self.right = self.probabilities.argmax(axis=1) == self.label
        seen = [
            quality.cues(Face(Box(*map(float, box)), float(score), points), crop, (int(size[0]), int(size[1])))
            for box, score, points, crop, size in zip(
                *(rows[name] for name in ("box", "score", "kp", "crop", "size")), strict=True
            )
        ]
        self.values = np.array([one.values() for one in seen])
        self.badness = np.array([one.badness() for one in seen])
        judged = [quality.judge(one, row) for one, row in zip(seen, self.probabilities, strict=True)]
        self.score = np.array([one.score for one in judged])
        self.reason = np.array([one.reason or "" for one in judged])
        faces = np.unique(rows["face"])
        chosen = np.random.default_rng(seed).permutation(faces)[: len(faces) // 2]
        self.fitting = np.isin(rows["face"], chosen)
        self.found = rows["found"][~np.isin(rows["tried"], chosen)].mean(axis=0)
        """Share of each kind, of the half that nothing was fitted on."""

    def of(self, *names: str) -> np.ndarray:
        """Which rows are scenes of these kinds."""
        return np.isin(self.kind, [number for number, kind in enumerate(hard_scenes.KINDS) if kind.name in names])


def features(all_scenes: Scenes) -> np.ndarray:
    """float64[n, 2 + limits]: as core.quality weighs them."""
    likely = np.maximum(all_scenes.probabilities.astype(float), 1e-6)
    most = np.minimum(likely.max(axis=1), 1 - 1e-6)
    entropy = -(likely * np.log(likely)).sum(axis=1)
    return np.column_stack([np.log(most / (1 - most)), entropy, -np.minimum(all_scenes.badness, 1)])


def fit_weights(inputs: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Logistic regression by Newton's method, float64[1 + columns]; a limit's weight that would be negative is 0."""
    used = list(range(inputs.shape[1]))
    while True:
        design = np.column_stack([np.ones(len(inputs)), inputs[:, used]])
        weights = np.zeros(design.shape[1])
        for _ in range(MOST_FIT_STEPS):
            likely = 1 / (1 + np.exp(-design @ weights))
            curvature = (design * (likely * (1 - likely))[:, None]).T @ design + 1e-3 * np.eye(len(weights))
            weights += np.linalg.solve(curvature, design.T @ (right - likely))
        negative = [column for column, weight in zip(used, weights[1:], strict=True) if column >= 2 and weight < 0]
        if not negative:
            break
        used = [column for column in used if column not in negative]
    result = np.zeros(1 + inputs.shape[1])
    result[[0, *(1 + column for column in used)]] = weights
    return result


def print_fit(all_scenes: Scenes) -> None:
    """Proposals for the numbers of core/quality.py."""
    clean, fitting = all_scenes.of("clean"), all_scenes.fitting
    for number, limit in enumerate(quality.LIMITS):
        values, falling = all_scenes.values[:, number], limit.last < limit.fine
        fine = np.percentile(values[clean & fitting], 100 - ORDINARY if falling else ORDINARY)
        order = np.argsort(values[fitting] if falling else -values[fitting])
        ordered = values[fitting][order]
        near = np.convolve(all_scenes.right[fitting][order], np.ones(WINDOW) / WINDOW, "valid")
        wrong = int(np.argmax(near > 0.5))
        last = f"{ordered[wrong + WINDOW // 2]:.2f}" if wrong else "never" if near[0] > 0.5 else "always"
        print(
            f"{limit.reason}: fine {fine:.2f} (is {limit.fine:g}), oftener wrong than right from {last} on (is "
            f"{limit.last:g}); the worst {WINDOW}, to {ordered[WINDOW - 1]:.2f}: {near[0]:.1%} right"
        )
    constant, sureness, spread, *weights = fit_weights(features(all_scenes)[fitting], all_scenes.right[fitting])
    named = ", ".join(f"{limit.reason} {weight:.2f}" for limit, weight in zip(quality.LIMITS, weights, strict=True))
    print(f"CONSTANT {constant:.2f}, SURENESS {sureness:.2f}, SPREAD {spread:.2f}; weights: {named}")
    print("MIN_QUALITY, chosen by hand from this: share of clean faces labelled; right of all labelled, of the others")
    for least in np.arange(0.2, 0.55, 0.05):
        labelled, right = all_scenes.score[fitting] >= least, all_scenes.right[fitting]
        shares = [(all_scenes.score[clean & fitting] >= least).mean(), right[labelled].mean(), right[~labelled].mean()]
        print(f"{least:.2f} (is {quality.MIN_QUALITY:g}): " + ", ".join(f"{one:.1%}" for one in shares))


def kept(score: np.ndarray, right: np.ndarray, share: float) -> float:
    """Accuracy of the best `share` of the faces by `score`."""
    best = np.argsort(-score, kind="stable")[: round(share * len(score))]
    return float(right[best].mean())


def table(all_scenes: Scenes) -> str:
    """Markdown, from the half that nothing was fitted on."""
    seen, right, score = ~all_scenes.fitting, all_scenes.right, all_scenes.score
    lines = ["### Accuracy against the share labelled, by quality", ""]
    lines += ["| scenes | faces | " + " | ".join(f"best {share:.0%}" for share in SHARES) + " |"]
    lines += ["|---" * (2 + len(SHARES)) + "|"]
    hard = all_scenes.of(*hard_scenes.HARD)
    sets = [(", ".join(hard_scenes.HARD), hard), *((kind.name, all_scenes.of(kind.name)) for kind in hard_scenes.KINDS)]
    for name, those in sets:
        these = those & seen
        figures = " | ".join(f"{kept(score[these], right[these], share):.1%}" for share in SHARES)
        lines.append(f"| {name} | {these.sum():,} | {figures} |")
    these = hard & seen
    lines += ["", "### The lowest fifth of the dark, small, blurred and turned left out, by what", ""]
    lines += ["| ordered by | all | best 80% | gain, points |", "|---|---|---|---|"]
    ways = {
        "quality": score,
        "largest probability alone": all_scenes.probabilities.max(axis=1),
        "limits alone": -all_scenes.badness.max(axis=1),
    }
    for name, by in ways.items():
        best, every = kept(by[these], right[these], 0.8), right[these].mean()
        lines.append(f"| {name} | {every:.1%} | {best:.1%} | {100 * (best - every):+.1f} |")
    lines += ["", "### Each limit's own measure alone, on the scenes it is about", ""]
    lines += ["| measure | scenes | " + " | ".join(f"best {share:.0%}" for share in SHARES) + " |"]
    lines += ["|---" * (2 + len(SHARES)) + "|"]
    for number, (limit, kind_name) in enumerate(zip(quality.LIMITS, ABOUT, strict=True)):
        these = all_scenes.of(kind_name) & seen
        by = all_scenes.values[these, number] * (1 if limit.last < limit.fine else -1)
        figures = " | ".join(f"{kept(by, right[these], share):.1%}" for share in SHARES)
        lines.append(f"| {limit.reason} | {kind_name} | {figures} |")
    lines += ["", "### As the program does it", ""]
    lines += [
        "| scenes | found again | labelled, of found | right, of found | right, of labelled | right, of the others |"
    ]
    lines += ["|---|---|---|---|---|---|"]
    labelled = all_scenes.reason == ""
    for number, kind in enumerate(hard_scenes.KINDS):
        these = all_scenes.of(kind.name) & seen
        shares = (labelled[these].mean(), right[these].mean(), right[these & labelled].mean())
        lines.append(
            f"| {kind.name} | {all_scenes.found[number]:.1%} | " + " | ".join(f"{one:.1%}" for one in shares) + " | "
            f"{right[these & ~labelled].mean():.1%} |"
        )
    reasons = [*(limit.reason for limit in quality.LIMITS), NOT_SURE]
    lines += ["", "### Reasons", "", "| reason | of clean faces | faces | right, had they been labelled |"]
    lines += ["|---|---|---|---|"]
    clean = all_scenes.of("clean") & seen
    for reason in reasons:
        these = (all_scenes.reason == reason) & seen
        share = f"{right[these].mean():.1%}" if these.any() else ""
        lines.append(f"| {reason} | {(all_scenes.reason == reason)[clean].mean():.1%} | {these.sum():,} | {share} |")
    lines += ["", "### Clean faces labelled, by their true emotion", "", "| emotion | labelled |", "|---|---|"]
    for number, name in enumerate(emotions.NAMES):
        lines.append(f"| {name} | {labelled[clean & (all_scenes.label == number)].mean():.1%} |")
    return "\n".join(lines) + "\n"


def curves(all_scenes: Scenes) -> list[tuple[str, Sequence[float], Sequence[float]]]:
    """(name, shares labelled, accuracies) for each kind and for the four together."""
    shares = [one / 100 for one in range(100, 39, -2)]
    sets = [("the four together", hard_scenes.HARD), *((kind.name, (kind.name,)) for kind in hard_scenes.KINDS)]
    lines: list[tuple[str, Sequence[float], Sequence[float]]] = []
    for name, kinds in sets:
        these = all_scenes.of(*kinds) & ~all_scenes.fitting
        score, right = all_scenes.score[these], all_scenes.right[these]
        lines.append((name, shares, [kept(score, right, share) for share in shares]))
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("csv", type=Path)
    parser.add_argument("--faces", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model")
    parser.add_argument("--rows", type=Path)
    parser.add_argument("--table", type=Path)
    parser.add_argument("--picture", type=Path)
    args = parser.parse_args()
    if args.rows and args.rows.is_file():
        rows: Rows = dict(np.load(args.rows))
    else:
        rows = collect(args.csv, args.faces, args.seed, args.model)
        if args.rows:
            np.savez(args.rows, **rows)
    all_scenes = Scenes(rows, args.seed)
    print_fit(all_scenes)
    text = table(all_scenes)
    if args.table:
        args.table.write_text(text, encoding="utf-8")
    else:
        print(text)
    if args.picture:
        args.picture.write_text(draw(curves(all_scenes)), encoding="utf-8")


if __name__ == "__main__":
    main()
