"""Wrong use of the command line: one line that says what is wrong and what to do, exit status 2, nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fer_desktop.cli import COMMANDS, main

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("arguments", "what", "remedy"),
    [
        (["classify"], "PATH", "See fer-desktop classify --help"),
        (["classify", "a.jpg", "--bogus"], "--bogus", "See fer-desktop classify --help"),
        (["live", "--for", "x"], "'x'", "See fer-desktop live --help"),
        (["--for", "x"], "'x'", "See fer-desktop live --help"),
        (["live", "stray"], "stray", "See fer-desktop live --help"),
        (["live", "two\nlines"], "two\\nlines", "See fer-desktop live --help"),
        (["models", "list", "stray"], "stray", "See fer-desktop models --help"),
        (["models", "paint"], "paint", "See fer-desktop models --help"),
        (["no such command", "a.mp4"], '"no such command"', ", ".join(COMMANDS)),
        (["film.mp4"], '"film.mp4"', "There are: live, classify"),
        ([""], 'no command ""', "There are: live, classify"),
        (["live", "--source", "x" * 300], "does not exist", "Name a video file"),
        (["live", "--source", "two\nlines"], "two\\nlines does not exist", "Name a video file"),
        (["live", "--source", ""], "the source is empty", "Name a video file"),
        (["classify", "a.jpg", "--csv", ""], "--csv is empty", "Name a file"),
        (["doctor", "--json", ""], "is empty", "Name a file"),
        (["live", "--source", "nul\0"], "does not exist", "Name a video file"),
    ],
)
def test_wrong_use_is_one_line_with_its_remedy(
    arguments: list[str], what: str, remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("fer-desktop: ")
    assert err.count("\n") == 1
    assert what in err
    assert remedy in err


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], *([name, "--help"] for name in COMMANDS)])
def test_help_and_version_are_no_wrong_use(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 0
    assert "fer-desktop" in capsys.readouterr().out


def test_options_alone_mean_live(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--source", "none.mp4"]) == 2
    assert "none.mp4 does not exist" in capsys.readouterr().err


WATCH_CV2 = """
import os, sys

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name == "cv2":
            names = ("V4L_SELECT_TIMEOUT", "MSMF_ENABLE_HW_TRANSFORMS")
            print("CV2", *(os.environ.get("OPENCV_VIDEOIO_" + name) for name in names), flush=True)
            os._exit(0)

sys.meta_path.insert(0, Watch())
from fer_desktop.cli import main
raise SystemExit(main(["live", "--source", "demo", "--for", "30"]))
"""


@pytest.mark.parametrize(
    ("own", "expected"), [({}, "CV2 3 0"), ({"OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "7"}, "CV2 7 0")]
)
def test_opencv_finds_its_settings_when_it_is_imported(own: dict[str, str], expected: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENCV_")}
    done = subprocess.run(
        [sys.executable, "-c", WATCH_CV2],
        cwd=ROOT, env={**environment, **own, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert done.stdout == expected + "\n", done.stderr
