"""Faces are named, merged and taken out, undone, and exported as edited; nobody loses that without being asked."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QLineEdit

from fer_desktop.gui.question import YesNo
from fer_desktop.gui.recordings.document import Document
from tests.gui.recordings.conftest import COUNT, Desk
from tests.videos import times_of

CLICK = Qt.MouseButton.LeftButton


@pytest.fixture
def document(desk: Desk, recording: Path) -> Document:
    desk.open(recording)
    assert desk.page.document is not None
    return desk.page.document


def choose(desk: Desk, *rows: int) -> None:
    faces = desk.page.side.faces.list
    faces.setCurrentRow(rows[0])
    for row in rows[1:]:
        faces.setCurrentRow(row, QItemSelectionModel.SelectionFlag.Select)


def write(desk: Desk, form: str, target: Path) -> Path:
    desk.page.export.write(form, target)
    desk.until(lambda: desk.page.export.job is None)
    return target


def test_naming_by_keyboard(desk: Desk, document: Document) -> None:
    faces = desk.page.side.faces
    faces.list.setFocus()
    choose(desk, 0)
    desk.bot.keyClick(faces.list, Qt.Key.Key_F2)
    editor = faces.list.findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    desk.bot.keyClicks(editor, " Ada  L, 1 ")
    assert desk.page.player.number == 0, "what is written in a name is no key of the page"
    desk.bot.keyClick(editor, Qt.Key.Key_Return)
    desk.until(lambda: document.name_of(1) == "Ada L, 1")
    desk.until(lambda: faces.list.item(0).text() == "Ada L, 1")
    desk.bot.mouseClick(faces.undo, CLICK)
    assert document.name_of(1) == "Face 1"
    desk.bot.mouseClick(faces.redo, CLICK)
    assert faces.list.item(0).text() == "Ada L, 1"


def test_merging_keeps_the_reading_of_the_one_seen_longest(desk: Desk, document: Document) -> None:
    before = {face.id: len(face.frames) for face in document.faces}
    faces = desk.page.side.faces
    assert not faces.merge.isEnabled()
    choose(desk, 1, 0)
    desk.bot.mouseClick(faces.merge, CLICK)
    assert [face.id for face in document.faces] == [1]
    assert len(document.faces[0].frames) == COUNT < sum(before.values())
    assert desk.told and "Face 1" in desk.told[-1][0]
    desk.page.player.go_to(30)
    desk.at(30)
    assert [(face.track_id, face.label) for face in desk.page.display.faces] == [(1, "sad")]
    desk.page.player.go_to(70)
    desk.at(70)
    assert [(face.track_id, face.reason) for face in desk.page.display.faces] == [(1, "too small")]
    desk.bot.keyClick(desk.page.display.view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert {face.id: len(face.frames) for face in document.faces} == before
    desk.until(lambda: [face.track_id for face in desk.page.display.faces] == [2])


def test_taking_a_face_out(desk: Desk, document: Document) -> None:
    faces = desk.page.side.faces
    choose(desk, 0)
    faces.list.setFocus()
    desk.bot.keyClick(faces.list, Qt.Key.Key_Delete)
    assert [face.id for face in document.faces] == [2]
    assert document.chosen == 2
    desk.until(lambda: all(one.face == 2 for one in document.moments))
    desk.bot.mouseClick(faces.undo, CLICK)
    assert [face.id for face in document.faces] == [1, 2]


def test_tables_have_the_edits(desk: Desk, document: Document, tmp_path: Path) -> None:
    plain = list(csv.DictReader(write(desk, "csv", tmp_path / "a.csv").read_text().splitlines()))
    assert "name" not in plain[0]
    assert {row["frame"] for row in plain} == {str(number) for number in range(COUNT)}
    document.name(2, "Ada")
    document.remove([1])
    rows = list(csv.DictReader(write(desk, "csv", tmp_path / "b.csv").read_text().splitlines()))
    assert {(row["track"], row["name"]) for row in rows} == {("", ""), ("2", "Ada")}
    frames = json.loads(write(desk, "json", tmp_path / "b.json").read_text())["frames"]
    assert [len(frame["faces"]) for frame in frames] == [0] * 25 + [1] * 50
    assert frames[30]["faces"][0]["name"] == "Ada"
    assert desk.told[-1] == (f"Exported as {tmp_path / 'b.json'}.", False)


def test_reports(desk: Desk, document: Document, tmp_path: Path) -> None:
    document.name(1, "Ada")
    assert "Ada" in write(desk, "html", tmp_path / "a.html").read_text()
    assert write(desk, "pdf", tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")


def test_the_annotated_copy_and_the_picture(desk: Desk, document: Document, recording: Path, tmp_path: Path) -> None:
    copy = write(desk, "mp4", tmp_path / "copy.mp4")
    assert times_of(copy) == pytest.approx(times_of(recording), abs=1e-3)
    desk.page.player.go_to(40)
    desk.at(40)
    picture = QImage(str(write(desk, "png", tmp_path / "picture.png")))
    assert (picture.width(), picture.height()) == (96, 64)


def test_cancelled_leaves_nothing(desk: Desk, document: Document, tmp_path: Path) -> None:
    desk.page.export.write("mp4", tmp_path / "copy.mp4")
    assert desk.page.header.cancel.isVisible()
    desk.bot.mouseClick(desk.page.header.cancel, CLICK)
    desk.until(lambda: desk.page.export.job is None)
    assert not list(tmp_path.glob("*copy*"))
    assert desk.told == []


def test_a_file_that_cannot_be_written_says_one_line(desk: Desk, document: Document, recording: Path) -> None:
    for form, target in (("csv", recording.parent / "no" / "a.csv"), ("mp4", recording), ("png", recording.parent)):
        write(desk, form, target)
        text, warning = desk.told.pop()
        assert warning
        assert "\n" not in text
    assert document.readings.count == COUNT


def test_the_dialog_asks_before_a_file_is_replaced(desk: Desk, document: Document) -> None:
    desk.page.export.ask("csv")
    dialog = desk.dialogs.opened[-1]
    assert isinstance(dialog, QFileDialog)
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    assert not dialog.testOption(QFileDialog.Option.DontConfirmOverwrite)
    assert Path(dialog.selectedFiles()[0]).name == "talk.csv"
    dialog.close()


def test_every_form_is_in_the_menu(desk: Desk, document: Document) -> None:
    texts = " ".join(action.text() for action in desk.page.header.export.menu().actions())
    assert all(form in texts for form in ("CSV", "JSON", "HTML", "PDF", "MP4", "PNG"))


def test_edits_in_no_file_are_asked_about_once(desk: Desk, document: Document, recording: Path, tmp_path: Path) -> None:
    page = desk.page
    assert page.may_close()
    document.name(1, "Ada")
    page.open(recording)
    question = desk.dialogs.opened[-1]
    assert isinstance(question, YesNo)
    assert page.document is document
    desk.bot.mouseClick(question.leaving, CLICK)
    assert page.document is document
    write(desk, "csv", tmp_path / "a.csv")
    assert page.may_close(), "they are in a file now"
    document.name(1, "Eve")
    assert not page.may_close()
    question = desk.dialogs.opened[-1]
    assert isinstance(question, YesNo)
    desk.bot.mouseClick(question.doing, CLICK)
    assert page.may_close(), "the answer was to leave without them"


def test_a_file_being_written_is_asked_about(desk: Desk, document: Document, tmp_path: Path) -> None:
    desk.page.export.write("mp4", tmp_path / "copy.mp4")
    assert not desk.page.may_close()
    question = desk.dialogs.opened[-1]
    assert isinstance(question, YesNo)
    desk.bot.mouseClick(question.leaving, CLICK)
    desk.until(lambda: desk.page.export.job is None)
    assert desk.page.may_close()


def test_a_file_goes_on_while_another_recording_is_opened(desk: Desk, document: Document, recording: Path) -> None:
    target = recording.parent / "copy.mp4"
    desk.page.export.write("mp4", target)
    desk.open(recording)
    desk.until(lambda: desk.page.export.job is None)
    assert len(times_of(target)) == COUNT
    assert desk.page.document is not document
