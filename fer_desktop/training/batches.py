"""Which faces a training step sees, as what, and what it is taught: the part of an epoch that needs no network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.types import Float32Array, UInt8Array
from fer_desktop.training import augment
from fer_desktop.training.config import TrainingConfig


class Batches:
    """Batches that are the same again for the same seed and epoch: a resumed run sees what it would have seen.

    images: uint8[n, 48, 48]; targets float32[n, 7], what each face is to be taught; weights float32[n] of each face in
    the loss.
    """

    def __init__(
        self,
        images: UInt8Array,
        targets: Float32Array,
        weights: Float32Array,
        config: TrainingConfig,
    ) -> None:
        self._images, self._targets, self._weights, self._config = images, targets, weights, config
        self.scene_crops: Sequence[UInt8Array] = ()
        """uint8[n, 48, 48] each: the same faces as detector and crop deliver them out of scenes."""
        self._order: tuple[int, np.ndarray] = (0, np.arange(0))
        self.count = len(targets)
        """Faces in all."""
        self.size = min(config.batch_size, self.count)
        """Faces a batch."""

    def __len__(self) -> int:
        """Batches an epoch; the faces of a last, smaller batch are left for another epoch's order."""
        return self.count // self.size

    def batch(self, epoch: int, index: int) -> dict[str, np.ndarray]:
        """What lesson.Lesson takes: which int32[b], faces uint8[b, 48, 48], targets float32[b, 7], weights float32[b],
        own float32[b] (how much of each picture is the face itself), and what augment.draw gives."""
        which = self._order_of(epoch)[index * self.size : (index + 1) * self.size]
        rng = np.random.default_rng((self._config.seed, epoch, index))
        faces = self._images[which]
        if len(self.scene_crops):
            in_scene = rng.random(len(which)) < self._config.scene_share
            scenes = rng.integers(len(self.scene_crops), size=len(which))
            for index, crops in enumerate(self.scene_crops):
                shown = in_scene & (scenes == index)
                faces[shown] = crops[which[shown]]
        draws = augment.draw(rng, len(which), self._config)
        return {
            "which": which.astype(np.int32),
            "faces": faces,
            "targets": self._targets[which],
            "weights": self._weights[which],
            "own": augment.kept(draws),
            **draws,
        }

    def _order_of(self, epoch: int) -> np.ndarray:
        if self._order[0] != epoch:
            self._order = (epoch, np.random.default_rng((self._config.seed, epoch)).permutation(self.count))
        return self._order[1]


def soft_targets(labels: np.ndarray, votes: Float32Array | None, vote_share: float) -> Float32Array:
    """float32[n, 7] that sum to 1: the labels int64[n], mixed with float32[n, 7] votes where a face has any."""
    targets = np.eye(emotions.COUNT, dtype=np.float32)[labels]
    if votes is not None:
        voted = votes.sum(axis=1) > 0
        targets[voted] = (1 - vote_share) * targets[voted] + vote_share * votes[voted]
    return targets


def class_weights(labels: np.ndarray, classes: int, balance: float) -> Float32Array:
    """float32[n]: each face's class's share to the power of -balance, scaled to a mean of 1 over the faces."""
    counts = np.bincount(labels, minlength=classes).astype(np.float64)
    weights = np.power(np.maximum(counts, 1) / len(labels), -balance)[labels]
    return (weights / weights.mean()).astype(np.float32)
