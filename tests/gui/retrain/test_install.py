"""Where the training component is missing: what the window says, and its one button."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from fer_desktop import resources
from fer_desktop.core.pip_command import install_extra
from fer_desktop.gui.training import component
from tests.gui.conftest import Desk
from tests.gui.retrain.steps import opened

WAIT_MS = 20000
CLICK = Qt.MouseButton.LeftButton


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str], None]:
    """The component is missing until the file `there` exists; installing it runs this code."""
    there = tmp_path / "there"
    monkeypatch.setattr(component, "missing", lambda: [] if there.exists() else ["keras", "tensorflow"])

    def installer(code: str) -> None:
        code = f"import pathlib, sys, time; there = pathlib.Path({str(there)!r}); {code}"
        monkeypatch.setattr(component, "install_command", lambda: [sys.executable, "-u", "-c", code])

    installer("pass")
    return installer


def test_one_button_installs_it(desk: Desk, qtbot: Any, lacking: Callable[[str], None]) -> None:
    lacking("print('bootstrap: downloading tensorflow, 600 MB', file=sys.stderr); there.touch()")
    window = opened(desk)
    page = window.install_page
    assert window.page is page and "2 GB" in page.text.text() and not window.forward.isEnabled()
    qtbot.mouseClick(page.install, CLICK)
    assert page.wait.isVisible()
    qtbot.waitUntil(window.forward.isEnabled, timeout=WAIT_MS)
    assert "downloading tensorflow" in page.output.toPlainText()
    qtbot.mouseClick(window.forward, CLICK)
    assert window.page is window.data_page


def test_that_it_fails_is_told(desk: Desk, qtbot: Any, lacking: Callable[[str], None]) -> None:
    lacking("print('bootstrap: pip cannot reach the package index'); sys.exit(2)")
    window = opened(desk)
    qtbot.mouseClick(window.install_page.install, CLICK)
    qtbot.waitUntil(window.install_page.warning.isVisible, timeout=WAIT_MS)
    assert "cannot reach the package index" in window.install_page.warning.text.text()
    assert window.install_page.install.isVisible() and not window.forward.isEnabled()


def test_it_can_be_cancelled_and_the_command_copied(desk: Desk, qtbot: Any, lacking: Callable[[str], None]) -> None:
    lacking("time.sleep(60)")
    window = opened(desk)
    page = window.install_page
    qtbot.mouseClick(page.copy, CLICK)
    assert QGuiApplication.clipboard().text() == page.command.text() != ""
    qtbot.mouseClick(page.install, CLICK)
    qtbot.mouseClick(page.cancel, CLICK)
    assert "was stopped" in page.warning.text.text() and page.install.isVisible()


def test_a_frozen_program_says_what_to_install_instead(
    desk: Desk, lacking: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    page = opened(desk).install_page
    assert "came as one file" in page.text.text() and not page.install.isVisible() and not page.copy.isVisible()


def test_a_python_without_tensorflow_is_told(
    desk: Desk, lacking: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(component, "NEWEST_PYTHON", (3, 9))
    page = opened(desk).install_page
    assert "no release for this Python" in page.text.text() and not page.install.isVisible()


def test_the_command_fits_the_installation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    root = tmp_path / "clone"
    (root / "packaging").mkdir(parents=True)
    (root / "packaging" / "bootstrap.py").touch()
    monkeypatch.setattr(resources, "assets_dir", lambda: root / "assets")
    monkeypatch.setattr(sys, "prefix", str(root / ".venv"))
    assert component.install_command()[-3:] == [str(root / "packaging" / "bootstrap.py"), "run", "--version"]
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "other"))
    assert str(root / "packaging" / "constraints.txt") in component.install_command()
    monkeypatch.setattr(resources, "assets_dir", lambda: tmp_path / "site-packages" / "assets")
    assert component.install_command() == [sys.executable, "-m", "pip", "install", "fer-desktop[train]"]
    assert component.shown_command() == install_extra("train")


def test_what_is_blocked_for_a_moment_is_not_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """While MediaPipe loads, the name of TensorFlow is blocked; `json` stands for it."""
    monkeypatch.setattr(component, "NEEDED", ("json", "no_such_package"))
    monkeypatch.setitem(sys.modules, "json", None)
    assert component.missing() == ["no_such_package"]
