"""`fer-desktop models list`: what is damaged is marked, and where nothing is usable the exit status says so."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from fer_desktop import resources
from fer_desktop.cli import main


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the shipped model, where a test may damage it, and one of a person's own."""
    shipped = resources.models_dir() / "default"
    for name in ("shipped/default", "mine/evening"):
        shutil.copytree(shipped, tmp_path / name)
    monkeypatch.setattr(resources, "models_dir", lambda: tmp_path / "shipped")
    monkeypatch.setattr(resources, "user_models_dir", lambda: tmp_path / "mine")
    return tmp_path


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_whole_models(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models", "list"]) == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 2
    assert " damaged " not in out
    assert err == ""


def test_a_damaged_model_is_marked(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flip(models / "mine" / "evening" / "model.onnx")
    assert main(["models", "list"]) == 0
    out, err = capsys.readouterr()
    assert [" damaged " in line for line in out.splitlines()] == [False, True]
    assert err.count("\n") == 1
    assert "model.onnx is damaged" in err


def test_no_usable_model_is_status_2(models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(models / "shipped" / "default")
    assert main(["models", "list"]) == 0, "one of their own is left"
    (models / "mine" / "evening" / "model.keras").unlink()
    capsys.readouterr()
    assert main(["models", "list"]) == 2
    out, err = capsys.readouterr()
    assert [" damaged " in line for line in out.splitlines()] == [True]
    assert "is not a model" in err
    assert "model.keras cannot be read" in err
