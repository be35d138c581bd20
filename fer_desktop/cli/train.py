"""`fer-desktop train`: the only way in which a model is trained; the window starts the same command."""

from __future__ import annotations

import argparse
import datetime
import importlib.util
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from fer_desktop import native_stderr, resources
from fer_desktop.core.errors import Cancelled, FerError, InputError, MissingComponentError
from fer_desktop.training import events
from fer_desktop.training.config import PRESETS

if TYPE_CHECKING:
    from fer_desktop.training.datasets.face_set import FaceSet
    from fer_desktop.training.runs import Run


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, metavar="PATH", help="Kaggle's fer2013.csv")
    parser.add_argument("--architecture", metavar="NAME", help="network (default: the preset's)")
    parser.add_argument("--preset", choices=list(PRESETS), help="how long and how hard (standard)")
    parser.add_argument("--epochs", type=int, metavar="N")
    parser.add_argument("--seed", type=int, metavar="N")
    parser.add_argument("--out", type=Path, metavar="DIR", help="model folder to write")
    parser.add_argument("--resume", type=Path, metavar="DIR", help="go on with a stopped run: its .partial folder")
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


def _load(path: Path) -> FaceSet:
    from fer_desktop.training.datasets import fer_csv

    faces = fer_csv.load(path, with_hash=True)
    for line, reason in faces.skipped[:5]:
        print(f"fer-desktop: line {line} was left out: {reason}", file=sys.stderr)
    if len(faces.skipped) > 5:
        print(f"fer-desktop: {len(faces.skipped) - 5} more lines were left out", file=sys.stderr)
    return faces


def _resumed(args: argparse.Namespace) -> tuple[Run, FaceSet]:
    from fer_desktop.training import runs

    given = [name for name in ("preset", "architecture", "epochs", "seed", "out") if getattr(args, name) is not None]
    if given:
        raise InputError(f"--{given[0]} does not go with --resume", "The run's folder says what it is to do.")
    run = runs.read(args.resume)
    faces = _load(args.data or run.data)
    run.check_data(faces.fingerprint())
    return run, faces


def _new(args: argparse.Namespace) -> tuple[Run, FaceSet]:
    from fer_desktop.training import config, runs

    if args.data is None:
        raise InputError("No data was given", "Add --data fer2013.csv, or --resume a run's folder.")
    if args.epochs is not None and args.epochs < 1:
        raise InputError(f"--epochs is {args.epochs}", "Give 1 or more.")
    chosen = config.preset(
        args.preset or "standard", architecture=args.architecture, epochs=args.epochs, seed=args.seed
    )
    own = resources.user_models_dir() / datetime.datetime.now().strftime("%Y-%m-%d-%H%M%S")
    target = runs.check_target(args.out or own)
    faces = _load(args.data)
    return runs.start(target, chosen, args.data, faces.fingerprint()), faces


def run(args: argparse.Namespace) -> int:
    # The data is read and checked before Keras is imported: wrong use and wrong data are told at once.
    emit = events.json_lines(sys.stdout) if args.events else events.for_people()
    cancel = threading.Event()
    _cancel_on_request(cancel, listen=args.events is not None)
    try:
        _require_training_component()
        chosen, faces = _resumed(args) if args.resume is not None else _new(args)
        os.environ.setdefault("KERAS_BACKEND", "tensorflow")
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        with native_stderr.silenced():  # TensorFlow tells of oneDNN and of GPUs that are not there
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
