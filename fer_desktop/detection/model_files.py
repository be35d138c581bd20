"""The face detector's model files: which there are, where they lie, and whether they are what Google published.

Names, sizes and hashes stand in models/detectors.json, which packaging/bootstrap.py reads too.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from fer_desktop import resources
from fer_desktop.core.errors import ModelError

_REMEDY = "Run: python3 packaging/bootstrap.py run doctor (it fetches the detector's models)"


@dataclass(frozen=True, slots=True)
class DetectorModel:
    """One file of the detector as published; `size_bytes` and `sha256` (hexadecimal) of its content."""

    file_name: str
    size_bytes: int
    sha256: str


def _read(key: str) -> DetectorModel:
    index = resources.models_dir() / "detectors.json"
    try:
        entry = json.loads(index.read_text(encoding="utf-8"))["files"][key]
        return DetectorModel(str(entry["name"]), int(entry["size"]), str(entry["sha256"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{index} is missing or damaged", "Install the program again") from error


SHORT_RANGE = _read("short_range")
"""Finds faces wider than about a tenth of the picture; 3 ms."""
FULL_RANGE = _read("full_range")
"""Finds smaller faces too; 8 ms."""
ALL = (SHORT_RANGE, FULL_RANGE)


def folder() -> Path:
    """Where set-up puts the files."""
    return resources.models_dir() / "detectors"


def path_of(model: DetectorModel) -> Path:
    """The checked file; under a millisecond. Raises ModelError where it is missing or not the published one."""
    path = folder() / model.file_name
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise ModelError(f"The face detector's model {path} is missing", _REMEDY) from error
    except OSError as error:
        raise ModelError(f"The face detector's model {path} cannot be read ({error.strerror})", _REMEDY) from error
    if len(content) != model.size_bytes or hashlib.sha256(content).hexdigest() != model.sha256:
        raise ModelError(f"The face detector's model {path} is damaged", _REMEDY)
    return path
