"""Deleting and relabelling in My samples…: what is asked, what can be taken back, and what else is made of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt

from fer_desktop import resources
from fer_desktop.core import emotions
from tests.gui.conftest import Desk
from tests.gui.samples.steps import (
    CLICK,
    WAIT_MS,
    at_rest,
    files,
    give,
    living_view,
    opened,
    opened_samples,
    select,
    stored,
    take,
)


def interrupted_run(data: Path) -> Path:
    """As a retraining that was killed leaves it."""
    folder = resources.user_models_dir() / "2026-11-22-120000.partial"
    folder.mkdir(parents=True)
    record = {"data": [str(data)], "ferplus": None, "config": {"epochs": 12, "architecture": "small"}}
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
    (folder / "scenes-0.npy").write_bytes(b"faces")
    return folder


def test_delete_asks_and_can_be_thought_better_of(desk: Desk, qtbot: Any) -> None:
    give("happy", 3)
    window = opened_samples(desk, qtbot)
    window.activateWindow()
    select(window, [1])
    gone = window.model.sample(1)
    qtbot.keyClick(window.grid, Qt.Key.Key_Delete)
    assert window.deleting.question is not None and window.deleting.question.windowTitle() == "Delete 1 sample?"
    qtbot.keyClick(window.deleting.question, Qt.Key.Key_Return)
    at_rest(desk, qtbot)
    assert len(stored()) == 3, "the way out is what Enter presses"
    qtbot.mouseClick(window.delete, CLICK)
    qtbot.mouseClick(window.deleting.question.doing, CLICK)
    at_rest(desk, qtbot)
    assert gone.path not in files() and len(stored()) == 2
    qtbot.waitUntil(lambda: window.model.rowCount() == 2, timeout=WAIT_MS)


def test_delete_all_says_how_many_and_leaves_what_is_no_sample(desk: Desk, qtbot: Any) -> None:
    give("happy", 3)
    give("neutral", 2)
    foreign = resources.user_samples_dir() / "happy" / "holiday.png"
    foreign.write_bytes(b"mine")
    window = opened_samples(desk, qtbot)
    window.kinds.setCurrentRow(emotions.NAMES.index("happy") + 1)
    qtbot.mouseClick(window.delete_all, CLICK)
    question = window.deleting.question
    assert question is not None and question.windowTitle() == "Delete all 5 samples, of every emotion?"
    qtbot.mouseClick(window.deleting.question.doing, CLICK)
    at_rest(desk, qtbot)
    assert files() == [foreign]
    assert window.said.text() == "Deleted. One file in the folder is no sample, and was left."
    qtbot.waitUntil(window.empty.isVisible, timeout=WAIT_MS)


def test_delete_all_says_when_it_is_done(desk: Desk, qtbot: Any) -> None:
    give("happy", 2)
    window = opened_samples(desk, qtbot)
    qtbot.mouseClick(window.delete_all, CLICK)
    qtbot.mouseClick(window.deleting.question.doing, CLICK)
    at_rest(desk, qtbot)
    assert window.said.text() == "Deleted." and not resources.user_samples_dir().exists()


def test_what_was_relabelled_stays_selected(desk: Desk, qtbot: Any) -> None:
    give("happy", 5)
    window = opened_samples(desk, qtbot)
    window.activateWindow()
    select(window, [2])
    name = window.model.sample(2).path.name
    for key, emotion in ((Qt.Key.Key_5, "sad"), (Qt.Key.Key_1, "angry")):
        qtbot.keyClick(window.grid, key)
        at_rest(desk, qtbot)
        qtbot.waitUntil(lambda: not window._refresh.isActive(), timeout=WAIT_MS)
        chosen = window.grid.chosen()
        assert [(one.path.name, one.emotion) for one in chosen] == [(name, emotion)]
        assert window.grid.currentIndex().row() == 2 and window.headline.text() == "All: 5 samples, 1 selected"
    window.undo.click()
    at_rest(desk, qtbot)
    qtbot.waitUntil(lambda: not window._refresh.isActive(), timeout=WAIT_MS)
    assert [(one.path.name, one.emotion) for one in window.grid.chosen()] == [(name, "sad")]


def test_what_was_relabelled_here_can_still_be_undone_there(desk: Desk, qtbot: Any) -> None:
    living_view(desk, qtbot)
    desk.window.samples.correct("sad")
    window = opened_samples(desk, qtbot)
    qtbot.waitUntil(lambda: window.model.rowCount() == 1, timeout=WAIT_MS)
    select(window, [0])
    window.relabel_menu.actions()[0].trigger()
    at_rest(desk, qtbot)
    desk.window.samples.undo()
    at_rest(desk, qtbot)
    assert files() == []


def test_what_is_deleted_here_is_forgotten_there(desk: Desk, qtbot: Any) -> None:
    give("happy", 10)
    living_view(desk, qtbot)
    strip = opened(desk, qtbot)
    first, taken = take(desk, "sad", qtbot), take(desk, "happy", qtbot)
    window = opened_samples(desk, qtbot)
    select(window, list(range(taken)))
    window.delete.click()
    window.deleting.question.doing.click()
    at_rest(desk, qtbot)
    counts = desk.window.samples.library.counts
    assert strip.thumbnails.count == first and counts["happy"] == 10 == len(stored("happy"))
    desk.window.samples.undo()
    at_rest(desk, qtbot)
    assert counts is not desk.window.samples.library.counts and len(files()) == 10
    assert desk.window.samples.library.counts["happy"] == 10 and desk.window.samples.library.counts["sad"] == 0
    assert not strip.undo.isEnabled() and "Undone" in strip.status.text()


def test_what_was_deleted_is_not_offered_to_be_undone(desk: Desk, qtbot: Any) -> None:
    living_view(desk, qtbot)
    desk.window.samples.correct("sad")
    at_rest(desk, qtbot)
    assert desk.window.info.action.text() == "Undo" and desk.window.info.isVisible()
    window = opened_samples(desk, qtbot)
    window.delete_all.click()
    window.deleting.question.doing.click()
    at_rest(desk, qtbot)
    assert files() == [] and not desk.window.info.isVisible() and not desk.window.samples.library._kept


def test_pictures_that_can_no_longer_be_undone_are_not_kept_in_memory(desk: Desk, qtbot: Any) -> None:
    living_view(desk, qtbot)
    desk.window.samples.correct("sad")
    at_rest(desk, qtbot)
    assert len(desk.window.samples.library._kept) == 1
    desk.window.samples.undo()
    at_rest(desk, qtbot)
    desk.window.samples._offered = []
    assert not desk.window.samples.library._kept


def test_relabelling_can_be_undone(desk: Desk, qtbot: Any) -> None:
    give("happy", 30)
    give("sad", 20, burst="other")
    window = opened_samples(desk, qtbot)
    window.activateWindow()
    window.grid.setFocus()
    window.grid.selectAll()
    before = {one.path for one in stored()}
    qtbot.keyClick(window.grid, Qt.Key.Key_1)
    assert window.said.text() == "" and not window.undo.isVisible(), "said once it has happened"
    at_rest(desk, qtbot)
    assert len(stored("angry")) == 50 and window.said.text() == "50 samples now under Angry."
    assert window.undo.isVisible()
    qtbot.keyClick(window.grid, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    at_rest(desk, qtbot)
    assert {one.path for one in stored()} == before and window.said.text() == "Undone: 50 samples."
    assert not window.undo.isVisible()


def test_only_what_was_there_is_said_to_be_relabelled(desk: Desk, qtbot: Any) -> None:
    give("happy", 3)
    window = opened_samples(desk, qtbot)
    select(window, [0, 1])
    window.model.sample(0).path.unlink()
    window.relabel_menu.actions()[0].trigger()
    at_rest(desk, qtbot)
    assert window.said.text() == "1 sample now under Angry."
    qtbot.mouseClick(window.undo, CLICK)
    at_rest(desk, qtbot)
    assert len(stored("happy")) == 2 and window.said.text() == "Undone: 1 sample."


def test_an_interrupted_retraining_with_pictures_of_them_can_go_too(desk: Desk, qtbot: Any) -> None:
    give("happy", 3)
    folder = interrupted_run(resources.user_samples_dir())
    window = opened_samples(desk, qtbot)
    select(window, [0])
    window.delete.click()
    question = window.deleting.question
    assert question is not None and question.discard is not None and not question.discard.isChecked()
    qtbot.mouseClick(question.doing, CLICK)
    at_rest(desk, qtbot)
    assert folder.exists() and len(files()) == 2
    window.delete_all.click()
    question = window.deleting.question
    assert question is not None and question.discard is not None
    question.discard.setChecked(True)
    qtbot.mouseClick(question.doing, CLICK)
    at_rest(desk, qtbot)
    assert not folder.exists() and files() == []


def test_a_retraining_of_other_faces_is_not_spoken_of(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    give("happy", 3)
    interrupted_run(tmp_path / "fer2013.csv")
    window = opened_samples(desk, qtbot)
    window.delete_all.click()
    assert window.deleting.question is not None and window.deleting.question.discard is None
