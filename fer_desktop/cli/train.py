"""`fer-desktop train`: the only way in which a model is trained; the window starts the same command."""

from __future__ import annotations

import argparse
import datetime
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fer_desktop import app, resources
from fer_desktop.cli import EXIT_OK, EXIT_PARTIAL, training_process
from fer_desktop.core.errors import InputError
from fer_desktop.modelstore import places
from fer_desktop.offline.names import shown
from fer_desktop.training import backends, events
from fer_desktop.training.config import PRESETS
from fer_desktop.training.control import Control

if TYPE_CHECKING:
    from fer_desktop.training.datasets.face_set import FaceSet
    from fer_desktop.training.runs import Run

PICTURES_A_NOTE = 2000


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--data",
        type=Path,
        action="append",
        metavar="PATH",
        help="fer2013.csv, an .npz or a folder a class; repeatable",
    )
    parser.add_argument("--architecture", metavar="NAME", help="network (default: the preset's)")
    parser.add_argument("--preset", choices=list(PRESETS), help="how long and how hard (standard)")
    parser.add_argument("--teacher", action="append", metavar="ID|DIR", help="a model to learn from too; repeatable")
    parser.add_argument("--start-from", metavar="ID|DIR", help="begin with a model's weights, and go gently")
    parser.add_argument("--epochs", type=int, metavar="N")
    parser.add_argument("--seed", type=int, metavar="N")
    parser.add_argument("--out", type=Path, metavar="DIR", help="model folder to write")
    parser.add_argument(
        "--replace", action="store_true", default=None, help="a model in --out may be exchanged for the new one"
    )
    parser.add_argument("--resume", type=Path, metavar="DIR", help="go on with a stopped run: its .partial folder")
    training_process.configure(parser)
    parser.add_argument(
        "--deterministic",
        action="store_true",
        default=None,
        help="the same seed gives the same numbers, more slowly",
    )
    parser.add_argument("--inspect", action="store_true", help="only read --data and report on it")
    parser.add_argument("--probe", action="store_true", help="only measure how fast each preset trains here")
    study = parser.add_argument_group("the networks of the study this program descends from")
    study.add_argument(
        "--reproduce-study",
        action="store_true",
        help="train each of them and write a table, figures and curves to --out; the same command goes on where it was",
    )
    study.add_argument(
        "--preprocess", choices=["none", "normalize", "pca98"], help="what the study did to its pixels (none)"
    )
    parser.add_argument(
        "--events", choices=["-"], help="one JSON object a line on stdout; on stdin the lines cancel, pause, resume"
    )


def _load(paths: Sequence[Path], ferplus: Path | None, emit: events.Emit, with_examples: bool = False) -> FaceSet:
    """The faces to train on, reported to people and to the window. Raises InputError where they cannot be used."""
    from fer_desktop.training import datasets

    def progress(done: int) -> None:
        if done and done % PICTURES_A_NOTE == 0:
            emit("note", text=f"{done:,} pictures read…")

    faces = datasets.load_all(paths, ferplus, with_hash=True, make_detector=app.photo_detector, progress=progress)
    found = datasets.report(faces)
    for line in found.lines():
        print(shown(line), file=sys.stderr)
    shown_faces = {"examples": datasets.examples(faces)} if with_examples else {}
    emit("data", **found.to_json(), **shown_faces)
    datasets.training_and_validation(faces)  # what is wrong is told here, before Keras is imported
    return faces


def _data_of(args: argparse.Namespace) -> list[Path]:
    if not args.data:
        raise InputError("No data was given", "Add --data fer2013.csv, or --resume a run's folder.")
    data: list[Path] = args.data
    return data


def _resumed(args: argparse.Namespace, emit: events.Emit) -> tuple[Run, FaceSet]:
    from fer_desktop.training import runs

    fixed = ("preset", "architecture", "teacher", "start_from", "epochs", "seed", "out", "replace", "deterministic")
    given = [name for name in fixed if getattr(args, name) is not None]
    if given:
        raise InputError(f"--{given[0]} does not go with --resume", "The run's folder says what it is to do.")
    run = runs.read(args.resume)
    faces = _load(args.data or run.data, args.ferplus or run.ferplus, emit)
    run.check_data(faces.fingerprint())
    return run, faces


def _new(args: argparse.Namespace, emit: events.Emit) -> tuple[Run, FaceSet]:
    from fer_desktop.modelstore.store import ModelStore
    from fer_desktop.training import architectures, config, runs
    from fer_desktop.training.parents import Parent

    data = _data_of(args)
    if args.epochs is not None and args.epochs < 1:
        raise InputError(f"--epochs is {args.epochs}", "Give 1 or more.")
    training_process.check_seed(args.seed)
    store = ModelStore.default()
    teachers = [Parent.of(store.get(teacher)) for teacher in args.teacher or ()]
    begun = None if args.start_from is None else store.get(args.start_from)
    start_from = None if begun is None else Parent.of(begun)
    network = args.architecture or (None if begun is None else begun.manifest.architecture["name"])
    chosen = config.preset(
        args.preset or "standard",
        architecture=network,
        peak_learning_rate=None if begun is None else config.GENTLE_LEARNING_RATE,
        epochs=args.epochs,
        seed=args.seed,
        deterministic=args.deterministic,
    )
    architectures.check(chosen.architecture)
    own = places.free_model_folder(resources.user_models_dir(), f"{datetime.datetime.now():%Y-%m-%d-%H%M%S}")
    replace = bool(args.replace)
    target = runs.check_new_target(args.out or own, replace)
    faces = _load(data, args.ferplus, emit)
    run = runs.start(target, chosen, data, faces.fingerprint(), args.ferplus, teachers, start_from, replace)
    return run, faces


def _check_study(args: argparse.Namespace) -> None:
    """Raises InputError where options are given together that do not go together."""
    if not args.reproduce_study:
        if args.preprocess is not None:
            raise InputError("--preprocess is for the study's networks", "Add --reproduce-study.")
        return
    others = ("preset", "architecture", "teacher", "start_from", "resume", "deterministic")
    given = [name for name in others if getattr(args, name) is not None]
    if given:
        raise InputError(f"--{given[0]} does not go with --reproduce-study", "It trains the study's own networks.")
    missing = [name for name in ("data", "out") if getattr(args, name) is None]
    if missing:
        raise InputError(f"--{missing[0]} was not given", "--reproduce-study needs --data fer2013.csv and --out DIR.")
    if args.epochs is not None and args.epochs < 1:
        raise InputError(f"--epochs is {args.epochs}", "Give 1 or more.")


def _probe(args: argparse.Namespace, emit: events.Emit, control: Control) -> None:
    with training_process.quiet_keras():
        from fer_desktop.training import probe

    probe.probe(emit, control)


def _reproduce(args: argparse.Namespace, emit: events.Emit, cancel: threading.Event) -> FaceSet:
    faces = _load(args.data, args.ferplus, emit)
    with training_process.quiet_keras():
        from fer_desktop.training import study

    preprocessing, seed = args.preprocess or "none", 1 if args.seed is None else args.seed
    study.reproduce(faces, args.out, emit, cancel, epochs=args.epochs, preprocessing=preprocessing, seed=seed)
    return faces


def _next_step(model: Path) -> str:
    """What to do to use a new model."""
    if model.parent == resources.user_models_dir().resolve():
        return f"To use it: fer-desktop models activate {model.name}"
    return f"To use it: fer-desktop models import {model}, then models activate"


def _status(faces: FaceSet) -> int:
    """Exit status: what was left out is in the report with its reason."""
    return EXIT_PARTIAL if faces.skipped else EXIT_OK


def run(args: argparse.Namespace) -> int:
    # The data is read and checked before Keras is imported: wrong use and wrong data are told at once.
    emit = events.json_lines(sys.stdout, args.background) if args.events else events.for_people()
    control = Control()
    training_process.obey(control, listen=args.events is not None)
    with training_process.errors_told(emit):
        training_process.require_component()
        _check_study(args)
        if args.background:
            backends.leave_room()
        if not args.inspect:
            backends.choose(args.backend)
        if args.inspect:
            return _status(_load(_data_of(args), args.ferplus, emit, with_examples=True))
        if args.probe:
            _probe(args, emit, control)
            return EXIT_OK
        if args.reproduce_study:
            return _status(_reproduce(args, emit, control.cancel))
        chosen, faces = _resumed(args, emit) if args.resume is not None else _new(args, emit)
        if chosen.config.deterministic:
            backends.ask_determinism()
        with training_process.quiet_keras():
            from fer_desktop.detection.mediapipe_detector import LiveFaceDetector
            from fer_desktop.training import session

        session.train(chosen, faces, LiveFaceDetector, emit, control)
        if not args.events:
            print(shown(_next_step(chosen.target)), file=sys.stderr)
        return _status(faces)
