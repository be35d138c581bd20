"""What stands in a .keras file, read without loading it: Keras makes every class that its configuration names.

A file from elsewhere passes only where it names layers that compute and nothing else. The list is one of what is
allowed, not of what is known to be harmful; a network of this program that uses another layer adds it here.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any, Final

from fer_desktop.modelstore import zip_file

MAX_CONFIG_BYTES: Final = 4_000_000
_MEMBERS = {"config.json", "metadata.json", "model.weights.h5"}
_MODULES = ("keras", "keras.layers", "keras.initializers", "keras.regularizers", "keras.src.models.functional")
_CLASSES = frozenset(
    (
        "Activation", "Add", "AveragePooling2D", "BatchNormalization", "Concatenate", "Constant", "Conv2D",
        "DTypePolicy", "Dense", "DepthwiseConv2D", "Dropout", "Flatten", "Functional", "GlobalAveragePooling2D",
        "GlobalMaxPooling2D", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "InputLayer", "L1", "L1L2",
        "L2", "LayerNormalization", "LeakyReLU", "MaxPooling2D", "Multiply", "Ones", "PReLU", "RandomNormal",
        "RandomUniform", "ReLU", "Rescaling", "Reshape", "SeparableConv2D", "Softmax", "TruncatedNormal",
        "VarianceScaling", "ZeroPadding2D", "Zeros",
    )
)  # fmt: skip
_TENSOR = "__keras_tensor__"


def problem(content: bytes) -> str | None:
    """Why this file may not be kept, in words; None where nothing in it could run.

    What is no zip archive at all, Keras does not load as .keras either, so that it does no harm.
    """
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return None
    try:
        members = zip_file.read(content, len(content) * 2 + MAX_CONFIG_BYTES)
    except zip_file.Refused as refused:
        return f"as an archive it is not as Keras writes it: {refused}"
    strange = sorted(set(members) - _MEMBERS)
    if strange:
        return f"it holds {strange[0][:60]!r}, which Keras does not write"
    config = members.get("config.json", b"")
    if len(config) > MAX_CONFIG_BYTES:
        return "its configuration is too large"
    try:
        named = list(_named(json.loads(config.decode("utf-8"))))
    except (ValueError, RecursionError):
        return "its configuration cannot be read"
    for module, name, registered in named:
        if name == _TENSOR and module is None and registered is None:
            continue
        if name not in _CLASSES or module not in _MODULES or registered not in (None, name):
            return f"it names {str(module)[:60]}.{str(name)[:60]}, which could run code"
    return None


def _named(value: Any) -> Iterator[tuple[Any, Any, Any]]:
    """(module, class, registered name) of everything that Keras would make from a configuration."""
    if isinstance(value, dict):
        if "class_name" in value or "registered_name" in value or "module" in value:
            yield value.get("module"), value.get("class_name"), value.get("registered_name")
        for inner in value.values():
            yield from _named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner)
