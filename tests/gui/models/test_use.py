"""Another model reads, at once and at the next start; where it will not, the one before does."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from PySide6.QtCore import Qt

from fer_desktop import app
from fer_desktop.core.errors import ModelError
from fer_desktop.modelstore.store import ModelStore
from tests import model_folders
from tests.gui.conftest import Desk
from tests.gui.models.steps import CLICK, WAIT_MS, Add, Start, in_use, live, names, opened, pick, settled, told


def test_enter_uses_a_model_and_one_click_goes_back(desk: Start, add: Add, qtbot: Any) -> None:
    add("run-1", name="Evening run")
    started = desk()
    window = opened(started, qtbot)
    page, main = window.list_page, started.window
    assert not page.back_button.isEnabled()
    assert page.back_note.text() == "No other model has been used before this one."
    pick(window, "Evening run", qtbot)
    qtbot.keyClick(page.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: live(started) == "run-1", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: in_use(window) == ["Evening run"], timeout=WAIT_MS)
    settled(window, qtbot)
    assert ModelStore.default().active().id == "run-1"
    assert main.toolbar.model.text().endswith("Evening run") and "run-1" in main.toolbar.model.toolTip()
    assert main.info.text.text() == "Now using Evening run." and main.status.text.endswith("model Evening run")
    qtbot.waitUntil(lambda: main.feed.view.analysis.model_id == "run-1", timeout=WAIT_MS)
    assert not page.use_button.isEnabled() and not page.delete_button.isEnabled()

    assert page.back_button.isEnabled() and page.back_note.text() == "The previous model is default."
    qtbot.mouseClick(page.back_button, CLICK)
    qtbot.waitUntil(lambda: live(started) == "default", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: in_use(window) == ["default"], timeout=WAIT_MS)
    assert ModelStore.default().active().id == "default"


def test_the_line_in_the_main_window_leads_back_too(desk: Start, add: Add, qtbot: Any) -> None:
    add("run-1")
    started = desk()
    window = opened(started, qtbot)
    pick(window, "run-1", qtbot)
    qtbot.mouseClick(window.list_page.use_button, CLICK)
    qtbot.waitUntil(lambda: live(started) == "run-1", timeout=WAIT_MS)
    window.close()
    qtbot.waitUntil(lambda: started.window.info.action.text() == "Go back", timeout=WAIT_MS)
    qtbot.mouseClick(started.window.info.action, CLICK)
    qtbot.waitUntil(lambda: live(started) == "default", timeout=WAIT_MS)
    assert ModelStore.default().active().id == "default"


def test_a_model_that_will_not_load_leaves_the_old_one(
    desk: Start, add: Add, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    add("run-1")
    started = desk()

    def broken(model: str | None) -> Any:
        raise ModelError("There is no memory left", "Close another program")

    composition = started.window.composition
    object.__setattr__(composition, "make_classifier", broken)
    window = opened(started, qtbot)
    pick(window, "run-1", qtbot)
    qtbot.keyClick(window.list_page.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: told(window).startswith("The model was not changed."), timeout=WAIT_MS)
    settled(window, qtbot)
    assert "There is no memory left. Close another program." in told(window) and window.warning.isVisible()
    qtbot.waitUntil(lambda: in_use(window) == ["default"], timeout=WAIT_MS)
    assert live(started) == "default"
    assert ModelStore.default().active().id == "default", "the next start must have the model that reads now"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Ids of models that will not load, though their files are whole."""
    ids: set[str] = set()
    real = app.classifier

    def classifier(model: str | None = None) -> Any:
        store = ModelStore.default()
        folder = store.get(model) if model else store.active()
        if folder.id in ids:
            raise ModelError(f"{folder.id} will not load", "Close another program")
        return real(model)

    monkeypatch.setattr(app, "classifier", classifier)
    return ids


def next_start(desk: Desk, qtbot: Any) -> str:
    """The model that the next start takes, once nothing is under way."""
    qtbot.waitUntil(lambda: not desk.window.models.work.saying, timeout=WAIT_MS)
    return ModelStore.default().active().id


def test_back_to_a_model_that_will_not_load(desk: Start, add: Add, broken: set[str], qtbot: Any) -> None:
    add("a"), add("b")
    ModelStore.default().activate("a")
    ModelStore.default().activate("b")
    started = desk()
    broken.add("a")
    with qtbot.waitSignal(started.window.live.models.refused, timeout=WAIT_MS):
        started.window.models.go_back()
    assert next_start(started, qtbot) == live(started) == "b"


def test_two_in_a_row_that_will_not_load(desk: Start, add: Add, broken: set[str], qtbot: Any) -> None:
    first, second = add("a"), add("b")
    started = desk()
    broken.update("ab")
    said: list[str] = []
    started.window.models.use(first, "a", refused=said.append)
    started.window.models.use(second, "b", refused=said.append)
    qtbot.waitUntil(lambda: len(said) == 2, timeout=WAIT_MS)
    assert next_start(started, qtbot) == live(started) == "default"
    assert said[1].startswith("b will not load.")


def test_a_refused_model_does_not_give_way_to_another_windows_choice(
    desk: Start, add: Add, broken: set[str], qtbot: Any
) -> None:
    path = add("a")
    add("b")
    started = desk()
    ModelStore.default().activate("b")
    broken.add("a")
    with qtbot.waitSignal(started.window.live.models.refused, timeout=WAIT_MS):
        started.window.models.use(path, "a")
    assert next_start(started, qtbot) == live(started) == "default"


@pytest.fixture
def go_on(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Until it is set, no model loads."""
    event, real = threading.Event(), app.classifier

    def slow(model: str | None = None) -> Any:
        event.wait(WAIT_MS / 1000)
        return real(model)

    monkeypatch.setattr(app, "classifier", slow)
    return event


def test_a_refusal_that_comes_late_is_not_of_the_next_model(
    desk: Start, add: Add, qtbot: Any, go_on: threading.Event
) -> None:
    path = add("a")
    started = desk()
    control = started.window.models
    control.use(path, "a")
    qtbot.waitUntil(lambda: control._switch is not None, timeout=WAIT_MS)
    started.window.live.models.refused.emit("The one before will not load.")
    go_on.set()
    qtbot.waitUntil(lambda: live(started) == "a", timeout=WAIT_MS)
    assert next_start(started, qtbot) == "a"


def test_going_back_overtakes_a_model_that_is_being_loaded(
    desk: Start, add: Add, qtbot: Any, go_on: threading.Event
) -> None:
    path = add("a")
    started = desk()
    said: list[str] = []
    control = started.window.models
    control.use(path, "a", lambda: said.append("used"), said.append)
    qtbot.waitUntil(lambda: control._switch is not None, timeout=WAIT_MS)
    with qtbot.waitSignal(started.window.live.models.changed, timeout=WAIT_MS):
        control.go_back()
        qtbot.waitUntil(lambda: bool(said), timeout=WAIT_MS)
        go_on.set()
    assert said == ["another model was chosen meanwhile"]
    assert next_start(started, qtbot) == live(started) == "default"


def test_a_model_that_was_damaged_or_deleted_meanwhile(desk: Start, add: Add, qtbot: Any) -> None:
    folder = add("run-1")
    add("run-2")
    started = desk()
    window = opened(started, qtbot)
    pick(window, "run-1", qtbot)
    model_folders.flip(folder / "model.onnx")
    qtbot.keyClick(window.list_page.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "is damaged" in told(window), timeout=WAIT_MS)
    settled(window, qtbot)
    assert "fer-desktop" not in told(window), "the command line's advice is not for the window"
    assert window.list_page.list.chosen.problem and live(started) == "default"  # type: ignore[union-attr]
    assert not window.list_page.use_button.isEnabled()

    # Another window deletes one: the list follows by itself.
    ModelStore.default().remove("run-2")
    qtbot.waitUntil(lambda: names(window) == ["default", "run-1"], timeout=WAIT_MS)


def test_another_window_chooses_another_model(desk: Start, add: Add, qtbot: Any) -> None:
    add("run-1")
    started = desk()
    window = opened(started, qtbot)
    ModelStore.default().activate("run-1")
    page = window.list_page
    qtbot.waitUntil(lambda: page.listing.rows[1].active, timeout=WAIT_MS)
    settled(window, qtbot)
    states = [page.list.item(index).data(Qt.ItemDataRole.AccessibleTextRole).split(", ")[-1] for index in range(2)]
    assert states == ["In use in this window", "From the next start"]
    pick(window, "run-1", qtbot)
    qtbot.keyClick(page.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: live(started) == "run-1", timeout=WAIT_MS)


def test_a_full_disk_is_told(desk: Start, add: Add, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    add("run-1")
    started = desk()
    window = opened(started, qtbot)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fer_desktop.atomic_file.write", full)
    pick(window, "run-1", qtbot)
    qtbot.keyClick(window.list_page.list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "no space left on device" in told(window), timeout=WAIT_MS)
    settled(window, qtbot)
    assert live(started) == "default" and in_use(window) == ["default"]


def test_a_defect_does_not_leave_the_window_busy(
    desk: Start, add: Add, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    add("run-1")
    window = opened(desk(), qtbot)

    def wrong(*_: Any) -> None:
        raise RuntimeError("a fault of the program's own")

    monkeypatch.setattr(ModelStore, "activate", wrong)
    pick(window, "run-1", qtbot)
    with qtbot.capture_exceptions() as caught:
        qtbot.keyClick(window.list_page.list, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: bool(caught), timeout=WAIT_MS)
    settled(window, qtbot)
    assert window.list_page.use_button.isEnabled() and not window.wait.isVisible()


def test_a_choice_that_cannot_be_used_is_told_at_the_start(desk: Start, add: Add, qtbot: Any) -> None:
    folder = add("run-1", name="Evening run")
    ModelStore.default().activate("run-1")
    model_folders.flip(folder / "model.onnx")
    started = desk()
    info = started.window.info
    assert "The chosen model run-1 cannot be used: " in info.text.text()
    assert info.text.text().endswith("default is used instead.") and info.action.text() == "Models…"
    assert started.window.toolbar.model.text().endswith("default")
    qtbot.mouseClick(info.action, CLICK)
    window = started.window.models.dialog
    assert window is not None and window.isVisible()
    settled(window, qtbot)
