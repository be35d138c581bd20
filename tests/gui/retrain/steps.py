"""What a person does in the window of Retrain…, step by step."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from fer_desktop.gui.retrain.window import RetrainWindow
from tests.gui.conftest import Desk

WAIT_MS = 20000
CLICK = Qt.MouseButton.LeftButton


def opened(desk: Desk) -> RetrainWindow:
    desk.window.actions_.retrain.trigger()
    assert desk.window.retraining.dialog is not None
    return desk.window.retraining.dialog


def add(window: RetrainWindow, path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    qtbot.mouseClick(window.data_page.add_file, CLICK)


def to_the_plan(window: RetrainWindow, path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    add(window, path, qtbot, monkeypatch)
    qtbot.waitUntil(window.forward.isEnabled, timeout=WAIT_MS)
    qtbot.mouseClick(window.forward, CLICK)
    assert window.page is window.plan_page


def train(window: RetrainWindow, epochs: int, path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    to_the_plan(window, path, qtbot, monkeypatch)
    window.plan_page.epochs.setValue(epochs)
    qtbot.mouseClick(window.forward, CLICK)
    assert window.page is window.run_page


def tab_to(window: RetrainWindow, wanted: Any, qtbot: Any) -> None:
    """With the Tab key alone, and in fewer steps than there are controls."""
    for _ in range(25):
        if window.focusWidget() is wanted:
            return
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    raise AssertionError(f"Tab does not reach {wanted}")
