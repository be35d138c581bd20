"""When set-up runs, when it does not, and what becomes of one that was cut off. No package is installed here."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest
from bootstrap_steps import SetupError, environment, pip_runner

posix_only = pytest.mark.skipif(os.name == "nt", reason="the stand-in for a virtual environment is a symbolic link")
pytestmark = posix_only


def fake_create(venv: Path) -> None:
    """A virtual environment as far as `environment` looks at one."""
    version = ".".join(map(str, sys.version_info[:3]))
    venv.mkdir(exist_ok=True)
    (venv / "pyvenv.cfg").write_text(f"home = {Path(sys.executable).parent}\nversion = {version}\n", encoding="utf-8")
    python = environment.venv_python(venv)
    python.parent.mkdir(exist_ok=True)
    python.symlink_to(sys.executable)


class FakePip:
    """Stands in for pip: records the calls; `failure` is raised by the next one."""

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.failure: BaseException | None = None
        self.prints = ""

    def run(self, python: Path, arguments: Sequence[str], log: Path) -> None:
        self.calls.append(list(arguments))
        log.write_text(self.prints, encoding="utf-8")
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure


@pytest.fixture
def pip(monkeypatch: pytest.MonkeyPatch) -> FakePip:
    fake = FakePip()
    monkeypatch.setattr(pip_runner, "run", fake.run)
    monkeypatch.setattr(environment, "_create", fake_create)
    monkeypatch.setattr(environment, "_works", lambda venv: environment.venv_python(venv).exists())
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda _path: SimpleNamespace(free=10_000_000_000))
    return fake


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "clone of a person"
    (root / "packaging").mkdir(parents=True)
    (root / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (root / "packaging" / "constraints.txt").write_text("numpy==2.4.6\n", encoding="utf-8")
    return root


def test_the_first_call_installs_and_the_second_does_nothing(root: Path, pip: FakePip) -> None:
    python = environment.ensure(root, ["train"])
    assert python == environment.venv_python(root / ".venv")
    assert len(pip.calls) == 2
    for arguments in pip.calls:
        assert arguments[arguments.index("-c") + 1] == str(root / "packaging" / "constraints.txt")
    assert pip.calls[1][-1] == f"{root}[train]"
    environment.ensure(root, ["train"])
    environment.ensure(root, [])
    assert len(pip.calls) == 2


@pytest.mark.parametrize("name", ["pyproject.toml", "packaging/constraints.txt"])
def test_a_changed_pin_is_installed(root: Path, pip: FakePip, name: str) -> None:
    environment.ensure(root, [])
    (root / name).write_text("changed", encoding="utf-8")
    assert not environment.is_ready(root, root / ".venv", [])
    environment.ensure(root, [])
    assert len(pip.calls) == 4


def test_a_moved_clone_is_set_up_again(root: Path, pip: FakePip) -> None:
    environment.ensure(root, [])
    moved = root.rename(root.with_name("elsewhere"))
    assert not environment.is_ready(moved, moved / ".venv", [])


def test_extras_add_up(root: Path, pip: FakePip) -> None:
    environment.ensure(root, ["train"])
    assert not environment.is_ready(root, root / ".venv", ["test"])
    environment.ensure(root, ["test"])
    assert pip.calls[-1][-1].endswith("[test,train]")
    assert environment.is_ready(root, root / ".venv", ["test", "train"])


def test_an_interrupted_set_up_is_begun_anew(root: Path, pip: FakePip) -> None:
    pip.failure = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        environment.ensure(root, [])
    venv = root / ".venv"
    half_installed = venv / "half"
    half_installed.touch()
    assert not environment.is_ready(root, venv, [])
    environment.ensure(root, [])
    assert not half_installed.exists()
    assert environment.is_ready(root, venv, [])


def test_an_installation_that_broke_off_is_begun_anew(root: Path, pip: FakePip) -> None:
    environment.ensure(root, [])
    pip.failure, pip.prints = SetupError("the disk is full"), "Installing collected packages: numpy\n"
    with pytest.raises(SetupError):
        environment.ensure(root, ["test"])
    assert not environment.is_ready(root, root / ".venv", [])


def test_what_was_there_stays_when_the_network_is_gone(root: Path, pip: FakePip) -> None:
    environment.ensure(root, [])
    pip.failure = SetupError("pip cannot reach the package index")
    with pytest.raises(SetupError):
        environment.ensure(root, ["test"])
    assert environment.is_ready(root, root / ".venv", [])
    assert not environment.is_ready(root, root / ".venv", ["test"])


def test_a_python_that_was_removed_is_replaced(root: Path, pip: FakePip) -> None:
    environment.ensure(root, [])
    python = environment.venv_python(root / ".venv")
    python.unlink()
    python.symlink_to(root / "gone")
    assert not environment.is_ready(root, root / ".venv", [])
    environment.ensure(root, [])
    assert python.exists()
    assert environment.is_ready(root, root / ".venv", [])


def test_a_damaged_state_file_is_no_obstacle(root: Path, pip: FakePip) -> None:
    environment.ensure(root, [])
    (root / ".venv" / environment.STATE).write_text("[1, 2", encoding="utf-8")
    assert not environment.is_ready(root, root / ".venv", [])
    environment.ensure(root, [])
    assert environment.is_ready(root, root / ".venv", [])


def test_a_folder_that_is_something_else_is_left_alone(root: Path, pip: FakePip) -> None:
    precious = root / ".venv" / "thesis.txt"
    precious.parent.mkdir()
    precious.touch()
    with pytest.raises(SetupError, match="not a virtual environment"):
        environment.ensure(root, [])
    assert precious.exists()
    assert not pip.calls


def test_too_small_a_disk_is_told_before_the_download(
    root: Path, pip: FakePip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment.shutil, "disk_usage", lambda _path: SimpleNamespace(free=1_000_000_000))
    with pytest.raises(SetupError, match=r"1\.0 GB free"):
        environment.ensure(root, ["train"])
    assert not pip.calls
    assert not (root / ".venv").exists()


def test_the_version_of_a_virtual_environment_is_compared(tmp_path: Path) -> None:
    venv = tmp_path / ".venv"
    fake_create(venv)
    assert environment._works(venv)
    (venv / "pyvenv.cfg").write_text("version = 3.1.4\n", encoding="utf-8")
    assert not environment._works(venv)
