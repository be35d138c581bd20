"""Emotions read by Keras, which trained the network: the reference that ONNX Runtime is held to. Never runs live."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import keras
import numpy as np

from fer_desktop.classification.onnx_classifier import predictions
from fer_desktop.core import emotions
from fer_desktop.core.errors import ModelError
from fer_desktop.core.types import Float32Array, Prediction, UInt8Array

_FEATURES: Final = "features"
_LOGITS: Final = "logits"
"""Layers of a network that tells why: the last feature maps, and the one dense layer that reads their mean."""


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
        self.has_maps = {_FEATURES, _LOGITS} <= {layer.name for layer in self._model.layers}
        self._with_features: Any = None

    def logits(self, crops: UInt8Array) -> Float32Array:
        """float32[n, 7] for uint8[n, 48, 48]."""
        if len(crops) == 0:
            return np.empty((0, emotions.COUNT), np.float32)
        return _array(self._model.predict_on_batch(_faces(crops)))

    def classify(self, crops: UInt8Array, maps: bool = False) -> tuple[Prediction, ...]:
        if not maps or not self.has_maps or len(crops) == 0:
            return predictions(self.logits(crops), temperature=self._temperature)
        if self._with_features is None:
            features = self._model.get_layer(_FEATURES).output
            self._with_features = keras.Model(self._model.input, [self._model.output, features])
        logits, features = (_array(one) for one in self._with_features.predict_on_batch(_faces(crops)))
        places = features @ _array(self._model.get_layer(_LOGITS).kernel)
        return predictions(logits, places, temperature=self._temperature)

    def close(self) -> None:
        """Keras frees the network with this object; there is nothing to let go of before."""


def _faces(crops: UInt8Array) -> Float32Array:
    return crops[..., None].astype(np.float32)


def _array(tensor: Any) -> Float32Array:
    return np.asarray(keras.ops.convert_to_numpy(tensor), np.float32)
