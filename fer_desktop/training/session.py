"""From data to a model folder: load, make scenes, train, measure, calibrate, export. `fer-desktop train` calls it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.errors import Cancelled
from fer_desktop.core.ports import FaceDetector
from fer_desktop.core.probability import softmax
from fer_desktop.core.types import UInt8Array
from fer_desktop.modelstore.manifest import Manifest
from fer_desktop.training import architectures, calibrate, datasets, export, loop, runs
from fer_desktop.training.augment import Batches, class_weights, soft_targets
from fer_desktop.training.datasets import splits
from fer_desktop.training.datasets.face_set import FaceSet
from fer_desktop.training.evaluate import evaluate
from fer_desktop.training.events import Emit
from fer_desktop.training.runs import Run
from fer_desktop.training.scenes import scene_crops

GOLDEN_FACES = 32
"""So many validation faces must come out alike from the trained network, its saved file and its ONNX file."""


def train(
    run: Run, faces: FaceSet, make_detector: Callable[[], FaceDetector], emit: Emit, cancel: threading.Event
) -> Manifest:
    """Train (go on where the run stopped), then measure, calibrate, export and prove; the run becomes its model folder.

    Raises Cancelled where `cancel` was set, and FerError where training or the export failed; the run's folder then
    holds what is needed to go on.
    """
    config = run.config
    training, validation = datasets.training_and_validation(faces)
    split = str(validation.usages[0])
    weights = class_weights(training.labels, emotions.COUNT, config.class_balance)
    targets = soft_targets(training.labels, training.votes, config.vote_share)
    scenes = _scenes(run, training, make_detector, emit, cancel)
    trainer = loop.TrainingRun(config, Batches(training.images, scenes, targets, weights, config), run.folder, emit)
    emit(
        "started",
        text=f"Training {config.architecture} on {len(training):,} faces, {config.epochs} epochs"
        + (f"; going on after epoch {trainer.progress.epoch}" if trainer.resumed else ""),
        architecture=config.architecture,
        faces=len(training),
        epochs=config.epochs,
        epoch=trainer.progress.epoch,
    )
    trainer.train(validation.images, validation.labels, cancel)
    model = trainer.best_model()
    logits = loop.predict(model, validation.images)
    temperature = calibrate.fit_temperature(logits, validation.labels)
    figures = evaluate(softmax(logits, temperature), validation.labels).to_json()
    manifest = export.write_model(
        model,
        run.folder / "model",
        run.target.name,
        golden=validation.images[:GOLDEN_FACES],
        temperature=temperature,
        architecture={
            "name": config.architecture,
            "arguments": architectures.ARCHITECTURES[config.architecture][1],
            "parameters": int(model.count_params()),
        },
        training={
            **config.to_dict(),
            "best_epoch": trainer.progress.best_epoch,
            "minutes": round(trainer.progress.seconds / 60, 1),
            "history": trainer.progress.history,
        },
        data=_provenance(faces, training, split),
        metrics={split: figures},
    )
    runs.finish(run, run.folder / "model")
    emit(
        "done",
        text=f"Done: {figures['accuracy']:.1%} on {split}. The model is in {run.target}",
        path=str(run.target),
        accuracy=figures["accuracy"],
        metrics=figures,
    )
    return manifest


def _provenance(faces: FaceSet, training: FaceSet, split: str) -> dict[str, object]:
    left_out = int((faces.usages == splits.TRAINING).sum()) - len(training)
    return {
        "sources": dict(faces.sources),
        "trained_on": len(training),
        "counts": training.counts(),
        "fingerprint": training.fingerprint(),
        "note": f"{left_out} faces of {splits.TRAINING} were left out, since the same picture stands in "
        f"{split}; {split} chose the epoch and the temperature and trained nothing.",
    }


def _scenes(
    run: Run, training: FaceSet, make_detector: Callable[[], FaceDetector], emit: Emit, cancel: threading.Event
) -> UInt8Array:
    """uint8[sets, n, 48, 48]: made once a run, and read from its folder when it is resumed."""
    shape = (run.config.scene_sets, *training.images.shape)
    if not run.config.scene_sets:
        return np.empty(shape, np.uint8)
    path = run.folder / "scenes.npy"
    try:
        stored = np.load(path)
        if stored.shape == shape and stored.dtype == np.uint8:
            return np.asarray(stored)
    except (OSError, EOFError, ValueError):
        pass  # not made yet, or cut off by whatever stopped the run: they are made again
    total = shape[0] * shape[1]
    started_s = time.monotonic()
    emit("note", text=f"Making {total:,} scenes, to learn from faces as the detector finds them…")

    def progress(done: int) -> None:
        if cancel.is_set():
            raise Cancelled("Stopped while making scenes", f"Go on with --resume {run.folder}")
        emit("scenes", done=len(sets) * shape[1] + done, total=total)

    sets: list[UInt8Array] = []
    detector = make_detector()
    try:
        for index in range(shape[0]):
            crops, _ = scene_crops(training.images, detector, run.config.seed * 1000 + index, progress)
            sets.append(crops)
    finally:
        detector.close()
    stacked = np.stack(sets)
    beside = run.folder / "scenes.tmp.npy"
    np.save(beside, stacked)
    beside.replace(path)
    emit("note", text=f"Scenes made in {(time.monotonic() - started_s) / 60:.1f} min")
    return stacked
