"""A trained network as a model folder: Keras file, ONNX file, manifest, card. Proven before it is used."""

from __future__ import annotations

import contextlib
import datetime
import io
import logging
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from fer_desktop.core.errors import FerError
from fer_desktop.core.probability import softmax
from fer_desktop.core.types import CROP_SIDE, Float32Array, UInt8Array
from fer_desktop.modelstore.manifest import Manifest, sha256
from fer_desktop.modelstore.store import KERAS_FILE, ONNX_FILE
from fer_desktop.training import card

INPUT_NAME, OUTPUT_NAME = "faces", "logits"
TOLERANCE = 1e-4
"""Largest difference of a probability between the trained network and its files that lets an export pass."""


def write_model(
    model: keras.Model,
    folder: Path,
    model_id: str,
    *,
    golden: UInt8Array,
    temperature: float,
    architecture: Mapping[str, Any],
    training: Mapping[str, Any],
    data: Mapping[str, Any],
    metrics: Mapping[str, Any],
) -> Manifest:
    """Write the model's files into `folder` (emptied first) and prove them on `golden` faces uint8[n, 48, 48].

    Raises FerError where the saved or the exported network does not say what the trained one says.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    model.save(folder / KERAS_FILE)
    export_onnx(model, folder / ONNX_FILE)
    _prove(model, folder, golden)
    manifest = Manifest(
        id=model_id,
        created=datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        files={},
        temperature=temperature,
        architecture=architecture,
        training=training,
        data=data,
        metrics=metrics,
    )
    (folder / card.FILE_NAME).write_text(card.render(manifest), encoding="utf-8")
    files = {name: sha256(folder / name) for name in (KERAS_FILE, ONNX_FILE, card.FILE_NAME)}
    manifest = replace(manifest, files=files)
    manifest.write(folder)
    return manifest


def export_onnx(model: keras.Model, path: Path) -> None:
    signature = [keras.InputSpec(shape=(None, CROP_SIDE, CROP_SIDE, 1), dtype="float32", name=INPUT_NAME)]
    level = logging.getLogger("tf2onnx").level
    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            model.export(path, format="onnx", input_signature=signature, verbose=False)
    finally:
        logging.getLogger("tf2onnx").setLevel(level)


def onnx_logits(path: Path, faces: Float32Array) -> Float32Array:
    """Logits float32[n, 7] of float32[n, 48, 48, 1] through ONNX Runtime, whatever the file's names are."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {session.get_inputs()[0].name: faces})[0], np.float32)


def _prove(model: keras.Model, folder: Path, golden: UInt8Array) -> None:
    faces = golden[..., None].astype(np.float32)
    expected = softmax(keras.ops.convert_to_numpy(model.predict_on_batch(faces)))
    loaded = keras.saving.load_model(folder / KERAS_FILE, compile=False)
    answers = {
        KERAS_FILE: keras.ops.convert_to_numpy(loaded.predict_on_batch(faces)),
        ONNX_FILE: onnx_logits(folder / ONNX_FILE, faces),
    }
    for name, logits in answers.items():
        if logits.shape != expected.shape or not np.abs(softmax(logits) - expected).max() <= TOLERANCE:
            raise FerError(f"{name} does not say what the trained network says", "Please report this.")
