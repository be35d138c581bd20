"""What a live camera may do to a face: faces are shown to the network moved, dimmed, blurred and half hidden.

The chances are drawn here on the processor, from a seed (`draw`); the pictures are made where the network runs
(`augment`), in keras.ops, as part of its training step. Nothing else changes pixels on the way to the network.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from fer_desktop.core.types import CROP_SIDE, Float32Array
from fer_desktop.training.config import TrainingConfig

LIMIT = 2.5
"""Scatter is normal, cut at so many standard deviations."""
FEWEST_CELLS, MOST_CELLS = 16, 40
BLUR_SIGMA = (0.4, 1.2)
NOISE = (2.0, 12.0)

Draws = dict[str, np.ndarray]


def draw(rng: np.random.Generator, count: int, config: TrainingConfig) -> Draws:
    """What happens to each of `count` faces; the first axis of every array is the face.

    affine [6]: a picture's pixel (x, y) is taken from (ax + by + c, dx + ey + f). cells: the face is this many
    pixels wide before it is enlarged. blur: sigma, pixels. light [2]: contrast, brightness. noise: grey levels.
    erase [4] and cut [4]: top, bottom, left, right, an empty box for none. partner: the face of the batch that shows
    in the box `cut`, and through the rest with a strength of 1 - `mix`.
    """

    def scatter(deviation: float) -> np.ndarray:
        return np.clip(rng.standard_normal(count), -LIMIT, LIMIT) * deviation

    def sometimes(share: float, low: float, high: float, otherwise: float) -> np.ndarray:
        return np.where(rng.random(count) < share, rng.uniform(low, high, count), otherwise)

    none = float(CROP_SIDE)
    draws = {
        "affine": _affine(rng, scatter, count, config),
        "cells": np.floor(sometimes(config.low_resolution_share, FEWEST_CELLS, MOST_CELLS, none)),
        "blur": sometimes(config.blur_share, *BLUR_SIGMA, 0.0),
        "light": np.stack((np.exp(scatter(config.contrast_scatter)), 255 * scatter(config.brightness_scatter)), axis=1),
        "noise": sometimes(config.noise_share, *NOISE, 0.0),
        "erase": _boxes(rng, count, config.erase_share),
    }
    # Half of the mixed faces have a piece of another pasted in (CutMix, Yun et al., 2019), half shine through it
    # (mixup, Zhang et al., 2018). The face keeps the larger part, so that it stays the one that is asked for.
    cut = rng.random(count) < 0.5
    boxes = _boxes(rng, count, config.mix_share)
    mixed = boxes[:, 1] > boxes[:, 0]
    draws["cut"] = np.where((mixed & cut)[:, None], boxes, 0.0)
    draws["mix"] = np.where(mixed & ~cut, rng.uniform(0.5, 1, count), 1.0)
    arrays: Draws = {name: values.astype(np.float32) for name, values in draws.items()}
    arrays["partner"] = rng.permutation(count).astype(np.int32)
    return arrays


def kept(draws: Draws) -> Float32Array:
    """float32[n]: how much of each picture is still the face itself, not its partner."""
    top, bottom, left, right = draws["cut"].T
    return (draws["mix"] * (1 - (bottom - top) * (right - left) / CROP_SIDE**2)).astype(np.float32)


def _affine(rng: np.random.Generator, scatter: Any, count: int, config: TrainingConfig) -> np.ndarray:
    """Mirror, scale, turn, shear and shift about the middle, in one resampling."""
    scale, roll = np.exp(-scatter(config.scale_scatter)), np.radians(scatter(config.roll_scatter))
    mirror, shear = np.where(rng.random(count) < 0.5, -1.0, 1.0), scatter(config.shear_scatter)
    turn = np.stack((np.cos(roll), -np.sin(roll), np.sin(roll), np.cos(roll)), axis=1).reshape(-1, 2, 2)
    lean = np.stack((mirror, shear, np.zeros(count), np.ones(count)), axis=1).reshape(-1, 2, 2)
    linear = scale[:, None, None] * (turn @ lean)
    shift = np.stack((scatter(config.shift_scatter), scatter(config.shift_scatter)), axis=1) * CROP_SIDE
    middle = np.full(2, (CROP_SIDE - 1) / 2)
    offset = middle - linear @ middle - shift
    return np.concatenate((linear, offset[:, :, None]), axis=2).reshape(count, 6)


def _boxes(rng: np.random.Generator, count: int, share: float) -> np.ndarray:
    """A box with sides of an eighth to a half of the crop, for a `share` of the faces; empty for the others."""
    height, width = rng.integers(CROP_SIDE // 8, CROP_SIDE // 2, (2, count))
    top, left = rng.integers(0, CROP_SIDE - height), rng.integers(0, CROP_SIDE - width)
    boxes = np.stack((top, top + height, left, left + width), axis=1)
    return np.where((rng.random(count) < share)[:, None], boxes, 0)


def augment(faces: Any, draws: Mapping[str, Any], seeds: Any) -> Any:
    """float32[n, 48, 48, 1], 0 to 255, from [n, 48, 48] of any type: other pictures of the same expressions.

    draws: as `draw` gives them, on the device. seeds: keras.random.SeedGenerator of the noise.
    """
    from keras import ops, random

    shape = ops.shape(faces)
    x = _soften(_move(ops.cast(faces, "float32"), draws["affine"]), draws["cells"], draws["blur"])
    contrast, brightness = _each(draws["light"][:, 0]), _each(draws["light"][:, 1])
    x = (x - 128) * contrast + 128 + brightness
    x = x + _each(draws["noise"]) * random.normal(shape, seed=seeds)
    # A rectangle of noise over a part of the face (Zhong et al., "Random Erasing", 2017).
    erased = _inside(draws["erase"])
    x = x * (1 - erased) + random.uniform(shape, 0, 255, seed=seeds) * erased
    x = ops.clip(x, 0, 255)
    own = _each(draws["mix"]) * (1 - _inside(draws["cut"]))
    x = own * x + (1 - own) * ops.take(x, draws["partner"], axis=0)
    return x[..., None]


def _each(values: Any) -> Any:
    return values[:, None, None]


def _inside(boxes: Any) -> Any:
    """float32[n, 48, 48]: 1 inside each box, 0 outside."""
    from keras import ops

    at = ops.arange(CROP_SIDE, dtype="float32")[None]
    rows = ops.cast((at >= boxes[:, 0:1]) & (at < boxes[:, 1:2]), "float32")
    columns = ops.cast((at >= boxes[:, 2:3]) & (at < boxes[:, 3:4]), "float32")
    return rows[:, :, None] * columns[:, None, :]


def _move(faces: Any, affine: Any) -> Any:
    """Bilinear resampling; beyond its edge a face repeats its edge, as in core.crop."""
    from keras import ops

    at = ops.arange(CROP_SIDE, dtype="float32")
    x, y = at[None, None, :], at[None, :, None]
    a, b, c, d, e, f = (affine[:, index, None, None] for index in range(6))
    last = CROP_SIDE - 1
    from_x, from_y = ops.clip(a * x + b * y + c, 0, last), ops.clip(d * x + e * y + f, 0, last)
    left, top = ops.clip(ops.floor(from_x), 0, last - 1), ops.clip(ops.floor(from_y), 0, last - 1)
    right_share, bottom_share = from_x - left, from_y - top
    pixels = ops.reshape(faces, (-1, CROP_SIDE * CROP_SIDE))
    corner = ops.reshape(ops.cast(top * CROP_SIDE + left, "int32"), (-1, CROP_SIDE * CROP_SIDE))

    def pixel(step: int) -> Any:
        return ops.reshape(ops.take_along_axis(pixels, corner + step, axis=1), (-1, CROP_SIDE, CROP_SIDE))

    upper = pixel(0) * (1 - right_share) + pixel(1) * right_share
    lower = pixel(CROP_SIDE) * (1 - right_share) + pixel(CROP_SIDE + 1) * right_share
    return upper * (1 - bottom_share) + lower * bottom_share


def _soften(faces: Any, cells: Any, sigma: Any) -> Any:
    """Make each face `cells` pixels wide and enlarge it again, then blur it: one matrix for rows and for columns."""
    from keras import ops

    at, cell, width = ops.arange(CROP_SIDE, dtype="float32"), _each(cells), CROP_SIDE / _each(cells)
    # Enlarging: an output pixel lies between the middles of two cells. Shrinking: a cell is the mean of its pixels.
    middle = ops.clip((at[None, :, None] + 0.5) / width - 0.5, 0, cell - 1)
    enlarge = ops.relu(1 - ops.abs(middle - at[None, None, :]))
    begin = at[None, :, None] * width
    overlap = ops.minimum(at[None, None, :] + 1, begin + width) - ops.maximum(at[None, None, :], begin)
    shrink = ops.relu(overlap) / width
    distance = (at[:, None] - at[None, :])[None]
    blur = ops.exp(-0.5 * (distance / ops.maximum(_each(sigma), 0.01)) ** 2)
    blur = blur / ops.sum(blur, axis=2, keepdims=True)
    matrix = ops.matmul(blur, ops.matmul(enlarge, shrink))
    return ops.matmul(ops.matmul(matrix, faces), ops.transpose(matrix, (0, 2, 1)))
