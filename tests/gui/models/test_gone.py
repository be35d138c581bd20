"""The model that reads was deleted, or the chosen one cannot be used: said as it is, and with a way out."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from PySide6.QtCore import Qt

from fer_desktop.modelstore.store import ModelStore
from tests import model_folders
from tests.gui.conftest import Desk
from tests.gui.models.steps import CLICK, WAIT_MS, Add, Start, in_use, live, opened, pick, settled, told
from tests.gui.models.steps import names as listed


def states(window: Any) -> list[str]:
    """Of each row, in the words a screen reader says last."""
    models = window.list_page.list
    return [
        models.item(index).data(Qt.ItemDataRole.AccessibleTextRole).split(", ")[-1] for index in range(models.count())
    ]


def problem_at_start(desk: Start, add: Add) -> Desk:
    folder = add("run-1", name="Evening run")
    ModelStore.default().activate("run-1")
    model_folders.flip(folder / "model.onnx")
    return desk()


@pytest.mark.parametrize("by", ["command", "hand"])
@pytest.mark.parametrize("way", ["use", "back"])
def test_the_model_that_reads_was_deleted(desk: Start, add: Add, qtbot: Any, by: str, way: str) -> None:
    folder = add("run-1", name="My face")
    ModelStore.default().activate("run-1")
    started = desk()
    window = opened(started, qtbot)
    page = window.list_page
    if by == "command":
        ModelStore.default().activate("default")
        ModelStore.default().remove("run-1")
    else:
        shutil.rmtree(folder)
    qtbot.waitUntil(lambda: listed(window) == ["default"], timeout=WAIT_MS)
    settled(window, qtbot)
    assert live(started) == "run-1" and in_use(window) == [] and states(window) == ["From the next start"]
    assert told(window).startswith("My face still reads in this window, but it was deleted") and "default" not in told(
        window
    )
    assert page.back_note.text() == "The previous model is default."
    pick(window, "default", qtbot)
    button = page.use_button if way == "use" else page.back_button
    assert button.isEnabled()
    qtbot.mouseClick(button, CLICK)
    qtbot.waitUntil(lambda: live(started) == "default", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: in_use(window) == ["default"], timeout=WAIT_MS)
    settled(window, qtbot)
    assert told(window) == "" and not page.use_button.isEnabled()
    found = ModelStore.default().resolve()
    assert found.folder.id == "default" and found.problem is None


def test_default_is_used_for_good_where_the_chosen_one_is_broken(desk: Start, add: Add, qtbot: Any) -> None:
    started = problem_at_start(desk, add)
    window = opened(started, qtbot)
    assert told(window).startswith("The chosen model run-1 cannot be used") and live(started) == "default"
    assert told(window).endswith("Use a model of the list to settle this.")
    pick(window, "default", qtbot)
    assert in_use(window) == ["default"] and window.list_page.use_button.isEnabled()
    qtbot.keyClick(window.list_page.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ModelStore.default().resolve().problem is None, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: started.window.info.text.text() == "Now using default.", timeout=WAIT_MS)
    settled(window, qtbot)
    qtbot.waitUntil(lambda: not window.list_page.use_button.isEnabled(), timeout=WAIT_MS)
    assert told(window) == "" and live(started) == "default"


def test_what_was_told_of_the_choice_goes_with_it(desk: Start, add: Add, qtbot: Any) -> None:
    add("run-2")
    started = problem_at_start(desk, add)
    window = opened(started, qtbot)
    assert "default is used instead" in told(window)
    pick(window, "run-2", qtbot)
    qtbot.keyClick(window.list_page.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: in_use(window) == ["run-2"], timeout=WAIT_MS)
    settled(window, qtbot)
    assert told(window) == "" and started.window.info.text.text() == "Now using run-2."


def test_who_asked_is_told_of_a_fault_of_the_program(
    desk: Start, add: Add, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = add("run-1")
    started, refused = desk(), list[str]()

    def wrong(*_: Any) -> None:
        raise RuntimeError("a fault of the program's own")

    monkeypatch.setattr(ModelStore, "activate", wrong)
    with qtbot.capture_exceptions() as caught:
        started.window.models.use(path, "run-1", refused=refused.append)
        qtbot.waitUntil(lambda: bool(caught), timeout=WAIT_MS)
    assert refused == ["The program made a mistake."] and not started.window.models.work.saying
