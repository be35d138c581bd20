from __future__ import annotations

import json
from pathlib import Path

import pytest

from fer_desktop.core.errors import InputError
from fer_desktop.training import runs
from fer_desktop.training.config import TrainingConfig, preset


def start(target: Path) -> runs.Run:
    return runs.start(target, preset("quick", epochs=3), [target.parent / "data.csv"], "abc")


def test_a_run_can_be_read_back(tmp_path: Path) -> None:
    run = start(tmp_path / "mine")
    assert run.config.epochs == 3
    assert runs.read(run.folder) == run
    run.check_data("abc")
    with pytest.raises(InputError, match="not those"):
        run.check_data("abd")


def test_a_run_remembers_its_votes(tmp_path: Path) -> None:
    votes = tmp_path / "fer2013new.csv"
    run = runs.start(tmp_path / "mine", preset("quick", epochs=3), [tmp_path / "data.csv"], "abc", votes)
    assert runs.read(run.folder).ferplus == votes
    assert runs.read(start(tmp_path / "other").folder).ferplus is None


def test_settings_from_a_newer_version_are_left_out() -> None:
    config = preset("thorough")
    assert TrainingConfig.from_dict({**config.to_dict(), "from_the_future": 1}) == config


def test_a_folder_that_is_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a training run"):
        runs.read(tmp_path)
    run = start(tmp_path / "mine")
    (run.folder / "run.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="not a training run"):
        runs.read(run.folder)


def test_nothing_but_a_model_is_ever_replaced(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "thesis.txt").write_text("years of work", encoding="utf-8")
    (tmp_path / "file").touch()
    for target in (tmp_path / "papers", tmp_path / "file", Path("/")):
        with pytest.raises(InputError):
            start(target)
    assert (tmp_path / "papers" / "thesis.txt").exists()
    (tmp_path / "empty").mkdir()
    start(tmp_path / "empty")
    with pytest.raises(InputError, match="--resume"):
        start(tmp_path / "empty")


def test_the_model_takes_its_place_and_the_run_goes(tmp_path: Path) -> None:
    target = tmp_path / "mine"
    target.mkdir()
    (target / "manifest.json").write_text(json.dumps({"id": "old"}), encoding="utf-8")
    with pytest.raises(InputError, match="--replace"):
        start(target)
    run = runs.start(target, preset("quick"), [tmp_path / "data.csv"], "abc", replace=True)
    model = run.folder / "model"
    model.mkdir()
    (model / "manifest.json").write_text(json.dumps({"id": "new"}), encoding="utf-8")
    runs.finish(run, model)
    assert json.loads((target / "manifest.json").read_text(encoding="utf-8")) == {"id": "new"}
    with pytest.raises(InputError, match=r"is done\. Its model is"):
        runs.read(run.folder)
    assert not run.folder.exists()


def test_a_model_that_cannot_take_its_place_leaves_the_old_one(tmp_path: Path) -> None:
    target = tmp_path / "mine"
    target.mkdir()
    (target / "manifest.json").write_text("old", encoding="utf-8")
    run = runs.start(target, preset("quick"), [tmp_path / "data.csv"], "abc", replace=True)
    with pytest.raises(OSError, match="model"):
        runs.finish(run, run.folder / "model")
    assert (target / "manifest.json").read_text(encoding="utf-8") == "old"


def test_a_start_that_was_killed_does_not_block_the_name(tmp_path: Path) -> None:
    folder = tmp_path / "mine.partial"
    folder.mkdir()
    (folder / ".write.abc.tmp").write_bytes(b"half")
    run = start(tmp_path / "mine")
    assert runs.read(run.folder).config == run.config
    (tmp_path / "other.partial").mkdir()
    (tmp_path / "other.partial" / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="exists"):
        start(tmp_path / "other")


def test_a_run_of_another_version_is_told_as_that(tmp_path: Path) -> None:
    run = start(tmp_path / "mine")
    path = run.folder / runs.RUN_FILE
    path.write_text(path.read_text(encoding="utf-8").replace('"schema": 2', '"schema": 1'), encoding="utf-8")
    with pytest.raises(InputError, match="another version"):
        runs.read(run.folder)
