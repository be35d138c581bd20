"""What a person does to collect samples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt

from fer_desktop import resources
from fer_desktop.gui.samples.fine_tune_window import FineTuneWindow
from fer_desktop.gui.samples.strip import CollectStrip
from fer_desktop.gui.samples.window import SamplesWindow
from fer_desktop.overlay.layout import Rect
from fer_desktop.samples import Sample, SampleStore
from tests.gui.conftest import Desk

WAIT_MS = 10_000
CLICK = Qt.MouseButton.LeftButton


def living_view(desk: Desk, qtbot: Any, faces: int = 1) -> None:
    desk.start()
    desk.window.activateWindow()
    qtbot.waitUntil(lambda: len(desk.window.feed.faces) == faces, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: len(desk.window.view.placed) == faces, timeout=WAIT_MS)


def opened(desk: Desk, qtbot: Any) -> CollectStrip:
    qtbot.keyClick(desk.window, Qt.Key.Key_C)
    strip = desk.window.samples.collecting.strip
    assert strip is not None and strip.isVisible()
    qtbot.waitUntil(lambda: desk.window.samples.library.samples is not None, timeout=WAIT_MS)
    return strip


def take(desk: Desk, emotion: str, qtbot: Any) -> int:
    """One whole take; how many it gave."""
    samples, strip = desk.window.samples.collecting, desk.window.samples.collecting.strip
    assert strip is not None
    qtbot.mouseClick(strip.buttons[emotion], CLICK)
    qtbot.mouseClick(strip.take, CLICK)
    assert samples.taking.active
    qtbot.waitUntil(lambda: not samples.taking.active, timeout=WAIT_MS)
    at_rest(desk, qtbot)
    return len(samples.taking.kept)


def at_rest(desk: Desk, qtbot: Any) -> None:
    qtbot.waitUntil(lambda: not desk.window.samples.library.busy, timeout=WAIT_MS)


def stored(emotion: str | None = None) -> list[Sample]:
    return [one for one in SampleStore.default().samples() if emotion in (None, one.emotion)]


def files() -> list[Path]:
    folder = resources.user_samples_dir()
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def middle(box: Rect) -> QPoint:
    return QPoint(round(box.x + box.width / 2), round(box.y + box.height / 2))


def give(emotion: str, count: int, burst: str = "hold") -> None:
    """Samples from before, each with a picture of its own."""
    store = SampleStore.default()
    for number in range(count):
        store.add(np.full((48, 48), 5 + number % 250, np.uint8), emotion, burst, "collected")


# In My samples…


def opened_samples(desk: Desk, qtbot: Any) -> SamplesWindow:
    desk.window.actions_.my_samples.trigger()
    window = desk.window.samples.samples_window
    assert window is not None
    at_rest(desk, qtbot)
    qtbot.waitUntil(lambda: not window._refresh.isActive(), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.model.rowCount() == desk.window.samples.library.total, timeout=WAIT_MS)
    return window


def opened_fine_tuning(desk: Desk, qtbot: Any) -> FineTuneWindow:
    """Over twelve samples of either of two emotions: a fine-tuning may begin."""
    give("happy", 12)
    give("sad", 12)
    desk.window.samples.open_fine_tuning()
    window = desk.window.samples.tune_window
    assert window is not None
    qtbot.waitUntil(window.forward.isEnabled, timeout=WAIT_MS)
    return window


def select(window: SamplesWindow, rows: list[int]) -> None:
    window.grid.clearSelection()
    for row in rows:
        window.grid.selectionModel().select(window.model.index(row), QItemSelectionModel.SelectionFlag.Select)


def shown(window: SamplesWindow) -> list[Sample]:
    return [window.model.sample(row) for row in range(window.model.rowCount())]
