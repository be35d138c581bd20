"""The two small modules everything else leans on: files replaced whole, and native logs kept quiet."""

from __future__ import annotations

import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from fer_desktop import atomic_file, native_stderr


def test_a_file_is_replaced_whole_with_usual_permissions(tmp_path: Path) -> None:
    path = tmp_path / "y.json"
    path.write_bytes(b"old")
    atomic_file.write(path, b"new")
    assert path.read_bytes() == b"new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["y.json"]
    if os.name == "posix":
        other = tmp_path / "z"
        other.touch()
        assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)


def test_a_write_that_fails_leaves_the_old_file_and_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "y.json"
    path.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        atomic_file.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["y.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="descriptors are looked at through /dev/fd")
def test_descriptor_2_comes_back_whoever_leaves_last(capfd: pytest.CaptureFixture[str]) -> None:
    entered, may_leave = threading.Event(), threading.Event()

    def hold() -> None:
        with native_stderr.silenced():
            entered.set()
            may_leave.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    assert entered.wait(10)
    with native_stderr.silenced():
        os.write(2, b"unseen\n")
        may_leave.set()
        thread.join(10)
        os.write(2, b"unseen\n")
    os.write(2, b"seen\n")
    assert capfd.readouterr().err == "seen\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_what_is_no_file_is_left_alone_and_a_link_is_followed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path):
        with pytest.raises(OSError, match="not a regular file"):
            atomic_file.write(path, b"new")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "real").write_bytes(b"old")
    atomic_file.write(tmp_path / "link", b"new")
    assert (tmp_path / "real").read_bytes() == b"new"
    assert (tmp_path / "link").is_symlink()
