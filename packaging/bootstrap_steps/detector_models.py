"""Google's face detector models: taken by pip out of the MediaPipe wheel that holds them, each checked byte for byte.

Which wheel, which files and which hashes stands in models/detectors.json and nowhere else.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from bootstrap_steps import SetupError, pip_runner, say


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def read_index(root: Path) -> dict[str, Any]:
    index: dict[str, Any] = json.loads((root / "models" / "detectors.json").read_text(encoding="utf-8"))
    return index


def is_right(path: Path, entry: dict[str, Any]) -> bool:
    try:
        return path.stat().st_size == entry["size"] and sha256(path) == entry["sha256"]
    except OSError:
        return False


def missing(root: Path, index: dict[str, Any]) -> list[dict[str, Any]]:
    folder = root / "models" / "detectors"
    return [entry for entry in index["files"].values() if not is_right(folder / entry["name"], entry)]


def unpack(wheel: Path, index: dict[str, Any], folder: Path) -> None:
    """Checks the wheel and every file in it before anything is put in place. Raises SetupError."""
    if sha256(wheel) != index["wheel_sha256"]:
        raise SetupError(
            f"{wheel.name} is not the file that Google published (its SHA-256 differs)",
            "Check the package index that pip is set up with",
        )
    contents: dict[str, bytes] = {}
    with zipfile.ZipFile(wheel) as archive:
        for entry in index["files"].values():
            data = archive.read(f"{index['folder_in_wheel']}/{entry['name']}")
            if len(data) != entry["size"] or hashlib.sha256(data).hexdigest() != entry["sha256"]:
                raise SetupError(f"{entry['name']} in {wheel.name} is not the expected file")
            contents[entry["name"]] = data
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in contents.items():
        beside = folder / (name + ".new")
        beside.write_bytes(data)
        beside.replace(folder / name)


def ensure(root: Path, python: Path) -> None:
    """Fetches the models where they are missing or damaged. Raises SetupError."""
    index = read_index(root)
    if not missing(root, index):
        return
    say("fetching the face detector's models (35 MB)")
    with tempfile.TemporaryDirectory(prefix="fer-desktop-") as scratch:
        arguments = ["download", "--no-deps", "--only-binary=:all:", *index["pip"], "--dest", scratch, index["package"]]
        pip_runner.run(python, arguments, python.parent.parent / "fer-desktop-setup.log")
        wheels = sorted(Path(scratch).glob("*.whl"))
        if len(wheels) != 1:
            raise SetupError(f"pip brought {len(wheels)} wheels of {index['package']} instead of one")
        unpack(wheels[0], index, root / "models" / "detectors")
