"""The end of a fine-tuning: what the bar says of it, and what becomes of a model that is not used."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from fer_desktop import resources
from fer_desktop.gui.samples.fine_tune_pages import FINE, RunPage
from fer_desktop.gui.samples.fine_tuning import FineTuning, Measured, Outcome, State
from fer_desktop.modelstore.store import ModelStore
from tests.gui.conftest import Desk
from tests.gui.samples.steps import CLICK, WAIT_MS
from tests.gui.samples.test_fine_tune import begin, done

SURE, NONE, SMALL = Measured(20, 0.4, 0.9, sure=True), Measured(20, 0.5, 0.5), Measured(3, 0.6667, 0.3333)


@pytest.mark.parametrize(
    ("own", "worse", "useless"),
    [
        (SURE, False, False),
        (SURE, True, False),
        (NONE, False, True),
        (SMALL, False, False),
        (SMALL, True, True),
        (None, False, False),
        (None, True, True),
    ],
)
def test_only_what_nothing_speaks_for_is_useless(own: Measured | None, worse: bool, useless: bool) -> None:
    assert Outcome(Path("new"), "new", own, None, worse).useless is useless


def click_keep(window: Any, qtbot: Any) -> None:
    qtbot.mouseClick(window.keep, CLICK)


def press_esc(window: Any, qtbot: Any) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Escape)


@pytest.mark.usefixtures("fake_program")
@pytest.mark.parametrize("leave", [click_keep, press_esc])
def test_a_model_that_gained_nothing_goes_with_keeping_the_current_one(
    desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch, leave: Callable[[Any, Any], None]
) -> None:
    window = begin(desk, qtbot, monkeypatch, "nothing")
    done(window, qtbot)
    assert "If you keep the current one, the new one is deleted." in window.result_page.name.text()
    new = window.run.target
    assert new.is_dir()
    leave(window, qtbot)
    qtbot.waitUntil(lambda: desk.window.info.text.text() == "default, my face is deleted.", timeout=WAIT_MS)
    assert not new.exists() and ModelStore.default().active().id == "default"


@pytest.mark.usefixtures("fake_program")
@pytest.mark.parametrize(("outcome", "leave"), [("better", press_esc), ("worse", click_keep), ("chance", click_keep)])
def test_any_other_stays_and_it_is_said_where(
    desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch, outcome: str, leave: Callable[[Any, Any], None]
) -> None:
    window = begin(desk, qtbot, monkeypatch, outcome)
    done(window, qtbot)
    assert "deleted" not in window.result_page.name.text()
    new = window.run.target
    leave(window, qtbot)
    assert desk.window.info.text.text().startswith("default, my face is not used. It stays in Models…")
    assert new.is_dir() and new.parent == resources.user_models_dir()


def test_the_bar_leaves_room_for_what_comes_after_the_learning(qtbot: Any, desk: Desk) -> None:
    run = FineTuning(desk.window)
    page = RunPage(run)
    qtbot.addWidget(page)
    run.changed.connect(page.show_run)
    run.state = State.RUNNING
    step = {"event": "step", "epoch": 1, "epochs": 1, "steps": 10, "seconds_left": 20.0}
    run._told({**step, "step": 5})
    assert page.bar.value() == 0.45 * FINE and page.left.text().startswith("Time left")
    run._told({**step, "step": 10, "seconds_left": 0.0})
    assert page.bar.value() == 0.9 * FINE and page.note.text() == "Writing and proving the model…"
    assert page.left.text() == ""


def test_samples_that_were_left_out_are_accounted_for(desk: Desk) -> None:
    run = FineTuning(desk.window)
    run._told({"event": "started", "text": "Teaching", "samples": 50, "held_out": 16, "left_out": 0})
    assert run.remarks == []
    run._told({"event": "started", "text": "Teaching", "samples": 50, "held_out": 16, "left_out": 3})
    assert run.remarks[0].startswith("3 samples ") and "look like those held out" in run.remarks[0]
