"""The system's libraries: what is missing, and the one command that brings it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from bootstrap_steps import SetupError, system_packages


def loader(*absent: str) -> Callable[[str], object]:
    def load(soname: str) -> object:
        if soname in absent:
            raise OSError(f"{soname}: cannot open shared object file")
        return soname

    return load


def test_missing_libraries_are_named_with_their_packages() -> None:
    missing = system_packages.missing_libraries(loader("libEGL.so.1", "libgthread-2.0.so.0", "libglib-2.0.so.0"))
    assert missing == ["libEGL.so.1", "libglib-2.0.so.0", "libgthread-2.0.so.0"]
    assert system_packages.packages_for(missing) == ["libegl1", "libglib2.0-0"]


@pytest.mark.parametrize(
    ("tool", "command"),
    [
        ("apt-get", "Run: sudo apt-get install --no-install-recommends libegl1"),
        ("dnf", "Run: sudo dnf install 'libEGL.so.1()(64bit)'"),
        ("zypper", "Run: sudo zypper install 'libEGL.so.1()(64bit)'"),
        ("none", "Install the packages that hold libEGL.so.1"),
    ],
)
def test_the_remedy_fits_the_system(monkeypatch: pytest.MonkeyPatch, tool: str, command: str) -> None:
    monkeypatch.setattr(system_packages.shutil, "which", lambda name: name if name == tool else None)
    assert system_packages.remedy_for(["libEGL.so.1"]) == command


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux takes libraries from the system")
def test_without_the_right_to_install_the_command_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_packages, "missing_libraries", lambda: ["libxcb-cursor.so.0"])
    monkeypatch.setattr(system_packages, "may_install", lambda: False)
    with pytest.raises(SetupError, match=r"libxcb-cursor\.so\.0") as caught:
        system_packages.ensure_libraries()
    assert caught.value.remedy


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="apt-get is Linux's")
def test_a_failed_apt_is_told_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []

    def run(command: list[str], **_options: object) -> subprocess.CompletedProcess[str]:
        calls.append(command)
        return subprocess.CompletedProcess(command, 100, "", "E: Unable to locate package libegl1\n")

    monkeypatch.setattr(system_packages.subprocess, "run", run)
    monkeypatch.setattr(system_packages.os, "geteuid", lambda: 1000)
    with pytest.raises(SetupError, match="Unable to locate package") as caught:
        system_packages.install(["libegl1"])
    assert "apt-get install" in caught.value.remedy
    assert all(command[:2] == ["sudo", "-n"] for command in calls), "sudo must not wait for a password"
