"""A trained network as a model folder: Keras file, ONNX file, manifest, card. Written beside, proven, then renamed."""

from __future__ import annotations

import contextlib
import datetime
import io
import logging
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.errors import FerError
from fer_desktop.core.types import CROP_SIDE, Float32Array
from fer_desktop.modelstore.manifest import Manifest, sha256
from fer_desktop.modelstore.store import KERAS_FILE, ONNX_FILE
from fer_desktop.training import card

INPUT_NAME, OUTPUT_NAME = "faces", "logits"
TOLERANCE = 1e-3
"""Largest difference of a logit between Keras and ONNX Runtime on random faces that lets an export pass."""


def write_model(
    model: keras.Model,
    folder: Path,
    *,
    temperature: float,
    architecture: Mapping[str, Any],
    training: Mapping[str, Any],
    data: Mapping[str, Any],
    metrics: Mapping[str, Any],
) -> Manifest:
    """Write `folder` (replacing it whole if it exists). Raises FerError where ONNX and Keras do not agree."""
    beside = folder.with_name(folder.name + ".partial")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    model.save(beside / KERAS_FILE)
    export_onnx(model, beside / ONNX_FILE)
    _prove(model, beside / ONNX_FILE)
    files = {name: sha256(beside / name) for name in (KERAS_FILE, ONNX_FILE)}
    manifest = Manifest(
        id=folder.name,
        created=datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        files=files,
        temperature=temperature,
        architecture=architecture,
        training=training,
        data=data,
        metrics=metrics,
    )
    (beside / card.FILE_NAME).write_text(card.render(manifest), encoding="utf-8")
    manifest.write(beside)
    if folder.exists():
        old = folder.with_name(folder.name + ".old")
        shutil.rmtree(old, ignore_errors=True)
        folder.rename(old)
        beside.rename(folder)
        shutil.rmtree(old)
    else:
        beside.rename(folder)
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


def _prove(model: keras.Model, path: Path) -> None:
    faces = np.random.default_rng(0).uniform(0, 255, (8, CROP_SIDE, CROP_SIDE, 1)).astype(np.float32)
    expected = keras.ops.convert_to_numpy(model.predict_on_batch(faces))
    actual = onnx_logits(path, faces)
    if actual.shape != (8, emotions.COUNT) or not np.allclose(actual, expected, atol=TOLERANCE):
        raise FerError("The exported ONNX file does not agree with the trained network", "Please report this.")
