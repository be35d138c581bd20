"""The four steps as a person takes them, with keys and clicks, over children that only act as if they trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog

from fer_desktop.gui.parts import Text
from fer_desktop.gui.retrain import pending
from fer_desktop.gui.retrain.training_run import State
from fer_desktop.gui.theme import DARK, LIGHT
from tests.gui.conftest import Desk
from tests.gui.retrain.steps import CLICK, WAIT_MS, add, opened, tab_to, to_the_plan, train

pytestmark = pytest.mark.usefixtures("fake_program")


def test_the_data_is_shown_before_anything_starts(
    desk: Desk, data_file: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = opened(desk)
    page = window.data_page
    assert window.page is page and not window.forward.isEnabled() and page.hint.isVisible()
    add(window, data_file, qtbot, monkeypatch)
    qtbot.waitUntil(page.rows.isVisible, timeout=WAIT_MS)
    assert page.headline.text() == "2,450 faces: 2,100 Training, 350 PublicTest"
    assert "happy 350" in page.rows.accessibleDescription() and page.rows.pictures == 14
    said = page.findings.text()
    assert "repeat an earlier picture: 3." in said and "Left out: 1." in said
    assert "line 7: its pixels are not 2,304 numbers" in said
    assert window.forward.isEnabled()


def test_wrong_data_is_told_in_words(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    window = opened(desk)
    add(window, Path("nowhere.csv"), qtbot, monkeypatch)
    qtbot.waitUntil(window.data_page.warning.isVisible, timeout=WAIT_MS)
    assert "nowhere.csv cannot be read" in window.data_page.warning.text.text()
    assert not window.forward.isEnabled()
    tab_to(window, window.data_page.list, qtbot)
    qtbot.keyClick(window.data_page.list, Qt.Key.Key_Delete)
    assert window.data_page.list.count() == 0 and not window.data_page.warning.isVisible()


def test_votes_alone_are_not_data(desk: Desk) -> None:
    page = opened(desk).data_page
    page.add(Path("fer2013new.csv"), "votes")
    assert "Votes alone" in page.warning.text.text() and not page.can_go_on()


def test_reading_can_be_cancelled(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    window = opened(desk)
    add(window, Path("slow.csv"), qtbot, monkeypatch)
    page = window.data_page
    qtbot.waitUntil(lambda: page.note.text() == "2,000 pictures read…", timeout=WAIT_MS)
    child = psutil.Process(page._child.pid)  # type: ignore[union-attr]
    qtbot.mouseClick(page.cancel, CLICK)
    assert "was stopped" in page.warning.text.text() and not page.wait.isVisible()
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_the_plan_says_how_long_it_takes_here(
    desk: Desk, data_file: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = opened(desk)
    to_the_plan(window, data_file, qtbot, monkeypatch)
    page = window.plan_page
    assert "measuring…" in page.presets["quick"].accessibleDescription()
    qtbot.waitUntil(lambda: page.measured is not None, timeout=WAIT_MS)
    # 8 epochs of 2,100 faces at 100 a second; 40 and the scenes of 2,100 faces at 8 ms.
    assert page.presets["quick"].accessibleDescription() == "8 epochs, resnet-32, about 3 min"
    assert "14 min" in page.presets["standard"].accessibleDescription()
    assert page.device.text() == "Some CPU, computed with tensorflow"
    assert "torch takes two thirds" in page.advice.text()
    assert not page.network.isVisible()
    qtbot.mouseClick(page.more, CLICK)
    assert page.network.isVisible() and page.seed.isVisible()
    page.network.setCurrentIndex(page.network.findData("resnet-16"))
    assert "time not known" in page.presets["quick"].accessibleDescription()


def test_starting_from_the_active_model_keeps_its_network(
    desk: Desk, data_file: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = opened(desk)
    to_the_plan(window, data_file, qtbot, monkeypatch)
    page = window.plan_page
    page.network.setCurrentIndex(1)
    assert page.plan.architecture == "resnet-16" and page.plan.start_from is None
    qtbot.mouseClick(page.from_active, CLICK)
    assert page.plan.start_from is not None and page.plan.start_from.name == "default"
    assert page.plan.architecture is None and not page.network.isEnabled()


def test_all_of_it_by_keyboard_to_a_model_that_is_used(
    desk: Desk, data_file: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fer_desktop.modelstore.store import ModelStore

    desk.start()
    qtbot.waitUntil(lambda: desk.window.session.model is not None, timeout=WAIT_MS)
    qtbot.keyClick(desk.window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    window = desk.window.retraining.dialog
    assert window is not None
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(data_file), ""))
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(window.forward.isEnabled, timeout=WAIT_MS)
    tab_to(window, window.forward, qtbot)
    qtbot.keyClick(window.forward, Qt.Key.Key_Return)
    assert window.page is window.plan_page
    tab_to(window, window.plan_page.more, qtbot)
    qtbot.keyClick(window.plan_page.more, Qt.Key.Key_Space)
    tab_to(window, window.plan_page.epochs, qtbot)
    window.plan_page.epochs.selectAll()
    qtbot.keyClick(window.plan_page.epochs, Qt.Key.Key_2)
    qtbot.keyClick(window.plan_page.epochs, Qt.Key.Key_Return)
    assert window.page is window.run_page
    qtbot.waitUntil(lambda: window.result_page.result is not None, timeout=WAIT_MS)
    # What it found is shown when its child has ended.
    qtbot.waitUntil(lambda: window.result_page._child is None, timeout=WAIT_MS)
    assert window.page is window.result_page
    assert window.result_page.headline.text() == "The new model is better"
    assert "80.0\u00a0% of 350 faces right" in window.result_page.why.text()
    new = desk.window.retraining.run.target.name
    desk.world.active_model = new
    qtbot.waitUntil(window.forward.isEnabled, timeout=WAIT_MS)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.window.toolbar.model_name == new, timeout=WAIT_MS)
    assert ModelStore.default().active().id == new
    assert desk.window.retraining.dialog is None and pending.unseen() is None
    desk.world.active_model = "fake"
    qtbot.mouseClick(desk.window.info.action, CLICK)
    qtbot.waitUntil(lambda: ModelStore.default().active().id == "default", timeout=WAIT_MS)


def test_a_model_that_is_not_better_is_called_so(
    desk: Desk, data_file: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FAKE_ACCURACY", "0.5")
    window = opened(desk)
    train(window, 1, data_file, qtbot, monkeypatch)
    qtbot.waitUntil(lambda: window.result_page.result is not None, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.result_page._child is None, timeout=WAIT_MS)
    assert window.result_page.headline.text() == "The new model is worse"
    assert window.keep.isDefault()
    report = tmp_path / "report.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(report), ""))
    qtbot.waitUntil(window.save.isEnabled, timeout=WAIT_MS)
    qtbot.mouseClick(window.save, CLICK)
    page = report.read_text(encoding="utf-8")
    assert "The new model is worse" in page and "−10.0 points" in page and 'src="http' not in page
    assert str(report) in window.result_page.saved.text()
    qtbot.mouseClick(window.keep, CLICK)
    assert not window.isVisible() and not (pending.unseen())


def test_pause_go_on_stop_and_resume(desk: Desk, data_file: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_EPOCH_S", "0.6")
    window = opened(desk)
    run = desk.window.retraining.run
    train(window, 8, data_file, qtbot, monkeypatch)
    qtbot.waitUntil(lambda: len(run.history) >= 1, timeout=WAIT_MS)
    page = window.run_page
    qtbot.mouseClick(page.pause, CLICK)
    qtbot.waitUntil(lambda: run.state is State.PAUSED, timeout=WAIT_MS)
    assert page.headline.text().startswith("Paused in epoch")
    epochs = len(run.history)
    qtbot.wait(600)
    assert len(run.history) == epochs
    qtbot.mouseClick(page.pause, CLICK)
    qtbot.waitUntil(lambda: len(run.history) > epochs, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: page.curves is not None, timeout=WAIT_MS)
    assert run.memory_mb() is not None
    qtbot.mouseClick(page.stop, CLICK)
    qtbot.waitUntil(lambda: run.state is State.STOPPED, timeout=WAIT_MS)
    kept = len(run.history)
    assert page.headline.text() == f"Stopped after epoch {kept} of 8" and not page.stop.isVisible()
    qtbot.mouseClick(page.resume, CLICK)
    qtbot.waitUntil(lambda: run.state is State.DONE, timeout=WAIT_MS)
    assert [line["epoch"] for line in run.history] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_stopped_in_its_first_epoch_it_promises_nothing(
    desk: Desk, data_file: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_EPOCH_S", "30")
    window, control = opened(desk), desk.window.retraining
    page, run = window.run_page, control.run
    train(window, 8, data_file, qtbot, monkeypatch)
    qtbot.waitUntil(lambda: run.state is State.TRAINING, timeout=WAIT_MS)
    qtbot.mouseClick(window.close_button, CLICK)
    question = control._question
    assert question is not None and question.stopping.text() == "&Stop"
    assert any("it can only begin anew" in text.text() for text in question.findChildren(Text))
    qtbot.mouseClick(question.staying, CLICK)
    qtbot.mouseClick(page.stop, CLICK)
    assert page.note.text() == "No epoch is done yet."
    qtbot.mouseClick(page.stop, CLICK)
    qtbot.waitUntil(lambda: run.state is State.STOPPED, timeout=WAIT_MS)
    assert page.headline.text() == "Stopped before its first epoch was done"
    assert page.note.text().startswith("Nothing was learnt yet.")


def test_a_run_that_fails_says_why_and_can_be_discarded(
    desk: Desk, data_file: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = opened(desk)
    run = desk.window.retraining.run
    train(window, 50, data_file, qtbot, monkeypatch)
    qtbot.waitUntil(lambda: len(run.history) >= 1, timeout=WAIT_MS)
    psutil.Process(run._child.pid).kill()  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: run.state is State.FAILED, timeout=WAIT_MS)
    page = window.run_page
    assert "exit status -9" in page.warning.text.text() and page.resume.isVisible()
    folder = run.folder
    qtbot.mouseClick(page.discard, CLICK)
    assert not folder.exists() and run.state is State.NONE
    qtbot.mouseClick(window.back, CLICK)
    assert window.page is window.plan_page


def test_a_process_that_ends_late_is_no_matter_of_the_next_run(
    desk: Desk, data_file: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_LINGER_S", "1.5")
    window, run = opened(desk), desk.window.retraining.run
    train(window, 1, data_file, qtbot, monkeypatch)
    qtbot.waitUntil(lambda: run.state is State.DONE, timeout=WAIT_MS)
    first = psutil.Process(run._child.pid)  # type: ignore[union-attr]
    window.close()
    assert run.state is State.NONE and first.is_running()
    monkeypatch.setenv("FAKE_LINGER_S", "0")
    monkeypatch.setenv("FAKE_EPOCH_S", "0.5")
    train(opened(desk), 6, data_file, qtbot, monkeypatch)
    qtbot.waitUntil(lambda: not first.is_running(), timeout=WAIT_MS)
    assert run.active
    qtbot.waitUntil(lambda: run.state is State.DONE, timeout=WAIT_MS)
    assert len(run.history) == 6


def test_controls_have_names_and_text_is_readable(
    desk: Desk, data_file: Path, qtbot: Any, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = opened(desk)
    to_the_plan(window, data_file, qtbot, monkeypatch)
    for button in window.findChildren(QAbstractButton):
        if button.focusPolicy() & Qt.FocusPolicy.TabFocus:
            assert button.text() or button.accessibleName(), button
    for preference, theme in (("dark", DARK), ("light", LIGHT)):
        desk.window._themes.prefer(preference)
        assert window.data_page.rows._theme is theme
    plan = window.plan_page
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    without = plan.from_scratch.grab().toImage()
    tab_to(window, plan.from_scratch, qtbot)
    ringed = plan.from_scratch.grab().toImage()
    assert _count(ringed, LIGHT.accent) > _count(without, LIGHT.accent) + 40


def _count(image: QImage, colour: str) -> int:
    """Pixels of that colour."""
    places = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return sum(image.pixelColor(x, y).name().upper() == colour for x, y in places)
