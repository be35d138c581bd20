"""One photo large: its faces with their crops, and why they got their labels."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, Qt

from fer_desktop.core import emotions
from fer_desktop.gui.photos.page import PhotosPage
from fer_desktop.gui.photos.pictures import Loader
from fer_desktop.gui.photos.reader import Maps
from fer_desktop.gui.photos.records import Records
from tests.core_values import prediction
from tests.gui.photos.conftest import WAIT_MS, Reads, Told, read
from tests.pictures import encoded, picture


def test_why_asks_for_maps_of_the_photo_that_is_shown(page: PhotosPage, reads: Reads, folder: Path, qtbot: Any) -> None:
    read(page, qtbot, [folder])
    page.open_large(0)
    qtbot.waitUntil(lambda: page.shown_frame is not None, timeout=WAIT_MS)
    assert reads.with_maps == 0
    with qtbot.waitSignal(page.why_toggled) as toggled:
        qtbot.keyClick(page.large.view, Qt.Key.Key_W)
    assert toggled.args == [True] and page.look.why
    qtbot.waitUntil(lambda: page.faces[0].prediction.maps is not None, timeout=WAIT_MS)
    assert reads.with_maps == 1
    page.set_look(replace(page.look, why=False))
    assert not page.large.bar.why.isChecked()


def test_a_model_without_maps_is_told_once(
    page: PhotosPage, reads: Reads, folder: Path, qtbot: Any, told: Told
) -> None:
    reads.classify = lambda crops, maps=False: Reads().classify(crops)  # type: ignore[method-assign]
    read(page, qtbot, [folder])
    page.closer.set_why(True)
    for record in (0, 1):
        page.open_large(record)
        qtbot.waitUntil(lambda: page.shown_frame is not None, timeout=WAIT_MS)
        qtbot.waitUntil(lambda: not page.collection._timer.isActive(), timeout=WAIT_MS)
    assert told.problems == ["This model cannot show why."]


def test_one_photo_is_shown_large_before_it_is_read(page: PhotosPage, reads: Reads, folder: Path, qtbot: Any) -> None:
    reads.may_go_on.clear()
    page.open([folder / "photo 1.png"])
    qtbot.waitUntil(lambda: page.is_large and page.shown_frame is not None, timeout=WAIT_MS)
    assert page.large.view._message == "Reading photo 1.png…" and page.faces == ()
    reads.may_go_on.set()
    qtbot.waitUntil(lambda: len(page.faces) == 1 and page.faces[0].crop.any(), timeout=WAIT_MS)
    assert page.large.view._message == ""


def test_a_file_that_has_changed_since_is_shown_without_boxes(page: PhotosPage, folder: Path, qtbot: Any) -> None:
    read(page, qtbot, [folder])
    (folder / "photo 1.png").write_bytes(encoded(picture(300, 200), "PNG"))
    (folder / "photo 2.png").unlink()
    page.open_large(0)
    qtbot.waitUntil(lambda: page.shown_frame is not None, timeout=WAIT_MS)
    assert page.faces == ()
    page.open_large(1)
    qtbot.waitUntil(lambda: "does not exist" in page.large.view._message, timeout=WAIT_MS)


def test_crops_are_there_whichever_comes_first_the_picture_or_its_reading(
    page: PhotosPage, reads: Reads, folder: Path, qtbot: Any
) -> None:
    """What is kept of a face without them would be a black sample."""
    gate, default = threading.Event(), page.closer._loader._read

    def held(path: str, at_least: int | None = None) -> Any:
        gate.wait(20)
        return default(path, at_least)

    page.closer._loader._read = held
    reads.may_go_on.clear()
    page.open([folder / "photo 1.png"])
    qtbot.waitUntil(lambda: page.is_large and page.closer._loader._task is not None, timeout=WAIT_MS)
    reads.may_go_on.set()
    qtbot.waitUntil(lambda: len(page.faces) == 1, timeout=WAIT_MS)
    assert page.shown_analysis is None, "nothing can be kept of it yet"
    gate.set()
    qtbot.waitUntil(lambda: page.shown_analysis is not None, timeout=WAIT_MS)
    assert page.shown_analysis is not None and page.shown_analysis.tracks[0].crop.any()
    page.closer.set_why(True)
    qtbot.waitUntil(lambda: page.faces[0].prediction.maps is not None, timeout=WAIT_MS)


def test_maps_of_another_photo_are_passed_over(page: PhotosPage, folder: Path, qtbot: Any) -> None:
    read(page, qtbot, [folder])
    page.open_large(0)
    qtbot.waitUntil(lambda: page.shown_analysis is not None, timeout=WAIT_MS)
    maps = np.ones((6, 6, emotions.COUNT), np.float32)
    page.collection.maps.emit(Maps(object(), (replace(prediction("sad", 0.9), maps=maps),)))
    assert page.faces[0].prediction.maps is None and page.faces[0].label == "happy"


def test_why_is_shown_for_the_emotion_that_is_clicked(page: PhotosPage, folder: Path, qtbot: Any) -> None:
    read(page, qtbot, [folder])
    page.open_large(0)
    qtbot.waitUntil(lambda: page.shown_analysis is not None, timeout=WAIT_MS)
    (card,) = page.large.panel.cards

    def click(emotion: int) -> None:
        rows = card._rows()
        at = QPoint(40, round(rows.first_row_y + (emotion + 0.5) * rows.row_height))
        qtbot.mouseClick(card, Qt.MouseButton.LeftButton, pos=at)

    click(4)
    assert page.look.emotion is None and page.chosen == 1 and card.toolTip() == "", "without why, a row is the card"
    page.closer.set_why(True)
    click(4)
    assert page.look.emotion == 4 and page.chosen == 1 and "Click a row" in card.toolTip()
    assert page.large.view._look.emotion == 4
    assert page.large.view.accessibleDescription().endswith("Why: the warm places spoke for sad.")
    page.set_look(replace(page.look, emotion=None, boxes=False))
    assert page.look.emotion == 4, "the window's settings leave it"
    click(4)
    assert page.look.emotion is None, "the label again"
    for expected in (*range(emotions.COUNT), None):
        qtbot.keyClick(page.large.view, Qt.Key.Key_E)
        assert page.look.emotion == expected
    click(2)
    page.closer.set_why(False)
    page.closer.set_why(True)
    assert page.look.emotion is None


def test_a_fault_with_one_photo_leaves_the_next_one(page: PhotosPage, folder: Path, qtbot: Any) -> None:
    def read_photo(path: str, at_least: int | None) -> Any:
        if path == "/fault.png":
            raise MemoryError
        return page.collection.picture(path, at_least)

    records, loader = Records(), Loader(page, read_photo)
    records.add(["/fault.png", str(folder / "photo 1.png")])
    with qtbot.captureExceptions() as raised, qtbot.waitSignal(loader.failed, timeout=WAIT_MS):
        loader.ask(0, records)
    assert [error[0] for error in raised] == [MemoryError]
    with qtbot.waitSignal(loader.came, timeout=WAIT_MS):
        loader.ask(1, records)
    loader.stop()
