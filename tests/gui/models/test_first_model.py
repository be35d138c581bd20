"""The model that the window starts with is looked for once."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from fer_desktop import app, resources
from fer_desktop.modelstore.store import ModelStore
from tests import model_folders


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the store found, each time it was asked which model is used."""
    found: list[str] = []
    resolve = ModelStore.resolve

    def counted(self: ModelStore) -> Any:
        active = resolve(self)
        found.append(active.folder.id)
        return active

    monkeypatch.setattr(ModelStore, "resolve", counted)
    return found


def reads_with(first: app._FirstModel) -> str:
    with contextlib.closing(first.classifier()) as classifier:
        return classifier.model_id


def test_the_first_pipeline_takes_what_the_window_found(looks: list[str]) -> None:
    model_folders.make(resources.user_models_dir() / "run-1", "run-1", name="Evening run")
    ModelStore.default().activate("run-1")
    looks.clear()
    first = app._FirstModel()
    active = first.look()
    assert (active.id, active.name, active.problem) == ("run-1", "Evening run", None)
    assert reads_with(first) == "run-1" and looks == ["run-1"]
    # A pipeline that is made anew may come after another choice.
    ModelStore.default().activate("default")
    looks.clear()
    assert reads_with(first) == "default" and looks == ["default"]


def test_a_model_that_breaks_between_the_two_is_looked_for_anew(looks: list[str]) -> None:
    folder = model_folders.make(resources.user_models_dir() / "run-1", "run-1")
    ModelStore.default().activate("run-1")
    first = app._FirstModel()
    first.look()
    model_folders.flip(folder / "model.onnx")
    assert reads_with(first) == "default"


def test_a_name_is_found_by_id_and_by_folder() -> None:
    folder = model_folders.make(resources.user_models_dir() / "run-1", "run-1", name="Evening run")
    assert app._model_name("run-1") == app._model_name(str(folder)) == "Evening run"
    assert app._model_name("gone") == "gone"
