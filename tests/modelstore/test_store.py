from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from fer_desktop import resources
from fer_desktop.core.errors import ModelError
from fer_desktop.modelstore.manifest import FILE_NAME, Manifest
from fer_desktop.modelstore.store import ONNX_FILE, ModelFolder, ModelStore


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    return Path(shutil.copytree(resources.models_dir() / "default", tmp_path / "default"))


@pytest.fixture
def store(tmp_path: Path, shipped: Path) -> ModelStore:
    return ModelStore(shipped, tmp_path / "mine")


def change(folder: Path, **values: Any) -> None:
    path = folder / FILE_NAME
    manifest = json.loads(path.read_text(encoding="utf-8"))
    manifest.pop("checksum", None)  # it would tell that the file was changed by hand
    path.write_text(json.dumps({**manifest, **values}), encoding="utf-8")


def test_the_shipped_model_is_whole_and_under_12_mb_a_file() -> None:
    folder = ModelStore.default().active()
    assert folder.verify() == []
    assert all(path.stat().st_size < 12_000_000 for path in folder.path.iterdir())
    assert folder.manifest.metrics["PublicTest"]["accuracy"] > 0.6


def test_a_manifest_is_written_and_read_unchanged(tmp_path: Path) -> None:
    manifest = Manifest(id="mine", created="2026-01-01T00:00:00+00:00", files={"a": "b"}, temperature=1.25)
    manifest.write(tmp_path)
    assert Manifest.read(tmp_path) == manifest


def test_models_are_found_by_id_by_folder_and_by_path(store: ModelStore, shipped: Path, tmp_path: Path) -> None:
    mine = Path(shutil.copytree(shipped, tmp_path / "mine" / "evening"))
    change(mine, id="evening run")
    (tmp_path / "mine" / "half.partial").mkdir()
    assert [folder.path for folder in store.models()] == [shipped, mine]
    for name in ("evening run", "evening", str(mine)):
        assert store.get(name).path == mine
    with pytest.raises(ModelError, match="evening run"):
        store.get("another")


@pytest.mark.parametrize(
    "values",
    [
        {"schema": 2},
        {"labels": ["happy", "sad"]},
        {"input_shape": [224, 224, 3]},
        {"scaling": "0 to 1"},
        {"crop_geometry": 99},
        {"temperature": 0},
        {"temperature": "hot"},
        {"files": ["model.onnx"]},
        {"id": ""},
    ],
)
def test_a_model_that_cannot_be_used_is_refused_in_one_line(
    store: ModelStore, shipped: Path, values: dict[str, Any]
) -> None:
    change(shipped, **values)
    with pytest.raises(ModelError) as caught:
        store.active()
    assert "\n" not in str(caught.value)
    assert store.models() == []
    assert len(store.unreadable()) == 1


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"{}", b" " * 1_000_001])
def test_a_damaged_manifest_is_told(shipped: Path, content: bytes) -> None:
    (shipped / FILE_NAME).write_bytes(content)
    with pytest.raises(ModelError, match="manifest"):
        ModelFolder.open(shipped)


def test_one_changed_byte_is_noticed(shipped: Path) -> None:
    path = shipped / ONNX_FILE
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    folder = ModelFolder.open(shipped)
    assert len(folder.verify()) == 1
    with pytest.raises(ModelError, match="damaged"):
        folder.read(ONNX_FILE)
    path.unlink()
    assert "cannot be read" in folder.verify()[0]
    with pytest.raises(ModelError, match="cannot be read"):
        folder.read(ONNX_FILE)
