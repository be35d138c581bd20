"""The page as a person uses it: opens, watches it fill, filters, looks closer, takes out, pastes, exports."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from fer_desktop.core.errors import ModelError
from fer_desktop.gui.photos.choice import Wanted
from fer_desktop.gui.photos.export_dialog import ANNOTATED, ExportDialog
from fer_desktop.gui.photos.page import PhotosPage
from tests.gui.photos.conftest import WAIT_MS, Reads, Told, at_rest, composition, filled, names, read
from tests.pictures import encoded, picture

GOOD = [f"photo {number}.png" for number in range(1, 11)]
ALL = [*GOOD, "q none.png", "r cut.jpg", "s text.jpg"]


def test_it_fills_in_order_and_says_what_each_photo_is(page: PhotosPage, folder: Path, qtbot: Any, told: Told) -> None:
    assert page.stack.currentWidget() is page.empty
    grown: list[list[str]] = []
    page.collection.changed.connect(lambda: grown.append(names(page)))
    read(page, qtbot, [folder])
    assert names(page) == ALL
    assert all(part == ALL[: len(part)] for part in grown)
    texts = [page.gallery.photos.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(len(ALL))]
    assert texts[0] == "photo 1.png: 1 face, Happy\u00a070\u00a0%"
    assert texts[10] == "q none.png: No face"
    assert texts[11].startswith("r cut.jpg is cut short")
    assert texts[12].startswith("s text.jpg is not an image")
    assert not page.progress.isVisible() and page.filters.shown.text() == "13 photos, 2 unreadable"
    assert told.problems == [] and told.defects == []


def test_a_folder_without_photos_is_a_problem_in_the_list(page: PhotosPage, tmp_path: Path, qtbot: Any) -> None:
    (tmp_path / "bare").mkdir()
    read(page, qtbot, [tmp_path / "bare"])
    assert page.collection.records.errors[0].startswith(f"{tmp_path / 'bare'} holds no images")


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


def test_cancel_keeps_what_is_done_and_go_on_reads_the_rest_once(
    page: PhotosPage, reads: Reads, tmp_path: Path, qtbot: Any
) -> None:
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
    readings = {name: page.collection.records.faces_of(record).copy() for record, name in enumerate(before)}
    qtbot.mouseClick(page.progress.go_on, Qt.MouseButton.LeftButton)
    at_rest(page, qtbot)
    after = names(page)
    assert len(after) == len(set(after)) == 63 and after[: len(before)] == before
    assert set(reads.seen) == {str(folder / name) for name in after[:-2]}, "none is left out"
    for record, name in enumerate(before):
        assert (page.collection.records.faces_of(record) == readings[name]).all()


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


def test_a_file_that_has_changed_since_is_shown_without_boxes(page: PhotosPage, folder: Path, qtbot: Any) -> None:
    read(page, qtbot, [folder])
    (folder / "photo 1.png").write_bytes(encoded(picture(300, 200), "PNG"))
    (folder / "photo 2.png").unlink()
    page.open_large(0)
    qtbot.waitUntil(lambda: page.shown_frame is not None, timeout=WAIT_MS)
    assert page.faces == ()
    page.open_large(1)
    qtbot.waitUntil(lambda: "does not exist" in page.large.view._message, timeout=WAIT_MS)


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


def test_closing_while_it_reads_ends_the_threads(page: PhotosPage, reads: Reads, folder: Path, qtbot: Any) -> None:
    page.open([folder])
    qtbot.waitUntil(lambda: page.collection.counts().there > 0, timeout=WAIT_MS)
    page.shut_down()
    page.shut_down()
    assert page.collection.reader._thread is None


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
    page: PhotosPage, reads: Reads, tmp_path: Path, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
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
