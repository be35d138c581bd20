"""One network of the study, trained the way the study did: its optimizer, its epochs, no augmentation."""

from __future__ import annotations

import math
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.errors import Cancelled, FerError, MissingComponentError
from fer_desktop.core.pip_command import install_extra
from fer_desktop.core.probability import softmax
from fer_desktop.core.types import Float32Array
from fer_desktop.training import backends, checkpoint
from fer_desktop.training.architectures import study as layer_strings
from fer_desktop.training.checkpoint import Progress
from fer_desktop.training.events import Emit

BATCH_SIZE: Final = 64
"""The study does not tell its own."""
EVALUATION_BATCH: Final = 128


@dataclass(frozen=True, slots=True)
class StudyNetwork:
    """One line of the study. `layers` None: scikit-learn's MLPClassifier. `rate`, `decay`: of Keras 2's optimizers.

    published: (accuracy, epoch or None where it is not told) of its validation faces, by epoch. epochs: as published,
    else chosen.
    """

    name: str
    layers: str | None
    published: tuple[tuple[float, int | None], ...]
    epochs: int
    activation: str = "relu"
    optimizer: str = "adam"
    rate: float = 1e-4
    decay: float = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What is the same for every network: faces [n, 48, 48], uint8 or prepared, labels int64[n], and whom to tell.

    scale: what the networks multiply the pixels by; see architectures.study.build. half_precision: bfloat16 within.
    """

    faces: np.ndarray
    labels: np.ndarray
    validation_faces: np.ndarray
    validation_labels: np.ndarray
    scale: float
    seed: int
    half_precision: bool
    emit: Emit
    cancel: threading.Event


def train(network: StudyNetwork, work: Path, task: Task) -> tuple[int, Progress]:
    """(parameters, progress) after the network's last epoch; goes on from the checkpoint in `work` where there is one.

    Raises Cancelled where it was stopped, FerError where the loss is no number.
    """
    return (_train_mlp if network.layers is None else _train_network)(network, work, task)


def _optimizer(network: StudyNetwork) -> Any:
    """Keras 2's `decay` was rate / (1 + decay · step); Keras 3 calls that inverse time decay."""
    rate = keras.optimizers.schedules.InverseTimeDecay(network.rate, decay_steps=1, decay_rate=network.decay)
    kinds = {"adam": keras.optimizers.Adam, "rmsprop": keras.optimizers.RMSprop}
    return kinds[network.optimizer](rate)


def _train_network(network: StudyNetwork, work: Path, task: Task) -> tuple[int, Progress]:
    keras.utils.clear_session()  # what the network before this one took
    keras.utils.set_random_seed(task.seed)
    model = backends.network_for_training(
        lambda: layer_strings.build(network.layers or "", network.activation, task.scale), task.half_precision
    )
    optimizer = _optimizer(network)
    optimizer.build(model.trainable_variables)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    # Without XLA on TensorFlow: on a CPU it makes these wide convolutions five times as slow.
    jit = keras.backend.backend() == "jax"
    model.compile(optimizer, loss, metrics=["accuracy"], jit_compile=jit)
    progress = Progress()
    stored = checkpoint.load(work)
    if stored is not None:
        progress, arrays = stored
        model.set_weights(arrays["weights"])
        for variable, value in zip(optimizer.variables, arrays["optimizer"], strict=True):
            variable.assign(value)
    batch = min(BATCH_SIZE, len(task.labels))
    steps = len(task.labels) // batch

    def one_epoch(epoch: int) -> tuple[float, float]:
        order = np.random.default_rng((task.seed, epoch)).permutation(len(task.labels))
        losses, accuracies = [], []
        started_s = time.monotonic()
        for step in range(steps):
            _check(task, network, epoch)
            rows = order[step * batch : (step + 1) * batch]
            images = task.faces[rows][..., None].astype(np.float32)
            figures = model.train_on_batch(images, task.labels[rows], return_dict=True)
            losses.append(float(figures["loss"]))
            accuracies.append(float(figures["accuracy"]))
            speed = (step + 1) * batch / max(time.monotonic() - started_s, 1e-9)
            _tell_step(task, network, epoch, step + 1, steps, losses[-1], speed)
        return float(np.mean(losses)), float(np.mean(accuracies))

    def logits(faces: np.ndarray) -> Float32Array:
        parts = []
        for start in range(0, len(faces), EVALUATION_BATCH):
            _check(task, network, progress.epoch + 1)
            images = faces[start : start + EVALUATION_BATCH, ..., None].astype(np.float32)
            parts.append(keras.ops.convert_to_numpy(model.predict_on_batch(images)))
        return np.concatenate(parts)

    def save() -> None:
        kept = [keras.ops.convert_to_numpy(variable) for variable in optimizer.variables]
        checkpoint.save(work, progress, {"weights": model.get_weights(), "optimizer": kept})
        task.emit("checkpoint", epoch=progress.epoch, path=str(work), network=network.name)

    _epochs(network, task, progress, one_epoch, lambda faces: softmax(logits(faces)), save)
    return int(model.count_params()), progress


def _train_mlp(network: StudyNetwork, work: Path, task: Task) -> tuple[int, Progress]:
    """Minutes, not hours: stopped, it begins again."""
    try:
        from sklearn.neural_network import MLPClassifier
    except ImportError as error:
        raise MissingComponentError("scikit-learn is not installed", f"Run: {install_extra('train')}") from error
    mlp = MLPClassifier((300,), solver="sgd", learning_rate_init=0.01, alpha=1e-4, random_state=task.seed)
    classes = np.arange(emotions.COUNT)
    flat = task.faces.reshape(len(task.faces), -1).astype(np.float32)

    def one_epoch(epoch: int) -> tuple[float, float]:
        _check(task, network, epoch)
        mlp.partial_fit(flat, task.labels, classes=classes)
        accuracy = float((mlp.predict(flat) == task.labels).mean())
        return float(mlp.loss_), accuracy

    def probabilities(faces: np.ndarray) -> np.ndarray:
        return np.asarray(mlp.predict_proba(faces.reshape(len(faces), -1).astype(np.float32)))

    progress = Progress()
    with warnings.catch_warnings():
        # On raw pixels it does what the study saw: the numbers run away in the first steps and the loss stays flat.
        warnings.simplefilter("ignore", RuntimeWarning)
        _epochs(network, task, progress, one_epoch, probabilities, lambda: None)
    return sum(weights.size for weights in (*mlp.coefs_, *mlp.intercepts_)), progress


def _epochs(
    network: StudyNetwork,
    task: Task,
    progress: Progress,
    one_epoch: Callable[[int], tuple[float, float]],
    probabilities: Callable[[np.ndarray], np.ndarray],
    save: Callable[[], None],
) -> None:
    """What is left of a network's epochs. one_epoch(epoch) trains and gives (loss, accuracy) on the training faces."""
    for epoch in range(progress.epoch + 1, network.epochs + 1):
        started_s = time.monotonic()
        loss, accuracy = one_epoch(epoch)
        if not math.isfinite(loss):
            raise FerError(f"{network.name}: the loss is no longer a number in epoch {epoch}", "Start it again.")
        said = probabilities(task.validation_faces)
        reached = float((said.argmax(axis=1) == task.validation_labels).mean())
        of_truth = said[np.arange(len(said)), task.validation_labels]
        line = {
            "epoch": epoch,
            "loss": loss,
            "accuracy": accuracy,
            "validation_loss": float(-np.log(np.maximum(of_truth, 1e-12)).mean()),
            "validation_accuracy": reached,
        }
        progress.history.append({key: round(value, 4) for key, value in line.items()})
        progress.epoch = epoch
        if reached > progress.best_accuracy:
            progress.best_accuracy, progress.best_epoch = reached, epoch
        seconds = time.monotonic() - started_s
        progress.seconds += seconds
        save()
        task.emit(
            "epoch",
            network=network.name,
            epoch=epoch,
            epochs=network.epochs,
            loss=loss,
            accuracy=reached,
            best_accuracy=progress.best_accuracy,
            seconds=progress.seconds,
            seconds_left=seconds * (network.epochs - epoch),
        )


def _check(task: Task, network: StudyNetwork, epoch: int) -> None:
    if task.cancel.is_set():
        raise Cancelled(
            f"Stopped at {network.name}, in epoch {epoch}", "The same command goes on from the last whole epoch."
        )


def _tell_step(task: Task, network: StudyNetwork, epoch: int, step: int, steps: int, loss: float, speed: float) -> None:
    task.emit(
        "step",
        network=network.name,
        epoch=epoch,
        epochs=network.epochs,
        step=step,
        steps=steps,
        loss=loss,
        images_per_second=speed,
    )
