"""`fer-desktop evaluate`: how good a model is on labelled faces, through the runtime that runs live."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from pathlib import Path
from typing import Any

BATCH = 256


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data", type=Path, required=True, metavar="PATH", help="fer2013.csv, an .npz or a folder a class"
    )
    parser.add_argument("--split", default="PublicTest", metavar="NAME", help="which of its faces (PublicTest)")
    parser.add_argument("--model", metavar="ID|DIR", help="model id or folder (default: the active one)")
    parser.add_argument("--json", metavar="FILE", help="write JSON to FILE, - for standard output")


def run(args: argparse.Namespace) -> int:
    import numpy as np

    from fer_desktop import app
    from fer_desktop.offline.export import STDOUT, output
    from fer_desktop.offline.names import shown
    from fer_desktop.training import datasets
    from fer_desktop.training.datasets.face_set import place
    from fer_desktop.training.evaluate import evaluate

    classifier = app.classifier(args.model)
    # The output is opened first: one that cannot be written is known before the work, not after it.
    with contextlib.closing(classifier), output(args.json or STDOUT) as write:
        data = datasets.load(args.data, make_detector=app.photo_detector)
        faces = data.split(args.split)
        probabilities = [
            prediction.probabilities
            for start in range(0, len(faces), BATCH)
            for prediction in classifier.classify(faces.images[start : start + BATCH])
        ]
        figures = evaluate(np.stack(probabilities), faces.labels).to_json()
        result = {"schema": 1, "model": classifier.model_id, "split": args.split, **figures, "runtime": "onnxruntime"}
        write((json.dumps(result) if args.json else table(result)).encode() + b"\n")
    if data.skipped:
        where, reason = data.skipped[0]
        print(
            shown(f"fer-desktop: {len(data.skipped)} faces were left out, the first at {place(where)}: {reason}"),
            file=sys.stderr,
        )
    return 0


def table(result: dict[str, Any]) -> str:
    """For people: the figures, and the confusion matrix with the true emotion on the left."""
    names = list(result["recall"])
    lines = [
        f"model {result['model']} on {result['n']:,} faces of {result['split']} ({result['runtime']})",
        f"accuracy {result['accuracy']:.1%}, mean of the recalls {result['balanced_accuracy']:.1%}, "
        f"calibration error {result['ece']:.3f}",
        "",
        f"{'true / read as':>14}" + "".join(f"{name:>9}" for name in names) + f"{'recall':>9}",
    ]
    for name, row in zip(names, result["confusion"], strict=True):
        recall = result["recall"][name]
        lines.append(
            f"{name:>14}"
            + "".join(f"{count:>9}" for count in row)
            + (f"{recall:>9.0%}" if recall is not None else f"{'–':>9}")
        )
    return "\n".join(lines)
