"""manifest.json: what a model is, what it was made from, how good it is, and the hash of each of its files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from fer_desktop.core import emotions
from fer_desktop.core.errors import ModelError
from fer_desktop.core.types import CROP_GEOMETRY_VERSION, CROP_SIDE

FILE_NAME: Final = "manifest.json"
SCHEMA: Final = 1
MAX_BYTES: Final = 1_000_000
SCALING: Final = "grey 0 to 255, normalised inside the network"


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
    schema: int = SCHEMA

    def write(self, folder: Path) -> None:
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"
        (folder / FILE_NAME).write_text(text, encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Raises ModelError where the manifest is missing, damaged, or of a model this version cannot run."""
        path = folder / FILE_NAME
        remedy = "Install the program again: fer-desktop doctor says how."
        try:
            if path.stat().st_size > MAX_BYTES:
                raise ModelError(f"{path} is too large to be a manifest", remedy)
            values = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise ModelError(f"{folder} is not a model: it has no {FILE_NAME}", remedy) from error
        except (OSError, ValueError) as error:
            raise ModelError(f"{path} is damaged ({error})", remedy) from error
        if not isinstance(values, dict):
            raise ModelError(f"{path} is damaged (not an object)", remedy)
        if values.get("schema") != SCHEMA:
            raise ModelError(f"{path} is of schema {values.get('schema')}, this version reads {SCHEMA}", remedy)
        try:
            known = {name: value for name, value in values.items() if name in cls.__dataclass_fields__}
            known["labels"] = tuple(known.get("labels", ()))
            known["input_shape"] = tuple(known.get("input_shape", ()))
            known["temperature"] = float(known.get("temperature", 1.0))
            manifest = cls(**known)
        except (TypeError, ValueError) as error:
            raise ModelError(f"{path} is damaged ({error})", remedy) from error
        manifest._check(path, remedy)
        return manifest

    def _check(self, path: Path, remedy: str) -> None:
        problem = None
        if not isinstance(self.id, str) or not self.id:
            problem = "it has no id"
        elif self.labels != emotions.NAMES:
            problem = f"its labels are {', '.join(map(str, self.labels))}"
        elif self.input_shape != (CROP_SIDE, CROP_SIDE, 1):
            problem = f"its input is {self.input_shape}"
        elif self.scaling != SCALING:
            problem = f"its scaling is {self.scaling!r}"
        elif self.crop_geometry != CROP_GEOMETRY_VERSION:
            problem = (
                f"it learnt from crops of geometry {self.crop_geometry}, this version cuts {CROP_GEOMETRY_VERSION}"
            )
        elif not 0.01 < self.temperature < 100:
            problem = f"its temperature is {self.temperature}"
        elif not isinstance(self.files, Mapping) or not all(
            isinstance(name, str) and isinstance(digest, str) for name, digest in self.files.items()
        ):
            problem = "its list of files is no list of hashes"
        if problem:
            raise ModelError(f"The model of {path} cannot be used: {problem}", remedy)


def sha256(path: Path) -> str:
    """Of a file's content, hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
