"""What is written of photos: what the filter shows, in the form that was chosen, by one model, whole or not at all."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

from fer_desktop.gui import task
from fer_desktop.gui.photos import words
from fer_desktop.gui.photos.choice import Wanted
from fer_desktop.gui.photos.export_dialog import ExportDialog
from fer_desktop.gui.photos.exporting import ANNOTATED
from fer_desktop.gui.photos.page import PhotosPage
from fer_desktop.gui.photos.records import Records
from tests.gui.photos.conftest import WAIT_MS, Reads, Told, names, read
from tests.pictures import encoded, picture

GOOD = [f"photo {number}.png" for number in range(1, 11)]


@pytest.mark.parametrize("form", ["csv", "json", "html"])
def test_exports_what_the_filter_shows(
    page: PhotosPage, folder: Path, tmp_path: Path, qtbot: Any, told: Told, form: str
) -> None:
    read(page, qtbot, [folder])
    page.filters.text.setText("photo")
    qtbot.waitUntil(lambda: names(page) == GOOD, timeout=WAIT_MS)
    qtbot.mouseClick(page.overview.export, Qt.MouseButton.LeftButton)
    dialog = page.export._dialogs.asked[-1]
    assert isinstance(dialog, ExportDialog) and dialog.shown.isChecked() and not dialog.all_of_them
    dialog.forms.setCurrentIndex(dialog.forms.findData(form))
    dialog.choose.click()
    where = page.export._dialogs.asked[-1]
    target = tmp_path / f"out.{form}"
    where.fileSelected.emit(str(target))
    where.close()
    qtbot.waitUntil(lambda: bool(told.said), timeout=WAIT_MS)
    assert told.said == [f"Exported as {target}"] and not page.export.row.isVisible()
    text = target.read_text()
    assert str(folder / "photo 10.png") in text if form != "html" else "photo 10.png" in text
    assert "s text.jpg" not in text
    if form == "json":
        assert [Path(one["path"]).name for one in json.loads(text)["images"]] == GOOD


def test_an_export_that_is_cancelled_leaves_no_file(
    page: PhotosPage, folder: Path, tmp_path: Path, qtbot: Any, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(page, qtbot, [folder])
    gate = threading.Event()
    result = type(page.collection.records).result

    def slow(records: Any, record: int) -> Any:
        gate.wait(20)
        return result(records, record)

    monkeypatch.setattr(type(page.collection.records), "result", slow)
    page.export.begin(tmp_path / "out.csv", "csv", Wanted())
    qtbot.waitUntil(page.export.row.isVisible, timeout=WAIT_MS)
    qtbot.mouseClick(page.export.row.cancel, Qt.MouseButton.LeftButton)
    gate.set()
    qtbot.waitUntil(lambda: bool(told.said), timeout=WAIT_MS)
    assert told.said == ["The export was cancelled."]
    assert not list(tmp_path.glob("*out*"))


def test_no_annotated_picture_goes_among_the_photos(
    page: PhotosPage, folder: Path, tmp_path: Path, qtbot: Any, told: Told
) -> None:
    read(page, qtbot, [folder])
    before = {path: path.read_bytes() for path in folder.iterdir()}
    page.export.begin(folder, ANNOTATED, Wanted())
    qtbot.waitUntil(lambda: bool(told.problems), timeout=WAIT_MS)
    assert "holds the photos themselves" in told.problems[0]
    page.export.begin(tmp_path / "out", ANNOTATED, Wanted(text="photo 1"))
    qtbot.waitUntil(lambda: bool(told.said), timeout=WAIT_MS)
    assert told.said[0].startswith("2 pictures written into")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["photo 1.png", "photo 10.png"]
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_an_export_that_fails_says_why(page: PhotosPage, folder: Path, tmp_path: Path, qtbot: Any, told: Told) -> None:
    read(page, qtbot, [folder])
    page.export.begin(tmp_path / "nowhere" / "out.csv", "csv", Wanted())
    qtbot.waitUntil(lambda: bool(told.problems), timeout=WAIT_MS)
    assert "cannot be written" in told.problems[0]


@pytest.fixture
def held(page: PhotosPage, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """An export that is begun waits until this is set, or it is cancelled."""
    gate, cancelled, result = threading.Event(), page.export.exporter._cancelled, Records.result

    def slow(records: Any, record: int) -> Any:
        while not gate.is_set() and not cancelled.wait(0.01):
            pass
        return result(records, record)

    monkeypatch.setattr(Records, "result", slow)
    return gate


def at_work() -> bool:
    return any(thread.name == task.NAME for thread in threading.enumerate())


def test_closing_while_a_file_is_written_asks_first(
    page: PhotosPage, folder: Path, tmp_path: Path, qtbot: Any, held: threading.Event
) -> None:
    read(page, qtbot, [folder])
    assert page.may_close()
    page.export.begin(tmp_path / "out.csv", "csv", Wanted())
    assert not page.may_close()
    question: QDialog = page.export._dialogs.asked[-1]
    assert question.windowTitle() == "out.csv is not finished"
    question.reject()
    assert page.isVisible() and page.export.at_work and not page.may_close()
    page.export._dialogs.asked[-1].accept()
    assert not page.isVisible() and page.may_close(), "closing goes on"


def test_who_stays_after_all_is_asked_again(
    page: PhotosPage, folder: Path, tmp_path: Path, qtbot: Any, held: threading.Event
) -> None:
    read(page, qtbot, [folder])
    page.export.begin(tmp_path / "out.csv", "csv", Wanted())
    assert not page.export.may_be_left(lambda: None)
    page.export._dialogs.asked[-1].accept()
    assert page.export.at_work and not page.may_close()


def test_closing_goes_on_by_itself_once_the_file_is_whole(
    page: PhotosPage, folder: Path, tmp_path: Path, qtbot: Any, held: threading.Event
) -> None:
    read(page, qtbot, [folder])
    page.export.begin(tmp_path / "out.csv", "csv", Wanted())
    assert not page.may_close() and page.isVisible()
    held.set()
    qtbot.waitUntil(lambda: not page.isVisible(), timeout=WAIT_MS)
    assert (tmp_path / "out.csv").exists() and page.export._dialogs._now is None


def test_the_end_ends_an_export_and_leaves_no_file(
    page: PhotosPage, folder: Path, tmp_path: Path, qtbot: Any, held: threading.Event
) -> None:
    read(page, qtbot, [folder])
    page.export.begin(tmp_path / "out.csv", "csv", Wanted())
    assert at_work()
    page.shut_down()
    assert not at_work() and not list(tmp_path.glob("*out*"))
    page.shut_down()


def test_an_export_tells_of_one_model_alone(
    page: PhotosPage, reads: Reads, folder: Path, tmp_path: Path, qtbot: Any, told: Told
) -> None:
    read(page, qtbot, [folder])
    other = Reads("the other", 0.9)
    reads.allowed = allowed = threading.Semaphore(0)
    page.change_model(lambda: other, "Evening run")
    for done in (3, 4, 5):
        allowed.release()
        qtbot.waitUntil(lambda done=done: page.collection.counts().done == done, timeout=WAIT_MS)
    page.export.ask(Wanted())
    dialog = page.export._dialogs.asked[-1]
    assert isinstance(dialog, ExportDialog) and dialog.every.text() == "All 5 photos"
    page.export.begin(tmp_path / "out.json", "json", Wanted())
    qtbot.waitUntil(lambda: bool(told.said), timeout=WAIT_MS)
    document = json.loads((tmp_path / "out.json").read_text())
    assert document["model"] == "the other" and len(document["images"]) == 5
    sure = {face["probabilities"]["happy"] for image in document["images"] for face in image["faces"]}
    assert sure == {0.9}, "the other model's readings alone"
    page.export.begin(tmp_path / "none.json", "json", Wanted(text="no such name"))
    assert "no photo to export" in told.problems[-1] and not page.export.at_work
    allowed.release(100)


@pytest.mark.parametrize(
    ("form", "given", "written", "begins"),
    [
        ("csv", "holiday.2024", "holiday.2024.csv", b"path,face"),
        ("pdf", "x.html", "x.html.pdf", b"%PDF"),
        ("html", "x.HTM", "x.HTM", b"<!doctype html>"),
        ("json", "plain", "plain.json", b'{"schema":1'),
    ],
)
def test_the_chosen_form_decides_what_is_written(
    page: PhotosPage,
    folder: Path,
    tmp_path: Path,
    qtbot: Any,
    told: Told,
    form: str,
    given: str,
    written: str,
    begins: bytes,
) -> None:
    read(page, qtbot, [folder])
    page.export.ask(Wanted())
    dialog = page.export._dialogs.asked[-1]
    dialog.forms.setCurrentIndex(dialog.forms.findData(form))
    dialog.choose.click()
    where = page.export._dialogs.asked[-1]
    where.fileSelected.emit(str(tmp_path / given))
    where.close()
    qtbot.waitUntil(lambda: bool(told.said), timeout=WAIT_MS)
    assert (tmp_path / written).read_bytes().lower().startswith(begins.lower())


def test_a_report_shows_no_face_of_a_photo_that_has_gone_or_changed(
    page: PhotosPage, folder: Path, tmp_path: Path, qtbot: Any, told: Told
) -> None:
    read(page, qtbot, [folder])
    pictures = []
    for name in ("before", "after"):
        page.export.begin(tmp_path / f"{name}.html", "html", Wanted(), with_faces=True)
        qtbot.waitUntil(lambda: bool(told.said), timeout=WAIT_MS)
        told.said.clear()
        pictures.append((tmp_path / f"{name}.html").read_text().count("<img"))
        (folder / "photo 1.png").unlink(missing_ok=True)
        (folder / "photo 2.png").write_bytes(encoded(picture(300, 200), "PNG"))
    assert pictures[0] - pictures[1] == 2 and pictures[1] > 0


def test_pictures_that_cannot_be_written_ask_for_another_folder(
    page: PhotosPage, folder: Path, tmp_path: Path, qtbot: Any, told: Told
) -> None:
    read(page, qtbot, [folder])
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / f".photo 1.png.{os.getpid()}.partial").mkdir()
    page.export.begin(tmp_path / "out", ANNOTATED, Wanted())
    qtbot.waitUntil(lambda: bool(told.problems), timeout=WAIT_MS)
    assert "cannot be written" in told.problems[0] and told.problems[0].endswith("Choose another folder")


def test_one_is_not_several(tmp_path: Path) -> None:
    assert (words.all_photos(1), words.all_photos(2)) == ("The one photo", "All 2 photos")
    assert (words.shown_photos(1), words.shown_photos(12)) == ("The one that is shown", "The 12 that are shown")
    assert words.not_in_it(1, "") == "One photo is not read yet and is not in it."
    assert words.not_in_it(3, "B") == "3 photos are not read yet with B and are not in it."
    assert words.pictures_written(1, tmp_path) == f"One picture written into {tmp_path}"
