"""Each command of the menus does what its name says, by menu and by key."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QApplication, QDialog, QMenu

from fer_desktop.gui import theme as theme_module
from fer_desktop.gui.actions import Actions
from fer_desktop.gui.dialogs import TextDialog
from fer_desktop.gui.preferences import Preferences
from fer_desktop.gui.sources import Choice
from fer_desktop.gui.theme import DARK, LIGHT
from tests.gui.conftest import Desk
from tests.gui.fakes import FakeCamera

WAIT_MS = 5000


def menu(desk: Desk, title: str) -> QMenu:
    for action in desk.window.menuBar().actions():
        if action.text().replace("&", "") == title:
            return action.menu()
    raise AssertionError(f"no menu {title}")


def titles(of: QMenu) -> list[str]:
    return [action.text().replace("&", "") for action in of.actions() if not action.isSeparator()]


def dialog(desk: Desk, kind: type[QDialog] = TextDialog) -> QDialog:
    found = [child for child in desk.window.findChildren(kind) if child.isVisible()]
    assert len(found) == 1
    return found[0]


def test_the_menus_hold_what_was_promised(desk: Desk) -> None:
    assert titles(menu(desk, "File")) == [
        "Open photos…", "Open folder…", "Paste photo", "Open recording…", "Camera", "Demo", "Play video…",
        "Save snapshot", "Record", "Set a marker, while recording", "Quit",
    ]  # fmt: skip
    assert titles(menu(desk, "View")) == [
        "Live", "Photos", "Recordings", "Pause", "Back to live", "Mirror cameras", "Boxes", "Bars", "Why", "Side panel",
        "Timeline", "Follow a face, then the next", "My neutral", "Theme", "Full screen",
    ]  # fmt: skip
    assert titles(menu(desk, "Settings")) == [
        "Preferences…", "Models…", "Retrain…", "Streams…", "Collect samples", "My samples…",
    ]  # fmt: skip
    assert titles(menu(desk, "Help")) == ["Keys", "Privacy", "About FER Desktop"]


def test_every_command_is_connected_to_something(desk: Desk) -> None:
    for name in Actions.__slots__:
        action = getattr(desk.window.actions_, name)
        if isinstance(action, QAction):
            assert action.receivers("2triggered(bool)") + action.receivers("2toggled(bool)") > 0, name


def test_the_camera_menu_lists_by_name_each_time_it_opens(desk: Desk, qtbot: Any) -> None:
    cameras = next(action.menu() for action in menu(desk, "File").actions() if action.text() == "&Camera")
    cameras.aboutToShow.emit()
    assert titles(cameras) == ["Looking for cameras…"] and not cameras.actions()[0].isEnabled()
    desk.start()
    qtbot.waitUntil(lambda: titles(cameras) == ["No camera found"], timeout=WAIT_MS)
    assert not cameras.actions()[0].isEnabled()
    desk.world.cameras = [FakeCamera("Built-in"), FakeCamera("A & B")]
    cameras.aboutToShow.emit()
    shown = lambda: [action.text() for action in cameras.actions()]  # noqa: E731
    qtbot.waitUntil(lambda: shown() == ["Built-in", "A && B"], timeout=WAIT_MS)
    cameras.actions()[1].trigger()
    qtbot.waitUntil(lambda: desk.window.live.source_name == "A & B", timeout=WAIT_MS)
    assert (desk.saved().camera_name, desk.saved().source) == ("A & B", "camera")
    cameras.aboutToShow.emit()
    assert [action.isChecked() for action in cameras.actions()] == [False, True]
    desk.window.actions_.demo.trigger()
    qtbot.waitUntil(lambda: desk.window.live.source_name == "Demo", timeout=WAIT_MS)
    assert desk.saved().source == "demo"


@pytest.mark.parametrize(
    ("name", "setting", "key"),
    [
        ("mirror", "mirror", None),
        ("boxes", "show_boxes", Qt.Key.Key_X),
        ("bars", "show_bars", Qt.Key.Key_B),
        ("panel", "show_panel", Qt.Key.Key_P),
    ],
)
def test_switches_change_the_picture_and_are_remembered(
    desk: Desk, qtbot: Any, name: str, setting: str, key: Qt.Key | None
) -> None:
    action = getattr(desk.window.actions_, name)
    assert action.isChecked()
    if key is None:
        action.trigger()
    else:
        qtbot.keyClick(desk.window, key)
    assert not action.isChecked()
    assert getattr(desk.saved(), setting) is False
    look = desk.window.feed.look
    assert {"boxes": look.boxes, "bars": look.bars}.get(name, False) is False
    assert desk.window.panel.isVisible() is (name != "panel")


def test_space_pauses_and_goes_on(desk: Desk, qtbot: Any) -> None:
    desk.start()
    qtbot.waitUntil(lambda: desk.window.feed.view is not None, timeout=WAIT_MS)
    qtbot.keyClick(desk.window, Qt.Key.Key_Space)
    assert desk.window.session.paused and desk.window.view.message == "Paused"
    index = desk.window.feed.view.frame.index
    qtbot.wait(200)
    assert desk.window.feed.view.frame.index == index
    qtbot.keyClick(desk.window, Qt.Key.Key_Space)
    assert not desk.window.session.paused
    qtbot.waitUntil(lambda: desk.window.feed.view.frame.index != index, timeout=WAIT_MS)


def test_another_source_ends_the_pause(desk: Desk, qtbot: Any) -> None:
    desk.start()
    qtbot.waitUntil(lambda: desk.window.feed.view is not None, timeout=WAIT_MS)
    desk.window.actions_.pause.trigger()
    desk.window.live.open(Choice.parse("other.mp4"))
    qtbot.waitUntil(lambda: desk.window.live.source_name == "other.mp4", timeout=WAIT_MS)
    assert not desk.window.actions_.pause.isChecked()


def test_the_same_source_again_ends_the_pause(desk: Desk, qtbot: Any) -> None:
    desk.start()
    qtbot.waitUntil(lambda: desk.window.feed.view is not None, timeout=WAIT_MS)
    desk.window.actions_.pause.trigger()
    index = desk.window.feed.view.frame.index
    desk.window.actions_.demo.trigger()
    qtbot.waitUntil(lambda: desk.window.feed.view.frame.index != index, timeout=WAIT_MS)
    assert not desk.window.session.paused
    assert not desk.window.actions_.pause.isChecked() and desk.window.actions_.pause.text() == "&Pause"
    assert desk.window.view.message != "Paused"


def test_the_picture_has_the_focus_at_first_without_a_ring(desk: Desk, qtbot: Any) -> None:
    desk.start()
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow, timeout=WAIT_MS)
    view = desk.window.view
    assert desk.window.focusWidget() is view and view.focusPolicy() & Qt.FocusPolicy.TabFocus
    accent = desk.window._themes.theme.accent
    assert view.grab().toImage().pixelColor(0, 0).name().upper() != accent
    desk.window.toolbar.source.setFocus(Qt.FocusReason.TabFocusReason)
    view.setFocus(Qt.FocusReason.BacktabFocusReason)
    assert view.grab().toImage().pixelColor(0, 0).name().upper() == accent
    desk.window.toolbar.source.setFocus(Qt.FocusReason.TabFocusReason)
    assert view.grab().toImage().pixelColor(0, 0).name().upper() != accent


@pytest.mark.parametrize("name", ["source", "preferences", "snapshot"])
def test_space_pauses_though_a_button_has_the_focus(desk: Desk, qtbot: Any, name: str) -> None:
    desk.window.activateWindow()
    button = getattr(desk.window.toolbar, name)
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert desk.window.session.paused
    assert not desk.window._source_menu.isVisible() and not desk.window.findChildren(Preferences)


def test_space_does_nothing_on_a_button_while_nothing_can_be_paused(desk: Desk, qtbot: Any) -> None:
    desk.window.actions_.pause.setEnabled(False)
    button = desk.window.toolbar.preferences
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert not desk.window.findChildren(Preferences)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_presses_the_button_that_has_the_focus(desk: Desk, qtbot: Any, key: Qt.Key) -> None:
    desk.window.activateWindow()
    button = desk.window.toolbar.preferences
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(button, key)
    dialog(desk, Preferences).close()
    assert not desk.window.session.paused


def test_s_saves_a_snapshot_with_overlays_and_says_where(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    desk.start()
    qtbot.waitUntil(lambda: len(desk.window.feed.faces) == 1, timeout=WAIT_MS)
    qtbot.keyClick(desk.window, Qt.Key.Key_S)
    qtbot.waitUntil(desk.window.info.isVisible, timeout=WAIT_MS)
    saved = list((tmp_path / "pictures").iterdir())
    assert len(saved) == 1 and saved[0].suffix == ".png"
    assert str(saved[0]) in desk.window.info.text.text()
    image = QImage(str(saved[0]))
    assert (image.width(), image.height()) == (640, 360)
    edge = image.pixelColor(200, 220)
    assert edge.yellow() > 150 and edge.red() > 200


def test_a_snapshot_that_cannot_be_written_says_why(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("x")
    desk.window.settings.snapshot_folder = str(blocked)
    desk.start()
    qtbot.waitUntil(lambda: desk.window.feed.view is not None, timeout=WAIT_MS)
    desk.window.actions_.snapshot.trigger()
    qtbot.waitUntil(desk.window.info.isVisible, timeout=WAIT_MS)
    said = desk.window.info.text.text()
    assert "was not saved" in said and str(blocked) in said and os.strerror(errno.EEXIST) in said


def test_settings_that_cannot_be_saved_are_told_once(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("no folder")
    desk.window.actions_.bars.trigger()
    assert "settings cannot be saved" in desk.window.info.text.text()
    assert str(desk.settings_path) in desk.window.info.text.text()
    desk.window.info.dismiss.click()
    desk.window.actions_.bars.trigger()
    assert not desk.window.info.isVisible()


def test_a_snapshot_without_a_picture_says_so(desk: Desk) -> None:
    desk.window.actions_.snapshot.trigger()
    assert desk.window.info.text.text() == "There is no picture to save yet."


def test_full_screen_leaves_only_the_picture(desk: Desk, qtbot: Any) -> None:
    qtbot.keyClick(desk.window, Qt.Key.Key_F)
    window = desk.window
    assert window.isFullScreen()
    for part in (window.menuBar(), window.toolbar, window.status, window.panel):
        assert not part.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isFullScreen()
    for part in (window.menuBar(), window.toolbar, window.status, window.panel):
        assert part.isVisible()


def test_the_theme_is_switched_and_remembered(desk: Desk, qapp: QApplication) -> None:
    light, dark = desk.window.actions_.themes.actions()[1:]
    dark.trigger()
    assert qapp.palette().window().color().name().upper() == DARK.window
    assert desk.saved().theme == "dark"
    light.trigger()
    assert qapp.palette().window().color().name().upper() == LIGHT.window


def test_the_theme_follows_the_system_live(desk: Desk, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    """Qt's offscreen platform has no scheme of its own, so the system's answer is put in its place."""
    desk.window.actions_.themes.actions()[0].trigger()
    for scheme, theme in ((Qt.ColorScheme.Dark, DARK), (Qt.ColorScheme.Light, LIGHT)):
        monkeypatch.setattr(theme_module, "system_scheme", lambda _, scheme=scheme: scheme)
        qapp.styleHints().colorSchemeChanged.emit(scheme)
        assert qapp.palette().window().color().name().upper() == theme.window
        assert desk.window.panel._theme is theme


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("about", "Reads expressions, not feelings"),
        ("privacy", "Nothing leaves this computer"),
        ("keys", "Full screen"),
    ],
)
def test_texts_open_and_close(desk: Desk, qtbot: Any, name: str, words: str) -> None:
    from PySide6.QtWidgets import QLabel

    getattr(desk.window.actions_, name).trigger()
    opened = dialog(desk)
    assert words in " ".join(label.text() for label in opened.findChildren(QLabel))
    qtbot.keyClick(opened, Qt.Key.Key_Escape)
    assert not opened.isVisible()


def test_preferences_act_at_once(desk: Desk) -> None:
    desk.window.actions_.preferences.trigger()
    opened = dialog(desk, Preferences)
    opened.bars.click()
    opened.theme.setCurrentIndex(2)
    opened.source.setCurrentIndex(1)
    opened.motion.click()
    opened.steadiness.setCurrentIndex(3)
    opened.set_folder("/somewhere/else")
    assert not desk.window.actions_.bars.isChecked() and not desk.window.feed.look.bars
    assert not desk.window.feed.motion.smooth
    saved = desk.saved()
    assert (saved.show_bars, saved.theme, saved.source) == (False, "dark", "demo")
    assert (saved.smooth_motion, saved.steadiness, saved.snapshot_folder) == (False, "strong", "/somewhere/else")
    assert desk.window.feed.motion.strength == 2.0
    opened.close()


def test_controls_have_names_and_are_reached_by_tab(desk: Desk) -> None:
    bar = desk.window.toolbar
    for button in (bar.source, bar.pause, bar.snapshot, bar.panel, bar.preferences):
        assert button.accessibleName() or button.text() or button.toolTip()
        assert button.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_the_focus_can_be_seen(desk: Desk, qtbot: Any) -> None:
    desk.window.activateWindow()
    qtbot.waitUntil(desk.window.isActiveWindow, timeout=WAIT_MS)
    bar = desk.window.toolbar
    for button in (bar.source, bar.pause, bar.preferences):
        bar.panel.setFocus(Qt.FocusReason.TabFocusReason)
        without = button.grab().toImage()
        button.setFocus(Qt.FocusReason.TabFocusReason)
        ring = button.grab().toImage().pixelColor(button.width() // 2, 0).name().upper()
        assert ring == desk.window._themes.theme.accent
        assert without.pixelColor(button.width() // 2, 0).name().upper() != ring


def test_the_window_comes_back_where_it_was(make_desk: Callable[[], Desk]) -> None:
    first = make_desk()
    first.window.resize(800, 610)
    first.window.close()
    assert first.saved().window_geometry
    again = make_desk()
    assert (again.window.width(), again.window.height()) == (800, 610)


def test_quit_closes_the_window(desk: Desk) -> None:
    desk.start()
    desk.window.actions_.quit.trigger()
    assert not desk.window.isVisible()
