"""The page over a real recording of numbered pictures, and a pipeline that knows what it will say of each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtWidgets import QDialog

from fer_desktop import resources
from fer_desktop.core.types import Analysis, Box, Face, Frame, Track
from fer_desktop.gui import task
from fer_desktop.gui.recordings.document import Document
from fer_desktop.gui.recordings.page import RecordingsPage
from fer_desktop.gui.theme import DARK
from fer_desktop.offline.video import LOOK_BACK, FrameResult
from fer_desktop.offline.video_copy import AnnotatedCopy
from fer_desktop.settings.store import SettingsStore
from tests.gui.fakes import FakePipeline, FakeWorld, track
from tests.numbered_videos import SIZE, number_of, write_numbered

WAIT_MS = 20_000
COUNT = 75
"""Three seconds."""


def performed(frame: Frame) -> tuple[Track, ...]:
    """Face 1: sad for a second and a half, then happy; away in the last half second. Face 2: neutral, from the second
    second on, too small to tell in the end."""
    index = frame.index
    faces = []
    if index < 63:
        faces.append(_face(1, 8.0, "sad" if index < 38 else "happy"))
    if index >= 25:
        faces.append(_face(2, 56.0, "neutral" if index < 55 else None))
    return tuple(faces)


def _face(number: int, x: float, label: str | None) -> Track:
    made = track(number, Box(x, 10, 24, 30), label)
    return replace(made, face=Face(made.face.box, 0.9, np.full((6, 2), made.face.box.centre, np.float32)))


@dataclass
class Dialogs:
    """Remembers what was to be opened, and opens it without stopping anything."""

    opened: list[QDialog] = field(default_factory=list)

    def open(self, dialog: QDialog) -> None:
        self.opened.append(dialog)
        dialog.open()


@dataclass
class Gate:
    """Lets the results of so many pictures through; more when told."""

    allowed: int = 1_000_000
    condition: threading.Condition = field(default_factory=threading.Condition)
    closed: bool = False

    def let(self, count: int) -> None:
        """A result waits for those of the next pictures."""
        with self.condition:
            self.allowed = count and count + LOOK_BACK
            self.condition.notify_all()

    def close(self) -> None:
        with self.condition:
            self.closed = True
            self.condition.notify_all()

    def wait_for(self, index: int) -> None:
        with self.condition:
            self.condition.wait_for(lambda: self.closed or index < self.allowed, 20)


class Gated(FakePipeline):
    """Waits at the gate before each picture."""

    gate: Gate

    def analyse(self, of: Frame) -> Analysis:
        self.gate.wait_for(of.index)
        return super().analyse(of)


@dataclass
class Desk:
    page: RecordingsPage
    dialogs: Dialogs
    gate: Gate
    told: list[tuple[str, bool]]
    refused: list[str]
    bot: Any
    find: Callable[[Frame], Sequence[Track]] = performed
    """What the next pipeline sees in a picture."""

    def until(self, there: Callable[[], object]) -> None:
        self.bot.waitUntil(lambda: bool(there()), timeout=WAIT_MS)

    def open(self, path: Path) -> None:
        """And wait until it was read, and all that follows from it is known."""
        self.page.open(path)
        self.until(lambda: self.page.reader is None or not self.page.reader.running)
        self.until(lambda: not self.page.player.waits)
        self.until(lambda: self.page.document is None or self.page.document._looking is None)

    def at(self, number: int) -> None:
        """Wait until that picture is shown."""
        self.until(lambda: self.page.display.number == number and not self.page.player.waits)


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def desk(qtbot: Any, tmp_path: Path, gate: Gate) -> Iterator[Desk]:
    before = set(threading.enumerate())

    made: list[Desk] = []

    def make_pipeline() -> Gated:
        pipeline = Gated(made[0].find)
        pipeline.gate = gate
        return pipeline

    composition = replace(
        FakeWorld().composition(), make_video_pipeline=make_pipeline, model_name=lambda model: f"The {model} one"
    )
    dialogs = Dialogs()
    page = RecordingsPage(composition, SettingsStore(resources.settings_file()), dialogs)
    qtbot.addWidget(page)
    page.set_theme(DARK)
    page.resize(1100, 680)
    page.show()
    told: list[tuple[str, bool]] = []
    refused: list[str] = []
    page.told.connect(lambda text, warning: told.append((text, warning)))
    page.refused.connect(refused.append)
    made.append(Desk(page, dialogs, gate, told, refused, qtbot))
    yield made[0]
    gate.close()
    page.shut_down()
    for thread in set(threading.enumerate()) - before:
        if thread.name == task.NAME:
            thread.join(10)
    left = [thread.name for thread in set(threading.enumerate()) - before if not thread.name.startswith("Dummy-")]
    assert not left, f"threads left running: {left}"


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    assert SIZE == (96, 64)
    return write_numbered(tmp_path / "talk.mp4", COUNT)


@pytest.fixture
def document(desk: Desk, recording: Path) -> Document:
    desk.open(recording)
    assert desk.page.document is not None
    return desk.page.document


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """No picture of a copy is written before this is set."""
    go_on, add = threading.Event(), AnnotatedCopy.add

    def added(self: AnnotatedCopy, result: FrameResult) -> None:
        go_on.wait(20)
        add(self, result)

    monkeypatch.setattr(AnnotatedCopy, "add", added)
    yield go_on
    go_on.set()


def write(desk: Desk, form: str, target: Path) -> Path:
    desk.page.export.write(form, target)
    desk.until(lambda: desk.page.export.job is None)
    return target


def shown_number(desk: Desk) -> int:
    """The number that the picture on the screen carries."""
    image = desk.page.display._frame
    assert image is not None
    return number_of(image.bgr)


@pytest.fixture
def record() -> Iterator[Callable[..., Path]]:
    from tests.gui.recordings.recorded import recorder  # which needs this module

    yield from recorder()
