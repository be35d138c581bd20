"""One real training, small, from the menu to a model that reads the live picture: nothing in it is faked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import training_data
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

pytest.importorskip("keras", reason="the training component is not installed")

from fer_desktop import app
from fer_desktop.gui.retrain.training_run import State
from fer_desktop.modelstore.store import ModelStore
from tests.gui.conftest import Desk
from tests.gui.fakes import FakeWorld
from tests.gui.retrain.steps import opened

CLICK = Qt.MouseButton.LeftButton
SOON_MS, LONG_MS = 60_000, 200_000


@pytest.mark.timeout(400)
def test_a_real_run_from_the_menu_to_the_live_view(
    world: FakeWorld, make_desk: Callable[[], Desk], qtbot: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data = training_data.write_csv(tmp_path / "fer2013.csv")
    composition = replace(world.composition(), make_classifier=app.classifier)
    monkeypatch.setattr(FakeWorld, "composition", lambda self: composition)
    desk = make_desk()
    desk.start()
    qtbot.waitUntil(lambda: desk.window.session.model is not None, timeout=SOON_MS)
    window, run = opened(desk), desk.window.retraining.run

    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(data), ""))
    qtbot.mouseClick(window.data_page.add_file, CLICK)
    qtbot.waitUntil(window.forward.isEnabled, timeout=SOON_MS)
    assert window.data_page.headline.text() == "210 faces: 140 Training, 70 PublicTest"
    assert window.data_page.rows.pictures == 56
    qtbot.mouseClick(window.forward, CLICK)

    plan = window.plan_page
    qtbot.mouseClick(plan.more, CLICK)
    plan.network.setCurrentIndex(plan.network.findData("resnet-16"))
    plan.epochs.setValue(1)
    qtbot.mouseClick(window.forward, CLICK)
    qtbot.waitUntil(lambda: not run.active, timeout=LONG_MS)
    assert run.state is State.DONE, run.problem
    assert len(run.history) == 1 and run.losses and run.device

    result = window.result_page
    qtbot.waitUntil(window.forward.isEnabled, timeout=SOON_MS)
    assert result.result is not None, result._problem
    assert result.result["n"] == 70 and result.result["against"]["model"] == "default"
    assert result.verdict is not None and result.headline.text() == result.verdict.text
    assert result.comparison.differing.count > 0
    new = run.target.name
    assert ModelStore.default().active().id == "default"
    qtbot.mouseClick(window.forward, CLICK)
    qtbot.waitUntil(lambda: desk.window.toolbar.model_name == new, timeout=SOON_MS)
    assert ModelStore.default().active().id == new
    assert ModelStore.default().get(new).verify() == []
    qtbot.waitUntil(lambda: f"model {new}" in desk.window.status.text, timeout=SOON_MS)
