"""What can only be known by trying it: a file is written, Qt is started. Each trial leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fer_desktop.core.errors import FerError
from fer_desktop.gui import display

_SECONDS = 60
_QT_PROBE = """
try:
    from PySide6.QtGui import QGuiApplication
except ImportError:
    raise SystemExit(0)
QGuiApplication(["fer-desktop"])
"""
_TRIAL_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class FolderFact:
    purpose: str
    path: str
    writable: bool
    free_mb: float | None = None
    """Room left on its disk; None where the system does not say."""
    why_not: str = ""
    """Why nothing can be written there, in the system's words."""


def folder(purpose: str, path: Path) -> FolderFact:
    """Whether files can be made there, or the folder itself where it does not exist yet: tried with a small file."""
    free_mb = None
    try:
        existing = next((candidate for candidate in (path, *path.parents) if candidate.exists()), path)
        free_mb = round(shutil.disk_usage(existing).free / 1e6, 1)
        # Permissions alone tell nothing of a full disk, a quota or one that is read-only.
        with tempfile.NamedTemporaryFile(dir=existing, prefix=".fer-desktop-doctor.", buffering=0) as file:
            file.write(bytes(_TRIAL_BYTES))
            os.fsync(file.fileno())
    except OSError as error:
        return FolderFact(purpose, str(path), False, free_mb, (error.strerror or str(error)).lower())
    return FolderFact(purpose, str(path), True, free_mb)


def display_problem(environment: Mapping[str, str]) -> str:
    """Asks what the window asks before it starts, then lets Qt try, in a process of its own: it aborts where it fails.

    Linux alone; elsewhere, and where Qt is not installed (the probe of imports tells of that), "".
    """
    if not sys.platform.startswith("linux"):
        return ""
    try:
        display.prepare(timed_run=False, environment=dict(environment))
    except FerError as error:
        return error.what
    if getattr(sys, "frozen", False):
        return ""
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-c", _QT_PROBE],
            env=dict(environment), capture_output=True, text=True, errors="replace", timeout=_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"Qt did not start within {_SECONDS} s"
    if done.returncode == 0:
        return ""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return f"Qt cannot start: {lines[0]}" if lines else f"Qt cannot start (exit status {done.returncode})"
