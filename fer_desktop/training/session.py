"""From data to a model folder: load, make scenes, train, measure, calibrate, export. `fer-desktop train` calls it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.ports import FaceDetector
from fer_desktop.core.probability import softmax
from fer_desktop.core.types import UInt8Array
from fer_desktop.modelstore.manifest import Manifest
from fer_desktop.training import architectures, calibrate, export, loop
from fer_desktop.training.augment import Batches, class_weights
from fer_desktop.training.config import TrainingConfig
from fer_desktop.training.datasets.face_set import FaceSet
from fer_desktop.training.evaluate import evaluate
from fer_desktop.training.events import Emit
from fer_desktop.training.scenes import scene_crops

TRAINING_SPLIT, VALIDATION_SPLIT = "Training", "PublicTest"


def train(
    run: Path,
    target: Path,
    faces: FaceSet,
    config: TrainingConfig,
    make_detector: Callable[[], FaceDetector],
    emit: Emit,
    cancel: threading.Event,
) -> Manifest:
    """Train in `run` (go on where it stopped) and write the model folder `target`.

    Raises Cancelled where `cancel` was set; the run's folder then holds what is needed to go on.
    """
    validation = faces.split(VALIDATION_SPLIT)
    training = faces.split(TRAINING_SPLIT).without(validation)
    left_out = len(faces.split(TRAINING_SPLIT)) - len(training)
    weights = class_weights(training.labels, emotions.COUNT, config.class_balance)
    scenes = _scenes(run, training, config, make_detector, emit)
    batches = Batches(training.images, scenes, training.labels, weights, config)
    trainer = loop.TrainingRun(config, batches, run, emit)
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
    progress = trainer.progress
    name, (_, arguments) = config.architecture, architectures.ARCHITECTURES[config.architecture]
    manifest = export.write_model(
        model,
        target,
        temperature=temperature,
        architecture={"name": name, "arguments": arguments, "parameters": int(model.count_params())},
        training={
            **config.to_dict(),
            "best_epoch": progress.best_epoch,
            "minutes": round(progress.seconds / 60, 1),
            "history": progress.history,
        },
        data={
            "sources": dict(faces.sources),
            "trained_on": len(training),
            "counts": training.counts(),
            "fingerprint": training.fingerprint(),
            "note": f"{left_out} faces of {TRAINING_SPLIT} were left out, since the same picture stands in "
            f"{VALIDATION_SPLIT}; {VALIDATION_SPLIT} chose the epoch and the temperature and trained nothing.",
        },
        metrics={VALIDATION_SPLIT: figures},
    )
    emit(
        "done",
        text=f"Done: {figures['accuracy']:.1%} on {VALIDATION_SPLIT}. The model is in {target}",
        path=str(target),
        accuracy=figures["accuracy"],
        metrics=figures,
    )
    return manifest


def _scenes(
    run: Path, training: FaceSet, config: TrainingConfig, make_detector: Callable[[], FaceDetector], emit: Emit
) -> UInt8Array:
    """uint8[sets, n, 48, 48]: made once a run, and read from its folder when it is resumed."""
    if not config.scene_sets:
        return np.empty((0, *training.images.shape), np.uint8)
    path = run / "scenes.npz"
    fingerprint = training.fingerprint()
    if path.is_file():
        with np.load(path) as stored:
            if str(stored["fingerprint"]) == fingerprint and len(stored["crops"]) == config.scene_sets:
                return np.asarray(stored["crops"])
    started_s, total = time.monotonic(), config.scene_sets * len(training)
    emit("note", text=f"Making {total:,} scenes, to learn from faces as the detector finds them…")
    detector = make_detector()
    sets = []
    try:
        for index in range(config.scene_sets):
            crops, _ = scene_crops(training.images, detector, config.seed * 1000 + index)
            sets.append(crops)
    finally:
        detector.close()
    stacked = np.stack(sets)
    beside = run / "scenes.tmp.npz"
    np.savez(beside, crops=stacked, fingerprint=np.array(fingerprint))
    beside.replace(path)
    emit("note", text=f"Scenes made in {(time.monotonic() - started_s) / 60:.1f} min")
    return stacked
