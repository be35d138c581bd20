"""`fer-desktop evaluate`: how good a model is on labelled faces, through the runtime that runs live."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import functools
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fer_desktop import __version__
from fer_desktop.cli import EXIT_OK, EXIT_PARTIAL
from fer_desktop.core.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from fer_desktop.core.ports import EmotionClassifier
    from fer_desktop.training.datasets import FaceSet


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        action="append",
        required=True,
        metavar="PATH",
        help="fer2013.csv, an .npz or a folder a class; repeatable",
    )
    parser.add_argument("--split", default="PublicTest", metavar="NAME", help="which of its faces (PublicTest)")
    parser.add_argument("--model", metavar="ID|DIR", help="model id or folder (default: the active one)")
    parser.add_argument("--against", metavar="ID|DIR", help="another model, to compare with on the same faces")
    parser.add_argument("--json", metavar="FILE", help="write JSON to FILE, - for standard output")
    parser.add_argument(
        "--report",
        metavar="FILE.html",
        help="write a page with charts, the surest mistakes, and accuracy for small, blurred, dark and tilted faces, "
        "which takes some twenty times as long",
    )


def run(args: argparse.Namespace) -> int:
    from fer_desktop import app
    from fer_desktop.offline.files import STDOUT, output
    from fer_desktop.offline.names import shown
    from fer_desktop.training import compare, datasets
    from fer_desktop.training.datasets.report import left_out
    from fer_desktop.training.evaluate import calibration, evaluate

    _check_outputs(args)
    with contextlib.ExitStack() as stack:
        classifier = stack.enter_context(contextlib.closing(app.classifier(args.model)))
        # The outputs are opened first: one that cannot be written is known before the work, not after it.
        write = stack.enter_context(output(args.json or STDOUT))
        write_report = stack.enter_context(output(args.report)) if args.report else None
        other = stack.enter_context(contextlib.closing(app.classifier(args.against))) if args.against else None
        data = datasets.load_all(args.data, make_detector=app.photo_detector)
        faces = data.split(args.split)
        readings = compare.read(classifier, faces.images)
        probabilities = readings.probabilities
        result = {
            "schema": 1,
            "model": classifier.model_id,
            "split": str(faces.usages[0]),
            **evaluate(probabilities, faces.labels).to_json(),
            "runtime": "onnxruntime",
            "calibration": [one.to_json() for one in calibration(probabilities, faces.labels)],
            "milliseconds_a_face": round(readings.milliseconds, 3),
            "skipped": [{"where": where, "reason": reason} for where, reason in data.skipped],
        }
        if other is not None:
            result |= compare.compare(readings, compare.read(other, faces.images), faces.images, faces.labels)
        if write_report:
            page, result["robustness"] = _report(args, classifier, faces, probabilities)
            write_report(page)
        write((json.dumps(result) if args.json else table(result)).encode() + b"\n")
    for line in left_out(data.skipped):
        print(shown(f"fer-desktop: {line}"), file=sys.stderr)
    return EXIT_PARTIAL if data.skipped else EXIT_OK


def _check_outputs(args: argparse.Namespace) -> None:
    """Refuse outputs that would destroy each other or the data. Raises InputError."""
    from fer_desktop.offline.files import STDOUT
    from fer_desktop.offline.names import shown

    if args.report is not None and args.report in ("", STDOUT):
        raise InputError("--report needs the name of a file", "Name one, such as report.html")
    targets = [target for target in (args.json, args.report) if target and target != STDOUT]
    real = [os.path.realpath(target) for target in targets]
    if len(set(real)) < len(real):
        raise InputError(f"--json and --report name the same file, {shown(args.report)}", "Name two files")
    for target, path in zip(targets, real, strict=True):
        if path in map(os.path.realpath, args.data):
            raise InputError(f"{shown(target)} is the data to read", "Name another file for the results")


def _report(
    args: argparse.Namespace, classifier: EmotionClassifier, faces: FaceSet, probabilities: np.ndarray
) -> tuple[bytes, dict[str, Any]]:
    """The page, and what the JSON tells of worse pictures."""
    from fer_desktop.offline.names import shown
    from fer_desktop.training import compare, evaluation_report, robustness

    with _progress() as show:
        curves = robustness.sweep(
            functools.partial(compare.probabilities, classifier),
            faces.images,
            faces.labels,
            probabilities,
            progress=show,
        )
    page = evaluation_report.render(
        evaluation_report.Evaluated(
            model=shown(classifier.model_id),
            split=shown(str(faces.usages[0])),
            data=shown(", ".join(path.resolve().name for path in args.data)),
            made=f"FER Desktop {__version__} on {datetime.datetime.now().date()}",
            images=faces.images,
            labels=faces.labels,
            probabilities=probabilities,
            curves=curves,
        )
    )
    return page.encode(), {curve.degradation.name: curve.to_json() for curve in curves}


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """One line on stderr that is written over, only where a person is looking."""
    active = sys.stderr.isatty()

    def show(done: int, total: int) -> None:
        if active:
            print(f"\r{done:,}/{total:,} worse pictures read\x1b[K", end="", file=sys.stderr, flush=True)

    try:
        yield show
    finally:
        if active:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _against(result: dict[str, Any]) -> list[str]:
    """The other model's line, where there is one."""
    if "against" not in result:
        return []
    other = result["against"]
    return [
        f"model {other['model']}: accuracy {other['accuracy']:.1%}, mean of the recalls "
        f"{other['balanced_accuracy']:.1%}, calibration error {other['ece']:.3f}, "
        f"{other['milliseconds_a_face']:.1f} ms a face; they differ on {result['differ_on']:,} faces",
    ]


def table(result: dict[str, Any]) -> str:
    """For people: the figures, and the confusion matrix with the true emotion on the left."""
    names = list(result["recall"])
    lines = [
        f"model {result['model']} on {result['n']:,} faces of {result['split']} ({result['runtime']})",
        f"accuracy {result['accuracy']:.1%}, mean of the recalls {result['balanced_accuracy']:.1%}, "
        f"calibration error {result['ece']:.3f}, {result['milliseconds_a_face']:.1f} ms a face",
        *_against(result),
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
    for name, curve in result.get("robustness", {}).items():
        lines += [
            "",
            f"{name.replace('_', ' '):>14}" + "".join(f"{step['value']:>9.3g}" for step in curve["steps"]),
            f"{'accuracy':>14}" + "".join(f"{step['accuracy']:>9.1%}" for step in curve["steps"]),
        ]
    return "\n".join(lines)
