"""A living source whose faces change from frame to frame, takes that last tenths of seconds, and a child that acts."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from fer_desktop.core.types import Box, Frame, Track
from fer_desktop.gui.samples import taking
from fer_desktop.gui.training import commands, component
from tests.gui.fakes import FakeWorld, track

FAKE = Path(__file__).with_name("fake_child.py")


def living(of: Frame, number: int = 0, box: Box | None = None, label: str | None = "happy", reason: str = "") -> Track:
    """A face whose crop tells the frame and the face that it is of."""
    crop = np.full((48, 48), 10 * number, np.uint8)
    crop[0, :8] = np.frombuffer(of.index.to_bytes(8, "little"), np.uint8)
    return replace(track(number, box, label, reason=reason), crop=crop)


@pytest.fixture
def world() -> FakeWorld:
    world = FakeWorld()
    world.pipeline.tracks = lambda of: (living(of),)
    return world


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "COUNTDOWN_S", 0.1)
    monkeypatch.setattr(taking, "TAKE_S", 0.6)
    monkeypatch.setattr(taking, "EVERY_S", 0.1)


@pytest.fixture
def fake_program(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(commands, "program", lambda: [sys.executable, str(FAKE)])
    monkeypatch.setattr(component, "missing", lambda: [])
    yield
    left = []
    for process in psutil.process_iter(["pid"]):
        with contextlib.suppress(psutil.Error):
            # Not another test's, which may run the same beside this one: each test has a home of its own.
            ours = str(FAKE) in process.cmdline() and process.environ().get("HOME") == os.environ["HOME"]
            if ours and process.status() != psutil.STATUS_ZOMBIE:
                left.append(process.pid)
                process.kill()
    assert not left, "a fine-tuning goes on without its window"
