"""A timeline that is open, and one over a history that is known and stands still."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from fer_desktop import resources
from fer_desktop.core.history import History
from fer_desktop.core.types import Analysis, Box
from fer_desktop.gui.timeline.dock import Dock
from tests.gui.conftest import Desk
from tests.gui.fakes import track

WAIT_MS = 15_000


@pytest.fixture(autouse=True)
def own_sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "sessions_dir", lambda: tmp_path / "sessions")


def opened(desk: Desk, qtbot: Any) -> Dock:
    """The dock, once it is there and shows somebody."""
    desk.start()
    qtbot.waitUntil(lambda: bool(desk.window.feed.faces), timeout=WAIT_MS)
    qtbot.keyClick(desk.window, Qt.Key.Key_T)
    qtbot.waitUntil(lambda: desk.window.timeline.dock is not None, timeout=WAIT_MS)
    dock = desk.window.timeline.dock
    assert dock is not None
    qtbot.waitUntil(lambda: dock.shown is not None, timeout=WAIT_MS)
    return dock


def told(
    history: History,
    spans: list[tuple[str | None, float]],
    number: int = 1,
    fps: float = 20,
    shown: int | None = None,
    after_s: float = 0.0,
) -> None:
    """Fill a history with a face that showed each label for so many seconds, up to now, or so long after. shown: the
    number on its card, if another than that of its track."""
    at_s = time.monotonic() + after_s - sum(seconds for _, seconds in spans)
    index = 0
    for label, seconds in spans:
        for _ in range(round(seconds * fps)):
            one = track(number, Box(10, 20, 100, 120), label)
            history.add(Analysis(index, at_s, (640, 360), (one,), "fake"), "Demo", {number: shown or number})
            at_s, index = at_s + 1 / fps, index + 1


@pytest.fixture
def still(desk: Desk, qtbot: Any) -> Dock:
    """A dock over a history of known labels, to which nothing is added."""
    dock = opened(desk, qtbot)
    qtbot.keyClick(desk.window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: desk.window.session.paused, timeout=WAIT_MS)
    while desk.window.session.news()[1] is not None:
        pass
    history = desk.window.timeline.history
    history.clear()
    told(history, [("happy", 150), ("sad", 12), (None, 8), ("surprise", 10)], number=3)
    desk.window.feed.stop()
    dock.refresh(again=True)
    return dock
