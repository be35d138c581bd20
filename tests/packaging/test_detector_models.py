"""The detector's models come out of the wheel whole and checked, or not at all. The wheel here is a small stand-in."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from bootstrap_steps import SetupError, detector_models, pip_runner

CONTENTS = {"short.tflite": b"short range", "full.tflite": b"the full range"}
FOLDER = "mediapipe/modules/face_detection"


def write_wheel(path: Path, contents: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in contents.items():
            archive.writestr(f"{FOLDER}/{name}", data)
        archive.writestr("mediapipe/other.bin", b"not wanted")
    return path


def index_for(wheel: Path) -> dict[str, Any]:
    return {
        "package": "mediapipe==0.10.21",
        "pip": ["--platform", "any"],
        "wheel_sha256": detector_models.sha256(wheel),
        "folder_in_wheel": FOLDER,
        "files": {
            name: {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in CONTENTS.items()
        },
    }


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A clone whose models/detectors.json describes the stand-in wheel."""
    root = tmp_path / "clone"
    (root / "models").mkdir(parents=True)
    index = index_for(write_wheel(tmp_path / "published.whl", CONTENTS))
    (root / "models" / "detectors.json").write_text(json.dumps(index), encoding="utf-8")
    return root


class FakeDownload:
    """pip download that delivers `wheel`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, wheel: Path) -> None:
        self.calls = 0
        self.wheel = wheel
        monkeypatch.setattr(pip_runner, "run", self.run)

    def run(self, python: Path, arguments: Sequence[str], log: Path) -> None:
        self.calls += 1
        assert arguments[-1] == "mediapipe==0.10.21"
        assert "--no-deps" in arguments
        target = Path(arguments[arguments.index("--dest") + 1])
        (target / self.wheel.name).write_bytes(self.wheel.read_bytes())


def test_models_are_fetched_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pip = FakeDownload(monkeypatch, root.parent / "published.whl")
    python = root / ".venv" / "bin" / "python"
    detector_models.ensure(root, python)
    folder = root / "models" / "detectors"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == CONTENTS
    detector_models.ensure(root, python)
    assert pip.calls == 1
    (folder / "short.tflite").write_bytes(b"short rangE")  # same size, other content
    detector_models.ensure(root, python)
    assert pip.calls == 2
    assert (folder / "short.tflite").read_bytes() == CONTENTS["short.tflite"]


def test_another_wheel_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    FakeDownload(monkeypatch, write_wheel(root.parent / "other.whl", {**CONTENTS, "more.txt": b"x"}))
    with pytest.raises(SetupError, match="SHA-256 differs"):
        detector_models.ensure(root, root / ".venv" / "bin" / "python")
    assert not (root / "models" / "detectors").exists()


def test_a_wrong_file_in_the_wheel_leaves_nothing_behind(root: Path, tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path / "wrong.whl", {**CONTENTS, "full.tflite": b"the full rangE"})
    index = {**index_for(wheel), "wheel_sha256": detector_models.sha256(wheel)}
    with pytest.raises(SetupError, match=r"full\.tflite"):
        detector_models.unpack(wheel, index, tmp_path / "detectors")
    assert not (tmp_path / "detectors").exists()


def test_no_wheel_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pip_runner, "run", lambda *_arguments: None)
    with pytest.raises(SetupError, match="0 wheels"):
        detector_models.ensure(root, root / ".venv" / "bin" / "python")
