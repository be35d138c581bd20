"""Every check of the project, each run even where one before it failed: one call shows all that is wrong."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from bootstrap_steps import environment


def commands(root: Path, python: Path, pytest_arguments: Sequence[str]) -> list[tuple[str, list[str]]]:
    """(name, command), in order; pytest comes last, so that its closing line ends the output."""
    return [
        ("ruff check", [str(python), "-m", "ruff", "check", "."]),
        ("ruff format", [str(python), "-m", "ruff", "format", "--check", "."]),
        ("mypy", [str(python), "-m", "mypy"]),
        ("import-linter", [str(environment.script(root / ".venv", "lint-imports"))]),
        # Most tests wait for a window or a process: two at a time take little more than half as long. More would
        # make those slow that measure how soon something comes.
        ("pytest", [str(python), "-m", "pytest", "-n", "2", "--dist", "loadfile", *pytest_arguments]),
    ]


def run_all(root: Path, python: Path, pytest_arguments: Sequence[str]) -> int:
    """0 where all passed, else 1."""
    failed: list[str] = []
    for name, command in commands(root, python, pytest_arguments):
        if name == "pytest" and failed:
            print(f"\n=== failed so far: {', '.join(failed)}", flush=True)
        print(f"\n=== {name}", flush=True)
        if subprocess.run(command, cwd=root, check=False).returncode:
            failed.append(name)
    return 1 if failed else 0
