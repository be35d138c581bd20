"""Emotions read by ONNX Runtime: what runs live. All faces of a frame go through the network in one batch."""

from __future__ import annotations

import numpy as np
import onnxruntime

from fer_desktop.core import emotions
from fer_desktop.core.errors import ModelError
from fer_desktop.core.probability import softmax
from fer_desktop.core.types import CROP_SIDE, Float32Array, Prediction, UInt8Array

_REMEDY = "Install the program again."


class OnnxClassifier:
    """content: an ONNX file; its one input is float32[n, 48, 48, 1], 0 to 255, its first output float32[n, 7], logits.

    Raises ModelError where the file is no such network.
    """

    def __init__(self, content: bytes, model_id: str, temperature: float = 1.0, threads: int = 2) -> None:
        self.model_id = model_id
        self.device = f"CPU, {threads} thread{'s' if threads > 1 else ''}"
        self._temperature = temperature
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # Waiting threads would otherwise spin and take a core from the window and the detector.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime's errors have no common base class
            raise ModelError(
                f"The network of model {model_id} does not load ({_first_line(error)})", _REMEDY
            ) from error
        inputs = self._session.get_inputs()
        if len(inputs) != 1 or list(inputs[0].shape[1:]) != [CROP_SIDE, CROP_SIDE, 1]:
            shapes = ", ".join(str(one.shape) for one in inputs)
            raise ModelError(f"Model {model_id} takes {shapes}, not faces of 48×48×1", _REMEDY)
        self._input = inputs[0].name
        self._output = self._session.get_outputs()[0].name
        if len(self.classify(np.zeros((1, CROP_SIDE, CROP_SIDE), np.uint8))) != 1:
            raise ModelError(f"Model {model_id} does not answer one face with one reading", _REMEDY)

    def logits(self, crops: UInt8Array) -> Float32Array:
        """float32[n, 7] for uint8[n, 48, 48]. Raises ModelError where the network gives something else."""
        if len(crops) == 0:
            return np.empty((0, emotions.COUNT), np.float32)
        faces = crops[..., None].astype(np.float32)
        try:
            logits = np.asarray(self._session.run([self._output], {self._input: faces})[0])
        except Exception as error:  # as above
            raise ModelError(f"Model {self.model_id} failed ({_first_line(error)})", _REMEDY) from error
        if logits.shape != (len(crops), emotions.COUNT) or not np.isfinite(logits).all():
            raise ModelError(f"Model {self.model_id} does not give seven numbers a face", _REMEDY)
        return logits.astype(np.float32, copy=False)

    def classify(self, crops: UInt8Array) -> tuple[Prediction, ...]:
        return predictions(self.logits(crops), self._temperature)

    def close(self) -> None:
        """ONNX Runtime frees the session with this object; there is nothing to let go of before."""


def predictions(logits: Float32Array, temperature: float) -> tuple[Prediction, ...]:
    """float32[n, 7] -> one Prediction a row."""
    probabilities = softmax(logits, temperature)
    return tuple(Prediction(row.copy(), logit.copy()) for row, logit in zip(probabilities, logits, strict=True))


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
