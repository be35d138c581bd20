"""A trained network as a model folder: Keras file, ONNX file, manifest, card. Proven before it is used."""

from __future__ import annotations

import contextlib
import datetime
import io
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Mapping
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
from fer_desktop.training.architectures.resnet import FEATURES
from fer_desktop.training.parents import OUTPUT_NAME

INPUT_NAME = "faces"
TOLERANCE = 1e-4
"""Largest difference of a probability between the trained network and its files that lets an export pass."""
POLL_S = 0.1


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
    check: Callable[[], None] = lambda: None,
) -> Manifest:
    """Write the model's files into `folder` (emptied first) and prove them on `golden` faces uint8[n, 48, 48].

    check: called between the parts and a few times a second while another process writes; raises where to stop.

    Raises FerError where the saved or the exported network does not say what the trained one says.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    model.save(folder / KERAS_FILE)
    check()
    export_onnx(model, folder / ONNX_FILE, folder / KERAS_FILE, check)
    _prove(model, folder, golden, check)
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


def export_onnx(
    model: keras.Model, path: Path, saved: Path | None = None, check: Callable[[], None] = lambda: None
) -> None:
    """Write the network as ONNX: its first output the logits, its second, where it has feature maps, `with_maps`.

    TensorFlow writes it. Where Keras runs on another backend, a process of its own does, from the `saved` network:
    `check` is called while it works, and what that raises ends it.
    """
    if keras.backend.backend() == "tensorflow":
        _export_onnx(model, path)
        return
    with tempfile.TemporaryDirectory() if saved is None else contextlib.nullcontext() as folder:
        if saved is None:
            saved = Path(str(folder)) / KERAS_FILE
            model.save(saved)
        _export_apart(saved, path, check)


def _export_apart(saved: Path, path: Path, check: Callable[[], None]) -> None:
    environment = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-m", __name__, str(saved), str(path)]
    with tempfile.TemporaryFile() as errors:
        # In a session of its own: Ctrl+C is this process's to answer. Its stdin ends with this process, and it with
        # that, even where this one is killed.
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors,
            start_new_session=True,
        )  # fmt: skip
        try:
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    status = process.wait(POLL_S)
                    break
                check()
        finally:
            process.kill()
            process.wait()
            assert process.stdin is not None
            process.stdin.close()
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip().splitlines()
    if status != 0:
        reason = (said or [f"status {status}"])[-1]
        raise FerError(f"{path.name} could not be written ({reason})", "Go on with --resume: only the export is left.")


def _end_with_parent() -> None:
    while os.read(0, 1):  # sys.stdin would be locked when Python ends
        pass
    os._exit(1)


def _export_onnx(model: keras.Model, path: Path) -> None:
    signature = [keras.InputSpec(shape=(None, CROP_SIDE, CROP_SIDE, 1), dtype="float32", name=INPUT_NAME)]
    level = logging.getLogger("tf2onnx").level
    logging.getLogger("tf2onnx").setLevel(logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # Keras' own, on NumPy's names
            with_maps(model).export(path, format="onnx", input_signature=signature, verbose=False)
    finally:
        logging.getLogger("tf2onnx").setLevel(level)


def with_maps(model: keras.Model) -> keras.Model:
    """The network with its class activation maps float32[n, h, w, 7] as second output: what each place adds to each
    logit, so that a map's mean is the logit less the bias. A network without FEATURES stays as it is."""
    if FEATURES not in {layer.name for layer in model.layers}:
        return model
    kernel = keras.ops.convert_to_numpy(model.get_layer(OUTPUT_NAME).kernel)
    places = keras.layers.Conv2D(kernel.shape[1], 1, use_bias=False, dtype="float32", name="maps")
    maps = places(model.get_layer(FEATURES).output)
    places.set_weights([kernel[None, None]])
    return keras.Model(model.input, [model.output, maps])


def onnx_logits(path: Path, faces: Float32Array) -> Float32Array:
    """Logits float32[n, 7] of float32[n, 48, 48, 1] through ONNX Runtime, whatever the file's names are."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {session.get_inputs()[0].name: faces})[0], np.float32)


def _prove(model: keras.Model, folder: Path, golden: UInt8Array, check: Callable[[], None]) -> None:
    faces = golden[..., None].astype(np.float32)
    expected = softmax(keras.ops.convert_to_numpy(model.predict_on_batch(faces)))
    check()
    loaded = keras.saving.load_model(folder / KERAS_FILE, compile=False)
    check()
    answers = {KERAS_FILE: keras.ops.convert_to_numpy(loaded.predict_on_batch(faces))}
    check()
    answers[ONNX_FILE] = onnx_logits(folder / ONNX_FILE, faces)
    for name, logits in answers.items():
        if logits.shape != expected.shape or not np.abs(softmax(logits) - expected).max() <= TOLERANCE:
            raise FerError(f"{name} does not say what the trained network says", "Please report this.")


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    _export_onnx(keras.saving.load_model(sys.argv[1], compile=False), Path(sys.argv[2]))
