"""The chosen model: kept, gone back from, and never in the way of a start, whatever became of it."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path

import pytest

from fer_desktop.core.errors import ModelError
from fer_desktop.modelstore import active
from fer_desktop.modelstore.active import Choice
from fer_desktop.modelstore.store import ModelStore
from tests import model_folders
from tests.model_folders import flip


def test_nobody_has_chosen(small: ModelStore, user: Path) -> None:
    before = sorted(user.rglob("*"))
    assert small.resolve().folder.id == "default"
    assert small.resolve().problem is None
    assert sorted(user.rglob("*")) == before, "reading writes nothing"


def test_a_choice_is_kept_and_gone_back_from(small: ModelStore, user: Path) -> None:
    assert small.activate("evening").id == "evening"
    small.activate("morning")
    again = ModelStore(small.models()[0].path, user)
    assert again.active().id == "morning"
    assert [folder.id for folder in again.previous()] == ["evening", "default"]
    assert again.go_back().id == "evening"
    assert again.go_back().id == "morning", "going back twice is where one was"
    shutil.rmtree(user / "evening")
    assert again.go_back().id == "default"
    record = json.loads((user / "active.json").read_text(encoding="utf-8"))
    assert record == {"schema": 1, "active": "default", "previous": ["morning", "evening"]}


def test_going_back_passes_over_what_is_damaged(small: ModelStore, user: Path) -> None:
    small.activate("evening")
    small.activate("morning")
    flip(user / "evening" / "model.keras")
    assert small.go_back().id == "default"


def test_there_is_nothing_to_go_back_to(small: ModelStore) -> None:
    with pytest.raises(ModelError, match="no earlier model"):
        small.go_back()
    assert small.active().id == "default"


def test_ten_earlier_ones_are_remembered() -> None:
    choice = Choice("0")
    for number in range(1, 20):
        choice = choice.followed_by(str(number))
    assert choice == Choice("19", tuple(str(number) for number in range(18, 8, -1)))
    assert choice.followed_by("15").previous.count("15") == 0


@pytest.mark.parametrize("way", ["gone", "onnx", "cut", "manifest", "newer", "empty"])
def test_a_choice_that_cannot_be_used_falls_back_and_says_so(small: ModelStore, user: Path, way: str) -> None:
    small.activate("evening")
    small.activate("morning")
    folder = user / "morning"
    if way == "gone":
        shutil.rmtree(folder)
    elif way == "onnx":
        flip(folder / "model.onnx")
    elif way == "cut":
        os.truncate(folder / "model.onnx", 1000)
    elif way == "manifest":
        (folder / "manifest.json").write_bytes(b"{")
    elif way == "newer":
        text = (folder / "manifest.json").read_text(encoding="utf-8").replace('"schema": 1', '"schema": 2')
        (folder / "manifest.json").write_text(text, encoding="utf-8")
    else:
        (folder / "manifest.json").write_bytes(b"")
    pointer = (user / "active.json").read_bytes()
    found = small.resolve()
    assert found.folder.id == "evening"
    assert found.problem is not None
    assert "morning" in found.problem
    assert found.problem.endswith("evening is used instead")
    assert "\n" not in found.problem
    assert (user / "active.json").read_bytes() == pointer, "reading mends nothing"
    flip(user / "evening" / "model.onnx")
    assert small.resolve().folder.id == "default"


def test_a_damaged_shipped_model_is_stood_in_for(small: ModelStore, tmp_path: Path, user: Path) -> None:
    flip(tmp_path / "shipped" / "default" / "model.onnx")
    assert small.resolve().folder.id == "evening"
    assert "default cannot be used" in str(small.resolve().problem)
    for name in ("evening", "morning"):
        flip(user / name / "model.onnx")
    with pytest.raises(ModelError, match="doctor"):
        small.active()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b"null",
        b'{"schema": 1}',
        b'{"schema": 1, "active": 7}',
        b'{"schema": 1, "active": "evening", "previous": 7}',
        b'{"schema": 2, "active": "evening", "previous": []}',
        b'{"schema": "1", "active": "evening", "previous": []}',
        b"[" * 90_000,
        b" " * 100_001,
    ],
)
def test_a_damaged_pointer_is_told_and_mended_by_the_next_choice(small: ModelStore, user: Path, content: bytes) -> None:
    small.activate("evening")
    (user / "active.json").write_bytes(content)
    found = small.resolve()
    assert found.folder.id == "default"
    assert "active.json" in str(found.problem)
    assert "\n" not in str(found.problem)
    small.activate("morning")
    assert small.resolve().problem is None
    assert active.read(user) == Choice("morning", ("default",))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes among its files")
def test_pipes_in_place_of_files_hold_nothing_up(small: ModelStore, user: Path) -> None:
    os.mkfifo(user / "active.json")
    assert small.resolve().folder.id == "default"
    assert "is no file" in str(small.resolve().problem)
    for name in ("model.onnx", "manifest.json"):
        (user / "evening" / name).unlink()
        os.mkfifo(user / "evening" / name)
        with pytest.raises(ModelError):
            small.activate("evening")


@pytest.mark.parametrize("file", ["model.onnx", "model.keras", "MODEL_CARD.md"])
def test_a_damaged_model_is_not_activated(small: ModelStore, user: Path, file: str) -> None:
    small.activate("evening")
    flip(user / "morning" / file)
    with pytest.raises(ModelError, match=file):
        small.activate("morning")
    assert small.resolve().folder.id == "evening"
    assert small.resolve().problem is None


@pytest.mark.parametrize(
    ("onnx", "reason"),
    [
        (model_folders.network(side=64), "64"),
        (model_folders.network(answers=8), "8"),
        (model_folders.network(batch=1), "1 faces at a time"),
        (model_folders.network(last="Softmax"), "softmax"),
        (model_folders.network(float("nan")), "not finite"),
        (model_folders.network(float("inf")), "not finite"),
        (model_folders.network(last="NoSuchOperator"), "does not run"),
        (model_folders.network(nodes=model_folders.node("Loop", ("sums",), "y")), "may never end"),
        (model_folders.network(nodes=model_folders.node("Run", ("sums",), "y", domain="mine")), "'mine'"),
        (model_folders.network()[:-5000], "no ONNX file"),
        (b"", "no network"),
        (b"ORTM" * 100, "no ONNX file"),
    ],
)
def test_a_network_that_does_not_fit_is_not_activated(small: ModelStore, user: Path, onnx: bytes, reason: str) -> None:
    model_folders.make(user / "odd", "odd", onnx)
    with pytest.raises(ModelError, match=reason) as caught:
        small.activate("odd")
    assert "\n" not in str(caught.value)
    assert small.active().id == "default"
    assert any(reason in problem for problem in small.verify("odd"))


def test_only_models_of_the_store_are_activated(small: ModelStore, tmp_path: Path) -> None:
    elsewhere = model_folders.make(tmp_path / "elsewhere", "elsewhere")
    with pytest.raises(ModelError, match="models import"):
        small.activate(str(elsewhere))
    with pytest.raises(ModelError, match="no model nothing"):
        small.activate("nothing")
    with pytest.raises(ModelError, match="no model"):
        small.activate("x\0y" * 2000)


def test_a_model_by_the_shipped_ones_name_is_told_apart(small: ModelStore, user: Path) -> None:
    own = model_folders.make(user / "default", "default")
    assert small.get("default").path != own
    assert small.activate(str(own)).path == own
    assert small.resolve().folder.path == own
    assert small.resolve().problem is None
    assert small.go_back().path != own


def test_runs_in_training_and_hidden_folders_are_no_models(small: ModelStore, user: Path) -> None:
    for name in ("night.partial", ".import-1", ".trash-2"):
        model_folders.make(user / name, "night")
    model_folders.make(user / "night.partial" / "model", "night")
    (user / "notes").mkdir()
    assert [folder.id for folder in small.models()] == ["default", "evening", "morning"]
    assert small.unreadable() == []
    with pytest.raises(ModelError, match="no model night"):
        small.activate("night")
    small.activate("evening")
    assert (user / "night.partial" / "model").exists()
    assert not (user / ".import-1").exists()
    assert not (user / ".trash-2").exists()


def test_starting_is_quick_with_many_models(small: ModelStore, user: Path) -> None:
    for number in range(60):
        shutil.copytree(user / "evening", user / f"m{number}")
    small.activate("m59")
    started_s = time.process_time()
    assert small.active().path == user / "m59"
    assert time.process_time() - started_s < 0.5
