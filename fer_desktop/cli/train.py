"""`fer-desktop train`: the only way in which a model is trained; the window starts the same command."""

from __future__ import annotations

import argparse
import datetime
import importlib.util
import os
import shutil
import signal
import sys
import threading
from pathlib import Path

from fer_desktop import native_stderr, resources
from fer_desktop.core.errors import InputError, MissingComponentError

PRESETS = ("quick", "standard", "thorough")
RUN_SUFFIX = ".partial"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, metavar="PATH", help="Kaggle's fer2013.csv")
    parser.add_argument("--architecture", metavar="NAME", help="network (default: the preset's)")
    parser.add_argument("--preset", choices=PRESETS, default="standard")
    parser.add_argument("--epochs", type=int, metavar="N")
    parser.add_argument("--seed", type=int, metavar="N")
    parser.add_argument("--out", type=Path, metavar="DIR", help="model folder to write")
    parser.add_argument("--resume", type=Path, metavar="DIR", help="go on with a stopped run: its .partial folder")
    parser.add_argument("--events", choices=["-"], help="write one JSON object a line to stdout instead of words")


def _require_training_component() -> None:
    missing = [name for name in ("keras", "tensorflow", "tf2onnx") if importlib.util.find_spec(name) is None]
    if missing:
        raise MissingComponentError(
            f"The training component is not installed ({', '.join(missing)})", 'Run: pip install "fer-desktop[train]"'
        )


def _cancel_on_request(cancel: threading.Event, listen: bool) -> None:
    """SIGINT, and where a window started us the line "cancel" on stdin or stdin's end, stop after the step in hand."""
    signal.signal(signal.SIGINT, lambda *_: cancel.set())

    def read_stdin() -> None:
        for line in sys.stdin:
            if line.strip() == "cancel":
                break
        cancel.set()

    if listen and sys.stdin is not None:
        threading.Thread(target=read_stdin, name="stdin", daemon=True).start()


def run(args: argparse.Namespace) -> int:
    if args.resume is None and args.data is None:
        raise InputError("No data was given", "Add --data fer2013.csv, or --resume a run's folder.")
    if args.epochs is not None and args.epochs < 1:
        raise InputError(f"--epochs is {args.epochs}", "Give 1 or more.")
    _require_training_component()
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

    from fer_desktop.detection.mediapipe_detector import LiveFaceDetector
    from fer_desktop.training import config as training_config
    from fer_desktop.training import events, runs
    from fer_desktop.training.datasets import fer_csv

    emit = events.json_lines(sys.stdout) if args.events else events.for_people()
    cancel = threading.Event()
    _cancel_on_request(cancel, listen=args.events is not None)
    # The data is read and checked before Keras is imported: wrong data is told at once.
    if args.resume is not None:
        folder = args.resume.resolve()
        config, data = runs.read(folder)
        data = args.data or data
        target = args.out or folder.with_name(folder.name.removesuffix(RUN_SUFFIX))
        faces = fer_csv.load(data, with_hash=True)
    else:
        config = training_config.preset(args.preset, architecture=args.architecture, epochs=args.epochs, seed=args.seed)
        faces = fer_csv.load(args.data, with_hash=True)
        target = args.out or resources.user_models_dir() / datetime.datetime.now().strftime("%Y-%m-%d-%H%M%S")
        folder = target.with_name(target.name + RUN_SUFFIX)
        if folder.exists():
            raise InputError(f"{folder} exists", f"Go on with --resume {folder}, or remove it.")
        runs.start(folder, config, args.data)
    for line, reason in faces.skipped[:5]:
        print(f"skipped line {line}: {reason}", file=sys.stderr)

    with native_stderr.silenced():  # TensorFlow tells of oneDNN and of GPUs that are not there
        from fer_desktop.training import session

    session.train(folder, target, faces, config, LiveFaceDetector, emit, cancel)
    shutil.rmtree(folder, ignore_errors=True)
    return 0
