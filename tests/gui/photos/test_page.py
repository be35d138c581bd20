"""The page as a person uses it: opens, watches it fill, filters, looks closer, takes out, pastes, exports."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, Qt
from PySide6.QtGui import QImage

from fer_desktop.gui.photos import pasted
from fer_desktop.gui.photos.choice import Wanted
from fer_desktop.gui.photos.exporting import ANNOTATED
from fer_desktop.gui.photos.page import PhotosPage
from tests.core_values import face
from tests.gui.photos.conftest import WAIT_MS, Reads, Told, at_rest, names, read
from tests.pictures import encoded, picture

GOOD = [f"photo {number}.png" for number in range(1, 11)]
ALL = [*GOOD, "q none.png", "r cut.jpg", "s text.jpg"]


def test_it_fills_in_order_and_says_what_each_photo_is(page: PhotosPage, folder: Path, qtbot: Any, told: Told) -> None:
    assert page.stack.currentWidget() is page.empty
    grown: list[list[str]] = []
    page.collection.changed.connect(lambda: grown.append(names(page)))
    read(page, qtbot, [folder])
    assert names(page) == ALL
    assert all(part == [name for name in ALL if name in part] for part in grown)
    texts = [page.gallery.photos.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(len(ALL))]
    assert texts[0] == "photo 1.png: 1 face, Happy\u00a070\u00a0%"
    assert texts[10] == "q none.png: No face"
    assert texts[11].startswith("r cut.jpg is cut short")
    assert texts[12].startswith("s text.jpg is not an image")
    assert not page.progress.isVisible() and page.filters.shown.text() == "13 photos, 2 unreadable"
    assert told.problems == [] and told.defects == []


def test_a_folder_without_photos_is_told_and_is_no_photo(
    page: PhotosPage, folder: Path, tmp_path: Path, qtbot: Any, told: Told
) -> None:
    (tmp_path / "bare").mkdir()
    page.open([tmp_path / "bare"])
    qtbot.waitUntil(lambda: bool(told.problems) and not page.collection.reading, timeout=WAIT_MS)
    assert told.problems[0].startswith(f"{tmp_path / 'bare'} holds no images")
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.empty, timeout=WAIT_MS)
    assert page.collection.counts().there == 0
    read(page, qtbot, [folder / "r cut.jpg"])
    page.back_to_gallery()
    assert not page.overview.export.isEnabled(), "nothing was read"


def test_the_same_file_is_there_once(page: PhotosPage, folder: Path, tmp_path: Path, qtbot: Any) -> None:
    read(page, qtbot, [folder])
    (tmp_path / "link").symlink_to(folder, target_is_directory=True)
    read(page, qtbot, [tmp_path / "link", folder / ".." / "photos" / "photo 3.png"])
    assert names(page) == ALL
    page.open([folder / "photo 3.png"])
    qtbot.waitUntil(lambda: page.is_large, timeout=WAIT_MS)
    assert page.closer.name == "photo 3.png"
    at_rest(page, qtbot)
    assert names(page) == ALL


def test_more_is_added_to_what_is_there(page: PhotosPage, folder: Path, tmp_path: Path, qtbot: Any) -> None:
    read(page, qtbot, [folder])
    other = tmp_path / "other.png"
    other.write_bytes(encoded(picture(), "PNG"))
    read(page, qtbot, [other, folder / "photo 1.png"])
    assert names(page) == [*ALL, "other.png"]
    qtbot.mouseClick(page.overview.clear, Qt.MouseButton.LeftButton)
    assert page.stack.currentWidget() is page.empty and page.collection.counts().there == 0
    read(page, qtbot, [folder])
    assert names(page) == ALL


def test_filters_and_order(page: PhotosPage, folder: Path, qtbot: Any) -> None:
    read(page, qtbot, [folder])
    page.filters.kind.setCurrentIndex(page.filters.kind.findData("problems"))
    assert names(page) == ["r cut.jpg", "s text.jpg"] and page.filters.shown.text() == "2 of 13 photos, 2 unreadable"
    page.filters.kind.setCurrentIndex(0)
    page.filters.emotion.setCurrentIndex(page.filters.emotion.findText("Happy"))
    page.filters.backwards.setChecked(True)
    assert names(page) == GOOD[::-1]
    page.filters.at_least.setCurrentIndex(page.filters.at_least.findData(80))
    assert names(page) == [] and page.filters.reset.isVisible()
    qtbot.mouseClick(page.filters.reset, Qt.MouseButton.LeftButton)
    assert len(names(page)) == 13
    page.filters.text.setText("10")
    qtbot.waitUntil(lambda: names(page) == ["photo 10.png"], timeout=WAIT_MS)


def test_by_keys_alone(page: PhotosPage, folder: Path, qtbot: Any) -> None:
    read(page, qtbot, [folder])
    page.setFocus()
    assert page.gallery.hasFocus() and page.gallery.current == 0
    qtbot.keyClick(page.gallery, Qt.Key.Key_Right)
    qtbot.keyClick(page.gallery, Qt.Key.Key_Right)
    qtbot.keyClick(page.gallery, Qt.Key.Key_Return)
    assert page.is_large and page.closer.name == "photo 3.png" and page.large.view.hasFocus()
    qtbot.waitUntil(lambda: page.shown_frame is not None and len(page.faces) == 1, timeout=WAIT_MS)
    assert page.shown_analysis is not None and page.shown_analysis.tracks[0].crop.any(), "crops are cut anew"
    qtbot.keyClick(page.large.view, Qt.Key.Key_Tab)
    assert page.chosen == 1 and "Happy" in page.large.view.accessibleDescription()
    assert page.large.view.hasFocus()
    qtbot.keyClick(page.large.view, Qt.Key.Key_Tab)
    assert page.chosen is None and not page.large.view.hasFocus(), "Tab leads on"
    page.large.view.setFocus()
    qtbot.keyClick(page.large.view, Qt.Key.Key_Right)
    assert page.closer.name == "photo 4.png" and page.chosen is None
    assert page.large.bar.place.text() == "4 of 13"
    qtbot.keyClick(page.large.view, Qt.Key.Key_Delete)
    assert page.closer.name == "photo 5.png" and (folder / "photo 4.png").exists()
    qtbot.keyClick(page.large.view, Qt.Key.Key_Escape)
    assert not page.is_large and page.gallery.hasFocus()
    assert page.gallery.current == page.collection.records.find(str(folder / "photo 5.png"))
    qtbot.keyClick(page.gallery, Qt.Key.Key_End)
    qtbot.keyClick(page.gallery, Qt.Key.Key_Delete)
    assert names(page) == [name for name in ALL if name not in ("photo 4.png", "s text.jpg")]
    assert page.gallery.current is not None
    qtbot.keyClick(page.gallery, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(page.gallery, Qt.Key.Key_Delete)
    assert page.stack.currentWidget() is page.empty


def test_a_picture_without_a_file(page: PhotosPage, qtbot: Any, tmp_path: Path, told: Told) -> None:
    image = QImage(90, 60, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    page.paste(image)
    qtbot.waitUntil(lambda: len(page.faces) == 1, timeout=WAIT_MS)
    assert page.is_large and page.closer.name == "Pasted picture 1"
    page.paste(image)
    at_rest(page, qtbot)
    assert names(page) == ["Pasted picture 1", "Pasted picture 2"]
    page.export.begin(tmp_path / "out", ANNOTATED, Wanted())
    qtbot.waitUntil(lambda: bool(told.said), timeout=WAIT_MS)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "Pasted picture 1.png",
        "Pasted picture 2.png",
    ]
    assert QImage(str(tmp_path / "out" / "Pasted picture 1.png")).size() == image.size()


def test_what_is_pasted_is_compressed_elsewhere(page: PhotosPage, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large picture would hold up the window for a second."""
    threads: list[threading.Thread] = []

    class Buffer(QBuffer):
        def __init__(self) -> None:
            super().__init__()
            threads.append(threading.current_thread())

    monkeypatch.setattr(pasted, "QBuffer", Buffer)
    image = QImage(90, 60, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    page.paste(image)
    qtbot.waitUntil(lambda: page.shown_analysis is not None, timeout=WAIT_MS)
    assert len(threads) == 1 and threads[0] is not threading.main_thread()


def test_faces_without_a_label_can_be_looked_for_by_the_reason(
    page: PhotosPage, reads: Reads, folder: Path, qtbot: Any
) -> None:
    default = reads.find
    reads.find = lambda frame: [face(3, 4, 12)] if frame.source.endswith("photo 4.png") else default(frame)
    kind = page.filters.kind
    assert kind.findData("for too small") < 0, "it has not come up"
    read(page, qtbot, [folder])
    for data in ("unlabelled", "for too small"):
        kind.setCurrentIndex(kind.findData(data))
        assert names(page) == ["photo 4.png"]
    assert kind.currentText() == "Too small"
    page.collection.changed.emit()
    assert kind.currentData() == "for too small"


def test_a_filter_that_nothing_passes_says_so(page: PhotosPage, folder: Path, qtbot: Any) -> None:
    read(page, qtbot, [folder])
    assert not page.overview.nothing.isVisible()
    page.filters.kind.setCurrentIndex(page.filters.kind.findData("several faces"))
    assert page.overview.nothing.isVisible()
    qtbot.mouseClick(page.overview.nothing.show_all, Qt.MouseButton.LeftButton)
    assert not page.overview.nothing.isVisible() and len(names(page)) == 13
