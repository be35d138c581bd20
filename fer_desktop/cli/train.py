"""`fer-desktop train`: the only way in which a model is trained; the window starts the same command."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import importlib.util
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from fer_desktop import app, native_stderr, resources
from fer_desktop.core.errors import Cancelled, FerError, InputError, MissingComponentError
from fer_desktop.offline.names import shown
from fer_desktop.training import backends, events
from fer_desktop.training.config import PRESETS

if TYPE_CHECKING:
    from fer_desktop.training.datasets.face_set import FaceSet
    from fer_desktop.training.runs import Run

PICTURES_A_NOTE = 2000


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, metavar="PATH", help="fer2013.csv, an .npz or a folder a class")
    parser.add_argument("--ferplus", type=Path, metavar="CSV", help="FER+ votes on the same faces: fer2013new.csv")
    parser.add_argument("--architecture", metavar="NAME", help="network (default: the preset's)")
    parser.add_argument("--preset", choices=list(PRESETS), help="how long and how hard (standard)")
    parser.add_argument("--teacher", action="append", metavar="ID|DIR", help="a model to learn from too; repeatable")
    parser.add_argument("--epochs", type=int, metavar="N")
    parser.add_argument("--seed", type=int, metavar="N")
    parser.add_argument("--out", type=Path, metavar="DIR", help="model folder to write")
    parser.add_argument("--resume", type=Path, metavar="DIR", help="go on with a stopped run: its .partial folder")
    parser.add_argument(
        "--backend", choices=backends.PREFERENCE, help="what Keras computes with (default: the fastest installed)"
    )
    parser.add_argument(
        "--deterministic",
        action="store_true",
        default=None,
        help="the same seed gives the same numbers, more slowly",
    )
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
        "--events", choices=["-"], help='one JSON object a line on stdout; the line "cancel" on stdin stops the run'
    )


def _require_training_component() -> None:
    missing = [name for name in ("keras", "tensorflow", "tf2onnx") if importlib.util.find_spec(name) is None]
    if missing:
        raise MissingComponentError(
            f"The training component is not installed ({', '.join(missing)})", 'Run: pip install "fer-desktop[train]"'
        )


def _cancel_on_request(cancel: threading.Event, listen: bool) -> None:
    """SIGINT, and the line "cancel" on stdin where a window listens, stop the run in order; a second SIGINT at once."""

    def interrupt(*_: object) -> None:
        cancel.set()
        signal.signal(signal.SIGINT, signal.default_int_handler)

    def read_stdin() -> None:
        for line in sys.stdin:
            if line.strip() == "cancel":
                cancel.set()
                return

    signal.signal(signal.SIGINT, interrupt)
    if listen and sys.stdin is not None:
        threading.Thread(target=read_stdin, name="stdin", daemon=True).start()


def _load(path: Path, ferplus: Path | None, emit: events.Emit) -> FaceSet:
    """The faces to train on, reported to people and to the window. Raises InputError where they cannot be used."""
    from fer_desktop.training import datasets

    def progress(done: int) -> None:
        if done and done % PICTURES_A_NOTE == 0:
            emit("note", text=f"{done:,} pictures read…")

    faces = datasets.load(path, ferplus, with_hash=True, make_detector=app.photo_detector, progress=progress)
    datasets.training_and_validation(faces)  # told here, before Keras is imported
    found = datasets.report(faces)
    for line in found.lines():
        print(shown(line), file=sys.stderr)
    emit("data", **found.to_json())
    return faces


def _resumed(args: argparse.Namespace, emit: events.Emit) -> tuple[Run, FaceSet]:
    from fer_desktop.training import runs

    fixed = ("preset", "architecture", "teacher", "epochs", "seed", "out", "deterministic")
    given = [name for name in fixed if getattr(args, name) is not None]
    if given:
        raise InputError(f"--{given[0]} does not go with --resume", "The run's folder says what it is to do.")
    run = runs.read(args.resume)
    faces = _load(args.data or run.data, args.ferplus or run.ferplus, emit)
    run.check_data(faces.fingerprint())
    return run, faces


def _new(args: argparse.Namespace, emit: events.Emit) -> tuple[Run, FaceSet]:
    from fer_desktop.modelstore.store import ModelStore
    from fer_desktop.training import config, runs

    if args.data is None:
        raise InputError("No data was given", "Add --data fer2013.csv, or --resume a run's folder.")
    if args.epochs is not None and args.epochs < 1:
        raise InputError(f"--epochs is {args.epochs}", "Give 1 or more.")
    chosen = config.preset(
        args.preset or "standard",
        architecture=args.architecture,
        epochs=args.epochs,
        seed=args.seed,
        deterministic=args.deterministic,
    )
    teachers = [ModelStore.default().get(teacher).path for teacher in args.teacher or ()]
    own = resources.user_models_dir() / datetime.datetime.now().strftime("%Y-%m-%d-%H%M%S")
    target = runs.check_target(args.out or own)
    faces = _load(args.data, args.ferplus, emit)
    return runs.start(target, chosen, args.data, faces.fingerprint(), args.ferplus, teachers), faces


def _check_study(args: argparse.Namespace) -> None:
    """Raises InputError where options are given together that do not go together."""
    if not args.reproduce_study:
        if args.preprocess is not None:
            raise InputError("--preprocess is for the study's networks", "Add --reproduce-study.")
        return
    others = ("preset", "architecture", "teacher", "resume", "deterministic")
    given = [name for name in others if getattr(args, name) is not None]
    if given:
        raise InputError(f"--{given[0]} does not go with --reproduce-study", "It trains the study's own networks.")
    missing = [name for name in ("data", "out") if getattr(args, name) is None]
    if missing:
        raise InputError(f"--{missing[0]} was not given", "--reproduce-study needs --data fer2013.csv and --out DIR.")
    if args.epochs is not None and args.epochs < 1:
        raise InputError(f"--epochs is {args.epochs}", "Give 1 or more.")


def _quiet_keras(backend: str | None) -> contextlib.AbstractContextManager[None]:
    """For the first import of Keras: chooses its backend, and keeps TensorFlow's remarks on the machine to itself."""
    backends.choose(backend)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    return native_stderr.silenced()


def _reproduce(args: argparse.Namespace, emit: events.Emit, cancel: threading.Event) -> None:
    faces = _load(args.data, args.ferplus, emit)
    with _quiet_keras(args.backend):
        from fer_desktop.training import study

    # It takes seven networks, each compiled once, for one that is compiled again and again, and warns.
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    preprocessing, seed = args.preprocess or "none", 1 if args.seed is None else args.seed
    study.reproduce(faces, args.out, emit, cancel, epochs=args.epochs, preprocessing=preprocessing, seed=seed)


def run(args: argparse.Namespace) -> int:
    # The data is read and checked before Keras is imported: wrong use and wrong data are told at once.
    emit = events.json_lines(sys.stdout) if args.events else events.for_people()
    cancel = threading.Event()
    _cancel_on_request(cancel, listen=args.events is not None)
    try:
        _require_training_component()
        _check_study(args)
        if args.reproduce_study:
            _reproduce(args, emit, cancel)
            return 0
        chosen, faces = _resumed(args, emit) if args.resume is not None else _new(args, emit)
        with _quiet_keras(args.backend):
            from fer_desktop.detection.mediapipe_detector import LiveFaceDetector
            from fer_desktop.training import session

        session.train(chosen, faces, LiveFaceDetector, emit, cancel)
    except FerError as error:
        emit("error", text=str(error), cancelled=isinstance(error, Cancelled))
        raise
    except Exception as error:
        emit("error", text=f"{type(error).__name__}: {error}", cancelled=False)
        raise
    return 0
