"""Models come and go as files; what is none is refused."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from fer_desktop.modelstore.store import ModelStore
from tests import model_folders
from tests.gui.models.steps import CLICK, WAIT_MS, Add, Start, live, names, opened, pick, settled, told


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


def test_a_models_folder_is_imported_too(
    desk: Start, qtbot: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = model_folders.make(tmp_path / "from a friend" / "run-1", "run-1", name="Evening run")
    window = opened(desk(), qtbot)
    answers = ["", str(folder), str(tmp_path)]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: answers.pop(0))
    qtbot.mouseClick(window.list_page.folder_button, CLICK)
    assert not window.doing.text(), "nothing was chosen"
    window.list_page.folder_button.setFocus()
    qtbot.keyClick(window.list_page.folder_button, Qt.Key.Key_Return)
    assert not window.list_page.folder_button.isEnabled() and window.doing.text() == "Checking run-1…"
    qtbot.waitUntil(lambda: names(window) == ["default", "Evening run"], timeout=WAIT_MS)
    settled(window, qtbot)
    assert told(window) == "Evening run is imported. It is not in use yet."
    assert window.focusWidget() is window.list_page.folder_button, "the keyboard is where it was"
    qtbot.mouseClick(window.list_page.folder_button, CLICK)
    qtbot.waitUntil(lambda: "is no model's folder" in told(window), timeout=WAIT_MS)
    settled(window, qtbot)


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


def test_the_program_can_be_closed_while_a_file_is_checked(
    desk: Start, qtbot: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started = desk()
    window = opened(started, qtbot)
    path = tmp_path / "tiny.onnx"
    path.write_bytes(model_folders.network())
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    qtbot.mouseClick(window.list_page.import_button, CLICK)
    assert window.doing.text() == "Checking tiny.onnx…" and window.wait.isVisible()
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
