"""What a person is told when pip fails, and what pip is given."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from bootstrap_steps import SetupError, pip_runner


@pytest.mark.parametrize(
    ("printed", "told"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        (
            "WARNING: Retrying after connection broken by 'NewConnectionError: Temporary failure in name resolution'\n"
            "ERROR: No matching distribution found for numpy==2.4.6",
            "cannot reach the package index",
        ),
        ("ERROR: No matching distribution found for tensorflow==2.21.0", "no tensorflow==2.21.0 for this Python"),
        ("SSLError(SSLCertVerificationError: CERTIFICATE_VERIFY_FAILED", "certificate"),
        (
            "ERROR: Cannot install hatchling because these package versions have conflicting dependencies.\n"
            "    The user requested hatchling\n    The user requested (constraint) hatchling==1.33.0\n"
            "ERROR: ResolutionImpossible: for help visit the manual",
            "pip finds no hatchling==1.33.0",
        ),
        ("ERROR: something else", "pip failed: something else"),
        ("", "no reason given"),
    ],
)
def test_a_failure_is_told_in_one_line(tmp_path: Path, printed: str, told: str) -> None:
    text = str(pip_runner.explain(printed.splitlines(), tmp_path / "log"))
    assert told in text
    assert "\n" not in text


def test_a_real_failure_reaches_the_person_and_the_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    arguments = ["install", "--no-index", "--find-links", str(tmp_path), "fer-desktop-no-such-package"]
    with pytest.raises(SetupError, match="no fer-desktop-no-such-package"):
        pip_runner.run(Path(sys.executable), arguments, log)
    assert "No matching distribution" in log.read_text(encoding="utf-8")


def test_pip_keeps_its_settings_except_those_that_install_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_TARGET", "elsewhere")
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", "wheels")
    variables = pip_runner.environment()
    assert "PIP_TARGET" not in variables
    assert variables["PIP_USER"] == "0"
    assert variables["PIP_FIND_LINKS"] == "wheels"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Downloading tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl (612.3 MB)", "tensorflow, 612.3 MB"),
        ("Installing collected packages: a, b, c", "3 packages"),
        ("Downloading six-1.17.0-py2.py3-none-any.whl (11 kB)", ""),
        ("Requirement already satisfied: numpy", ""),
    ],
)
def test_only_the_large_steps_are_shown(capsys: pytest.CaptureFixture[str], line: str, shown: str) -> None:
    pip_runner._show(line)
    captured = capsys.readouterr()
    assert not captured.out
    assert (shown in captured.err) if shown else not captured.err
