"""`fer-desktop live`: what is wrong with the command line is said in one line, before any window."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fer_desktop import cli, resources


def live(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    try:
        status = cli.main(["live", *arguments])
    except SystemExit as end:
        status = int(end.code or 0)
    return status, capsys.readouterr().err


@pytest.mark.parametrize("seconds", ["0", "-1", "soon", "nan", "inf"])
def test_for_takes_seconds_above_zero(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = live(f"--for={seconds}", capsys=capsys)
    assert status == 2 and "not a number of seconds above 0" in said


def test_a_missing_file_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, said = live("--source", str(tmp_path / "kein Film ü.mp4"), capsys=capsys)
    assert status == 2 and "kein Film ü.mp4 does not exist" in said and said.count("\n") == 1


def test_a_folder_is_no_source(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    status, said = live("--source", str(tmp_path), capsys=capsys)
    assert status == 2 and "is a folder" in said and "classify" in said


def test_a_screenshot_needs_an_end(capsys: pytest.CaptureFixture[str]) -> None:
    status, said = live("--screenshot", "x.png", capsys=capsys)
    assert status == 2 and "Add --for SECONDS" in said


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can be without a display")
def test_without_a_display_one_line_says_how_to_mend_it() -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    done = subprocess.run(
        [sys.executable, "-m", "fer_desktop", "--source", "demo"],
        cwd=Path(resources.__file__).parents[1],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "--for SECONDS" in done.stderr
