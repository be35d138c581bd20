"""Small models for tests: an ONNX file written field by field, so that wrong and hostile ones can be made as well."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fer_desktop.modelstore.manifest import Manifest, sha256

FLOAT = 1


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def field(number: int, value: int | str | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    content = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def node(operator: str, inputs: tuple[str, ...], output: str, extra: bytes = b"", domain: str = "") -> bytes:
    names = b"".join(field(1, name) for name in inputs) + field(2, output)
    return field(1, names + field(4, operator) + (field(7, domain) if domain else b"") + extra)


def tensor(name: str, shape: tuple[int, ...], values: bytes, extra: bytes = b"") -> bytes:
    dims = b"".join(field(1, size) for size in shape)
    return field(5, dims + field(2, FLOAT) + field(8, name) + (field(9, values) if values else b"") + extra)


def value(number: int, name: str, shape: tuple[int | str, ...]) -> bytes:
    dims = b"".join(field(1, field(1 if isinstance(size, int) else 2, size)) for size in shape)
    return field(number, field(1, name) + field(2, field(1, field(1, FLOAT) + field(2, dims))))


def network(
    bias: float = 0.0,
    *,
    side: int = 48,
    batch: int | str = "n",
    answers: int = 7,
    nodes: bytes = b"",
    weights: bytes | None = None,
    last: str = "Identity",
    model: bytes = b"",
) -> bytes:
    """An ONNX file: faces float32[n, side, side, 1] -> logits float32[n, answers], `bias` and up by one."""
    size = side * side
    content = weights or tensor("w", (size, answers), bytes(4 * size * answers))
    biases = struct.pack(f"<{answers}f", *(bias + step for step in range(answers)))
    graph = (
        node("Flatten", ("faces",), "flat")
        + node("Gemm", ("flat", "w", "b"), "sums")
        + nodes
        + node(last, ("sums",), "logits")
        + field(2, "tiny")
        + content
        + tensor("b", (answers,), biases)
        + value(11, "faces", (batch, side, side, 1))
        + value(12, "logits", (batch, answers))
    )
    return field(1, 8) + model + field(7, graph) + field(8, field(2, 15))


def keras_file(layer: str = "Dense", module: str = "keras.layers", **members: bytes) -> bytes:
    """A .keras archive whose configuration names one layer. Its weights are none."""
    config = {"module": "keras.layers", "class_name": "InputLayer", "registered_name": None, "config": {}}
    named = {"module": module, "class_name": layer, "registered_name": None, "config": {"layers": [config]}}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr("config.json", json.dumps(named))
        archive.writestr("model.weights.h5", b"weights")
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def make(folder: Path, model_id: str, onnx: bytes | None = None, keras: bytes | None = b"", **values: Any) -> Path:
    """A whole model folder. onnx: its network (a small one of its own); keras: None for a model without that file."""
    folder.mkdir(parents=True)
    files: Mapping[str, bytes | None] = {
        "model.onnx": network(len(model_id)) if onnx is None else onnx,
        "model.keras": keras_file() if keras == b"" else keras,
        "MODEL_CARD.md": f"# {model_id}\n".encode("utf-8", "backslashreplace"),
    }
    for name, content in files.items():
        if content is not None:
            (folder / name).write_bytes(content)
    hashes = {path.name: sha256(path) for path in folder.iterdir()}
    Manifest(id=model_id, created="2026-01-01T00:00:00+00:00", files=hashes, **values).write(folder)
    return folder


def flip(path: Path, position: int | None = None) -> None:
    """Change one byte."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2 if position is None else position] ^= 1
    path.write_bytes(content)
