"""Nothing is kept without a word that can be seen, and a way to take it back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from fer_desktop.gui.info_bar import InfoBar
from fer_desktop.gui.samples import taking
from fer_desktop.gui.samples.strip import CollectStrip
from tests.gui.conftest import Desk
from tests.gui.samples.steps import CLICK, WAIT_MS, at_rest, files, give, living_view, opened

OFFER = "A retraining was interrupted after epoch 3 of 12."


def offer(desk: Desk) -> InfoBar:
    """A line that has to be read stands in the main window."""
    desk.window.info.say(OFFER, "Resume…", lambda: None, key="retraining", must_read=True)
    return desk.window.info


def taken(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> CollectStrip:
    """A long take of which there is something already."""
    monkeypatch.setattr(taking, "TAKE_S", 60.0)
    living_view(desk, qtbot)
    strip, control = opened(desk, qtbot), desk.window.samples.collecting.taking
    qtbot.keyClick(desk.window, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(control.kept) >= 2, timeout=WAIT_MS)
    return strip


def test_a_correction_is_told_before_what_has_to_be_read(desk: Desk, qtbot: Any) -> None:
    living_view(desk, qtbot)
    info = offer(desk)
    qtbot.keyClick(desk.window, Qt.Key.Key_3)
    at_rest(desk, qtbot)
    assert info.text.text() == "Saved as a sample of Fear." and info.action.text() == "Undo"
    qtbot.mouseClick(info.action, CLICK)
    at_rest(desk, qtbot)
    assert files() == [] and info.text.text() == "Undone: 1 sample."
    info._timer.timeout.emit()
    assert info.isVisible() and info.text.text() == OFFER and info.action.text() == "Resume…"


def test_what_comes_between_waits_and_what_has_to_be_read_comes_back(desk: Desk) -> None:
    info = offer(desk)
    info.say("Saved", key="samples", passing=True, at_once=True)
    info.say("no camera", key="camera")
    assert info.text.text() == "Saved", "the answer to what a person did is not replaced by the way"
    info.say("Saved again", key="samples", passing=True, at_once=True)
    assert info.text.text() == "Saved again"
    info.dismiss.click()
    assert info.text.text() == OFFER
    info.dismiss.click()
    assert info.text.text() == "no camera" and info.key == "camera"
    info.dismiss.click()
    assert not info.isVisible()


def test_a_matter_that_is_over_does_not_come_back(desk: Desk) -> None:
    info = offer(desk)
    info.say("The disk is full.", key="samples", must_read=True, at_once=True)
    info.say("The disk is full, again.", key="samples", must_read=True, at_once=True)
    info.settle("retraining")
    assert info.text.text() == "The disk is full, again."
    info.dismiss.click()
    assert not info.isVisible()


def test_full_screen_leaves_what_has_to_be_read(desk: Desk) -> None:
    info = offer(desk)
    info.say("Saved", key="samples", passing=True, at_once=True)
    info.put_away()
    assert info.isVisible() and info.text.text() == "Saved"
    info._timer.timeout.emit()
    assert info.isVisible() and info.text.text() == OFFER
    info.dismiss.click()
    info.say("The camera is slow.", key="camera")
    info.put_away()
    assert not info.isVisible()


def test_esc_ends_only_the_take(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    strip = taken(desk, qtbot, monkeypatch)
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    at_rest(desk, qtbot)
    assert strip.isVisible() and not desk.window.samples.collecting.taking.active
    assert strip.status.text().startswith(f"{len(files())} samples of Happy taken.") and strip.undo.isEnabled()


@pytest.mark.parametrize("key", [Qt.Key.Key_C, Qt.Key.Key_F])
def test_a_take_that_ends_with_the_strip_is_told_and_can_be_undone(
    desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch, key: Qt.Key
) -> None:
    strip = taken(desk, qtbot, monkeypatch)
    qtbot.keyClick(desk.window, key)
    at_rest(desk, qtbot)
    info = desk.window.info
    assert not strip.isVisible() and len(files()) >= 2 and info.isVisible()
    assert info.text.text() == f"{len(files())} samples of Happy taken." and info.action.text() == "Undo"
    qtbot.mouseClick(info.action, CLICK)
    at_rest(desk, qtbot)
    assert files() == []


def test_an_export_is_told_though_its_window_is_closed(
    desk: Desk, qtbot: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give("happy", 3)
    desk.window.samples.open_samples()
    window = desk.window.samples.samples_window
    assert window is not None
    qtbot.waitUntil(window.export.isEnabled, timeout=WAIT_MS)
    target = tmp_path / "mine.zip"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(target), ""))
    qtbot.mouseClick(window.export, CLICK)
    window.close()
    at_rest(desk, qtbot)
    assert target.is_file() and desk.window.info.text.text() == f"Exported as {target}"
