"""The pictures that a fine-tuning shows the trunk of a network, and what the trunk makes of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import keras
import numpy as np

from fer_desktop.core.types import CROP_SIDE, UInt8Array
from fer_desktop.training import augment, backends
from fer_desktop.training.config import TrainingConfig
from fer_desktop.training.parents import OUTPUT_NAME

BATCH: Final = 128
GENTLE: Final = TrainingConfig(
    scale_scatter=0.03, shift_scatter=0.015, roll_scatter=3.0, shear_scatter=0.0, contrast_scatter=0.05,
    brightness_scatter=0.02, low_resolution_share=0.0, blur_share=0.0, noise_share=0.0, erase_share=0.0,
)  # fmt: skip
"""A person's samples are few and alike: what is done to them must not be more than what sets them apart."""
USUAL: Final = TrainingConfig(erase_share=0.0)
"""Faces that the network was trained on are shown changed: as they are, it knows them too well to stand for others."""
WILD: Final = TrainingConfig(
    scale_scatter=0.3, shift_scatter=0.15, roll_scatter=40.0, shear_scatter=0.3, contrast_scatter=0.6,
    brightness_scatter=0.3, low_resolution_share=0.3, blur_share=0.3, erase_share=0.7, mix_share=1.0,
)  # fmt: skip


class Trunk:
    """A network up to its last layer."""

    def __init__(self, network: Any) -> None:
        last = network.get_layer(OUTPUT_NAME)
        self._model = keras.Model(network.input, last.input)
        self._model.compile(**backends.compile_options(1))
        self.width = int(last.kernel.shape[0])

    def features(self, images: UInt8Array, after_batch: Callable[[int], None] = lambda faces: None) -> np.ndarray:
        """float64[n, width] of uint8[n, 48, 48]; `after_batch` is told how many more are done."""
        found = np.empty((len(images), self.width))
        # Every batch of the same size: some backends compile the network anew for each size.
        padded = np.zeros((BATCH, CROP_SIDE, CROP_SIDE, 1), np.float32)
        for start in range(0, len(images), BATCH):
            part = images[start : start + BATCH]
            padded[: len(part), :, :, 0] = part
            answers = keras.ops.convert_to_numpy(self._model.predict_on_batch(padded))
            found[start : start + len(part)] = answers[: len(part)]
            after_batch(len(part))
        return found


def changed(images: UInt8Array, config: TrainingConfig, seed: int) -> UInt8Array:
    """The same faces as augmentation makes them."""
    rng, seeds = np.random.default_rng((seed, 1)), keras.random.SeedGenerator(seed)
    parts = [np.empty((0, CROP_SIDE, CROP_SIDE), np.uint8)]
    for start in range(0, len(images), BATCH):
        part = images[start : start + BATCH]
        draws = {name: keras.ops.convert_to_tensor(one) for name, one in augment.draw(rng, len(part), config).items()}
        pictures = augment.augment(keras.ops.convert_to_tensor(part.astype(np.float32)), draws, seeds)
        parts.append(np.round(keras.ops.convert_to_numpy(pictures)[..., 0]).astype(np.uint8))
    return np.concatenate(parts)


VIEWS: Final = 3


def views(images: UInt8Array, seed: int) -> UInt8Array:
    """uint8[VIEWS * n, 48, 48]: the samples as they are, then mirrored, then a little moved."""
    return np.concatenate((images, images[:, :, ::-1], changed(images, GENTLE, seed)))


def strange(images: UInt8Array, count: int, seed: int) -> UInt8Array:
    """uint8[count, 48, 48]: pictures of no one, where no other faces are at hand.

    Half are clouds, noise with the spectrum of photographs; half are the samples, changed beyond recognition and seen
    through such clouds. What the old network says of them keeps the new one near to it on faces, too, if less well.
    """
    rng = np.random.default_rng((seed, 2))
    clouds = _clouds(rng, count)
    half = count // 2
    wild = changed(images[rng.integers(0, len(images), half)], WILD, seed + 1)
    through = (wild.astype(np.uint16) + clouds[:half]) // 2
    return np.concatenate((through.astype(np.uint8), clouds[half:]))


def _clouds(rng: np.random.Generator, count: int) -> UInt8Array:
    """Noise whose amplitude falls with its frequency to the power of 0.8 to 1.8, of any brightness and contrast."""
    along = np.fft.fftfreq(CROP_SIDE)
    frequency = np.hypot(along[:, None], along[None, :])
    frequency[0, 0] = 1.0
    falling = frequency[None] ** -rng.uniform(0.8, 1.8, (count, 1, 1))
    noise = np.fft.ifft2(np.fft.fft2(rng.standard_normal((count, CROP_SIDE, CROP_SIDE))) * falling).real
    noise -= noise.mean(axis=(1, 2), keepdims=True)
    noise /= noise.std(axis=(1, 2), keepdims=True)
    contrast, brightness = rng.uniform(20, 70, (count, 1, 1)), 128 + 30 * rng.standard_normal((count, 1, 1))
    return np.clip(brightness + contrast * noise, 0, 255).astype(np.uint8)
