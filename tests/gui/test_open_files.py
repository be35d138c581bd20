"""Files that are chosen in a dialog or dropped on the window."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from tests.gui.conftest import Desk
from tests.gui.fakes import frame

WAIT_MS = 5000


@pytest.mark.parametrize("name", ["open_image", "open_video"])
def test_open_asks_for_a_file(desk: Desk, name: str) -> None:
    getattr(desk.window.actions_, name).trigger()
    (opened,) = (child for child in desk.window.findChildren(QFileDialog) if child.isVisible())
    assert opened.nameFilters()[0].startswith("Images" if name == "open_image" else "Videos")
    opened.close()


def drop(desk: Desk, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    where, none = QPoint(100, 100), Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(where, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none)
    QApplication.sendEvent(desk.window, enter)
    assert enter.isAccepted()
    event = QDropEvent(QPointF(where), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, none)
    QApplication.sendEvent(desk.window, event)


def test_a_dropped_video_is_played_and_a_dropped_image_is_read(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    desk.start()
    desk.world.photo = frame(500, 400, source="photo.JPG")
    drop(desk, tmp_path / "film ü.mp4")
    qtbot.waitUntil(lambda: desk.window.live.source_name == "film ü.mp4", timeout=WAIT_MS)
    assert not desk.window.info.isVisible()
    drop(desk, tmp_path / "photo.JPG")
    qtbot.waitUntil(lambda: desk.window.photos.open_now, timeout=WAIT_MS)


def test_of_several_dropped_files_one_is_opened_and_the_rest_is_told(desk: Desk, qtbot: Any, tmp_path: Path) -> None:
    desk.start()
    desk.world.photo = frame(500, 400, source="a.jpg")
    drop(desk, *(tmp_path / name for name in ("a.jpg", "b.jpg", "c.mp4")))
    qtbot.waitUntil(lambda: desk.window.photos.open_now, timeout=WAIT_MS)
    assert desk.window.photos.wanted == tmp_path / "a.jpg"
    assert desk.window.info.isVisible()
    assert desk.window.info.text.text() == "One file at a time: a.jpg was opened, 2 more were not."
