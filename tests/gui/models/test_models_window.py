"""Models… as a person uses it, with keys and clicks, over a real store."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog

from fer_desktop import resources
from fer_desktop.core.errors import ModelError
from fer_desktop.gui.theme import DARK, LIGHT
from fer_desktop.modelstore.store import ModelStore
from tests import model_folders
from tests.gui.conftest import Desk
from tests.gui.models.steps import CLICK, WAIT_MS, in_use, names, opened, pick, settled, told

Add = Callable[..., Path]
Start = Callable[[], Desk]


@pytest.fixture(autouse=True)
def plain_dates() -> None:
    QLocale.setDefault(QLocale(QLocale.Language.English))


def live(desk: Desk) -> str | None:
    return desk.window.models.live_id


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
    assert main.toolbar.model.text() == "Model Evening run" and "run-1" in main.toolbar.model.toolTip()
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
        qtbot.mouseClick(window.question.go, CLICK)  # type: ignore[union-attr]
        qtbot.waitUntil(lambda name=name: name not in names(window), timeout=WAIT_MS)  # type: ignore[misc]
        settled(window, qtbot)
        assert told(window) == f"{name} is deleted."
    assert not folder.exists() and not lost.exists() and names(window) == ["default"]
    qtbot.keyClick(models, Qt.Key.Key_Delete)
    assert window.question is None, "the shipped model stays"


def test_export_and_import_again(
    desk: Start, add: Add, qtbot: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    add("run-1", name="Evening run")
    window = opened(desk(), qtbot)
    page = window.list_page
    pick(window, "run-1", qtbot)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(tmp_path / "copy"), ""))
    qtbot.mouseClick(page.export_button, CLICK)
    target = tmp_path / "copy.zip"
    qtbot.waitUntil(lambda: told(window) == f"Saved as {target}", timeout=WAIT_MS)
    settled(window, qtbot)
    assert zipfile.is_zipfile(target)
    qtbot.mouseClick(page.export_button, CLICK)
    qtbot.waitUntil(lambda: "exists. Give another name" in told(window), timeout=WAIT_MS)
    settled(window, qtbot)

    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(target), ""))
    qtbot.mouseClick(page.import_button, CLICK)
    qtbot.waitUntil(lambda: len(names(window)) == 3, timeout=WAIT_MS)
    settled(window, qtbot)
    assert told(window) == "Evening run is imported. It is not in use yet."
    chosen = page.list.chosen
    assert chosen is not None and chosen.origin == "imported" and chosen.beside == chosen.path.name != "run-1"


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("notes.txt", b"no model", "cannot be used"),
        ("model.keras", b"PK", "it can hold code|can hold code"),
        ("empty.onnx", b"", "is empty"),
        ("vast.onnx", None, "too large to be a model"),
    ],
)
def test_what_is_no_model_is_refused_in_a_line(
    desk: Start, qtbot: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, content: bytes | None, why: str
) -> None:
    window = opened(desk(), qtbot)
    path = tmp_path / name
    path.write_bytes(content or b"")
    if content is None:
        with path.open("r+b") as stream:
            stream.truncate(1 << 32)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    qtbot.mouseClick(window.list_page.import_button, CLICK)
    qtbot.waitUntil(lambda: bool(told(window)), timeout=WAIT_MS)
    settled(window, qtbot)
    assert any(part in told(window) for part in why.split("|")) and "\n" not in told(window)
    assert window.warning.isVisible() and names(window) == ["default"]
    assert window.focusWidget() is window.list_page.import_button, "the keyboard is where it was"


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
    assert started.window.toolbar.model.text() == "Model default"
    qtbot.mouseClick(info.action, CLICK)
    window = started.window.models.dialog
    assert window is not None and window.isVisible()
    settled(window, qtbot)


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
        assert window.list_page.list._lines.theme is theme


def test_the_program_can_be_closed_while_a_file_is_checked(
    desk: Start, qtbot: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started = desk()
    window = opened(started, qtbot)
    path = tmp_path / "tiny.onnx"
    path.write_bytes(model_folders.network())
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    qtbot.mouseClick(window.list_page.import_button, CLICK)
    assert window.doing.full == "Checking tiny.onnx…" and window.wait.isVisible()
    assert not window.list_page.import_button.isEnabled()
    started.window.close()
    assert not window.isVisible()


def test_what_is_asked_for_meanwhile_waits_and_a_closed_window_tells_in_the_main_one(
    desk: Start, add: Add, qtbot: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    add("run-1")
    ModelStore.default().activate("run-1")
    started = desk()
    window = opened(started, qtbot)
    path = tmp_path / "tiny.onnx"
    path.write_bytes(model_folders.network())
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    qtbot.mouseClick(window.list_page.import_button, CLICK)
    window.close()
    assert started.window.models.dialog is None
    qtbot.waitUntil(lambda: "tiny is imported" in started.window.info.text.text(), timeout=WAIT_MS)
    started.window.models.import_(tmp_path / "nowhere.zip")
    started.window.models.go_back()
    qtbot.waitUntil(lambda: live(started) == "default", timeout=WAIT_MS)
    assert ModelStore.default().active().id == "default"
