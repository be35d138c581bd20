"""What a run with `--for` writes, and what it says where it cannot."""

from __future__ import annotations

import errno
import json
import os
import signal
import stat
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from fer_desktop import atomic_file
from fer_desktop.core.errors import Cancelled, InputError
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


@pytest.mark.parametrize("name", ["shot.xyz", "shot", "-"])
def test_a_screenshot_is_named_as_what_it_is(tmp_path: Path, name: str) -> None:
    world = FakeWorld()
    with pytest.raises(InputError, match=r"does not end in \.png"):
        run(LiveOptions("demo", 20.0, screenshot=Path(name) if name == "-" else tmp_path / name), world.composition())
    assert world.made == []


@pytest.mark.parametrize("broken", ["png", "json"])
def test_of_two_results_one_is_written_where_the_other_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    write = atomic_file.write

    def full(path: Path, content: bytes) -> None:
        if path.suffix == f".{broken}":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        write(path, content)

    monkeypatch.setattr(atomic_file, "write", full)
    with pytest.raises(InputError) as told:
        run(LiveOptions("demo", 0.3, tmp_path / "s.png", tmp_path / "s.json"), FakeWorld().composition())
    assert f"s.{broken} cannot be written: {os.strerror(errno.ENOSPC)}" in str(told.value)
    assert "\n" not in str(told.value)
    written = {"png": "s.json", "json": "s.png"}[broken]
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [written]


def test_the_figures_go_to_stdout_where_asked(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(LiveOptions("demo", 0.3, stats=Path("-")), FakeWorld().composition()) == 0
    assert json.loads(capfdbinary.readouterr().out)["source"] == "Demo"
    assert not Path("-").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_an_interrupted_run_leaves_both_its_files(tmp_path: Path) -> None:
    def interrupt_once_it_shows() -> None:
        windows = [one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow) and one.isVisible()]
        if windows and windows[0].session.statistics().displayed:
            timer.stop()
            os.kill(os.getpid(), signal.SIGINT)

    timer = QTimer()
    timer.timeout.connect(interrupt_once_it_shows)
    timer.start(20)
    with pytest.raises(Cancelled):
        run(LiveOptions("demo", 20.0, tmp_path / "s.png", tmp_path / "s.json"), FakeWorld().composition())
    assert json.loads((tmp_path / "s.json").read_text())["frames"]["displayed"] > 0
    assert QImage(str(tmp_path / "s.png")).width() >= 800


def test_a_photo_named_as_the_source_is_read_as_a_photo(tmp_path: Path) -> None:
    world, photo = FakeWorld(), tmp_path / "face.JPG"
    Image.new("RGB", (320, 240), (200, 200, 200)).save(photo)
    seen: list[Any] = []

    def look() -> None:
        window = next(
            widget for widget in QApplication.topLevelWidgets() if isinstance(widget, MainWindow) and widget.isVisible()
        )
        page = window.page_control.photos
        assert page is not None
        seen.extend([page.shown_frame, len(page.faces)])

    QTimer.singleShot(1600, look)
    stats = tmp_path / "s.json"
    assert run(LiveOptions(str(photo), 2.0, tmp_path / "s.png", stats), world.composition()) == 0
    assert seen[0].size == (320, 240) and seen[1] == 1 and world.made == []
    assert json.loads(stats.read_text())["frames"]["captured"] == 0


def test_a_photo_that_cannot_be_read_ends_a_timed_run(tmp_path: Path) -> None:
    path = tmp_path / "face.jpg"
    path.write_text("no face")
    with pytest.raises(InputError, match="is not an image"):
        run(LiveOptions(str(path), 20.0), FakeWorld().composition())


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
