"""What is left of a model's accuracy when faces are small, blurred, in the dark or tilted.

Each degradation does to a stored face, uint8[48, 48] grey, what distance, optics, light or pose would have done before
the crop was taken. The stored faces have no surroundings: where the crop would see some, the face's edge is repeated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np

from fer_desktop.core import crop
from fer_desktop.core.types import CROP_SIDE, Float32Array, UInt8Array
from fer_desktop.training.evaluate import evaluate

SEED: Final = 0
"""Of the sensor's noise: a second evaluation of the same model gives the same figures."""
BATCH: Final = 256
WHITE_ELECTRONS: Final = 2000
"""What a small camera's pixel collects from white in good light."""
READ_NOISE_ELECTRONS: Final = 4
GAMMA: Final = 2.2
"""Grey values are stored as light to the power of 1/GAMMA."""


def at_size(face: UInt8Array, side: float) -> UInt8Array:
    """The face as if its frame had been `side` pixels wide in the camera's picture, 1 to 48.

    Each of those pixels is the mean of the area it covers; core.crop then brings them back to 48×48.
    """
    small = cv2.resize(face, (round(side), round(side)), interpolation=cv2.INTER_AREA)
    return _cut(small, crop.CropFrame(side / 2, side / 2, side, 0.0))  # type: ignore[arg-type]


def blurred(face: UInt8Array, sigma: float) -> UInt8Array:
    """Out of focus, or smeared alike in all directions: a Gaussian of `sigma` pixels of the crop; 0 leaves the face."""
    if sigma == 0:
        return face
    return cv2.GaussianBlur(face, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)  # type: ignore[return-value]


def darkened(face: UInt8Array, light: float, rng: np.random.Generator) -> UInt8Array:
    """`light` of the light, 0 to 1, on the same sensor at the same exposure and gain.

    Fewer photons are counted, each count scatters by its square root (as normal, near enough to Poisson's), and reading
    a pixel adds its own noise. 1 leaves the face: what noise that light makes is in it already.
    """
    if light == 1:
        return face
    electrons = (face / 255.0) ** GAMMA * (light * WHITE_ELECTRONS)
    noise = rng.standard_normal(face.shape) * np.sqrt(electrons + READ_NOISE_ELECTRONS**2)
    grey = 255 * (np.clip(electrons + noise, 0, WHITE_ELECTRONS) / WHITE_ELECTRONS) ** (1 / GAMMA)
    return np.rint(grey).astype(np.uint8)


def rotated(face: UInt8Array, degrees: float) -> UInt8Array:
    """Turned around its middle, clockwise as seen, cut by core.crop: the roll that finding the eyes has not undone."""
    return _cut(face, crop.CropFrame(CROP_SIDE / 2, CROP_SIDE / 2, CROP_SIDE, -math.radians(degrees)))


def _cut(grey: UInt8Array, frame: crop.CropFrame) -> UInt8Array:
    return crop.cut(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), frame)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Degradation:
    """One way for faces to become hard to read, in steps; the step `unchanged` leaves them as they are."""

    name: str
    unit: str
    steps: tuple[float, ...]
    unchanged: float
    apply: Callable[[UInt8Array, float, np.random.Generator], UInt8Array]


FACE_SIZE: Final = Degradation("face_size", "px", (48, 32, 24, 16), 48, lambda face, side, rng: at_size(face, side))
BLUR: Final = Degradation("blur", "px", (0, 0.5, 1, 1.5, 2, 3), 0, lambda face, sigma, rng: blurred(face, sigma))
DARKNESS: Final = Degradation("darkness", "share of the light", (1, 1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32), 1, darkened)
ROTATION: Final = Degradation(
    "rotation", "degrees", (-45, -30, -20, -10, 0, 10, 20, 30, 45), 0, lambda face, degrees, rng: rotated(face, degrees)
)
DEGRADATIONS: Final = (FACE_SIZE, BLUR, DARKNESS, ROTATION)


@dataclass(frozen=True, slots=True)
class Step:
    """Figures, 0 to 1, at one step. `confidence`: the mean of what the model gave its own readings."""

    value: float
    accuracy: float
    balanced_accuracy: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Curve:
    degradation: Degradation
    steps: tuple[Step, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "unit": self.degradation.unit,
            "steps": [
                {
                    "value": step.value,
                    "accuracy": round(step.accuracy, 4),
                    "balanced_accuracy": round(step.balanced_accuracy, 4),
                    "confidence": round(step.confidence, 4),
                }
                for step in self.steps
            ],
        }


def sweep(
    classify: Callable[[UInt8Array], Float32Array],
    images: UInt8Array,
    labels: np.ndarray,
    probabilities: Float32Array,
    degradations: Sequence[Degradation] = DEGRADATIONS,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Curve, ...]:
    """A curve for each degradation, all faces at every step.

    classify: uint8[k, 48, 48] -> float32[k, 7] that sum to 1. images uint8[n, 48, 48], labels int64[n], n at least 1;
    probabilities float32[n, 7]: what classify gave for the images as they are. progress(faces read, faces to read).
    """
    changing = sum(step != kind.unchanged for kind in degradations for step in kind.steps)
    total, done = changing * len(images), 0
    curves = []
    for kind in degradations:
        steps = []
        for value in kind.steps:
            if value == kind.unchanged:
                steps.append(_step(value, probabilities, labels))
                continue
            rng = np.random.default_rng(SEED)
            read = []
            for start in range(0, len(images), BATCH):
                faces = np.stack([kind.apply(face, value, rng) for face in images[start : start + BATCH]])
                read.append(classify(faces))
                done += len(faces)
                progress(done, total)
            steps.append(_step(value, np.concatenate(read), labels))
        curves.append(Curve(kind, tuple(steps)))
    return tuple(curves)


def _step(value: float, probabilities: Float32Array, labels: np.ndarray) -> Step:
    figures = evaluate(probabilities, labels)
    return Step(value, figures.accuracy, figures.balanced_accuracy, float(probabilities.max(axis=1).mean()))
