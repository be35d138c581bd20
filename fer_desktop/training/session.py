"""From data to a model folder: load, make scenes, train, measure, calibrate, export. `fer-desktop train` calls it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from fer_desktop.core import emotions
from fer_desktop.core.errors import Cancelled, FerError
from fer_desktop.core.ports import FaceDetector
from fer_desktop.modelstore.manifest import Manifest
from fer_desktop.training import architectures, backends, calibrate, datasets, export, loop, parents, run_lock, runs
from fer_desktop.training.batches import Batches, class_weights, soft_targets
from fer_desktop.training.control import Control
from fer_desktop.training.datasets import splits
from fer_desktop.training.datasets.face_set import FaceSet
from fer_desktop.training.evaluate import evaluate
from fer_desktop.training.events import Emit, counted
from fer_desktop.training.runs import Run
from fer_desktop.training.scene_sets import SceneSets

GOLDEN_FACES = 32
"""So many validation faces must come out alike from the trained network, its saved file and its ONNX file."""


def train(
    run: Run, faces: FaceSet, make_detector: Callable[[], FaceDetector], emit: Emit, control: Control
) -> Manifest:
    """Train (go on where the run stopped), then measure, calibrate, export and prove; the run becomes its model folder.

    Raises Cancelled where `control` asked for it, and FerError where training or the export failed or the disk is full;
    the run's folder then holds what is needed to go on.
    """
    try:
        with run_lock.hold(run.folder):
            return _train(run, faces, make_detector, emit, control)
    except OSError as error:
        what = f"The run in {run.folder} could not be written on ({error.strerror or error})"
        raise FerError(what, f"Make room, then go on from its last whole epoch: --resume {run.folder}") from error


def _train(
    run: Run, faces: FaceSet, make_detector: Callable[[], FaceDetector], emit: Emit, control: Control
) -> Manifest:
    config, device = run.config, backends.device()
    if config.mixed_precision is None:
        config = replace(config, mixed_precision=device.half_precision)
    training, validation = datasets.training_and_validation(faces)
    split = str(validation.usages[0])
    weights = class_weights(training.labels, emotions.COUNT, config.class_balance)
    targets = soft_targets(training.labels, training.votes, config.vote_share)
    batches = Batches(training.images, targets, weights, config)
    if config.deterministic:
        backends.make_deterministic()
        device = device.using(1)
    else:
        device = device.using(backends.share_batches(batches.size))
    teachers = [parent.network() for parent in run.teachers]
    trainer = loop.TrainingRun(config, batches, run.folder, emit, teachers)
    if run.start_from is not None and not trainer.resumed:
        trainer.begin_with(run.start_from.network())
    emit(
        "started",
        text=f"Training {config.architecture} on {counted(len(training), 'face')}, {counted(config.epochs, 'epoch')}"
        + (f", with {counted(len(teachers), 'teacher')}" if teachers else "")
        + f", on {device.text}, {'bfloat16' if config.mixed_precision else 'float32'}"
        + (f"; going on after epoch {trainer.progress.epoch}" if trainer.resumed else ""),
        device=device.name,
        gpus=device.count,
        backend=device.backend,
        architecture=config.architecture,
        faces=len(training),
        epochs=config.epochs,
        epoch=trainer.progress.epoch,
    )
    with SceneSets(run, training.images, make_detector, emit, control) as scenes:

        def prepare(epoch: int) -> None:
            batches.scene_crops = scenes.of_epoch(epoch)

        trainer.train(validation.images, validation.labels, control, prepare)
    if control.cancel.is_set():
        raise Cancelled("Stopped before the export", f"Go on with --resume {run.folder}")
    model = trainer.best_model()
    logits = loop.predict(model, validation.images)
    calibration = calibrate.fit(logits, validation.labels)
    last = model.get_layer(parents.OUTPUT_NAME)
    last.bias.assign(last.bias + calibration.biases)
    figures = evaluate(calibration.probabilities(logits), validation.labels).to_json()
    manifest = export.write_model(
        model,
        run.folder / "model",
        run.target.name,
        golden=validation.images[:GOLDEN_FACES],
        temperature=calibration.temperature,
        architecture={
            "name": config.architecture,
            "arguments": architectures.ARCHITECTURES[config.architecture][1],
            "parameters": int(model.count_params()),
        },
        training={
            **config.to_dict(),
            "teachers": [teacher.name for teacher in run.teachers],
            "start_from": None if run.start_from is None else run.start_from.name,
            "device": device.text,
            "best_epoch": trainer.progress.best_epoch,
            "biases": [round(float(bias), 4) for bias in calibration.biases],
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
        f"{split}; {split} chose the epoch, the temperature and the biases, and trained nothing.",
    }
