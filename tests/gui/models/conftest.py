"""The window over the real store in an empty home, with real small models; only pictures and pipelines are fakes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QLocale

from fer_desktop import app, resources
from tests import model_folders
from tests.gui.conftest import Desk
from tests.gui.fakes import FakeWorld
from tests.gui.models.steps import WAIT_MS

RECALL = {"angry": 0.6, "disgust": 0.5, "fear": 0.5, "happy": 0.9, "sad": 0.6, "surprise": 0.8, "neutral": 0.6}


def metrics(accuracy: float) -> dict[str, Any]:
    return {
        "PublicTest": {"n": 3589, "accuracy": accuracy, "balanced_accuracy": 0.6, "ece": 0.02, "recall": RECALL},
    }


@pytest.fixture(autouse=True)
def plain_dates() -> None:
    QLocale.setDefault(QLocale(QLocale.Language.English))


@pytest.fixture
def add() -> Callable[..., Path]:
    """Puts a small model among the person's own: id, then values of its manifest."""

    def made(model_id: str, accuracy: float = 0.5, **values: Any) -> Path:
        folder = resources.user_models_dir() / model_id
        return model_folders.make(folder, model_id, metrics=metrics(accuracy), **values)

    return made


@pytest.fixture
def desk(
    world: FakeWorld, make_desk: Callable[[], Desk], qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Desk]:
    """Called when the models are there: a window that reads the live picture with the active one."""

    def started() -> Desk:
        real = app.composition()
        composition = replace(
            world.composition(),
            make_classifier=app.classifier,
            active_model=real.active_model,
            model_name=real.model_name,
        )
        monkeypatch.setattr(FakeWorld, "composition", lambda self: composition)
        world.pipeline.classifier.model_id = app.composition().active_model().id
        desk = make_desk()
        desk.start()
        qtbot.waitUntil(lambda: desk.window.session.model is not None, timeout=WAIT_MS)
        return desk

    return started
