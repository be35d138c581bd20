"""The detector's models are used only when they are what was published."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from fer_desktop import resources
from fer_desktop.core.errors import ModelError
from fer_desktop.detection import model_files
from fer_desktop.detection.model_files import DetectorModel

CONTENT = b"a model"
MODEL = DetectorModel("model.tflite", len(CONTENT), hashlib.sha256(CONTENT).hexdigest())


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(resources, "models_dir", lambda: tmp_path)
    folder = tmp_path / "detectors"
    folder.mkdir()
    return folder


def test_a_right_file_is_given(folder: Path) -> None:
    (folder / "model.tflite").write_bytes(CONTENT)
    assert model_files.path_of(MODEL) == folder / "model.tflite"


@pytest.mark.parametrize("content", [b"a modeL", b"a mod", b"", b"a model and more"])
def test_a_damaged_file_is_refused(folder: Path, content: bytes) -> None:
    (folder / "model.tflite").write_bytes(content)
    with pytest.raises(ModelError, match=r"damaged.*bootstrap\.py"):
        model_files.path_of(MODEL)


def test_a_missing_file_is_told_with_the_remedy(folder: Path) -> None:
    with pytest.raises(ModelError, match=r"missing.*bootstrap\.py"):
        model_files.path_of(MODEL)


@pytest.mark.parametrize("index", ["", "{}", '{"files": {"short_range": {"name": "x"}}}', "[]"])
def test_a_damaged_index_is_told(folder: Path, index: str) -> None:
    (folder.parent / "detectors.json").write_text(index, encoding="utf-8")
    with pytest.raises(ModelError, match=r"detectors\.json"):
        model_files._read("short_range")


def test_the_two_models_are_the_published_ones() -> None:
    entries = json.loads((resources.models_dir() / "detectors.json").read_text(encoding="utf-8"))
    assert entries["licence"] == "Apache-2.0"
    assert (model_files.SHORT_RANGE.size_bytes, model_files.FULL_RANGE.size_bytes) == (229_714, 676_746)
    assert model_files.SHORT_RANGE.sha256.startswith("bbff11ce")
    assert model_files.FULL_RANGE.sha256.startswith("2c3728e6")
