"""The page's keys, wherever on it the focus is."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication

from fer_desktop.gui.recordings.keys import KEYS, action_of
from fer_desktop.gui.recordings.side import MOMENTS
from tests.gui.recordings.conftest import COUNT, Desk
from tests.gui.recordings.recorded import Record, choose

CLICK = Qt.MouseButton.LeftButton


def test_keys(desk: Desk, recording: Path) -> None:
    desk.open(recording)
    page, bot = desk.page, desk.bot
    page.display.view.setFocus()

    def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> int:
        bot.keyClick(page.display.view, key, modifier)
        return page.player.number

    assert press(Qt.Key.Key_Period) == 1
    assert press(Qt.Key.Key_Period) == 2
    assert press(Qt.Key.Key_Comma) == 1
    assert press(Qt.Key.Key_End) == COUNT - 1
    assert press(Qt.Key.Key_Home) == 0
    assert press(Qt.Key.Key_Right) == COUNT - 1, "five seconds on is the end"
    assert press(Qt.Key.Key_Left) == 0
    desk.until(lambda: page.side.moments.moments.rowCount() > 3)
    frames = sorted({one.frame for one in page.document.moments})
    visited = [press(Qt.Key.Key_BracketRight) for _ in frames[1:]]
    assert visited == frames[1:]
    assert press(Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier) == frames[-2]
    press(Qt.Key.Key_Space)
    assert page.player.playing
    press(Qt.Key.Key_Space)
    assert not page.player.playing
    press(Qt.Key.Key_Plus)
    assert not page.timeline.scale.is_whole
    press(Qt.Key.Key_0)
    assert page.timeline.scale.is_whole


def test_keys_with_the_focus_in_a_list(desk: Desk, recording: Path) -> None:
    desk.open(recording)
    page, bot = desk.page, desk.bot
    desk.until(lambda: page.side.moments.moments.rowCount() > 3)
    page.side.show_tab(MOMENTS)
    for focused in (page.side.faces.list, page.side.moments):
        focused.setFocus()
        page.player.go_to(0)
        desk.at(0)
        for key, number in (
            (Qt.Key.Key_Period, 1),
            (Qt.Key.Key_End, COUNT - 1),
            (Qt.Key.Key_Comma, COUNT - 2),
            (Qt.Key.Key_Home, 0),
            (Qt.Key.Key_Right, COUNT - 1),
            (Qt.Key.Key_Left, 0),
        ):
            bot.keyClick(focused, key)
            assert page.player.number == number, key
        bot.keyClick(focused, Qt.Key.Key_Space)
        assert page.player.playing
        bot.keyClick(focused, Qt.Key.Key_Space)
        assert not page.player.playing
        row = focused.currentIndex().row()
        bot.keyClick(focused, Qt.Key.Key_Down)
        assert focused.currentIndex().row() == row + 1, "up and down are the list's own"


def test_every_key_that_is_told_of_does_something(desk: Desk, recording: Path) -> None:
    desk.open(recording)
    names = {"Left": "Left", "Right": "Right", "−": "-"}
    told = [name for keys, what in KEYS for name in keys.split() if not (name == "Delete" or "list of" in what)]
    assert len(told) > 10
    for name in told:
        combination = QKeySequence(names.get(name, name))[0]
        event = QKeyEvent(QEvent.Type.KeyPress, combination.key(), combination.keyboardModifiers())
        assert action_of(desk.page, event) is not None, name


def test_the_keys_of_the_list_of_sessions_are_told_and_work(desk: Desk, record: Record) -> None:
    told = [keys for keys, what in KEYS if "list of sessions" in what]
    assert told == ["Enter", "Delete"]
    choose(desk, record())
    rows = desk.page.home.list
    desk.bot.keyClick(rows, Qt.Key.Key_Delete)
    desk.dialogs.opened.pop().reject()
    desk.bot.keyClick(rows, Qt.Key.Key_Return)
    desk.until(lambda: desk.page.document is not None and desk.page.document.complete)


def test_every_control_has_a_name_and_is_reached_by_tab(desk: Desk, recording: Path) -> None:
    desk.open(recording)
    page = desk.page
    page.side.show_tab(MOMENTS)
    buttons = [page.transport.play, page.transport.back, page.header.open, page.header.export, page.side.faces.undo]
    assert all(button.accessibleName() or button.text() for button in buttons)
    page.display.view.setFocus()
    reached = []
    for _ in range(40):
        desk.bot.keyClick(QApplication.focusWidget() or page, Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    for wanted in (page.transport.play, page.timeline, page.side.faces.list, page.side.moments, page.header.open):
        assert wanted in reached
