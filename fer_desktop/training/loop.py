"""The training loop: epochs over augmented faces, a cosine schedule, averaged weights, a checkpoint an epoch.

Written against Keras alone, so that it runs on its tensorflow, jax and torch backends.
"""

from __future__ import annotations

import math
import queue
import threading
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.errors import Cancelled, FerError
from fer_desktop.core.types import Float32Array, UInt8Array
from fer_desktop.training import architectures, checkpoint
from fer_desktop.training.augment import Batches
from fer_desktop.training.checkpoint import Progress
from fer_desktop.training.config import TrainingConfig
from fer_desktop.training.events import Emit

EMA_INTERVAL = 5
"""The average takes in every fifth step: a fifth of the cost and, over hundreds of steps, the same average."""
EVALUATION_BATCH = 512


def learning_rate(config: TrainingConfig, step: int, steps_per_epoch: int) -> float:
    """Linear warm-up, then a half cosine down to nothing at the last step (Loshchilov and Hutter, 2016)."""
    warm_up, total = config.warm_up_epochs * steps_per_epoch, config.epochs * steps_per_epoch
    if step < warm_up:
        return config.peak_learning_rate * (step + 1) / warm_up
    return config.peak_learning_rate * 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(total - warm_up, 1)))


class WeightAverage:
    """Exponential average of a model's weights, batch norm statistics included; young averages start fast."""

    def __init__(self, model: keras.Model, steps: int) -> None:
        self._model = model
        self._decay = 1 - EMA_INTERVAL / max(steps, EMA_INTERVAL)
        self._updates = 0
        self.values: list[np.ndarray] = [np.array(value) for value in model.get_weights()]

    def update(self) -> None:
        self._updates += 1
        decay = min(self._decay, self._updates / (self._updates + 10))
        for average, value in zip(self.values, self._model.get_weights(), strict=True):
            average += (1 - decay) * (value - average)

    def state(self) -> list[np.ndarray]:
        return [*self.values, np.array(self._updates)]

    def restore(self, state: list[np.ndarray]) -> None:
        *self.values, updates = state
        self._updates = int(updates)


class TrainingRun:
    """A network, its optimizer and average, trained epoch by epoch in `folder`, and resumed from there if begun."""

    def __init__(self, config: TrainingConfig, batches: Batches, folder: Path, emit: Emit) -> None:
        self._config, self._batches, self._folder, self._emit = config, batches, folder, emit
        keras.utils.set_random_seed(config.seed)
        policy = "mixed_bfloat16" if config.mixed_precision else "float32"
        keras.mixed_precision.set_global_policy(policy)
        self.model = architectures.build(config.architecture)
        keras.mixed_precision.set_global_policy("float32")
        self._optimizer = keras.optimizers.SGD(
            config.peak_learning_rate, momentum=0.9, nesterov=True, weight_decay=config.weight_decay
        )
        self._optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        self._optimizer.build(self.model.trainable_variables)
        loss = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=config.label_smoothing)
        # XLA is what makes TensorFlow fast on a CPU (three times); torch has no such compiler in Keras.
        compiled = keras.backend.backend() != "torch"
        self.model.compile(self._optimizer, loss, jit_compile=compiled)
        total_steps = config.epochs * len(batches)
        self._average = WeightAverage(self.model, min(config.ema_steps, total_steps // 10))
        self.progress = Progress()
        self.best: list[np.ndarray] = self._average.values
        self.resumed = self._resume()

    def train(self, images: UInt8Array, labels: np.ndarray, cancel: threading.Event) -> None:
        """Train what is left, choosing the best epoch by accuracy on uint8[n, 48, 48] `images` with int64[n] `labels`.

        Raises Cancelled where `cancel` is set (the last whole epoch is kept), FerError where the loss is no number.
        """
        config, steps = self._config, len(self._batches)
        scorer = self._scorer()
        for epoch in range(self.progress.epoch + 1, config.epochs + 1):
            started_s = time.monotonic()
            loss = self._epoch(epoch, steps, cancel)
            scorer.set_weights(self._average.values)
            accuracy = float((predict(scorer, images).argmax(axis=1) == labels).mean())
            progress = self.progress
            progress.epoch = epoch
            progress.seconds += time.monotonic() - started_s
            if accuracy > progress.best_accuracy:
                progress.best_accuracy, progress.best_epoch = accuracy, epoch
                self.best = [value.copy() for value in self._average.values]
            progress.history.append({"epoch": epoch, "loss": round(loss, 4), "accuracy": round(accuracy, 4)})
            self._save()
            self._emit("checkpoint", epoch=epoch, path=str(self._folder))
            self._emit(
                "epoch",
                epoch=epoch,
                epochs=config.epochs,
                loss=loss,
                accuracy=accuracy,
                best_accuracy=progress.best_accuracy,
                seconds=progress.seconds,
                seconds_left=(time.monotonic() - started_s) * (config.epochs - epoch),
            )

    def best_model(self) -> keras.Model:
        """The best epoch's averaged weights in a float32 network, ready to measure and export."""
        model = self._scorer()
        model.set_weights(self.best)
        return model

    def _scorer(self) -> keras.Model:
        return architectures.build(self._config.architecture)

    def _epoch(self, epoch: int, steps: int, cancel: threading.Event) -> float:
        """Train on every batch once. Gives the mean loss over the epoch."""
        losses: list[float] = []
        started_s = time.monotonic()
        with _Prefetch(self._batches, epoch, steps) as prefetched:
            for index, (faces, targets, weights) in enumerate(prefetched):
                if cancel.is_set():
                    raise Cancelled(f"Stopped in epoch {epoch}", f"Go on with --resume {self._folder}")
                step = (epoch - 1) * steps + index
                self._optimizer.learning_rate.assign(learning_rate(self._config, step, steps))
                losses.append(float(self.model.train_on_batch(faces, targets, sample_weight=weights)))
                if not math.isfinite(losses[-1]):
                    raise FerError(
                        f"The loss is no longer a number in epoch {epoch}; the checkpoint of epoch {epoch - 1} is kept",
                        "Start again with a lower learning rate.",
                    )
                if step % EMA_INTERVAL == 0:
                    self._average.update()
                speed = (index + 1) * len(faces) / max(time.monotonic() - started_s, 1e-9)
                self._emit(
                    "step",
                    epoch=epoch,
                    epochs=self._config.epochs,
                    step=index + 1,
                    steps=steps,
                    loss=losses[-1],
                    images_per_second=speed,
                )
        return float(np.mean(losses))

    def _save(self) -> None:
        optimizer = [keras.ops.convert_to_numpy(variable) for variable in self._optimizer.variables]
        arrays = {
            "weights": self.model.get_weights(),
            "optimizer": optimizer,
            "average": self._average.state(),
            "best": self.best,
        }
        checkpoint.save(self._folder, self.progress, arrays)

    def _resume(self) -> bool:
        stored = checkpoint.load(self._folder)
        if stored is None:
            return False
        self.progress, arrays = stored
        self.model.set_weights(arrays["weights"])
        for variable, value in zip(self._optimizer.variables, arrays["optimizer"], strict=True):
            variable.assign(value)
        self._average.restore(arrays["average"])
        self.best = arrays["best"]
        return True


def predict(model: keras.Model, images: UInt8Array) -> Float32Array:
    """Logits float32[n, 7] for uint8[n, 48, 48]."""
    parts: list[Any] = []
    for start in range(0, len(images), EVALUATION_BATCH):
        faces = images[start : start + EVALUATION_BATCH, :, :, None].astype(np.float32)
        parts.append(keras.ops.convert_to_numpy(model.predict_on_batch(faces)))
    return np.concatenate(parts).astype(np.float32) if parts else np.empty((0, emotions.COUNT), np.float32)


class _Prefetch:
    """Makes the next batches in a thread of its own while the network trains on this one."""

    AHEAD = 4

    def __init__(self, batches: Batches, epoch: int, steps: int) -> None:
        self._queue: Any = queue.Queue(self.AHEAD)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._fill, args=(batches, epoch, steps), name="batches", daemon=True)

    def __enter__(self) -> _Prefetch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def __iter__(self) -> Any:
        while (item := self._queue.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item

    def _fill(self, batches: Batches, epoch: int, steps: int) -> None:
        try:
            for index in range(steps):
                self._put(batches.batch(epoch, index))
            self._put(None)
        except BaseException as error:  # handed to the training thread, which raises it
            self._put(error)

    def _put(self, item: object) -> None:
        while not self._stop.is_set():
            try:
                self._queue.put(item, timeout=0.2)
                return
            except queue.Full:
                continue
