"""manifest.json: what a model is, what it was made from, how good it is, and the hash of each of its files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from fer_desktop import atomic_file
from fer_desktop.core import emotions
from fer_desktop.core.errors import ModelError
from fer_desktop.core.types import CROP_GEOMETRY_VERSION, CROP_SIDE

FILE_NAME: Final = "manifest.json"
SCHEMA: Final = 1
MAX_BYTES: Final = 1_000_000
MAX_ID: Final = 255
MAX_NAME: Final = 60
SCALING: Final = "grey 0 to 255, normalised inside the network"
CHECKSUM: Final = "checksum"
"""The record's own hash, where it has one: a digit that changed on the disk would otherwise pass for the truth."""
_REMEDY = "Choose another model: fer-desktop models list."


@dataclass(frozen=True, slots=True)
class Manifest:
    """The record of contracts.md. `created` is ISO 8601 in UTC; `metrics` maps a split to its figures."""

    id: str
    created: str
    files: Mapping[str, str]
    """File name -> SHA-256, for every other file of the folder."""
    temperature: float = 1.0
    labels: tuple[str, ...] = emotions.NAMES
    input_shape: tuple[int, ...] = (CROP_SIDE, CROP_SIDE, 1)
    scaling: str = SCALING
    crop_geometry: int = CROP_GEOMETRY_VERSION
    architecture: Mapping[str, Any] = field(default_factory=dict)
    training: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    name: str | None = None
    """What people call it, where they gave it a name."""
    imported: Mapping[str, Any] = field(default_factory=dict)
    """Of a model that came as a file: {"file": its name, "at": ISO 8601 in UTC}; else empty."""
    schema: int = SCHEMA

    def write(self, folder: Path) -> None:
        """Replaces the folder's manifest atomically. Raises OSError."""
        save(folder, asdict(self))

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Raises ModelError where the manifest is missing, damaged, or of a model this version cannot run."""
        return cls.of(_values(folder), folder / FILE_NAME)

    @classmethod
    def of(cls, values: dict[str, Any], path: Path) -> Manifest:
        """From the object that stands in a manifest. Raises ModelError, which names `path`."""
        schema = values.get("schema")
        if type(schema) is not int or schema < 1:
            raise ModelError(f"{path} is of schema {schema!r:.80}, this version reads {SCHEMA}", _REMEDY)
        if schema > SCHEMA:
            what = f"{path} is of schema {schema}, from a newer version; this one reads {SCHEMA}"
            raise ModelError(what, "Install the newer version, or choose another model.")
        if CHECKSUM in values and values[CHECKSUM] != _checksum(values):
            raise ModelError(f"{path} is damaged: it is not as it was written", _REMEDY)
        try:
            known = {name: value for name, value in values.items() if name in cls.__dataclass_fields__}
            known["labels"] = tuple(known.get("labels", ()))
            known["input_shape"] = tuple(known.get("input_shape", ()))
            known["temperature"] = float(known.get("temperature", 1.0))
            manifest = cls(**known)
        except (TypeError, ValueError, OverflowError) as error:
            raise ModelError(f"{path} is damaged ({error})", _REMEDY) from error
        problem = manifest._problem()
        if problem:
            raise ModelError(f"The model of {path} cannot be used: {problem}", _REMEDY)
        return manifest

    def _problem(self) -> str | None:
        records = (self.architecture, self.training, self.data, self.metrics, self.imported)
        if not isinstance(self.id, str) or not 0 < len(self.id) <= MAX_ID:
            return "it has no id"
        if not isinstance(self.created, str) or not all(isinstance(record, Mapping) for record in records):
            return "its record is incomplete"
        if self.labels != emotions.NAMES:
            return f"its labels are {', '.join(map(str, self.labels))[:200]}"
        if self.input_shape != (CROP_SIDE, CROP_SIDE, 1):
            return f"its input is {str(self.input_shape)[:80]}"
        if self.scaling != SCALING:
            return f"its scaling is {str(self.scaling)[:80]!r}"
        if self.crop_geometry != CROP_GEOMETRY_VERSION:
            geometry = str(self.crop_geometry)[:20]
            return f"it learnt from crops of geometry {geometry}, this version cuts {CROP_GEOMETRY_VERSION}"
        if not 0.01 < self.temperature < 100:
            return f"its temperature is {self.temperature}"
        if self.name is not None and name_problem(self.name):
            return "its name is no name"
        if not isinstance(self.files, Mapping) or not all(isinstance(digest, str) for digest in self.files.values()):
            return "its list of files is no list of hashes"
        return None


def change(folder: Path, **values: Any) -> None:
    """Set some of the manifest's values and leave the others, also those that only a later version knows.

    Replaces it atomically. Raises ModelError where there is no readable one, OSError where it cannot be written.
    """
    save(folder, {**_values(folder), **values})


def parse(content: bytes, path: Path) -> dict[str, Any]:
    """The object in a manifest's content. Raises ModelError, which names `path`."""
    try:
        values = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path} is damaged ({str(error)[:200]})", _REMEDY) from error
    if not isinstance(values, dict):
        raise ModelError(f"{path} is damaged (not an object)", _REMEDY)
    return values


def name_problem(name: object) -> str | None:
    """Why this cannot be a model's name, in words; None where it can: 1 to 60 printable characters."""
    if not isinstance(name, str) or not name.strip():
        return "a name has at least one character"
    if len(name) > MAX_NAME:
        return f"a name has at most {MAX_NAME} characters"
    return None if name.isprintable() else "a name holds no line breaks or control characters"


def _values(folder: Path) -> dict[str, Any]:
    path = folder / FILE_NAME
    try:
        if not path.is_file():  # reading a pipe would wait for ever
            raise ModelError(f"{folder} is not a model: it has no {FILE_NAME}", _REMEDY)
        if path.stat().st_size > MAX_BYTES:
            raise ModelError(f"{path} is too large to be a manifest", _REMEDY)
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror or error})", _REMEDY) from error
    return parse(content, path)


def save(folder: Path, values: dict[str, Any]) -> None:
    """Replace the manifest by these values atomically. Raises OSError."""
    # What UTF-8 has no place for, a path's undecodable byte for one, is written as its JSON escape.
    text = json.dumps({**values, CHECKSUM: _checksum(values)}, indent=2, ensure_ascii=False) + "\n"
    atomic_file.write(folder / FILE_NAME, text.encode("utf-8", "backslashreplace"))


def _checksum(values: Mapping[str, Any]) -> str:
    rest = {name: value for name, value in values.items() if name != CHECKSUM}
    # Through JSON once first: tuples are lists there, and keys are text.
    text = json.dumps(json.loads(json.dumps(rest)), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def sha256(path: Path) -> str:
    """Of a file's content, hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
