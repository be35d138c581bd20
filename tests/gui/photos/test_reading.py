"""Photos are listed and read while other things happen: each gets its own reading, once, by the model of now."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt

from fer_desktop.core.errors import ModelError
from fer_desktop.gui.photos import listing
from fer_desktop.gui.photos.listing import Listed, Lister
from fer_desktop.gui.photos.page import PhotosPage
from fer_desktop.gui.photos.reader import Came
from fer_desktop.gui.photos.reading import FACE, Reading
from fer_desktop.offline.find import Found
from tests.gui.photos.conftest import (
    WAIT_MS,
    HeldUp,
    Reads,
    Told,
    at_rest,
    composition,
    filled,
    names,
    read,
    sureness_of,
)
from tests.pictures import encoded, picture

GOOD = [f"photo {number}.png" for number in range(1, 11)]
ALL = [*GOOD, "q none.png", "r cut.jpg", "s text.jpg"]


def each_has_its_own_reading(page: PhotosPage) -> None:
    """Of the photos with a face, as Reads has it without a sureness of its own."""
    records = page.collection.records
    for record in range(len(records)):
        for row in records.faces_of(record):
            expected = sureness_of(Path(records.paths[record]))
            assert float(row["probabilities"].max()) == pytest.approx(expected, abs=1e-4), records.paths[record]


def test_another_model_reads_all_again(page: PhotosPage, reads: Reads, folder: Path, qtbot: Any) -> None:
    read(page, qtbot, [folder])
    page.open_large(0)
    qtbot.waitUntil(lambda: page.shown_frame is not None, timeout=WAIT_MS)
    other = Reads("the other", 0.9)
    other.may_go_on = reads.may_go_on
    reads.may_go_on.clear()
    page.change_model(lambda: other, "Evening run")
    qtbot.waitUntil(page.progress.isVisible, timeout=WAIT_MS)
    assert page.progress.text.text().startswith("Reading again with Evening run: 2 of 13")
    assert len(names(page)) == 13, "what is known is shown meanwhile"
    reads.may_go_on.set()
    at_rest(page, qtbot)
    assert reads.closed > 0
    assert {page.collection.records.model_of(record) for record in range(11)} == {"the other"}
    assert page.shown_analysis is not None and page.shown_analysis.model_id == "the other"
    assert page.faces[0].percent == 90


def test_a_model_that_cannot_be_loaded_is_told_and_what_is_known_stays(
    page: PhotosPage, folder: Path, qtbot: Any, told: Told
) -> None:
    read(page, qtbot, [folder])

    def broken() -> Any:
        raise ModelError("The model is damaged", "Choose another")

    page.change_model(broken)
    qtbot.waitUntil(lambda: bool(told.problems), timeout=WAIT_MS)
    assert "The model is damaged. Choose another" in told.problems[0]
    assert names(page) == ALL and page.progress.go_on.isVisibleTo(page)


def test_another_model_while_it_reads_and_lists(page: PhotosPage, reads: Reads, tmp_path: Path, qtbot: Any) -> None:
    folder = filled(tmp_path / "many", 40)
    other = Reads("the other")
    page.open([folder])
    qtbot.waitUntil(lambda: page.collection.counts().shown > 3, timeout=WAIT_MS)
    page.change_model(lambda: other, "Evening run")
    at_rest(page, qtbot)
    counts = page.collection.counts()
    assert (counts.there, counts.problems) == (43, 2)
    models = {page.collection.records.model_of(record) for record in range(41)}
    assert models == {"the other"} and len(names(page)) == len(set(names(page))) == 43


def test_out_of_sight_it_takes_fewer_cores_and_loses_nothing(
    page: PhotosPage, reads: Reads, tmp_path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch, told: Told
) -> None:
    reads.sure = None
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    page.collection.live_runs(False)
    reads.allowed = allowed = threading.Semaphore(0)
    page.open([filled(tmp_path / "many", 60)])
    for visible in (False, True, False):
        enough = page.collection.counts().shown + 4

        def so_far(enough: int = enough) -> bool:
            allowed.release()
            return page.collection.counts().shown >= enough

        qtbot.waitUntil(so_far, timeout=WAIT_MS)
        page.setVisible(visible)
        assert page.collection.reader._workers == (4 if visible else 3)
    allowed.release(200)
    at_rest(page, qtbot)
    assert page.collection.counts().there == 63 and len(set(names(page))) == 63
    each_has_its_own_reading(page)
    assert told.problems == [] and told.defects == []


def test_a_fault_of_the_program_is_told_with_its_report(
    make_page: Callable[..., PhotosPage], reads: Reads, folder: Path, qtbot: Any
) -> None:
    def fault() -> Any:
        raise ZeroDivisionError("in the detector")

    page = make_page(replace(composition(reads), make_photo_detector=fault))
    told = Told(page)
    page.open([folder])
    qtbot.waitUntil(lambda: bool(told.defects), timeout=WAIT_MS)
    assert "ZeroDivisionError: in the detector" in told.defects[0]


def test_clearing_while_it_reads_leaves_nothing_behind(
    page: PhotosPage, reads: Reads, folder: Path, qtbot: Any
) -> None:
    reads.may_go_on.clear()
    page.open([folder])
    qtbot.waitUntil(lambda: page.collection.counts().there == len(ALL), timeout=WAIT_MS)
    page.clear()
    reads.may_go_on.set()
    qtbot.waitUntil(lambda: not page.collection._timer.isActive(), timeout=WAIT_MS)
    assert page.collection.counts().there == 0 and page.stack.currentWidget() is page.empty


def test_cancel_keeps_what_is_done_and_go_on_reads_the_rest_once(
    page: PhotosPage, reads: Reads, tmp_path: Path, qtbot: Any, told: Told
) -> None:
    reads.sure = None
    folder = filled(tmp_path / "many", 60)
    seen = 0

    def find(frame: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen == 20:
            reads.may_go_on.clear()  # those that are begun wait
        return default(frame)

    default, reads.find = reads.find, find
    page.open([folder])
    qtbot.waitUntil(lambda: seen >= 20 and page.collection.counts().there == 63, timeout=WAIT_MS)
    qtbot.mouseClick(page.progress.cancel, Qt.MouseButton.LeftButton)
    reads.may_go_on.set()
    qtbot.waitUntil(lambda: not page.collection.reading, timeout=WAIT_MS)
    qtbot.waitUntil(page.progress.go_on.isVisible, timeout=WAIT_MS)
    done = page.collection.counts().done
    assert 0 < done < 60 and page.progress.text.text().startswith(f"Stopped: {done} of 63")
    before = names(page)
    records = page.collection.records
    readings = {record: records.faces_of(record).copy() for record in map(int, page.gallery.photos.rows)}
    qtbot.mouseClick(page.progress.go_on, Qt.MouseButton.LeftButton)
    at_rest(page, qtbot)
    after = names(page)
    assert len(after) == len(set(after)) == 63 and [name for name in after if name in before] == before
    assert set(reads.seen) == {str(folder / name) for name in after[:-2]}, "none is left out"
    for record, faces in readings.items():
        assert (records.faces_of(record) == faces).all()
    each_has_its_own_reading(page)
    assert told.problems == [] and told.defects == []


def test_closing_while_it_reads_ends_the_threads(page: PhotosPage, reads: Reads, folder: Path, qtbot: Any) -> None:
    page.open([folder])
    qtbot.waitUntil(lambda: page.collection.counts().there > 0, timeout=WAIT_MS)
    page.shut_down()
    page.shut_down()
    assert page.collection.reader._thread is None


def test_what_an_older_list_or_model_asked_for_is_passed_over(page: PhotosPage, folder: Path, qtbot: Any) -> None:
    read(page, qtbot, [folder])
    collection = page.collection
    old = collection.reader.epoch
    collection.change_model(lambda: Reads("the other"), "")
    at_rest(page, qtbot)
    collection.reader.news.put(Came(old, 0, Reading((0, 0), "", np.zeros(0, FACE), (), "of another list")))
    collection.listings.news.put(Listed(old, [Found("/of/another/list.jpg")]))
    collection.turn()
    collection.turn()
    assert collection.records.errors.keys() == {11, 12} and collection.counts().there == 13


def test_a_folder_that_is_being_listed_is_listed_anew_with_another_model(
    page: PhotosPage, folder: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = HeldUp(monkeypatch, first=3)
    page.open([folder])
    qtbot.waitUntil(lambda: page.collection.counts().done == 3, timeout=WAIT_MS)
    page.take_out([0])
    page.change_model(lambda: Reads("the other"), "Evening run")
    held.go_on.set()
    at_rest(page, qtbot)
    assert names(page) == ALL[1:], "what was taken out stays out, the rest is found"
    page.open([folder])
    qtbot.waitUntil(lambda: len(names(page)) == 13, timeout=WAIT_MS)


def test_what_was_opened_again_is_there_after_a_change_of_the_model_too(
    page: PhotosPage, folder: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.open([folder])
    at_rest(page, qtbot)
    page.take_out([12])
    held = HeldUp(monkeypatch, first=3)
    page.open([folder])
    qtbot.waitUntil(lambda: page.collection.listing, timeout=WAIT_MS)
    page.change_model(lambda: Reads("the other"), "Evening run")
    held.go_on.set()
    at_rest(page, qtbot)
    assert len(names(page)) == 13


def test_one_photo_does_not_wait_for_a_folder_and_is_the_one_that_is_shown(
    page: PhotosPage, folder: Path, tmp_path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = HeldUp(monkeypatch, first=3)
    page.open([folder])
    qtbot.waitUntil(lambda: page.collection.counts().done == 3, timeout=WAIT_MS)
    (tmp_path / "alone.png").write_bytes(encoded(picture(), "PNG"))
    page.open([tmp_path / "alone.png"])
    qtbot.waitUntil(lambda: page.shown_analysis is not None, timeout=WAIT_MS)
    assert page.closer.name == "alone.png" and page.collection.listing
    held.go_on.set()
    at_rest(page, qtbot)
    assert page.closer.name == "alone.png" and len(names(page)) == 14


def test_the_lister_leaves_a_folder_that_is_not_wanted_any_more(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    left, late = threading.Event(), threading.Event()

    def endless(paths: list[str], recursive: bool) -> Iterator[Found]:
        try:
            while paths == ["endless"] and not late.is_set():
                yield Found("/a/photo.jpg")
        finally:
            left.set()

    monkeypatch.setattr(listing, "find_images", endless)
    first_read = threading.Event()
    first_read.set()
    lister = Lister(first_read)
    lister.find(0, ["endless"], True)
    assert lister.news.get(timeout=20).epoch == 0
    lister.forget(1)
    ended = left.wait(20)
    late.set()
    assert ended and lister.stop()


def test_one_large_photo_holds_up_no_other(page: PhotosPage, reads: Reads, folder: Path, qtbot: Any) -> None:
    gate, default = threading.Event(), reads.detect

    def detect(frame: Any, known: Any = ()) -> Any:
        if frame.source.endswith("photo 1.png"):
            gate.wait(20)
        return default(frame, known)

    reads.detect = detect  # type: ignore[method-assign]
    page.collection.reader.use_workers(2)
    page.open([folder])
    qtbot.waitUntil(lambda: page.collection.counts().shown == 12, timeout=WAIT_MS)
    gate.set()
    at_rest(page, qtbot)
    assert names(page) == ALL, "in the order of the list all the same"


def test_a_photo_that_the_program_fails_on_is_told_as_a_defect_once(
    page: PhotosPage, reads: Reads, folder: Path, qtbot: Any, told: Told
) -> None:
    default = reads.find

    def find(frame: Any) -> Any:
        if frame.source.endswith(("photo 2.png", "photo 3.png")):
            raise ZeroDivisionError("in the detector")
        return default(frame)

    reads.find = find
    read(page, qtbot, [folder])
    assert page.collection.counts().problems == 4 and len(told.defects) == 1
    assert "ZeroDivisionError: in the detector" in told.defects[0]
