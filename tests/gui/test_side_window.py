"""What every window beside the main one does."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from fer_desktop.gui.side_window import SideWindow

WAIT_MS = 10_000


@pytest.fixture
def main(qtbot: Any) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def opened(main: QWidget, qtbot: Any, size: tuple[int, int] = (500, 400)) -> SideWindow:
    window = SideWindow(main, "Beside", size, (300, 200), QKeySequence("Ctrl+Q"))
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    return window


def test_escape_closes_it_alone_and_the_quit_key_all(main: QWidget, qtbot: Any) -> None:
    window = opened(main, qtbot)
    assert not window.isModal() and (window.width(), window.height()) == (500, 400)
    with qtbot.waitSignal(window.went, timeout=WAIT_MS):
        qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible() and main.isVisible()
    qtbot.keyClick(opened(main, qtbot), Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not main.isVisible(), timeout=WAIT_MS)


def test_it_fits_on_a_small_screen(main: QWidget, qtbot: Any) -> None:
    room = main.screen().availableSize()
    window = opened(main, qtbot, (room.width() + 500, room.height() + 500))
    assert window.width() <= room.width() and window.height() <= room.height()
