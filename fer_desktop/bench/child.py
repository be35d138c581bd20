"""The real window in a process of its own, offscreen, with settings as they are after installing."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import psutil

from fer_desktop.core.errors import InputError
from fer_desktop.gui.training.commands import program

LONGER_S: Final = 60.0
"""A run that takes so much longer than it was asked to does not end any more."""
_END_S: Final = 10.0
_SLICE_S: Final = 0.2


def live(source: str, seconds: float, stats: Path) -> list[str]:
    return [*program(), "live", "--source", source, "--for", f"{seconds:g}", "--stats", str(stats)]


class Child:
    """A running process. `said`: the last line it wrote to stderr."""

    def __init__(self, process: subprocess.Popen[bytes], said: Path) -> None:
        self.process = process
        self._said = said

    @property
    def said(self) -> str:
        lines = self._said.read_text(encoding="utf-8", errors="replace").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def ended_within(self, seconds: float) -> bool:
        """Waits so long at most."""
        deadline_s = time.monotonic() + seconds
        # Not one long wait: on Windows it would not notice Ctrl+C.
        while self.process.poll() is None and (left_s := deadline_s - time.monotonic()) > 0:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(min(left_s, _SLICE_S))
        return self.process.poll() is not None

    def check(self) -> None:
        """Raises InputError where it ended otherwise than well."""
        if self.process.returncode:
            raise InputError(
                f"the window that was measured ended with {self.process.returncode} ({self.said})",
                "See fer-desktop doctor",
            )


@contextlib.contextmanager
def started(command: Sequence[str], folder: Path, one_core: bool = False) -> Iterator[Child]:
    """The process, which ends with the block at the latest. folder: for what it keeps. one_core: it may use one alone
    (where the system can do that, see `has_affinity`)."""
    with tempfile.TemporaryDirectory(dir=folder) as own:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": own}
        # What QT_SCALE_FACTOR and its like would change is the window's size, and with it what painting costs.
        environment = {name: value for name, value in environment.items() if not name.startswith("QT_SCALE")}
        said = Path(own, "stderr")
        with said.open("wb") as stderr:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr, env=environment
            )
        try:
            if one_core:
                # Before it has any thread but the first: on Linux the others are given the cores of that one.
                with contextlib.suppress(psutil.NoSuchProcess):
                    other = psutil.Process(process.pid)
                    other.cpu_affinity(other.cpu_affinity()[:1])
            yield Child(process, said)
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Bounded; does nothing to one that has ended."""
    if process.poll() is None:
        process.terminate()
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_END_S)
        finally:  # a second Ctrl+C does not wait
            if process.poll() is None:
                process.kill()
    process.wait()


def has_affinity() -> bool:
    """Whether a process can be kept to one core here, and that would change anything."""
    return hasattr(psutil.Process, "cpu_affinity") and len(psutil.Process().cpu_affinity() or ()) > 1


def measured(source: str, seconds: float, folder: Path, one_core: bool = False) -> dict[str, Any]:
    """What `live --stats` says of a run of `seconds`. Raises InputError where the window cannot do it."""
    stats = folder / "stats.json"
    stats.unlink(missing_ok=True)
    with started(live(source, seconds, stats), folder, one_core) as child:
        deadline_s = time.monotonic() + seconds + LONGER_S
        while not child.ended_within(_SLICE_S):
            if time.monotonic() > deadline_s:
                raise InputError("the window that was measured did not end", "See fer-desktop doctor")
        child.check()
    result: dict[str, Any] = json.loads(stats.read_text(encoding="utf-8"))
    return result
