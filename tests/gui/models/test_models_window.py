"""Models… as a person uses it, with keys and clicks, over a real store."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication

from fer_desktop import resources
from fer_desktop.gui.models import rows
from fer_desktop.gui.models.rows import Listing
from fer_desktop.gui.theme import DARK, LIGHT
from fer_desktop.modelstore.store import ModelStore
from tests import model_folders
from tests.gui.models.steps import CLICK, WAIT_MS, Add, Start, names, opened, pick, settled, told


def test_the_list_says_what_each_model_is(desk: Start, add: Add, qtbot: Any) -> None:
    add("b-run", 0.61, name="Evening run")
    add("a-run", 0.62, name="Evening run")
    add("friend", 0.9, imported={"file": "friend.zip", "at": "2026-02-03T04:05:06+00:00"})
    model_folders.flip(add("torn", name="Torn") / "model.keras")
    lost = resources.user_models_dir() / "lost"
    lost.mkdir()
    (lost / "manifest.json").write_text("{")
    window = opened(desk(), qtbot)
    assert names(window)[0] == "default" and names(window)[-1] == "lost" and len(names(window)) == 6
    said = {
        row.path.name: window.list_page.list.item(index).data(Qt.ItemDataRole.AccessibleTextRole)
        for index, row in enumerate(window.list_page.listing.rows)
    }
    assert said["default"].startswith("default, 68.2\u00a0% right on PublicTest, Shipped, ")
    assert said["default"].endswith("17.9\u00a0MB, In use")
    assert said["a-run"].startswith("Evening run, a-run, 62.0\u00a0% right on PublicTest, Trained here, 1 Jan 2026, ")
    assert said["b-run"].startswith("Evening run, b-run, 61.0\u00a0%")
    assert "By its own account 90.0\u00a0% right on PublicTest, Imported" in said["friend"]
    assert "model.keras is damaged" in said["torn"] and "is damaged" in said["lost"]

    pick(window, "friend", qtbot)
    facts = {what.text(): value.text() for what, value in window.list_page.view.facts}
    assert facts["From"] == "Imported on 3 Feb 2026 from friend.zip"
    assert facts["Accuracy"] == "90.0\u00a0% (PublicTest, 3,589 faces), by its own account: not measured here"
    assert window.list_page.view.card.toPlainText() == "friend"
    pick(window, "lost", qtbot)
    assert "is damaged" in window.list_page.view.warning.text.text()
    page = window.list_page
    enabled = [button for button in page._buttons if button.isEnabled()]
    assert enabled == [page.delete_button]
    assert page.use_button.accessibleDescription() == "It cannot be read."


def test_f2_gives_another_name(desk: Start, add: Add, qtbot: Any) -> None:
    add("run-1")
    add("run-2")
    ModelStore.default().activate("run-1")
    started = desk()
    window = opened(started, qtbot)
    pick(window, "run-1", qtbot)
    qtbot.keyClick(window.list_page.list, Qt.Key.Key_F2)
    question = window.question
    question.name.clear()  # type: ignore[union-attr]
    assert not question.save.isEnabled()  # type: ignore[union-attr]
    qtbot.keyClicks(question.name, "Rest & be <b>thankful</b>")  # type: ignore[union-attr]
    qtbot.keyClick(question.name, Qt.Key.Key_Return)  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: "Rest & be <b>thankful</b>" in names(window), timeout=WAIT_MS)
    settled(window, qtbot)
    assert window.list_page.list.chosen.beside == "run-1"  # type: ignore[union-attr]
    assert started.window.toolbar.model_name == "Rest & be <b>thankful</b>", "it is the one in use"
    assert ModelStore.default().get("run-1").name == "Rest & be <b>thankful</b>"
    pick(window, "default", qtbot)
    qtbot.keyClick(window.list_page.list, Qt.Key.Key_F2)
    assert window.question is None and window.list_page.rename_button.toolTip() == "The shipped model keeps its name."


def test_delete_asks_first_and_takes_damaged_ones_too(desk: Start, add: Add, qtbot: Any) -> None:
    folder = add("run-1")
    lost = resources.user_models_dir() / "lost"
    lost.mkdir()
    (lost / "model.onnx").write_bytes(b"?")
    window = opened(desk(), qtbot)
    models = window.list_page.list
    for name in ("run-1", "lost"):
        pick(window, name, qtbot)
        qtbot.keyClick(models, Qt.Key.Key_Delete)
        qtbot.keyClick(window.question, Qt.Key.Key_Escape)
        assert window.question is None and len(names(window)) >= 2
        qtbot.keyClick(models, Qt.Key.Key_Delete)
        qtbot.mouseClick(window.question.doing, CLICK)  # type: ignore[union-attr]
        qtbot.waitUntil(lambda name=name: name not in names(window), timeout=WAIT_MS)  # type: ignore[misc]
        settled(window, qtbot)
        assert told(window) == f"{name} is deleted."
    assert not folder.exists() and not lost.exists() and names(window) == ["default"]
    qtbot.keyClick(models, Qt.Key.Key_Delete)
    assert window.question is None, "the shipped model stays"


def test_a_list_that_could_not_be_read_is_read_again(
    desk: Start, add: Add, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = opened(desk(), qtbot)
    page, real = window.list_page, rows.read
    broken, go_on = [OSError(5, "Input/output error")], threading.Event()

    def read(*about: Any) -> Listing:
        go_on.wait(WAIT_MS / 1000)
        if broken:
            raise broken.pop()
        return real(*about)

    monkeypatch.setattr(rows, "read", read)
    window.refresh()
    add("run-1")
    window.refresh()  # asked for while the first one is under way
    window._watcher.removePaths(window._watcher.directories())
    window._settled.stop()
    go_on.set()
    qtbot.waitUntil(lambda: names(window) == ["default", "run-1"], timeout=WAIT_MS)
    settled(window, qtbot)
    assert not broken and not page.reading


def test_the_toolbar_opens_it_by_mouse_and_by_key(desk: Start, qtbot: Any) -> None:
    started = desk()
    chip = started.window.toolbar.model
    qtbot.mouseClick(chip, CLICK)
    window = started.window.models.dialog
    assert window is not None and window.isVisible()
    settled(window, qtbot)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert started.window.models.dialog is None
    chip.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(chip, Qt.Key.Key_Return)
    assert started.window.models.dialog is not None
    settled(started.window.models.dialog, qtbot)


def test_every_control_is_reached_by_tab_and_has_a_name(desk: Start, add: Add, qtbot: Any, qapp: QApplication) -> None:
    add("run-1")
    started = desk()
    window = opened(started, qtbot)
    pick(window, "run-1", qtbot)
    wanted = {button for button in window.findChildren(QAbstractButton) if button.isVisible() and button.isEnabled()}
    reached = set()
    for _ in range(20):
        reached.add(window.focusWidget())
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert wanted <= reached and window.list_page.list in reached and window.list_page.view in reached
    for button in wanted:
        assert button.text() or button.accessibleName(), button
    for preference, theme in (("dark", DARK), ("light", LIGHT)):
        started.window._themes.prefer(preference)
        assert window.list_page.list._rows.theme is theme
