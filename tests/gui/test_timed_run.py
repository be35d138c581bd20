"""What a run with `--for` writes, and what it says where it cannot."""

from __future__ import annotations

import json
import os
import stat
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from fer_desktop.core.errors import InputError
from fer_desktop.gui.app import run
from fer_desktop.gui.composition import LiveOptions
from fer_desktop.gui.main_window import MainWindow
from tests.gui.fakes import FakeSource, FakeWorld

pytestmark = pytest.mark.usefixtures("qapp")


def test_results_without_a_place_are_told_before_the_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        run(LiveOptions("demo", 20.0, stats=tmp_path / "none" / "s.json"), FakeWorld().composition())
    with pytest.raises(InputError, match="is a folder"):
        run(LiveOptions("demo", 20.0, screenshot=tmp_path), FakeWorld().composition())


@pytest.mark.parametrize("name", ["x" * 300, "ä" * 200, "file/s.json"])
def test_a_name_that_no_file_can_have_is_told_before_the_run(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    world = FakeWorld()
    with pytest.raises(InputError, match="cannot be written") as told:
        run(LiveOptions("demo", 20.0, stats=tmp_path / name), world.composition())
    assert "\n" not in str(told.value) and world.made == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a pipe with a name")
def test_a_device_or_pipe_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    # Never a real device here: a program that fails this test would put a file in its place.
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="is a device or pipe"):
        run(LiveOptions("demo", 20.0, stats=pipe), FakeWorld().composition())


def test_the_seconds_of_a_run_are_those_in_which_it_was_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not those in which the window is made, threads end and the picture is encoded."""
    world, stats = FakeWorld(), tmp_path / "s.json"

    class Lingering(FakeSource):
        def close(self) -> None:
            time.sleep(0.6)
            super().close()

    world.make_source = lambda spec: Lingering("Demo")  # type: ignore[method-assign]
    make = MainWindow.__init__

    def slowly(self: MainWindow, *arguments: Any) -> None:
        time.sleep(0.6)
        make(self, *arguments)

    monkeypatch.setattr(MainWindow, "__init__", slowly)
    began_s = time.monotonic()
    assert run(LiveOptions("demo", 1.0, tmp_path / "s.png", stats), world.composition()) == 0
    whole_s = time.monotonic() - began_s
    values = json.loads(stats.read_text(encoding="utf-8"))
    assert 0.99 <= values["seconds"] <= whole_s - 1.1
    frames = values["frames"]
    assert frames["captured"] == frames["analysed"] + frames["dropped"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_the_figures_have_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    assert run(LiveOptions("demo", 0.3, stats=tmp_path / "s.json"), FakeWorld().composition()) == 0
    assert len({stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir() if path.is_file()}) == 1
    assert {path.name for path in tmp_path.iterdir() if path.is_file()} == {"plain", "s.json"}
