from __future__ import annotations

import os
import shlex
import subprocess
import sys

import pytest

from fer_desktop.core import pip_command


def test_it_is_for_the_python_that_runs_this(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/home/a b/venv/bin/python")
    with monkeypatch.context() as patch:
        patch.setattr(os, "name", "posix")
        command = pip_command.install_extra("osc")
        patch.setattr(os, "name", "nt")
        windows = pip_command.install("torch")
    assert shlex.split(command) == ["/home/a b/venv/bin/python", "-m", "pip", "install", "fer-desktop[osc]"]
    assert "fer-desktop[osc]" not in command.split(), "zsh takes brackets for a pattern"
    assert windows == '"/home/a b/venv/bin/python" -m pip install torch'


def test_the_program_in_one_file_is_no_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert pip_command.install("torch") == "python -m pip install torch"


@pytest.mark.skipif(os.name == "nt", reason="typed into a POSIX shell")
def test_a_shell_takes_it_as_it_stands() -> None:
    command = pip_command.install_extra("osc").replace(" install ", " install --dry-run --no-index --no-deps ")
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=120)
    assert "fer-desktop" in done.stdout + done.stderr and "usage" not in done.stderr.lower()
