"""What the tests of recording share."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fer_desktop.record import session_folder
from fer_desktop.record.recorder import Recorder
from fer_desktop.record.session_folder import Sessions
from fer_desktop.record.session_writer import Wanted


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[Sessions]:
    yield Sessions(tmp_path / "sessions")
    for folder in list(session_folder._held):
        session_folder.let_go(folder)


@pytest.fixture
def recorder(sessions: Sessions) -> Iterator[Callable[..., Recorder]]:
    """Makes recorders and starts them; what a test leaves running is stopped."""
    made: list[Recorder] = []

    def make(wanted: Wanted | None = None, where: Sessions = sessions) -> Recorder:
        made.append(Recorder(where, wanted or Wanted()))
        made[-1].start()
        return made[-1]

    yield make
    for one in made:
        assert one.stop()


def until(condition: Callable[[], object], within_s: float = 10.0) -> None:
    deadline_s = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline_s, "it did not happen"
        time.sleep(0.005)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    try:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)], capture_output=True, check=False
        )
    except OSError:
        pytest.skip("this system has no mount")
    if mounted.returncode:
        pytest.skip("only an administrator makes file systems")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
