"""Collect samples: takes of real length and none, of the right face, and nothing that nobody asked for."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from fer_desktop import app, atomic_file, resources
from fer_desktop.core import emotions
from fer_desktop.gui.samples import taking
from fer_desktop.samples import SampleStore
from tests.gui.conftest import Desk
from tests.gui.fakes import FakeWorld, track
from tests.gui.samples.conftest import living
from tests.gui.samples.steps import CLICK, WAIT_MS, at_rest, files, give, living_view, opened, stored, take


def test_a_take_of_the_demo_gives_pictures_of_its_face(
    world: FakeWorld, make_desk: Callable[[], Desk], qtbot: Any, monkeypatch: pytest.MonkeyPatch,
    needs_detector_models: None,
) -> None:  # fmt: skip
    composition = app.composition()
    monkeypatch.setattr(FakeWorld, "composition", lambda self: composition)
    monkeypatch.setattr(taking, "TAKE_S", 1.0)
    desk = make_desk()
    desk.start("demo")
    qtbot.waitUntil(lambda: len(desk.window.feed.faces) == 1, timeout=60_000)
    strip = opened(desk, qtbot)
    taken = take(desk, "surprise", qtbot)
    assert 2 <= taken <= 11
    found = stored("surprise")
    assert len(found) == taken == len(files()) and {one.origin for one in found} == {"collected"}
    assert len({one.burst for one in found}) == 1
    pictures = [one.read() for one in found]
    assert all(picture.shape == (48, 48) and picture.std() > 20 for picture in pictures)
    assert len({picture.tobytes() for picture in pictures}) == taken, "each is of another moment"
    assert strip.thumbnails.count == taken


def test_nothing_is_saved_before_the_button_is_pressed_or_after_the_take(desk: Desk, qtbot: Any) -> None:
    living_view(desk, qtbot)
    strip = opened(desk, qtbot)
    qtbot.wait(300)
    assert files() == []
    taken = take(desk, "sad", qtbot)
    assert 2 <= taken <= 7, "0.6 s, ten a second"
    qtbot.wait(300)
    assert len(files()) == taken
    assert strip.buttons["sad"].accessibleName() == f"Sad: {taken} samples"
    assert strip.status.text().startswith(f"{taken} samples of Sad taken.")
    assert str(resources.user_samples_dir()) in strip.where.text() and "only on this computer" in strip.where.text()


def test_by_keyboard_alone(desk: Desk, qtbot: Any) -> None:
    living_view(desk, qtbot)
    strip = opened(desk, qtbot)
    qtbot.keyClick(desk.window, Qt.Key.Key_3)
    assert strip.emotion == "fear" and files() == []
    qtbot.keyClick(desk.window, Qt.Key.Key_Return)
    control = desk.window.samples
    assert control.collecting.taking.active and strip.take.text() == "Stop"
    qtbot.waitUntil(lambda: not control.collecting.taking.active, timeout=WAIT_MS)
    at_rest(desk, qtbot)
    assert len(stored("fear")) == len(control.collecting.taking.kept) > 0
    strip.undo.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(strip.undo, Qt.Key.Key_Return)
    at_rest(desk, qtbot)
    assert not control.collecting.taking.active and files() == []
    qtbot.keyClick(desk.window, Qt.Key.Key_Escape)
    assert not strip.isVisible() and not desk.window.actions_.take_samples.isEnabled()
    qtbot.keyClick(desk.window, Qt.Key.Key_C)
    assert strip.isVisible()
    qtbot.keyClick(desk.window, Qt.Key.Key_C)
    assert not strip.isVisible()


def test_every_control_of_the_strip_has_a_name_and_is_reached_by_tab(desk: Desk, qtbot: Any) -> None:
    living_view(desk, qtbot)
    strip = opened(desk, qtbot)
    strip.undo.setEnabled(True)
    wanted = [*strip.buttons.values(), strip.take, strip.undo, strip.samples, strip.tune, strip.close_button]
    seen = set()
    desk.window.view.setFocus()
    for _ in range(30):
        qtbot.keyClick(desk.window.focusWidget(), Qt.Key.Key_Tab)
        seen.add(desk.window.focusWidget())
    assert set(wanted) <= seen
    for button in wanted:
        assert button.accessibleName() or button.text()


def test_the_same_picture_is_not_saved_twice(desk: Desk, qtbot: Any) -> None:
    desk.world.pipeline.tracks = lambda _: (track(),)
    living_view(desk, qtbot)
    opened(desk, qtbot)
    assert take(desk, "happy", qtbot) == 1


def test_the_take_goes_on_while_the_button_is_held(desk: Desk, qtbot: Any) -> None:
    living_view(desk, qtbot)
    strip, control = opened(desk, qtbot), desk.window.samples
    qtbot.mousePress(strip.take, CLICK)
    qtbot.waitUntil(lambda: len(control.collecting.taking.kept) >= 10, timeout=WAIT_MS)
    assert control.collecting.taking.active
    qtbot.mouseRelease(strip.take, CLICK)
    qtbot.waitUntil(lambda: not control.collecting.taking.active, timeout=WAIT_MS)
    at_rest(desk, qtbot)
    assert len(files()) == len(control.collecting.taking.kept)


def test_a_second_press_ends_the_take(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "TAKE_S", 60.0)
    living_view(desk, qtbot)
    strip, control = opened(desk, qtbot), desk.window.samples
    qtbot.mouseClick(strip.take, CLICK)
    qtbot.waitUntil(lambda: len(control.collecting.taking.kept) >= 2, timeout=WAIT_MS)
    qtbot.mouseClick(strip.take, CLICK)
    assert not control.collecting.taking.active and strip.take.text() == "Take samples"


@pytest.mark.parametrize(
    ("label", "reason", "said"),
    [(None, "too small", "The face is too small."), (None, "too dark", "The face is too dark."), ("", "", "No face")],
)
def test_what_cannot_be_read_is_not_saved_and_it_is_said_why(
    desk: Desk, qtbot: Any, label: str | None, reason: str, said: str
) -> None:
    living_view(desk, qtbot)
    strip = opened(desk, qtbot)
    desk.world.pipeline.tracks = (lambda of: ()) if label == "" else lambda of: (living(of, label=None, reason=reason),)
    qtbot.waitUntil(lambda: strip.status.text().startswith(said), timeout=WAIT_MS)
    qtbot.mouseClick(strip.take, CLICK)
    assert not desk.window.samples.collecting.taking.active
    assert strip.status.text().startswith(said) and "Nothing was saved" in strip.status.text()
    assert files() == []


def test_a_face_that_the_network_is_not_sure_of_is_taken(desk: Desk, qtbot: Any) -> None:
    desk.world.pipeline.tracks = lambda of: (living(of, label=None, reason="not sure"),)
    living_view(desk, qtbot)
    strip = opened(desk, qtbot)
    assert strip.status.text().startswith("Choose an emotion")
    assert take(desk, "fear", qtbot) == len(stored("fear")) > 0


def test_undo_takes_back_one_take_after_another(desk: Desk, qtbot: Any) -> None:
    living_view(desk, qtbot)
    strip = opened(desk, qtbot)
    assert not strip.undo.isEnabled()
    first = take(desk, "happy", qtbot)
    take(desk, "sad", qtbot)
    qtbot.mouseClick(strip.undo, CLICK)
    at_rest(desk, qtbot)
    assert len(stored("happy")) == first == strip.thumbnails.count and stored("sad") == []
    assert strip.buttons["sad"].accessibleName() == "Sad: 0 samples"
    qtbot.mouseClick(strip.undo, CLICK)
    at_rest(desk, qtbot)
    assert files() == [] and not strip.undo.isEnabled()


def test_a_full_disk_is_told_once_and_ends_the_take(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "TAKE_S", 60.0)
    living_view(desk, qtbot)
    strip, control = opened(desk, qtbot), desk.window.samples
    told: list[str] = []
    control.library.refused.connect(lambda why, _: told.append(why))
    write, count = atomic_file.write, [0]

    def full(path: Path, content: bytes, *mode: int) -> None:
        count[0] += 1
        if count[0] > 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(path, content, *mode)

    monkeypatch.setattr(atomic_file, "write", full)
    qtbot.mouseClick(strip.take, CLICK)
    qtbot.waitUntil(lambda: bool(told), timeout=WAIT_MS)
    assert not control.collecting.taking.active
    at_rest(desk, qtbot)
    said = desk.window.info.text.text()
    assert "The face was not saved." in said and "no space left" in said.lower() and "Make room" in said
    desk.window.info.dismiss.click()
    assert not desk.window.info.isVisible(), "told once"
    assert len(files()) == 3
    qtbot.mouseClick(strip.undo, CLICK)
    at_rest(desk, qtbot)
    assert files() == []


def test_a_paused_picture_is_not_taken(desk: Desk, qtbot: Any) -> None:
    living_view(desk, qtbot)
    strip = opened(desk, qtbot)
    qtbot.keyClick(desk.window, Qt.Key.Key_Space)
    qtbot.mouseClick(strip.take, CLICK)
    assert "paused" in strip.status.text() and files() == []


def test_what_lay_there_before_is_counted(desk: Desk, qtbot: Any) -> None:
    give("disgust", 3)
    living_view(desk, qtbot)
    strip = opened(desk, qtbot)
    assert strip.buttons["disgust"].accessibleName() == "Disgust: 3 samples"
    assert list(strip.buttons) == list(emotions.NAMES)


def test_writing_happens_off_the_gui_thread_and_in_order(
    desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[str] = []
    order: list[int] = []
    add = SampleStore.add

    def noted(self: SampleStore, crop: Any, *rest: Any) -> Any:
        threads.append(threading.current_thread().name)
        order.append(int.from_bytes(np.asarray(crop)[0, :8].tobytes(), "little"))
        return add(self, crop, *rest)

    monkeypatch.setattr(SampleStore, "add", noted)
    living_view(desk, qtbot)
    opened(desk, qtbot)
    taken = take(desk, "happy", qtbot)
    assert set(threads) == {"samples"} and len(order) == taken and order == sorted(order)


def test_closing_in_the_midst_of_a_take_leaves_whole_files(
    desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "TAKE_S", 60.0)
    living_view(desk, qtbot)
    strip, control = opened(desk, qtbot), desk.window.samples
    qtbot.mouseClick(strip.take, CLICK)
    qtbot.waitUntil(lambda: len(control.collecting.taking.kept) >= 3, timeout=WAIT_MS)
    desk.window.close()
    assert len(files()) == len(stored()) == len(control.collecting.taking.kept)
    assert all(one.read().shape == (48, 48) for one in stored())


def test_full_screen_puts_the_strip_away(desk: Desk, qtbot: Any) -> None:
    living_view(desk, qtbot)
    strip = opened(desk, qtbot)
    qtbot.keyClick(desk.window, Qt.Key.Key_F)
    assert not strip.isVisible()
    qtbot.keyClick(desk.window, Qt.Key.Key_C)
    assert strip.isVisible() and not desk.window.isFullScreen()


@pytest.mark.parametrize("size", [(800, 560), (1280, 800)])
def test_the_strip_fits_and_leaves_the_picture_room(desk: Desk, qtbot: Any, size: tuple[int, int]) -> None:
    desk.window.resize(*size)
    living_view(desk, qtbot)
    strip = opened(desk, qtbot)
    qtbot.wait(50)
    assert (desk.window.width(), desk.window.height()) == size
    assert strip.height() < 180 and desk.window.view.height() > 240
    for button in (*strip.buttons.values(), strip.take, strip.undo, strip.samples, strip.tune):
        right = button.mapTo(strip, button.rect().topRight()).x()
        assert right < strip.width() and button.width() >= button.minimumSizeHint().width()


def test_a_key_that_is_held_presses_once(desk: Desk, qtbot: Any) -> None:
    living_view(desk, qtbot)
    strip, ends = opened(desk, qtbot), []
    desk.window.samples.collecting.taking.ended.connect(lambda: ends.append(1))
    assert desk.window.focusWidget() is strip.take, "opened, it has the focus"
    for button in (strip.take, strip.close_button):
        clicks: list[int] = []
        button.clicked.connect(partial(clicks.append, 1))
        for repeated in (False, True, True, True):
            key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", repeated)
            QApplication.sendEvent(button, key)
            qtbot.wait(10)
        assert clicks and len(clicks) == 1
        if button is strip.take:
            assert desk.window.samples.collecting.taking.active and not ends
