"""Emotions read by ONNX Runtime: what runs live. All faces of a frame go through the network in one batch."""

from __future__ import annotations

from typing import Final

import numpy as np
import onnxruntime

from fer_desktop.core import emotions
from fer_desktop.core.errors import ModelError
from fer_desktop.core.probability import softmax
from fer_desktop.core.types import CROP_SIDE, Float32Array, Prediction, UInt8Array

_REMEDY = "Install the program again."
ADDS_UP_WITHIN: Final = 1e-3
"""Part of a logit by which it may differ from the mean of its map."""


class OnnxClassifier:
    """content: an ONNX file; its one input is float32[n, 48, 48, 1], 0 to 255, its first output float32[n, 7], logits.

    A second output float32[n, 6, 6, 7] is taken for maps where it adds up to the logits, and not looked at otherwise.
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
        self._outputs = [one.name for one in self._session.get_outputs()[:2]]
        if len(self.classify(np.zeros((1, CROP_SIDE, CROP_SIDE), np.uint8))) != 1:
            raise ModelError(f"Model {model_id} does not answer one face with one reading", _REMEDY)
        self.has_maps = len(self._outputs) == 2 and self._adds_up()

    def logits(self, crops: UInt8Array) -> Float32Array:
        """float32[n, 7] for uint8[n, 48, 48]. Raises ModelError where the network gives something else."""
        return self._run(crops, 1)[0]

    def classify(self, crops: UInt8Array, maps: bool = False) -> tuple[Prediction, ...]:
        # The constructor asks for none before it knows.
        return predictions(*self._run(crops, 2 if maps and self.has_maps else 1), temperature=self._temperature)

    def _run(self, crops: UInt8Array, outputs: int) -> list[Float32Array]:
        """The logits, and with 2 outputs the second, whatever it is, as float32[n, …]. Raises ModelError."""
        if len(crops) == 0:
            return [np.empty((0, emotions.COUNT), np.float32)]
        faces = crops[..., None].astype(np.float32)
        try:
            answers = [np.asarray(one) for one in self._session.run(self._outputs[:outputs], {self._input: faces})]
        except Exception as error:  # as above
            raise ModelError(f"Model {self.model_id} failed ({_first_line(error)})", _REMEDY) from error
        if answers[0].shape != (len(crops), emotions.COUNT) or not np.isfinite(answers[0]).all():
            raise ModelError(f"Model {self.model_id} does not give seven numbers a face", _REMEDY)
        return [answer.astype(np.float32, copy=False) for answer in answers]

    def _adds_up(self) -> bool:
        """Whether the second output is maps: their mean is the logits less a constant, on faces that differ."""
        faces = np.random.default_rng(1).integers(0, 256, (3, CROP_SIDE, CROP_SIDE), np.uint8)
        faces[0] = 0
        try:
            logits, maps = self._run(faces, 2)
        except (ModelError, TypeError, ValueError):  # the second output of a foreign network may be anything
            return False
        if maps.ndim != 4 or maps.shape[0] != len(faces) or maps.shape[3] != emotions.COUNT or not maps.size:
            return False
        constant = logits - maps.mean(axis=(1, 2))
        return bool(np.abs(constant - constant[:1]).max() <= ADDS_UP_WITHIN * (1 + np.abs(logits).max()))

    def close(self) -> None:
        """ONNX Runtime frees the session with this object; there is nothing to let go of before."""


def predictions(
    logits: Float32Array, maps: Float32Array | None = None, *, temperature: float
) -> tuple[Prediction, ...]:
    """float32[n, 7], and maps float32[n, 6, 6, 7] if there are any -> one Prediction a row."""
    probabilities = softmax(logits, temperature)
    return tuple(
        Prediction(row.copy(), logits[index].copy(), None if maps is None else maps[index].copy())
        for index, row in enumerate(probabilities)
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
