"""`fer-desktop fine-tune`: teaches a model one person's face from their samples; the window starts the same command."""

from __future__ import annotations

import argparse
import datetime
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fer_desktop import app, resources
from fer_desktop.cli import training_process
from fer_desktop.core.errors import Cancelled, InputError
from fer_desktop.modelstore import places
from fer_desktop.training import backends, events
from fer_desktop.training.control import Control

if TYPE_CHECKING:
    from fer_desktop.training.datasets.face_set import FaceSet

MOST_LOADING_S: Final = 45.0
"""Thousands of whole photos take minutes to read: the person's own samples alone are learnt from then."""


class _TooSlow(Exception):
    """The base data takes too long to read."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--samples", type=Path, metavar="DIR", help="folder of samples (default: your own)")
    parser.add_argument(
        "--data",
        type=Path,
        action="append",
        metavar="PATH",
        help="faces of others that keep it from forgetting: fer2013.csv, an .npz or a folder a class; repeatable",
    )
    parser.add_argument("--model", metavar="ID|DIR", help="the model to begin with (default: the active one)")
    parser.add_argument("--seed", type=int, metavar="N", help="which samples are kept back, and all else by chance (1)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="model folder to write")
    training_process.configure(parser)
    parser.add_argument(
        "--events",
        choices=["-"],
        help="one JSON object a line on stdout; on stdin the line cancel; its end cancels, too",
    )


def _base(args: argparse.Namespace, emit: events.Emit, control: Control) -> FaceSet | None:
    """The faces of others; None where there are none, or reading them takes too long. Raises InputError, Cancelled."""
    from fer_desktop.training import datasets

    if not args.data:
        if args.ferplus is not None:
            raise InputError("--ferplus without --data", "Give the CSV that the votes belong to with --data.")
        return None
    started_s = time.monotonic()

    def progress(done: int) -> None:
        if control.cancel.is_set():
            raise Cancelled("Stopped: no model was made")
        if time.monotonic() - started_s > MOST_LOADING_S:
            raise _TooSlow

    try:
        faces = datasets.load_all(
            args.data, args.ferplus, with_hash=True, make_detector=app.photo_detector, progress=progress
        )
    except _TooSlow:
        emit("note", text="The data takes too long to read: going on without it. fer2013.csv reads in seconds.")
        return None
    datasets.training_and_validation(faces)  # told here, before Keras is imported
    return faces


def run(args: argparse.Namespace) -> int:
    # Samples, model and data are checked before Keras is imported: wrong use is told at once.
    emit = events.json_lines(sys.stdout, args.background) if args.events else events.for_people()
    control = Control()
    training_process.obey(control, listen=args.events is not None, with_reader=True)
    with training_process.errors_told(emit):
        training_process.require_component()
        _fine_tune(args, emit, control)
    return 0


def _fine_tune(args: argparse.Namespace, emit: events.Emit, control: Control) -> None:
    from fer_desktop.modelstore.store import ModelStore
    from fer_desktop.samples import SampleStore
    from fer_desktop.training import finetune_split
    from fer_desktop.training.parents import Parent

    training_process.check_seed(args.seed)
    seed = 1 if args.seed is None else args.seed
    if args.background:
        backends.leave_room()
    backends.choose(args.backend)
    samples = (SampleStore(args.samples) if args.samples is not None else SampleStore.default()).samples()
    finetune_split.check(samples)
    store = ModelStore.default()
    begun_with = store.get(args.model) if args.model else store.active()
    begun_with.keras_file()
    Parent.of(begun_with)
    # Before Keras is imported, so that its import is quiet.
    own = places.free_model_folder(resources.user_models_dir(), f"{datetime.datetime.now():my-face-%Y-%m-%d-%H%M%S}")
    base = _base(args, emit, control)
    with training_process.quiet_keras():
        from fer_desktop.training import finetune

    asked = finetune.FineTuning(samples, begun_with, finetune.check_target(args.out or own), base, seed)
    finetune.fine_tune(asked, emit, control)
