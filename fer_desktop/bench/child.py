"""The real window in a process of its own, offscreen, with settings as they are after installing."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import psutil

from fer_desktop import resources
from fer_desktop.core.errors import InputError
from fer_desktop.gui.training.commands import program
from fer_desktop.live import memory
from fer_desktop.settings import schema

LONGER_S: Final = 60.0
"""A run that takes so much longer than it was asked to does not end any more."""
_END_S: Final = 10.0
_SLICE_S: Final = 0.2
_UNUSABLE: Final = (2, 3, 4)
"""Exit statuses of a window that could not do it, and said so; any other one is a defect's."""


class DefectError(Exception):
    """The process that was measured crashed, or did not end: exit status 1. In one line, what happened and what to do
    about it."""


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
        """Raises InputError where it could not do what it should, DefectError where it crashed."""
        status = self.process.returncode
        if status in _UNUSABLE:
            raise InputError(
                f"the window that was measured ended with {status} ({self.said})", "See fer-desktop doctor"
            )
        if status:
            raise DefectError(
                f"the window that was measured crashed with {status} ({self.said}). See fer-desktop doctor"
            )


@contextlib.contextmanager
def started(
    command: Sequence[str], folder: Path, one_core: bool = False, settings: Mapping[str, object] | None = None
) -> Iterator[Child]:
    """The process, which ends with the block at the latest. folder: for what it keeps. one_core: it may use one alone
    (where the system can do that, see `has_affinity`). settings: by name, other than as after installing."""
    # Where python.exe only starts the real one, that may hold its files for a moment longer.
    with tempfile.TemporaryDirectory(dir=folder, ignore_cleanup_errors=os.name == "nt") as own:
        chosen = Path(own, "settings.json")
        chosen.write_text(json.dumps({"version": schema.VERSION, **(settings or {})}), encoding="utf-8")
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", resources.SETTINGS_VARIABLE: str(chosen)}
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
                    keep_to_one_core(psutil.Process(process.pid))
            yield Child(process, said)
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """With all that it started. Bounded; does nothing to one that has ended."""
    others: list[psutil.Process] = []
    if process.poll() is None:
        with contextlib.suppress(psutil.Error):
            others = family(psutil.Process(process.pid))[1:]
        process.terminate()
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_END_S)
        finally:  # a second Ctrl+C does not wait
            if process.poll() is None:
                process.kill()
            for one in others:
                with contextlib.suppress(psutil.Error):
                    one.kill()
    process.wait()
    psutil.wait_procs(others, _END_S)


def family(process: psutil.Process) -> list[psutil.Process]:
    """The process, and all that it started: in a virtual environment on Windows python.exe does nothing but start the
    real one. Raises psutil.Error where it has ended."""
    return [process, *process.children(recursive=True)]


def keep_to_one_core(process: psutil.Process) -> None:
    """With what it has started and will start. Raises psutil.NoSuchProcess where it has ended."""
    core = process.cpu_affinity()[:1]
    process.cpu_affinity(core)
    # Looked for when the first has its core already: what it starts from now on inherits that.
    for one in family(process)[1:]:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.cpu_affinity(core)


def held(process: psutil.Process) -> tuple[float, int, int]:
    """Resident memory in MB, threads and open handles of the process and all that it started. Raises psutil.Error where
    it has ended."""
    first, *others = family(process)
    total = _held(first)
    for one in others:
        with contextlib.suppress(psutil.Error):  # it has just ended
            mb, threads, handles = _held(one)
            total = (total[0] + mb, total[1] + threads, total[2] + handles)
    return total


def _held(process: psutil.Process) -> tuple[float, int, int]:
    with process.oneshot():
        return memory.resident_mb(process), memory.threads(process), memory.handles(process)


def has_affinity() -> bool:
    """Whether a process can be kept to one core here, and that would change anything."""
    return hasattr(psutil.Process, "cpu_affinity") and len(psutil.Process().cpu_affinity() or ()) > 1


def measured(
    source: str,
    seconds: float,
    folder: Path,
    one_core: bool = False,
    settings: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    """What `live --stats` says of a run of `seconds`; the rest as `started`. Raises InputError where the window cannot
    do it, DefectError where it crashes."""
    stats = folder / "stats.json"
    stats.unlink(missing_ok=True)
    with started(live(source, seconds, stats), folder, one_core, settings) as child:
        deadline_s = time.monotonic() + seconds + LONGER_S
        while not child.ended_within(_SLICE_S):
            if time.monotonic() > deadline_s:
                raise DefectError("the window that was measured did not end. See fer-desktop doctor")
        child.check()
    result: dict[str, Any] = json.loads(stats.read_text(encoding="utf-8"))
    return result
