"""The training loop: epochs of lessons, a cosine schedule, averaged weights, a checkpoint an epoch.

Written against Keras alone, so that it runs on its tensorflow, jax and torch backends.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.errors import Cancelled, FerError, InputError
from fer_desktop.core.types import Float32Array, UInt8Array
from fer_desktop.training import architectures, backends, calibrate, checkpoint
from fer_desktop.training.batches import Batches
from fer_desktop.training.checkpoint import Progress
from fer_desktop.training.config import TrainingConfig
from fer_desktop.training.control import Control
from fer_desktop.training.events import Emit
from fer_desktop.training.lesson import Lesson
from fer_desktop.training.weight_average import AVERAGE_EVERY, WeightAverage

EVALUATION_BATCH = 512
ESTIMATE_AFTER_S = 8.0
"""After its first step a run is watched for so long before it says how long it will take."""


def learning_rate(config: TrainingConfig, steps_per_epoch: int) -> keras.optimizers.schedules.LearningRateSchedule:
    """Linear warm-up, then a half cosine down to nothing at the last step (Loshchilov and Hutter, 2016).

    The warm-up takes at most a fifth of the run.
    """
    warm_up = max(1, int(min(config.warm_up_epochs, config.epochs / 5) * steps_per_epoch))
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=config.peak_learning_rate / warm_up,
        decay_steps=max(1, config.epochs * steps_per_epoch - warm_up),
        warmup_target=config.peak_learning_rate,
        warmup_steps=warm_up,
    )


class TrainingRun:
    """A network, its optimizer and average, trained epoch by epoch in `folder`, and resumed from there if begun.

    teachers: trained networks to learn from as well, float32[n, 48, 48, 1] -> logits [n, 7].
    """

    def __init__(
        self, config: TrainingConfig, batches: Batches, folder: Path, emit: Emit, teachers: Sequence[Any] = ()
    ) -> None:
        self._config, self._batches, self._folder, self._emit = config, batches, folder, emit
        keras.utils.set_random_seed(config.seed)
        self.network = backends.network_for_training(
            lambda: architectures.build(config.architecture), bool(config.mixed_precision)
        )
        self.lesson = Lesson(self.network, config, batches.count, teachers)
        self._optimizer = keras.optimizers.SGD(
            learning_rate(config, len(batches)), momentum=0.9, nesterov=True, weight_decay=config.weight_decay
        )
        self._optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        self._optimizer.build(self.network.trainable_variables)
        self.lesson.compile(self._optimizer, **backends.compile_options(AVERAGE_EVERY))
        self._average = WeightAverage(self.network, min(config.ema_steps, config.epochs * len(batches) // 10))
        self.progress = Progress()
        self.estimated = False
        self.best: list[np.ndarray] = self._average.values
        self.resumed = self._resume()

    def train(
        self,
        images: UInt8Array,
        labels: np.ndarray,
        control: Control,
        prepare: Callable[[int], None] = lambda epoch: None,
    ) -> None:
        """Train what is left; the best epoch is that of the highest accuracy, calibrated, on the validation faces.

        images: uint8[n, 48, 48], labels: int64[n], of the validation faces.
        prepare: called with each epoch, counted from 1, before it begins.
        Raises Cancelled where `control` asks for it (the last whole epoch is kept), FerError where the loss is no
        number.
        """
        config = self._config
        scorer = self.scorer()
        for epoch in range(self.progress.epoch + 1, config.epochs + 1):
            prepare(epoch)
            watch = self._epoch(epoch, control)
            loss, started_s = watch.loss, watch.started_s
            scorer.set_weights(self._average.values)
            logits = predict(scorer, images)
            # As the model will answer: the biases are worth more than most epochs, and not the same in each.
            answers = logits + calibrate.fit(logits, labels).biases
            accuracy = float((answers.argmax(axis=1) == labels).mean())
            figures = {
                "loss": loss,
                "accuracy": accuracy,
                "training_accuracy": self.lesson.accuracy,
                "validation_loss": calibrate.negative_log_likelihood(logits, labels, 1.0),
            }
            progress = self.progress
            progress.epoch = epoch
            progress.seconds += time.monotonic() - started_s
            if accuracy > progress.best_accuracy:
                progress.best_accuracy, progress.best_epoch = accuracy, epoch
                self.best = [value.copy() for value in self._average.values]
            progress.history.append({"epoch": epoch, **{name: round(value, 4) for name, value in figures.items()}})
            self._save()
            self._emit("checkpoint", epoch=epoch, path=str(self._folder))
            self._emit(
                "epoch",
                epoch=epoch,
                epochs=config.epochs,
                **figures,
                best_accuracy=progress.best_accuracy,
                seconds=progress.seconds,
                seconds_left=(time.monotonic() - started_s) * (config.epochs - epoch),
                images_per_second=self._batches.size * len(self._batches) / max(time.monotonic() - started_s, 1e-9),
            )

    def begin_with(self, network: Any) -> None:
        """Begin with the weights of another network. Raises InputError where it is not built alike."""
        weights = network.get_weights()
        if [value.shape for value in weights] != [value.shape for value in self.network.get_weights()]:
            raise InputError(
                f"The model to start from is not a {self._config.architecture}",
                "Start from scratch, or name its network.",
            )
        self.network.set_weights(weights)
        self._average = WeightAverage(self.network, self._average.steps)
        self.best = self._average.values

    def best_model(self) -> keras.Model:
        """The best epoch's averaged weights in a float32 network, ready to measure and export."""
        model = self.scorer()
        model.set_weights(self.best)
        return model

    def scorer(self) -> keras.Model:
        return architectures.build(self._config.architecture)

    def _epoch(self, epoch: int, control: Control) -> _Watch:
        """Train on every batch once."""
        self.lesson.begin_epoch(epoch)
        watch = _Watch(self, epoch, control)
        self.lesson.fit(
            _Epoch(self._batches, epoch),
            epochs=epoch,
            initial_epoch=epoch - 1,
            shuffle=False,  # the batches have their own order, the same again for the same seed
            verbose=0,
            callbacks=[watch],
        )
        return watch

    def _save(self) -> None:
        arrays = {
            "weights": self.network.get_weights(),
            "optimizer": [keras.ops.convert_to_numpy(variable) for variable in self._optimizer.variables],
            "average": self._average.state(),
            "best": self.best,
            "answers": [self.lesson.answers],
        }
        checkpoint.save(self._folder, self.progress, arrays)

    def _resume(self) -> bool:
        stored = checkpoint.load(self._folder, self._passed_over)
        if stored is None:
            return False
        self.progress, arrays = stored
        self.network.set_weights(arrays["weights"])
        for variable, value in zip(self._optimizer.variables, arrays["optimizer"], strict=True):
            variable.assign(value)
        self._average.restore(arrays["average"])
        self.best = arrays["best"]
        (answers,) = arrays["answers"]
        self.lesson.restore(answers)
        return True

    def _passed_over(self, folder: Path) -> None:
        self._emit("note", text=f"{folder.name} is damaged: going on from the one before")


class _Epoch(keras.utils.PyDataset):
    """The batches of one epoch. Made in the training thread: that takes a millisecond or two."""

    def __init__(self, batches: Batches, epoch: int) -> None:
        super().__init__()
        self._batches, self._epoch = batches, epoch

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> tuple[dict[str, np.ndarray]]:
        return (self._batches.batch(self._epoch, index),)


class _Watch(keras.callbacks.Callback):
    """Between steps: the average, what people and the window are told, and reasons to stop."""

    def __init__(self, run: TrainingRun, epoch: int, control: Control) -> None:
        super().__init__()
        self._run, self._epoch, self._control = run, epoch, control
        self.started_s = time.monotonic()
        """When the epoch began; later where the run has paused."""
        self._first: tuple[int, float] | None = None
        self._averaged = 0
        self.loss = 0.0
        """The mean since the epoch began."""

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        run = self._run
        steps = min(batch + 1, len(run._batches))  # several steps in one call may count past the last
        self.loss = float((logs or {})["loss"])
        self._pause()
        if self._control.cancel.is_set():
            raise Cancelled(f"Stopped in epoch {self._epoch}", f"Go on with --resume {run._folder}")
        if not math.isfinite(self.loss):
            kept = f"; the checkpoint of epoch {self._epoch - 1} is kept" if self._epoch > 1 else ""
            raise FerError(
                f"The loss is no longer a number in epoch {self._epoch}{kept}",
                "Start again with another --seed or a smaller --architecture.",
            )
        if steps // AVERAGE_EVERY > self._averaged or steps == len(run._batches):
            self._averaged = steps // AVERAGE_EVERY
            backends.synchronize(run.lesson)
            run._average.update()
        self._estimate(steps)
        run._emit(
            "step",
            epoch=self._epoch,
            epochs=run._config.epochs,
            step=steps,
            steps=len(run._batches),
            loss=self.loss,
            images_per_second=steps * run._batches.size / max(time.monotonic() - self.started_s, 1e-9),
        )

    def _pause(self) -> None:
        if not self._control.paused:
            return
        self._run._emit("paused", epoch=self._epoch)
        waited_s = self._control.wait_while_paused()
        self.started_s += waited_s
        if self._first is not None:
            self._first = (self._first[0], self._first[1] + waited_s)
        self._run._emit("resumed", epoch=self._epoch)

    def _estimate(self, steps: int) -> None:
        """Tell once how long the run will take, as soon as that can be told: the first step compiles the network."""
        run, now_s = self._run, time.monotonic()
        if self._first is None:
            self._first = (steps, now_s)
        first, first_s = self._first
        if run.estimated or now_s - first_s < ESTIMATE_AFTER_S:
            return
        run.estimated = True
        speed = (steps - first) * run._batches.size / (now_s - first_s)
        left = (run._config.epochs - self._epoch + 1) * len(run._batches) - steps
        seconds_left = left * run._batches.size / speed
        run._emit(
            "note",
            text=f"{speed:,.0f} faces a second: about {max(1, round(seconds_left / 60)):,} min to go",
            images_per_second=speed,
            seconds_left=seconds_left,
        )


def predict(model: keras.Model, images: UInt8Array) -> Float32Array:
    """Logits float32[n, 7] for uint8[n, 48, 48]."""
    parts: list[Any] = []
    for start in range(0, len(images), EVALUATION_BATCH):
        faces = images[start : start + EVALUATION_BATCH, :, :, None].astype(np.float32)
        parts.append(keras.ops.convert_to_numpy(model.predict_on_batch(faces)))
    return np.concatenate(parts).astype(np.float32) if parts else np.empty((0, emotions.COUNT), np.float32)
