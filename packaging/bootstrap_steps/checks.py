"""Every check of the project, each run even where one before it failed: one call shows all that is wrong."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from bootstrap_steps import environment

SOAK_MINUTES = "FER_SOAK_MINUTES"


def commands(root: Path, python: Path, pytest_arguments: Sequence[str]) -> list[tuple[str, list[str]]]:
    """(name, command), in order; pytest comes last, so that its closing line ends the output."""
    return [
        ("ruff check", [str(python), "-m", "ruff", "check", "."]),
        ("ruff format", [str(python), "-m", "ruff", "format", "--check", "."]),
        ("mypy", [str(python), "-m", "mypy"]),
        ("import-linter", [str(environment.script(root / ".venv", "lint-imports"))]),
        # Most tests wait for a window or a process: two at a time take little more than half as long. More would
        # make those slow that measure how soon something comes. In the order of tests/conftest.py: the longest first.
        (
            "pytest",
            [str(python), "-m", "pytest", "-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", *pytest_arguments],
        ),
    ]


def soak(python: Path) -> list[str]:
    """The window watched for leaks, as long as FER_SOAK_MINUTES says: it waits more than it computes."""
    only = ["tests/bench/test_soak.py", "-k", "window_does_not_leak"]
    return [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", *only]


def run_all(root: Path, python: Path, pytest_arguments: Sequence[str]) -> int:
    """0 where all passed, else 1. A soak of minutes runs beside the other checks, and is heard of where it fails."""
    failed: list[str] = []
    minutes = os.environ.pop(SOAK_MINUTES, None)
    beside = _started(soak(python), root, {SOAK_MINUTES: minutes}) if minutes else None
    for name, command in commands(root, python, pytest_arguments):
        if name == "pytest" and failed:
            print(f"\n=== failed so far: {', '.join(failed)}", flush=True)
        print(f"\n=== {name}", flush=True)
        if subprocess.run(command, cwd=root, check=False).returncode:
            failed.append(name)
    if beside is not None:
        said, _ = beside.communicate()
        if beside.returncode:
            print(f"\n=== soak of {minutes} minutes\n{said}", flush=True)
            failed.append("soak")
    return 1 if failed else 0


def _started(command: list[str], root: Path, variables: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=root,
        env={**os.environ, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
