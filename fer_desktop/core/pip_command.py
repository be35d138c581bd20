"""What a person types to install what is missing: for the Python that runs this program, since a terminal may find
another one, or a system's own that takes nothing."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Sequence


def install(*what: str) -> str:
    """Of packages by their names. A program that came as one file has no Python of its own to name."""
    python = "python" if getattr(sys, "frozen", False) else sys.executable or "python"
    return typed([python, "-m", "pip", "install", *what])


def install_extra(name: str) -> str:
    """Of an extra of pyproject.toml."""
    return install(f"fer-desktop[{name}]")


def typed(command: Sequence[str]) -> str:
    """A command as this system's shell takes it, quoted where it has to be."""
    return subprocess.list2cmdline(command) if os.name == "nt" else shlex.join(command)
