"""What the study did to its pixels before training. Fitted on Training alone, then applied to every split."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from fer_desktop.core.types import Float32Array

NAMES: Final = ("none", "normalize", "pca98")
VARIANCE: Final = 0.98
"""Share of the variance that the kept principal components hold."""
_CHUNK = 2048

Preprocess = Callable[[np.ndarray], np.ndarray]
"""[n, 48, 48] -> [n, 48, 48]"""


def fit(name: str, images: np.ndarray) -> Preprocess:
    """The function that prepares faces as `name` says, fitted on `images` uint8[n, 48, 48].

    none: as they are. normalize: float32, each pixel less its mean over the faces, by its deviation over them.
    pca98: float32, rebuilt from the principal components that hold 98 % of the variance, 0 to 255 and a little beyond.
    Raises ValueError where there is no such name.
    """
    if name == "none":
        return lambda faces: faces
    if name == "normalize":
        mean, deviation = images.mean(axis=0, dtype=np.float64), images.std(axis=0, dtype=np.float64)
        return _standardise(mean.astype(np.float32), np.maximum(deviation, 1e-6).astype(np.float32))
    if name == "pca98":
        mean, components = principal_components(images)
        return _rebuild(mean, components)
    raise ValueError(f"no preprocessing is called {name}")


def principal_components(images: np.ndarray, variance: float = VARIANCE) -> tuple[Float32Array, Float32Array]:
    """(mean float32[2304], components float32[k, 2304]): the fewest that hold this share of the variance.

    By the eigenvectors of the covariance (Pearson, 1901), summed up in parts: the faces are never all float at once.
    """
    flat = images.reshape(len(images), -1)
    mean = flat.mean(axis=0, dtype=np.float64).astype(np.float32)
    covariance = np.zeros((flat.shape[1], flat.shape[1]))
    for start in range(0, len(flat), _CHUNK):
        part = flat[start : start + _CHUNK].astype(np.float32) - mean
        covariance += part.T @ part
    values, vectors = np.linalg.eigh(covariance)
    values, vectors = np.maximum(values[::-1], 0), vectors[:, ::-1]
    held = np.cumsum(values)
    count = int(np.searchsorted(held, variance * held[-1])) + 1
    return mean, np.ascontiguousarray(vectors[:, :count].T, np.float32)


def _standardise(mean: Float32Array, deviation: Float32Array) -> Preprocess:
    return lambda faces: (faces.astype(np.float32) - mean) / deviation


def _rebuild(mean: Float32Array, components: Float32Array) -> Preprocess:
    def rebuild(faces: np.ndarray) -> np.ndarray:
        rebuilt = np.empty(faces.shape, np.float32)
        for start in range(0, len(faces), _CHUNK):
            part = faces[start : start + _CHUNK]
            flat = part.reshape(len(part), -1).astype(np.float32) - mean
            rebuilt[start : start + _CHUNK] = ((flat @ components.T) @ components + mean).reshape(part.shape)
        return rebuilt

    return rebuild
