"""One training step as a network: pictures are made, answered and compared with what they should be, on the device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from fer_desktop.core import emotions
from fer_desktop.core.types import Float32Array
from fer_desktop.training import augment
from fer_desktop.training.config import TrainingConfig

MEMORY = 0.7
"""Of a face's average answer, so much is kept when a new answer is taken in."""


class Lesson(keras.Model):
    """`network` (float32[n, 48, 48, 1] -> logits [n, 7]) being taught `faces` faces; Keras trains it by `add_loss`.

    What a face is taught is its target, mixed with what a teacher says:

    - `teachers`, networks that are trained already, answer the very picture that the student sees (knowledge
      distillation: Hinton et al., 2015; the same picture for both: Beyer et al., 2022);
    - without them the network is its own: what it answered for the face before, averaged over the epochs (temporal
      ensembling, Laine and Aila, 2017), with a share that grows as it learns (Kim et al., "Self-Knowledge
      Distillation with Progressive Refinement of Targets", 2021). People agree with about two in three of FER2013's
      labels; a network that is taught to be sure of all of them learns the others by heart.
    """

    def __init__(self, network: keras.Model, config: TrainingConfig, faces: int, teachers: Sequence[Any] = ()) -> None:
        super().__init__(name="lesson")
        self.network, self._config = network, config
        self.teachers = list(teachers)
        for teacher in self.teachers:
            teacher.trainable = False
        self._seeds = keras.random.SeedGenerator(config.seed)
        self._answers = self.add_weight(
            (faces, emotions.COUNT), "zeros", dtype="float32", trainable=False, name="answers"
        )
        self._right = self.add_weight((), "zeros", dtype="float32", trainable=False, name="right")
        self._asked = self.add_weight((), "zeros", dtype="float32", trainable=False, name="asked")
        self._share = self.add_weight((), "zeros", dtype="float32", trainable=False, name="share")

    def begin_epoch(self, epoch: int) -> None:
        """epoch counts from 1. Chance on the device starts anew from seed and epoch: a resumed run has the same."""
        progress = 1.0 if self.teachers else (epoch - 1) / self._config.epochs
        share = self._config.distillation if self.teachers else self._config.self_teaching
        self._share.assign(share * progress)
        self._right.assign(0.0)
        self._asked.assign(0.0)
        generators = [self._seeds] + [
            layer.seed_generator for layer in self.network._flatten_layers() if hasattr(layer, "seed_generator")
        ]
        for index, generator in enumerate(generators):
            state = (self._config.seed * 1000 + index, epoch * 1_000_000)
            generator.state.assign(np.array(state).astype(keras.backend.standardize_dtype(generator.state.dtype)))

    @property
    def accuracy(self) -> float:
        """Share of this epoch's pictures that were read as what they are taught to be."""
        return float(ops.convert_to_numpy(self._right) / max(ops.convert_to_numpy(self._asked), 1))

    @property
    def answers(self) -> Float32Array:
        """float32[faces, 7]: the average answer to each face, all zero where it has not been asked yet."""
        return np.asarray(ops.convert_to_numpy(self._answers))

    def restore(self, answers: Float32Array) -> None:
        self._answers.assign(answers)

    def call(self, batch: Mapping[str, Any], training: bool | None = None) -> Any:
        """batch: what batches.Batches gives. Gives the logits [b, 7]."""
        pictures = augment.augment(batch["faces"], batch, self._seeds)
        logits = ops.cast(self.network(pictures, training=training), "float32")
        taught = self._taught(batch, pictures)
        smoothing = self._config.label_smoothing
        taught = (1 - smoothing) * taught + smoothing / emotions.COUNT
        losses = -ops.sum(taught * ops.log_softmax(logits), axis=1)
        right = ops.cast(ops.argmax(logits, axis=1) == ops.argmax(batch["targets"], axis=1), "float32")
        self._right.assign(self._right + ops.sum(right))
        self._asked.assign(self._asked + ops.sum(ops.ones_like(right)))
        self.add_loss(ops.mean(batch["weights"] * losses))
        if not self.teachers:
            self._learn(batch, ops.softmax(ops.stop_gradient(logits)))
        return logits

    def _taught(self, batch: Mapping[str, Any], pictures: Any) -> Any:
        if self.teachers:
            said = [ops.softmax(ops.cast(one(pictures, training=False), "float32")) for one in self.teachers]
            opinion = ops.stop_gradient(sum(said) / len(said))
            return (1 - self._share) * self._mixed(batch, batch["targets"]) + self._share * opinion
        earlier = ops.take(self._answers, batch["which"], axis=0)
        share = self._share * ops.cast(ops.sum(earlier, axis=1, keepdims=True) > 0, "float32")
        return self._mixed(batch, (1 - share) * batch["targets"] + share * earlier)

    @staticmethod
    def _mixed(batch: Mapping[str, Any], targets: Any) -> Any:
        """Targets of pictures that are partly another face are partly that face's."""
        own = batch["own"][:, None]
        return own * targets + (1 - own) * ops.take(targets, batch["partner"], axis=0)

    def _learn(self, batch: Mapping[str, Any], said: Any) -> None:
        """Take the answers in; an answer to a picture of two faces says nothing about either."""
        earlier = ops.take(self._answers, batch["which"], axis=0)
        seen = ops.cast(ops.sum(earlier, axis=1, keepdims=True) > 0, "float32")
        memory = ops.where(batch["own"][:, None] < 1, 1.0, MEMORY * seen)
        average = memory * earlier + (1 - memory) * said
        self._answers.assign(ops.scatter_update(self._answers, batch["which"][:, None], average))
