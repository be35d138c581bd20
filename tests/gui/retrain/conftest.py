"""The window of Retrain… over children that only act as if they trained."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from fer_desktop.gui.training import commands, component

FAKE = Path(__file__).with_name("fake_child.py")


@pytest.fixture
def fake_program(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Children that are left alone end with the test."""
    monkeypatch.setattr(commands, "program", lambda: [sys.executable, str(FAKE)])
    monkeypatch.setattr(component, "missing", lambda: [])
    yield
    for process in psutil.process_iter(["pid"]):
        with contextlib.suppress(psutil.Error):
            # Not another test's, which may run the same beside this one: each test has a home of its own.
            if str(FAKE) in process.cmdline() and process.environ().get("HOME") == os.environ["HOME"]:
                process.kill()


@pytest.fixture
def data_file(tmp_path: Path) -> Path:
    path = tmp_path / "faces.csv"
    path.touch()
    return path
