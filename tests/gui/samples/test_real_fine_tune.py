"""One real fine-tuning, from samples to a model that reads the live picture: nothing in it is faked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import training_data
from PySide6.QtCore import Qt

pytest.importorskip("keras", reason="the training component is not installed")

from fer_desktop import app, resources
from fer_desktop.gui.samples.fine_tuning import State
from fer_desktop.modelstore.store import ModelStore
from fer_desktop.samples import SampleStore
from tests.gui.conftest import Desk
from tests.gui.fakes import FakeWorld

CLICK = Qt.MouseButton.LeftButton
SOON_MS, LONG_MS = 60_000, 200_000


@pytest.mark.timeout(300)
def test_a_real_fine_tuning_from_samples_to_the_live_view(
    world: FakeWorld, make_desk: Callable[[], Desk], qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(1)
    for emotion in ("happy", "surprise"):
        for burst in ("first", "second"):
            for _ in range(4):
                SampleStore.default().add(training_data.draw(emotion, rng), emotion, burst, "collected")
    composition = replace(world.composition(), make_classifier=app.classifier)
    monkeypatch.setattr(FakeWorld, "composition", lambda self: composition)
    desk = make_desk()
    desk.start()
    qtbot.waitUntil(lambda: desk.window.session.model is not None, timeout=SOON_MS)
    desk.window.samples.open_fine_tuning()
    window = desk.window.samples.tune_window
    assert window is not None
    qtbot.waitUntil(window.forward.isEnabled, timeout=SOON_MS)
    qtbot.mouseClick(window.forward, CLICK)
    qtbot.waitUntil(lambda: not window.run.active, timeout=LONG_MS)
    assert window.run.state is State.DONE, window.run.problem
    outcome = window.run.outcome
    assert outcome is not None and outcome.own is not None and outcome.base is None
    assert 2 <= outcome.own.n <= 8 and window.page is window.result_page
    assert window.result_page.base.text() == "Not measured"
    assert window.forward.isDefault() is window.result_page.better
    assert ModelStore.default().active().id == "default"
    qtbot.mouseClick(window.forward, CLICK)
    new = outcome.path.name
    qtbot.waitUntil(lambda: desk.window.samples.tune_window is None, timeout=SOON_MS)
    assert ModelStore.default().active().id == new and ModelStore.default().get(new).verify() == []
    qtbot.waitUntil(lambda: desk.window.session.model.id == new, timeout=SOON_MS)
    assert [path.name for path in resources.user_models_dir().iterdir() if path.is_dir()] == [new]
