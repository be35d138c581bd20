"""The strip between takes: the focus, full screen, photos, and what it goes on saying."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt

from fer_desktop.gui.samples import taking
from tests.gui.conftest import Desk
from tests.gui.samples.steps import CLICK, at_rest, files, living_view, opened, stored, take


def test_return_takes_again_after_undo(desk: Desk, qtbot: Any) -> None:
    living_view(desk, qtbot)
    strip, control = opened(desk, qtbot), desk.window.samples.collecting.taking
    for emotion in ("happy", "sad"):
        take(desk, emotion, qtbot)
    for left in (True, False):
        qtbot.mouseClick(strip.undo, CLICK)
        at_rest(desk, qtbot)
        assert desk.window.focusWidget() is strip.take and strip.undo.isEnabled() is left
    qtbot.keyClick(desk.window.focusWidget(), Qt.Key.Key_Return)
    assert control.active and desk.window.samples.samples_window is None


def test_nothing_can_be_undone_while_a_take_goes_on(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    living_view(desk, qtbot)
    strip, control = opened(desk, qtbot), desk.window.samples.collecting.taking
    take(desk, "happy", qtbot)
    assert strip.undo.isEnabled()
    monkeypatch.setattr(taking, "TAKE_S", 60.0)
    qtbot.mouseClick(strip.take, CLICK)
    assert control.active and not strip.undo.isEnabled()
    qtbot.mouseClick(strip.take, CLICK)
    assert not control.active and strip.undo.isEnabled(), "also where it gave nothing"


def test_what_was_said_goes_away_with_another_emotion(desk: Desk, qtbot: Any) -> None:
    living_view(desk, qtbot)
    strip = opened(desk, qtbot)
    take(desk, "happy", qtbot)
    qtbot.mouseClick(strip.undo, CLICK)
    assert strip.status.text().startswith("Undone: ")
    qtbot.mouseClick(strip.buttons["sad"], CLICK)
    assert "Undone" not in strip.status.text()
    take(desk, "sad", qtbot)
    assert "of Sad taken" in strip.status.text()
    qtbot.keyClick(desk.window, Qt.Key.Key_1)
    assert "of Sad taken" not in strip.status.text() and strip.emotion == "angry"


@pytest.mark.parametrize("key", [Qt.Key.Key_F, Qt.Key.Key_Escape])
def test_full_screen_gives_the_strip_back(desk: Desk, qtbot: Any, key: Qt.Key) -> None:
    living_view(desk, qtbot)
    strip = opened(desk, qtbot)
    qtbot.keyClick(desk.window, Qt.Key.Key_F)
    assert not strip.isVisible() and desk.window.isFullScreen()
    qtbot.keyClick(desk.window, Qt.Key.Key_5)
    at_rest(desk, qtbot)
    assert files() == [] and desk.window.info.text.text() == "Sad is to be collected next, after full screen."
    qtbot.keyClick(desk.window, key)
    assert strip.isVisible() and strip.emotion == "sad" and not desk.window.isFullScreen()
    assert desk.window.actions_.collect.isChecked() and desk.window.focusWidget() is strip.take


def test_without_the_strip_full_screen_changes_nothing(desk: Desk, qtbot: Any) -> None:
    living_view(desk, qtbot)
    strip = opened(desk, qtbot)
    qtbot.keyClick(desk.window, Qt.Key.Key_C)
    qtbot.keyClick(desk.window, Qt.Key.Key_F)
    qtbot.keyClick(desk.window, Qt.Key.Key_5)
    at_rest(desk, qtbot)
    assert [one.emotion for one in stored()] == ["sad"]
    qtbot.keyClick(desk.window, Qt.Key.Key_F)
    assert not strip.isVisible()
