"""Who works in a run's folder: one process at a time, and others can see whether it still does."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psutil

from fer_desktop import atomic_file
from fer_desktop.core.errors import InputError

FILE: Final = "process.json"
TOLERANCE_S: Final = 2.0


@contextlib.contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Mark the run's folder as this process's. Raises InputError where another one works in it."""
    if is_running(folder):
        raise InputError(f"{folder} is being trained by another process", "Wait for it, or stop it first.")
    process = psutil.Process()
    record = {"schema": 1, "pid": process.pid, "started": process.create_time()}
    atomic_file.write(folder / FILE, json.dumps(record).encode())
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            (folder / FILE).unlink(missing_ok=True)


def is_running(folder: Path) -> bool:
    """Whether a process other than this one trains in the folder. A number used again is told by its start."""
    try:
        record = json.loads((folder / FILE).read_text(encoding="utf-8"))
        process = psutil.Process(int(record["pid"]))
        same = abs(process.create_time() - float(record["started"])) < TOLERANCE_S
        return same and process.pid != psutil.Process().pid and process.status() != psutil.STATUS_ZOMBIE
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return False
