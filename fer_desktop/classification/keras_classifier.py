"""Emotions read by Keras, which trained the network: the reference that ONNX Runtime is held to. Never runs live."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from fer_desktop.classification.onnx_classifier import predictions
from fer_desktop.core import emotions
from fer_desktop.core.errors import ModelError
from fer_desktop.core.types import Float32Array, Prediction, UInt8Array


class KerasClassifier:
    """path: a model.keras whose hash the caller has checked; loading a foreign one could run its code."""

    def __init__(self, path: Path, model_id: str, temperature: float = 1.0) -> None:
        self.model_id = model_id
        self.device = f"Keras on {keras.backend.backend()}"
        self._temperature = temperature
        try:
            self._model = keras.saving.load_model(path, compile=False, safe_mode=True)
        except (OSError, ValueError, TypeError) as error:
            raise ModelError(f"The network {path} does not load ({error})", "Choose another model.") from error

    def logits(self, crops: UInt8Array) -> Float32Array:
        """float32[n, 7] for uint8[n, 48, 48]."""
        if len(crops) == 0:
            return np.empty((0, emotions.COUNT), np.float32)
        faces = crops[..., None].astype(np.float32)
        return np.asarray(keras.ops.convert_to_numpy(self._model.predict_on_batch(faces)), np.float32)

    def classify(self, crops: UInt8Array) -> tuple[Prediction, ...]:
        return predictions(self.logits(crops), self._temperature)

    def close(self) -> None:
        """Keras frees the network with this object; there is nothing to let go of before."""
