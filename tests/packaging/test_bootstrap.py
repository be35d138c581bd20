"""The command itself: what it says, what it refuses, and what it hands on."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import bootstrap
import pytest
from bootstrap_steps import SetupError, checks, environment

SCRIPT = Path(bootstrap.__file__)


def call(*arguments: str) -> subprocess.CompletedProcess[str]:
    # -I -S: as on a machine with nothing but Python, and from a folder that is not the project's.
    command = [sys.executable, "-I", "-S", str(SCRIPT), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=SCRIPT.anchor, check=False)


def test_help_needs_nothing_installed() -> None:
    done = call("--help")
    assert done.returncode == 0
    assert "--live-only" in done.stdout
    assert not done.stderr


@pytest.mark.parametrize("arguments", [(), ("start",), ("--fast", "run")])
def test_wrong_use_is_refused_before_anything_is_made(arguments: tuple[str, ...]) -> None:
    done = call(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "run" in done.stderr


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (["run"], (["run"], [], False)),
        (["--live-only", "run", "doctor"], (["run"], ["doctor"], True)),
        (["run", "--live-only", "--source", "x y.mp4"], (["run"], ["--source", "x y.mp4"], True)),
        (["test", "-k", "a", "--live-only"], (["test"], ["-k", "a", "--live-only"], False)),
        ([], ([], [], False)),
    ],
)
def test_arguments_are_handed_on_untouched(given: list[str], expected: tuple[list[str], list[str], bool]) -> None:
    assert bootstrap.split_arguments(given) == expected


def test_an_old_python_is_told_which_one_is_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "sys", SimpleNamespace(version_info=(3, 9, 18), stderr=sys.stderr))
    assert bootstrap.main(["run"]) == 2
    assert capsys.readouterr().err == "bootstrap: Python 3.10 or later is needed, this is 3.9.18.\n"


def test_an_old_python_can_read_the_script() -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 7))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (SetupError("the disk is full", "Make room"), "bootstrap: the disk is full. Make room"),
        (OSError(28, "No space left on device", "x.whl"), "No space left on device: x.whl"),
        (PermissionError(13, "Permission denied", "there"), "no permission: there"),
    ],
)
def test_a_failed_set_up_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: Exception, said: str
) -> None:
    def fail(_extras: list[str]) -> None:
        raise error

    monkeypatch.setattr(bootstrap, "prepare", fail)
    assert bootstrap.main(["run"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert said in lines[0]


def test_live_only_leaves_the_training_component_out(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def stop(extras: list[str]) -> None:
        asked.append(extras)
        raise SetupError("far enough")

    monkeypatch.setattr(bootstrap, "prepare", stop)
    for arguments in (["run"], ["--live-only", "run"], ["test"], ["--live-only", "test"]):
        bootstrap.main(arguments)
    assert asked == [["train"], [], ["test", "train"], ["test"]]


def test_every_check_runs_though_one_fails(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fake(root: Path, python: Path, arguments: list[str]) -> list[tuple[str, list[str]]]:
        return [
            ("first", [str(python), "-c", "print('one'); raise SystemExit(1)"]),
            ("pytest", [str(python), "-c", f"print('closing line {' '.join(arguments)}')"]),
        ]

    monkeypatch.setattr(checks, "commands", fake)
    assert checks.run_all(tmp_path, Path(sys.executable), ["-k", "x"]) == 1
    lines = capfd.readouterr().out.splitlines()
    assert "one" in lines
    assert "=== failed so far: first" in lines
    assert lines[-1] == "closing line -k x"


@pytest.mark.parametrize(("status", "heard"), [(0, False), (3, True)])
def test_a_soak_runs_beside_and_is_heard_of_where_it_fails(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path, status: int, heard: bool
) -> None:
    """The tests themselves do not soak as well."""
    variable = f"import os; print('minutes', os.environ.get('{checks.SOAK_MINUTES}'))"
    monkeypatch.setenv(checks.SOAK_MINUTES, "3")
    monkeypatch.setattr(checks, "commands", lambda *_: [("pytest", [sys.executable, "-c", variable])])
    monkeypatch.setattr(checks, "soak", lambda _: [sys.executable, "-c", f"{variable}; raise SystemExit({status})"])
    assert checks.run_all(tmp_path, Path(sys.executable), []) == int(heard)
    said = capfd.readouterr().out
    assert "minutes None" in said
    assert ("minutes 3" in said) is heard


def test_the_checks_of_the_project_are_all_there(tmp_path: Path) -> None:
    listed = checks.commands(tmp_path, environment.venv_python(tmp_path / ".venv"), ["-x"])
    assert [name for name, _ in listed] == ["ruff check", "ruff format", "mypy", "import-linter", "pytest"]
    assert listed[-1][1][-1] == "-x"
