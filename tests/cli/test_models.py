"""`fer-desktop models`: what is damaged is marked, and what cannot be done is told in one line."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from fer_desktop import resources
from fer_desktop.cli import main
from tests import model_folders


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


@pytest.fixture
def small_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same with models of a few kilobytes: default, and evening and morning of a person's own."""
    model_folders.make(tmp_path / "shipped" / "default", "default", metrics={"PublicTest": {"accuracy": 0.6584}})
    for name in ("evening", "morning"):
        model_folders.make(tmp_path / "mine" / name, name)
    monkeypatch.setattr(resources, "models_dir", lambda: tmp_path / "shipped")
    monkeypatch.setattr(resources, "user_models_dir", lambda: tmp_path / "mine")
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], status: int, *arguments: str | Path) -> tuple[str, str]:
    """What `models ARGUMENTS` printed and complained of."""
    assert main(["models", *map(str, arguments)]) == status
    out, err = capsys.readouterr()
    assert err.count("\n") <= 1
    return out, err


def listed(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    report = json.loads(said(capsys, 0, "list", "--json")[0])
    assert report["schema"] == 1
    assert report["active"] == next((model["id"] for model in report["models"] if model["active"]), None)
    return {model["id"]: model for model in report["models"]}


def test_a_models_life_on_the_command_line(small_models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, 0, "activate", "evening")[0] == "evening is the active model now\n"
    assert "evening" in said(capsys, 0, "verify")[0]
    assert said(capsys, 0, "activate", "morning")[1] == ""
    assert "evening" in said(capsys, 0, "back")[0]
    assert "“Evening run”" in said(capsys, 0, "rename", "evening", "Evening run")[0]
    models = listed(capsys)
    assert [models[name]["active"] for name in ("default", "evening", "morning")] == [False, True, False]
    assert models["evening"]["name"] == "Evening run"
    assert models["default"]["metrics"] == {"PublicTest": {"accuracy": 0.6584}}
    assert (models["default"]["origin"], models["evening"]["origin"]) == ("shipped", "trained")
    file = small_models / "m.zip"
    assert said(capsys, 0, "export", "evening", file)[0] == f"{file}\n"
    out, err = said(capsys, 0, "import", file)
    assert out == "evening-2\n"
    assert "models activate evening-2" in err
    assert listed(capsys)["evening-2"]["origin"] == "imported"
    assert json.loads(said(capsys, 0, "show", "evening-2")[0])["name"] == "Evening run"
    assert said(capsys, 0, "remove", "evening-2")[0] == "evening-2 is removed\n"
    assert set(listed(capsys)) == {"default", "evening", "morning"}
    lines = said(capsys, 0, "list")[0].splitlines()
    assert [" active " in line for line in lines] == [False, True, False]
    assert "65.8% on PublicTest" in lines[0]
    assert "“Evening run”" in lines[1]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["activate", "nothing"], "There is no model nothing"),
        (["activate", "morning"], "model.onnx is damaged"),
        (["verify", "morning"], "model.onnx is damaged"),
        (["export", "morning", "m.zip"], "is damaged"),
        (["back"], "no earlier model"),
        (["rename", "evening", ""], "no name"),
        (["rename", "default", "Mine"], "shipped model"),
        (["remove", "default"], "shipped model"),
        (["remove", "nothing"], "There is no model nothing"),
        (["import", "m.zip"], "does not exist"),
        (["import", "mine"], "is no model's folder"),
        (["import", "m.keras"], "can hold code"),
        (["import", "nul\0"], "cannot be read|does not exist"),
        (["show", "nothing"], "There is no model nothing"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_2(
    small_models: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    reason: str,
) -> None:
    monkeypatch.chdir(small_models)
    flip(small_models / "mine" / "morning" / "model.onnx")
    (small_models / "m.keras").write_bytes(b"x")
    out, err = said(capsys, 2, *arguments)
    assert out == ""
    assert re.search(reason, err), err


def test_a_choice_that_cannot_be_used_is_told(small_models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, 0, "activate", "evening")
    shutil.rmtree(small_models / "mine" / "evening")
    out, err = said(capsys, 2, "verify")
    assert "default is used instead" in err
    assert "default: every file is whole" in out
    out, err = said(capsys, 0, "list")
    assert [" active " in line for line in out.splitlines()] == [True, False]
    assert "default is used instead" in err
    assert "default is used instead" in json.loads(said(capsys, 0, "list", "--json", "-")[0])["problem"]
    said(capsys, 0, "list", "--json", small_models / "list.json")
    assert json.loads((small_models / "list.json").read_text(encoding="utf-8"))["active"] == "default"


def test_a_network_that_does_not_fit_is_damaged(small_models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model_folders.make(small_models / "mine" / "odd", "odd", model_folders.network(answers=8))
    assert "not n × 7" in said(capsys, 2, "verify", "odd")[1]


def test_names_with_line_breaks_stay_on_one_line(small_models: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model_folders.make(small_models / "mine" / "odd", "two\nlines\ud800")
    assert "two\\nlines" in said(capsys, 0, "list")[0]
    assert "two\\nlines" in said(capsys, 0, "show", "odd")[0]
