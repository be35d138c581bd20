"""Another model while the window runs: what it says, what it shows of it, and the way back."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from fer_desktop.core.errors import ModelError
from fer_desktop.gui.live_control import LiveControl
from tests.gui.conftest import Desk
from tests.gui.fakes import FakeClassifier, FakePipeline

WAIT_MS = 5000
PHOTO = Path("group.jpg")


def running(desk: Desk, qtbot: Any) -> LiveControl:
    desk.start()
    qtbot.waitUntil(lambda: "model fake" in desk.window.status.text, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: bool(desk.window.feed.faces), timeout=WAIT_MS)
    return desk.window.live


def told(desk: Desk) -> str:
    info = desk.window.info
    return info.text.text() if info.isVisible() else ""


def test_the_window_names_the_new_model_and_reads_with_it(desk: Desk, qtbot: Any) -> None:
    live = running(desk, qtbot)
    desk.world.models["evening run"] = FakeClassifier("evening run", "CPU, 1 thread")
    with qtbot.waitSignal(live.models.changed, timeout=WAIT_MS) as changed:
        live.change_model("evening run")
    assert changed.args == ["evening run"]
    assert desk.window.status.text.endswith("CPU, 1 thread  ·  model evening run")
    assert desk.window.toolbar.model.text().endswith("evening run")
    assert desk.window.toolbar.device.text() == "CPU, 1 thread"
    assert told(desk) == "Now using evening run." and not desk.window.info.action.isVisible()
    qtbot.waitUntil(lambda: desk.window.feed.view.analysis.model_id == "evening run", timeout=WAIT_MS)


def test_the_way_back_is_one_click(desk: Desk, qtbot: Any) -> None:
    live = running(desk, qtbot)
    offered: list[bool] = []

    def go_back() -> None:
        offered.append(desk.window.info.isVisible())
        live.change_model(None)

    live.change_model("evening run", go_back)
    qtbot.waitUntil(lambda: told(desk) == "Now using evening run.", timeout=WAIT_MS)
    button = desk.window.info.action
    assert button.isVisible() and button.text() == "Go back"
    button.click()
    assert offered == [False], "a second click would lead there again"
    qtbot.waitUntil(lambda: told(desk) == "Now using fake.", timeout=WAIT_MS)
    assert "model fake" in desk.window.status.text
    qtbot.waitUntil(lambda: desk.window.feed.view.analysis.model_id == "fake", timeout=WAIT_MS)


def test_a_model_that_fails_leaves_the_old_one_and_says_why(desk: Desk, qtbot: Any, caplog: Any) -> None:
    live = running(desk, qtbot)
    desk.world.models["evening run"] = ModelError("Model evening run is damaged", "Choose another model")
    changed: list[str] = []
    live.models.changed.connect(changed.append)
    with qtbot.waitSignal(live.models.refused, timeout=WAIT_MS) as refused:
        live.change_model("evening run", lambda: None)
    why = "Model evening run is damaged. Choose another model."
    assert refused.args == [why]
    assert told(desk) == f"The model was not changed. {why} Still using fake."
    assert not desk.window.info.action.isVisible() and any(why in record.getMessage() for record in caplog.records)
    index = desk.window.feed.view.frame.index
    qtbot.waitUntil(lambda: desk.window.feed.view.frame.index > index + 3, timeout=WAIT_MS)
    assert desk.window.feed.view.analysis.model_id == "fake" and "model fake" in desk.window.status.text
    assert desk.window.toolbar.model.text().endswith("fake") and changed == []

    # The next one, which works, takes the complaint away.
    live.change_model("morning run")
    qtbot.waitUntil(lambda: told(desk) == "Now using morning run.", timeout=WAIT_MS)


def test_of_models_chosen_one_after_another_only_the_last_is_told(desk: Desk, qtbot: Any, monkeypatch: Any) -> None:
    live = running(desk, qtbot)
    changed: list[str] = []
    live.models.changed.connect(changed.append)
    for name in ("a", "b", "c"):
        live.change_model(name)
    qtbot.waitUntil(lambda: told(desk) == "Now using c.", timeout=WAIT_MS)
    assert changed == ["c"] and "model c" in desk.window.status.text


def test_a_paused_picture_changes_its_model_too(desk: Desk, qtbot: Any) -> None:
    live = running(desk, qtbot)
    desk.window.actions_.pause.trigger()
    live.change_model("evening run")
    qtbot.waitUntil(lambda: "model evening run" in desk.window.status.text, timeout=WAIT_MS)
    assert desk.window.session.paused and desk.window.view.message == "Paused"


def test_where_no_model_worked_another_one_makes_faces_readable(desk: Desk, qtbot: Any, monkeypatch: Any) -> None:
    make, broken = desk.world.make_live_pipeline, threading.Event()

    def made() -> FakePipeline:
        if not broken.is_set():
            raise ModelError("The model is damaged", "Choose another one")
        return make()

    monkeypatch.setattr(desk.window.session._readings._worker, "_make_pipeline", made)
    desk.start()
    qtbot.waitUntil(lambda: desk.window.view.message == "Faces cannot be read", timeout=WAIT_MS)
    broken.set()
    desk.window.live.change_model("evening run")
    qtbot.waitUntil(lambda: told(desk) == "Now using evening run.", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: len(desk.window.panel.cards) == 1, timeout=WAIT_MS)
    assert desk.window.view.message == "" and "model evening run" in desk.window.status.text
