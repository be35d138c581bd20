"""Files that are chosen in a dialog or dropped on the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from tests.gui.conftest import Desk

WAIT_MS = 5000


@pytest.mark.parametrize(
    ("name", "kind"),
    [("open_photos", "Photos"), ("open_folder", ""), ("open_recording", "Recordings"), ("open_video", "Videos")],
)
def test_open_asks_for_files(desk: Desk, name: str, kind: str) -> None:
    getattr(desk.window.actions_, name).trigger()
    (opened,) = (child for child in desk.window.findChildren(QFileDialog) if child.isVisible())
    if kind:
        assert opened.nameFilters()[0].startswith(kind)
    else:
        assert opened.fileMode() is QFileDialog.FileMode.Directory
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
