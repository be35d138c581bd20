"""What a live camera may do to a face: faces are shown to the network moved, dimmed, blurred and half hidden."""

from __future__ import annotations

import cv2
import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.types import CROP_SIDE, Float32Array, UInt8Array
from fer_desktop.training.config import TrainingConfig

LIMIT = 2.5
"""Scatter is normal, cut at so many standard deviations."""


def _scatter(rng: np.random.Generator, deviation: float) -> float:
    return float(np.clip(rng.standard_normal(), -LIMIT, LIMIT)) * deviation


def augment(face: UInt8Array, rng: np.random.Generator, config: TrainingConfig) -> Float32Array:
    """float32[48, 48], 0 to 255, from uint8[48, 48]: another picture of the same expression."""
    image: np.ndarray = _move(face, rng, config).astype(np.float32)
    if rng.random() < config.low_resolution_share:
        small = int(rng.integers(16, 40))
        image = cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA)
        image = cv2.resize(image, (CROP_SIDE, CROP_SIDE), interpolation=cv2.INTER_LINEAR)
    if rng.random() < config.blur_share:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.2))
    contrast, brightness = np.exp(_scatter(rng, config.contrast_scatter)), _scatter(rng, config.brightness_scatter)
    image = (image - 128) * contrast + 128 + 255 * brightness
    if rng.random() < config.noise_share:
        image = image + rng.standard_normal(image.shape, np.float32) * np.float32(rng.uniform(2, 12))
    if rng.random() < config.erase_share:
        _erase(image, rng)
    return np.clip(image, 0, 255).astype(np.float32)


def _move(face: UInt8Array, rng: np.random.Generator, config: TrainingConfig) -> UInt8Array:
    """Mirror, scale, turn, shear and shift in one resampling; the edge repeats, as in core.crop."""
    scale, roll = np.exp(_scatter(rng, config.scale_scatter)), np.radians(_scatter(rng, config.roll_scatter))
    shear = _scatter(rng, config.shear_scatter)
    mirror = -1.0 if rng.random() < 0.5 else 1.0
    turn = np.array(((np.cos(roll), -np.sin(roll)), (np.sin(roll), np.cos(roll))))
    linear = scale * turn @ np.array(((mirror, shear), (0.0, 1.0)))
    shift = np.array((_scatter(rng, config.shift_scatter), _scatter(rng, config.shift_scatter))) * CROP_SIDE
    middle = np.full(2, (CROP_SIDE - 1) / 2)
    matrix = np.column_stack((linear, middle + shift - linear @ middle))
    return cv2.warpAffine(face, matrix, (CROP_SIDE, CROP_SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[return-value]


def _erase(image: np.ndarray, rng: np.random.Generator) -> None:
    """A rectangle of noise over a part of the face (Zhong et al., "Random Erasing", 2017), in place."""
    height, width = (int(size) for size in rng.integers(CROP_SIDE // 8, CROP_SIDE // 2, 2))
    y, x = int(rng.integers(0, CROP_SIDE - height)), int(rng.integers(0, CROP_SIDE - width))
    image[y : y + height, x : x + width] = rng.uniform(0, 255, (height, width))


class Batches:
    """Augmented batches, the same again for the same seed and epoch: a resumed run sees what it would have seen.

    images: uint8[n, 48, 48]; scene_crops: uint8[k, n, 48, 48], the same faces out of k scenes each (k may be 0);
    targets float32[n, 7], what each face is to be taught; weights float32[n] of each face in the loss.
    """

    def __init__(
        self,
        images: UInt8Array,
        scene_crops: UInt8Array,
        targets: Float32Array,
        weights: Float32Array,
        config: TrainingConfig,
    ) -> None:
        self._images, self._scene_crops, self._targets, self._weights = images, scene_crops, targets, weights
        self._config = config

    def __len__(self) -> int:
        """Batches an epoch; the faces of a last, smaller batch are left for another epoch's order."""
        return max(1, len(self._targets) // self._config.batch_size)

    def batch(self, epoch: int, index: int) -> tuple[Float32Array, Float32Array, Float32Array]:
        """(faces float32[b, 48, 48, 1], targets float32[b, 7], weights float32[b])."""
        order = np.random.default_rng((self._config.seed, epoch)).permutation(len(self._targets))
        chosen = order[index * self._config.batch_size : (index + 1) * self._config.batch_size]
        rng = np.random.default_rng((self._config.seed, epoch, index))
        faces = np.empty((len(chosen), CROP_SIDE, CROP_SIDE, 1), np.float32)
        for row, face in enumerate(chosen):
            faces[row, :, :, 0] = augment(self._view(face, rng), rng, self._config)
        return faces, self._targets[chosen], self._weights[chosen]

    def _view(self, face: int, rng: np.random.Generator) -> UInt8Array:
        """The face as stored, or as detector and crop delivered it from one of its scenes."""
        scenes = len(self._scene_crops)
        if scenes and rng.random() < self._config.scene_share:
            return self._scene_crops[int(rng.integers(scenes)), face]
        return self._images[face]


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
