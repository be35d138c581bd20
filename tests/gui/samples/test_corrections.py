"""The keys 1 to 7 in the live view: a wrong label is put right, and its face is kept as a sample."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt

from fer_desktop import resources, samples
from fer_desktop.core import emotions
from fer_desktop.core.types import Box
from fer_desktop.gui.dialogs import TextDialog
from fer_desktop.gui.samples import correcting, library
from tests import core_values
from tests.gui.conftest import Desk
from tests.gui.samples.conftest import living
from tests.gui.samples.steps import CLICK, WAIT_MS, at_rest, files, living_view, stored

KEYS = [getattr(Qt.Key, f"Key_{number}") for number in range(1, 8)]


def press(desk: Desk, key: Qt.Key, qtbot: Any) -> None:
    qtbot.keyClick(desk.window, key)
    at_rest(desk, qtbot)


def another_frame(desk: Desk, qtbot: Any) -> None:
    index = desk.window.feed.view.frame.index
    qtbot.waitUntil(lambda: desk.window.feed.view.frame.index > index, timeout=WAIT_MS)


def test_each_key_saves_the_face_under_its_emotion(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correcting, "RETHINK_S", 0.0)
    living_view(desk, qtbot)
    for key, name in zip(KEYS, emotions.NAMES, strict=True):
        another_frame(desk, qtbot)
        press(desk, key, qtbot)
        assert len(stored(name)) == 1
        assert desk.window.info.text.text() == f"Saved as a sample of {name.capitalize()}."
    found = stored()
    assert len(found) == 7 and {one.origin for one in found} == {"corrected"}
    assert len({one.burst for one in found}) == 1, "one sitting"


def test_the_window_names_origins_as_the_store_does() -> None:
    assert (library.COLLECTED, library.CORRECTED) == (samples.COLLECTED, samples.CORRECTED)


def test_undo_in_the_line_takes_it_back(desk: Desk, qtbot: Any) -> None:
    living_view(desk, qtbot)
    press(desk, Qt.Key.Key_4, qtbot)
    assert desk.window.info.action.text() == "Undo" and len(files()) == 1
    qtbot.mouseClick(desk.window.info.action, CLICK)
    at_rest(desk, qtbot)
    assert files() == [] and desk.window.info.text.text() == "Undone: 1 sample."


def test_the_same_picture_gets_one_label_the_later_one(desk: Desk, qtbot: Any) -> None:
    living_view(desk, qtbot)
    qtbot.keyClick(desk.window, Qt.Key.Key_Space)
    qtbot.wait(100)
    for key in (Qt.Key.Key_4, Qt.Key.Key_4, Qt.Key.Key_1):
        press(desk, key, qtbot)
    assert [one.emotion for one in stored()] == ["angry"]
    assert desk.window.info.text.text() == "Saved as a sample of Angry."
    qtbot.mouseClick(desk.window.info.action, CLICK)
    at_rest(desk, qtbot)
    assert files() == []


def test_a_slip_is_put_right_by_the_key_that_follows(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(correcting, "RETHINK_S", 60.0)
    living_view(desk, qtbot)
    press(desk, Qt.Key.Key_7, qtbot)
    another_frame(desk, qtbot)
    press(desk, Qt.Key.Key_5, qtbot)
    assert [one.emotion for one in stored()] == ["sad"]
    assert desk.window.info.text.text() == "Saved as a sample of Sad."
    desk.world.pipeline.tracks = lambda of: (living(of, 8),)
    qtbot.waitUntil(lambda: desk.window.feed.faces[0].track_id == 8, timeout=WAIT_MS)
    press(desk, Qt.Key.Key_1, qtbot)
    assert [one.emotion for one in stored()] == ["angry", "sad"], "another face is no slip"
    desk.window.samples.undo()
    another_frame(desk, qtbot)
    press(desk, Qt.Key.Key_2, qtbot)
    assert [one.emotion for one in stored()] == ["disgust", "sad"], "what was undone is not put right"
    monkeypatch.setattr(correcting, "RETHINK_S", 0.0)
    another_frame(desk, qtbot)
    press(desk, Qt.Key.Key_3, qtbot)
    assert [one.emotion for one in stored()] == ["fear", "disgust", "sad"], "later it is another sample"


def test_no_face_is_said_and_nothing_is_saved(desk: Desk, qtbot: Any) -> None:
    living_view(desk, qtbot)
    desk.world.pipeline.tracks = lambda _: ()
    qtbot.waitUntil(lambda: not desk.window.feed.faces, timeout=WAIT_MS)
    press(desk, Qt.Key.Key_4, qtbot)
    assert desk.window.info.text.text() == "No face in view. Nothing was saved." and files() == []
    desk.world.pipeline.tracks = lambda of: (living(of, label=None, reason="too small"),)
    qtbot.waitUntil(lambda: bool(desk.window.feed.faces), timeout=WAIT_MS)
    press(desk, Qt.Key.Key_4, qtbot)
    assert desk.window.info.text.text() == "The face is too small. Nothing was saved." and files() == []


def test_a_face_that_the_network_is_not_sure_of_is_corrected(desk: Desk, qtbot: Any) -> None:
    desk.world.pipeline.tracks = lambda of: (living(of, label=None, reason="not sure"),)
    living_view(desk, qtbot)
    press(desk, Qt.Key.Key_4, qtbot)
    assert len(stored("happy")) == 1 and desk.window.info.text.text() == "Saved as a sample of Happy."


def test_the_chosen_face_is_corrected_else_the_largest(desk: Desk, qtbot: Any) -> None:
    small, large = Box(420, 120, 90, 100), Box(60, 90, 180, 220)
    desk.world.pipeline.tracks = lambda of: (living(of, 1, small), living(of, 2, large))
    living_view(desk, qtbot, faces=2)
    press(desk, Qt.Key.Key_1, qtbot)
    qtbot.keyClick(desk.window, Qt.Key.Key_G)
    another_frame(desk, qtbot)
    press(desk, Qt.Key.Key_2, qtbot)
    assert [int(stored(name)[0].read()[20, 20]) for name in ("angry", "disgust")] == [20, 10]


def test_a_face_in_a_photo_can_be_corrected(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    path = tmp_path / "family.png"
    Image.fromarray(core_values.frame(400, 300).bgr).save(path)
    living_view(desk, qtbot)
    desk.window.chosen_face.choose(3)
    desk.window.actions_.photos.trigger()
    press(desk, Qt.Key.Key_5, qtbot)
    assert "Nothing was saved" in desk.window.info.text.text(), "no photo yet: not the face behind this page"
    desk.window.files.open([path])
    page = desk.window.page_control.photos
    assert page is not None
    qtbot.waitUntil(lambda: page.shown_frame is not None and bool(page.faces), timeout=WAIT_MS)
    press(desk, Qt.Key.Key_5, qtbot)
    assert np.array_equal(stored("sad")[0].read(), page.faces[0].crop)


def test_the_disk_that_refuses_is_told(desk: Desk, qtbot: Any) -> None:
    folder = resources.user_samples_dir()
    folder.parent.mkdir(parents=True)
    folder.write_text("a file stands in the way")
    living_view(desk, qtbot)
    press(desk, Qt.Key.Key_4, qtbot)
    assert "The face was not saved." in desk.window.info.text.text()
    assert str(folder) in desk.window.info.text.text()
    desk.window.info.dismiss.click()
    press(desk, Qt.Key.Key_5, qtbot)
    assert "The face was not saved." in desk.window.info.text.text(), "another try, told again"


@pytest.mark.parametrize(("action", "words"), [("keys", "1 to 7"), ("privacy", "Samples: ")])
def test_the_dialogs_speak_of_samples(desk: Desk, action: str, words: str) -> None:
    from PySide6.QtWidgets import QLabel

    getattr(desk.window.actions_, action).trigger()
    dialog = next(one for one in desk.window.findChildren(TextDialog) if one.isVisible())
    assert words in " ".join(label.text() for label in dialog.findChildren(QLabel))
    dialog.close()
