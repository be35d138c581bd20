"""A training whose window is closed: it goes on, ends, is stopped or interrupted, and is found again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from PySide6.QtCore import Qt

from fer_desktop.gui.retrain.training_run import State
from tests.gui.conftest import Desk
from tests.gui.retrain.steps import CLICK, WAIT_MS, opened, train

pytestmark = pytest.mark.usefixtures("fake_program")


def test_closing_asks_and_it_goes_on_out_of_sight(
    desk: Desk, data_file: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, control = opened(desk), desk.window.retraining
    train(window, 4, data_file, qtbot, monkeypatch)
    qtbot.waitUntil(lambda: control.run.state is State.TRAINING, timeout=WAIT_MS)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    question = control._question
    assert question is not None and window.isVisible()
    qtbot.mouseClick(question.staying, CLICK)
    assert window.isVisible() and not control.line.isVisible()
    qtbot.mouseClick(window.close_button, CLICK)
    assert control._question is not None
    qtbot.mouseClick(control._question.going_on, CLICK)
    assert not window.isVisible() and control.line.isVisible()
    qtbot.waitUntil(lambda: control.line.text.text().startswith("Retraining: epoch"), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: control.run.state is State.DONE, timeout=WAIT_MS)
    qtbot.waitUntil(desk.window.info.isVisible, timeout=WAIT_MS)
    assert not control.line.isVisible() and "The retraining is done" in desk.window.info.text.text()
    qtbot.mouseClick(desk.window.info.action, CLICK)
    assert window.isVisible() and window.page is window.result_page
    qtbot.waitUntil(lambda: window.result_page.result is not None, timeout=WAIT_MS)
    window.close()


def test_stopped_on_closing_it_can_be_resumed(
    desk: Desk, data_file: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, control = opened(desk), desk.window.retraining
    train(window, 60, data_file, qtbot, monkeypatch)
    qtbot.waitUntil(lambda: len(control.run.history) >= 1, timeout=WAIT_MS)
    window.close()
    assert control._question is not None
    qtbot.mouseClick(control._question.stopping, CLICK)
    qtbot.waitUntil(lambda: control.run.state is State.STOPPED, timeout=WAIT_MS)
    assert "interrupted after epoch" in desk.window.info.text.text()
    folder = control.run.folder
    qtbot.mouseClick(desk.window.info.other, CLICK)
    assert not folder.exists() and not desk.window.info.isVisible()


def test_the_question_goes_when_there_is_nothing_left_to_ask(
    desk: Desk, data_file: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, control = opened(desk), desk.window.retraining
    train(window, 4, data_file, qtbot, monkeypatch)
    qtbot.waitUntil(lambda: control.run.state is State.TRAINING, timeout=WAIT_MS)
    window.close()
    assert control._question is not None
    qtbot.waitUntil(lambda: control.run.state is State.DONE, timeout=WAIT_MS)
    assert control._question is None and window.isVisible() and window.page is window.result_page
    qtbot.waitUntil(lambda: window.result_page._child is None, timeout=WAIT_MS)


@pytest.mark.parametrize("program", [False, True])
def test_while_it_stops_closing_asks_nothing(
    desk: Desk, data_file: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch, program: bool
) -> None:
    monkeypatch.setenv("FAKE_EPOCH_S", "6")
    window, control = opened(desk), desk.window.retraining
    train(window, 4, data_file, qtbot, monkeypatch)
    qtbot.waitUntil(lambda: control.run.steps > 0, timeout=WAIT_MS)
    child = psutil.Process(control.run._child.pid)  # type: ignore[union-attr]
    qtbot.mouseClick(window.run_page.stop, CLICK)
    assert control.run.state is State.STOPPING
    (desk.window if program else window).close()
    assert control._question is None and not window.isVisible() and desk.window.isVisible() is not program
    qtbot.waitUntil(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, timeout=WAIT_MS)
    if not program:
        qtbot.waitUntil(lambda: control.run.state is State.STOPPED, timeout=WAIT_MS)
        assert "interrupted before its first epoch" in desk.window.info.text.text()


def test_it_outlives_the_program_and_the_next_start_follows_it(
    make_desk: Callable[[], Desk], data_file: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_EPOCH_S", "1.0")
    desk = make_desk()
    desk.start()
    window, control = opened(desk), desk.window.retraining
    train(window, 4, data_file, qtbot, monkeypatch)
    qtbot.waitUntil(lambda: len(control.run.history) >= 1, timeout=WAIT_MS)
    pid, target = control.run._child.pid, control.run.target  # type: ignore[union-attr]
    desk.window.close()
    assert desk.window.isVisible(), "asked first"
    qtbot.mouseClick(control._question.going_on, CLICK)  # type: ignore[union-attr]
    assert not desk.window.isVisible() and not window.isVisible()
    assert psutil.pid_exists(pid)

    again = make_desk()
    again.start()
    control = again.window.retraining
    assert control.run.watched and control.line.isVisible()
    assert "epoch" in control.line.text.text()
    qtbot.mouseClick(control.line.open, CLICK)
    assert control.dialog is not None and not control.dialog.run_page.pause.isVisible()
    control.dialog.close()
    qtbot.waitUntil(lambda: control.run.state is State.DONE, timeout=WAIT_MS)
    assert (target / "manifest.json").is_file()
    assert "The retraining is done" in again.window.info.text.text()
    again.window.close()

    last = make_desk()
    last.start()
    assert "The retraining is done" in last.window.info.text.text()
    qtbot.mouseClick(last.window.info.action, CLICK)
    dialog = last.window.retraining.dialog
    assert dialog is not None and dialog.page is dialog.result_page
    qtbot.waitUntil(lambda: dialog.result_page.result is not None, timeout=WAIT_MS)
    dialog.close()


def test_an_interrupted_run_is_offered_at_the_next_start(
    make_desk: Callable[[], Desk], data_file: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_EPOCH_S", "0.6")
    desk = make_desk()
    control = desk.window.retraining
    train(opened(desk), 12, data_file, qtbot, monkeypatch)
    qtbot.waitUntil(lambda: len(control.run.history) >= 3, timeout=WAIT_MS)
    killed = control.run._child.pid  # type: ignore[union-attr]
    control._window.asks = False
    desk.window.close()
    psutil.Process(killed).kill()

    again = make_desk()
    qtbot.waitUntil(lambda: not control._training().is_running(control.run.folder), timeout=WAIT_MS)
    again.start()
    control = again.window.retraining
    said = again.window.info.text.text()
    assert said.startswith("A retraining was interrupted after epoch ") and said.endswith(" of 12.")
    assert again.window.info.action.text() == "Resume…" and again.window.info.other.text() == "Discard"
    monkeypatch.setenv("FAKE_EPOCH_S", "0.05")
    qtbot.mouseClick(again.window.info.action, CLICK)
    assert control.dialog is not None and control.dialog.page is control.dialog.run_page
    qtbot.waitUntil(lambda: control.run.state is State.DONE, timeout=WAIT_MS)
    assert len(control.run.history) == 12
    control.dialog.close()


def test_what_waited_behind_the_offer_is_told_when_that_is_settled(desk: Desk, qtbot: Any) -> None:
    info, chosen = desk.window.info, []
    info.say("interrupted", "Resume…", lambda: chosen.append("resume"), key="a", must_read=True,
             other="Discard", on_other=lambda: chosen.append("discard"))  # fmt: skip
    info.say("no camera", key="b")
    assert info.text.text() == "interrupted" and info.other.isVisible()
    qtbot.mouseClick(info.other, CLICK)
    qtbot.mouseClick(info.action, CLICK)
    assert chosen == ["discard", "resume"]
    info.settle("a")
    assert info.isVisible() and info.text.text() == "no camera" and not info.other.isVisible()
    info.settle("b")
    assert not info.isVisible()
