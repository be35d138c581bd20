"""Snapshots get names of their own, however fast they follow each other."""

from __future__ import annotations

import datetime
import errno
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtGui import QColor, QImage

from fer_desktop.gui import snapshot
from fer_desktop.gui.snapshot import SnapshotSaver, free_name, write_png

WAIT_MS = 5000
NOW = datetime.datetime(2026, 1, 31, 14, 5, 9)


def picture(colour: str) -> QImage:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


def test_names_that_are_taken_or_reserved_get_a_number(tmp_path: Path) -> None:
    first = free_name(tmp_path, NOW)
    assert first.name == "FER 2026-01-31 at 14.05.09.png"
    first.touch()
    second = free_name(tmp_path, NOW)
    assert second.name == "FER 2026-01-31 at 14.05.09 (2).png"
    assert free_name(tmp_path, NOW, [second]).name == "FER 2026-01-31 at 14.05.09 (3).png"


def test_two_snapshots_in_one_second_are_two_files(tmp_path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Clock(datetime.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Clock:
            return cls(2026, 1, 31, 14, 5, 9)

    monkeypatch.setattr(snapshot.datetime, "datetime", Clock)
    gate = threading.Event()

    def slow(image: QImage, path: Path) -> str:
        gate.wait(WAIT_MS / 1000)
        return write_png(image, path)

    monkeypatch.setattr(snapshot, "write_png", slow)
    saved: list[str] = []
    parent = QObject()
    saver = SnapshotSaver(parent)
    saver.saved.connect(lambda path, problem: saved.append(path + problem))
    saver.save(picture("red"), tmp_path)
    saver.save(picture("blue"), tmp_path)
    gate.set()
    qtbot.waitUntil(lambda: len(saved) == 2, timeout=WAIT_MS)
    saver.finish()
    assert sorted(saved) == sorted(str(path) for path in tmp_path.iterdir())
    colours = {QImage(path).pixelColor(4, 4).name() for path in saved}
    assert colours == {"#ff0000", "#0000ff"}


def test_a_picture_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    assert write_png(picture("red"), tmp_path / "x.png") == ""
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1


def test_a_full_disk_is_told_in_the_systems_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    assert write_png(picture("red"), tmp_path / "x.png") == "No space left on device"
    assert not list(tmp_path.iterdir())
