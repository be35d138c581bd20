"""What Fine-tune… waits for, and what waits for it: samples, the model in use, a retraining, the end of the program."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from PySide6.QtCore import Qt

from fer_desktop.gui.retrain.training_run import State as RetrainState
from fer_desktop.gui.samples.fine_tune_window import FineTuneWindow
from fer_desktop.gui.training import component
from fer_desktop.gui.training.install_page import InstallPage
from fer_desktop.modelstore.store import ModelStore
from tests.gui.conftest import Desk
from tests.gui.samples.steps import CLICK, WAIT_MS, at_rest, give, opened_fine_tuning
from tests.gui.samples.test_fine_tune import begin, leftovers

pytestmark = pytest.mark.usefixtures("fake_program")


def going_on(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> FineTuneWindow:
    window = begin(desk, qtbot, monkeypatch, "slow")
    qtbot.waitUntil(lambda: window.run.share > 0.2, timeout=WAIT_MS)
    return window


def test_quitting_asks_and_then_leaves_nothing(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    window = going_on(desk, qtbot, monkeypatch)
    child = psutil.Process(window.run._child.pid)
    desk.window.close()
    assert desk.window.isVisible() and window.run.active and leftovers() != []
    assert window.question is not None and window.question.windowTitle() == "Stop the fine-tuning, and quit?"
    qtbot.mouseClick(window.question.leaving, CLICK)
    assert desk.window.isVisible() and window.run.active
    desk.window.close()
    assert window.question is not None
    qtbot.mouseClick(window.question.doing, CLICK)
    assert not desk.window.isVisible() and not window.isVisible()
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    assert leftovers() == []


def test_without_a_person_to_ask_quitting_ends_it(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    window = going_on(desk, qtbot, monkeypatch)
    desk.window.asks = False
    desk.window.close()
    assert not desk.window.isVisible() and window.question is None and leftovers() == []


def test_too_few_samples_are_told_before_it_starts(desk: Desk, qtbot: Any) -> None:
    give("happy", 12)
    desk.window.samples.open_fine_tuning()
    window = desk.window.samples.tune_window
    assert window is not None
    page = window.plan_page
    at_rest(desk, qtbot)
    qtbot.waitUntil(lambda: page.model is not None, timeout=WAIT_MS)
    assert "All 12 faces of you show happy" in page.warning.text.text() and page.warning.isVisible()
    assert not window.forward.isEnabled()
    give("sad", 3)
    desk.window.samples.library.read()
    qtbot.waitUntil(window.forward.isEnabled, timeout=WAIT_MS)
    assert not page.warning.isVisible()


def test_it_starts_from_the_model_that_is_in_use_by_then(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    window = opened_fine_tuning(desk, qtbot)
    store = ModelStore.default()
    store.export("default", tmp_path / "other.fermodel")
    other = store.import_(tmp_path / "other.fermodel")
    store.activate(str(other.path))
    desk.window.live.models.changed.emit(other.id)
    qtbot.waitUntil(lambda: window.plan_page.model is not None and window.plan_page.model.path == other.path,
                    timeout=WAIT_MS)  # fmt: skip
    store.activate("default")
    window._turn_to(window.plan_page)
    qtbot.waitUntil(lambda: window.plan_page.model.id == "default", timeout=WAIT_MS)


def test_it_waits_for_a_retraining(desk: Desk, qtbot: Any) -> None:
    window = opened_fine_tuning(desk, qtbot)
    run = desk.window.retraining.run
    run.state = RetrainState.TRAINING
    run.changed.emit()
    assert not window.forward.isEnabled() and "A retraining goes on." in window.plan_page.warning.text.text()
    run.state = RetrainState.STOPPED
    run.changed.emit()
    assert window.forward.isEnabled() and not window.plan_page.warning.isVisible()
    run.state = RetrainState.NONE


def test_a_retraining_waits_for_it(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    window = going_on(desk, qtbot, monkeypatch)
    desk.window.actions_.retrain.trigger()
    dialog = desk.window.retraining.dialog
    assert dialog is not None
    dialog._turn_to(dialog.plan_page)
    assert not dialog.forward.isEnabled() and "A fine-tuning goes on." in dialog.plan_page.warning.text.text()
    assert dialog.plan_page.warning.isVisible()
    info = desk.window.info
    info.say("A retraining was interrupted.", key="retraining", must_read=True)
    desk.window.retraining._resume(None)  # type: ignore[arg-type]
    assert "A fine-tuning goes on." in info.text.text() and not desk.window.retraining.run.active
    qtbot.mouseClick(window.stop, CLICK)
    qtbot.waitUntil(lambda: not window.run.active, timeout=WAIT_MS)
    assert dialog.forward.isEnabled() and not dialog.plan_page.warning.isVisible()
    dialog.close()


def test_one_window_at_a_time_installs(qtbot: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    there, noted, go = tmp_path / "there", tmp_path / "noted", tmp_path / "go"
    code = (
        f"import pathlib, time; pathlib.Path({str(noted)!r}).open('a').write('x')\n"
        f"while not pathlib.Path({str(go)!r}).exists(): time.sleep(0.02)\n"
        f"pathlib.Path({str(there)!r}).touch()"
    )
    monkeypatch.setattr(component, "missing", lambda: [] if there.exists() else ["keras"])
    monkeypatch.setattr(component, "install_command", lambda: [sys.executable, "-c", code])
    first, second = InstallPage(), InstallPage()
    for page in (first, second):
        qtbot.addWidget(page)
        page.show()
    try:
        first.install.click()
        second.install.click()
        assert "already, in another window" in second.warning.text.text() and second._child is None
        go.touch()
        qtbot.waitUntil(lambda: first.installed, timeout=WAIT_MS)
        qtbot.keyClick(second.install, Qt.Key.Key_Return)
        assert second.installed and second._child is None and noted.read_text() == "x"
    finally:
        for page in (first, second):
            page.shut_down()
