"""A window over fakes, with settings of its own, whose threads must have ended when the test has."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from fer_desktop import resources
from fer_desktop.gui import task
from fer_desktop.gui.main_window import MainWindow
from fer_desktop.gui.sources import Choice
from fer_desktop.gui.theme import ThemeKeeper
from fer_desktop.settings.store import SettingsStore
from tests.gui.fakes import FakeWorld

READING_S = 20.0
"""What only reads is not waited for when a window closes; it must come to an end all the same."""


@dataclass
class Desk:
    """The window under test, and the world it lives in."""

    window: MainWindow
    world: FakeWorld
    settings_path: Path

    def start(self, spec: str | None = "demo") -> None:
        self.window.start(Choice.parse(spec))

    def saved(self) -> Any:
        """The settings as another start would read them."""
        return SettingsStore(self.settings_path).settings


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the person who runs the tests is read or written."""
    monkeypatch.setattr(resources, "settings_file", lambda: tmp_path / "config" / "settings.json")
    monkeypatch.setattr(resources, "pictures_dir", lambda: tmp_path / "pictures")
    monkeypatch.setattr(resources, "log_dir", lambda: tmp_path / "log")
    monkeypatch.setattr(resources, "sessions_dir", lambda: tmp_path / "sessions")


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


@pytest.fixture
def make_desk(qtbot: Any, qapp: QApplication, world: FakeWorld) -> Iterator[Callable[[], Desk]]:
    before = set(threading.enumerate())
    made: list[MainWindow] = []
    keepers: list[ThemeKeeper] = []

    def make() -> Desk:
        path = resources.settings_file()
        store = SettingsStore(path)
        keepers.append(ThemeKeeper(qapp, store.settings.theme))
        window = MainWindow(world.composition(), store, keepers[-1])
        made.append(window)
        qtbot.addWidget(window)
        window.show()
        return Desk(window, world, path)

    yield make
    for window in made:
        window.close()
    for keeper in keepers:
        # A child of the application: it would follow the system's theme in every test to come.
        keeper.deleteLater()
    new = set(threading.enumerate()) - before
    for thread in new:
        if thread.name == task.NAME:
            thread.join(READING_S)
    left = [thread.name for thread in new if thread.is_alive()]
    assert not left, f"threads left running: {left}"


@pytest.fixture
def desk(make_desk: Callable[[], Desk]) -> Desk:
    return make_desk()
