"""What a person does in the window of Models…, step by step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt

from fer_desktop.gui.models.rows import Row
from fer_desktop.gui.models.window import ModelsWindow
from tests.gui.conftest import Desk

WAIT_MS = 20_000
CLICK = Qt.MouseButton.LeftButton

Add = Callable[..., Path]
Start = Callable[[], Desk]


def live(desk: Desk) -> str | None:
    """The id of the model that reads."""
    return desk.window.models.live_id


def opened(desk: Desk, qtbot: Any) -> ModelsWindow:
    """By its key, and with the list read and checked."""
    qtbot.waitUntil(desk.window.isActiveWindow, timeout=WAIT_MS)
    qtbot.keyClick(desk.window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    window = desk.window.models.dialog
    assert window is not None
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    settled(window, qtbot)
    return window


def settled(window: ModelsWindow, qtbot: Any) -> None:
    """Nothing is under way or about to be."""
    page = window.list_page

    def quiet() -> bool:
        idle = not window._control.work.saying and not page.reading and not window._settled.isActive()
        return idle and bool(page.listing.rows) and all(row.checked for row in page.listing.rows)

    qtbot.waitUntil(quiet, timeout=WAIT_MS)


def names(window: ModelsWindow) -> list[str]:
    return [row.name for row in window.list_page.listing.rows]


def pick(window: ModelsWindow, name: str, qtbot: Any) -> Row:
    """With the arrow keys."""
    models = window.list_page.list
    models.setFocus()
    for _ in range(models.count()):
        if models.chosen is not None and name in (models.chosen.name, models.chosen.path.name):
            break
        at_the_end = models.currentRow() == models.count() - 1
        qtbot.keyClick(models, Qt.Key.Key_Home if at_the_end else Qt.Key.Key_Down)
    assert models.chosen is not None and name in (models.chosen.name, models.chosen.path.name)
    settled(window, qtbot)
    return models.chosen


def in_use(window: ModelsWindow) -> list[str]:
    """The names of the rows that say so."""
    models = window.list_page.list
    said = [models.item(index).data(Qt.ItemDataRole.AccessibleTextRole) for index in range(models.count())]
    return [row.name for row, text in zip(window.list_page.listing.rows, said, strict=True) if "n use" in text]


def told(window: ModelsWindow) -> str:
    return window.warning.text.text() or window.note.text()
