"""What was read is exported as edited, in the form that was chosen; nothing is left of what is not whole."""

from __future__ import annotations

import csv
import json
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QDialog, QFileDialog

from fer_desktop.gui import task
from fer_desktop.gui.question import YesNo
from fer_desktop.gui.recordings.document import Document
from fer_desktop.offline import formats, recording_files
from tests.gui.recordings.conftest import COUNT, Desk, write
from tests.videos import times_of

CLICK = Qt.MouseButton.LeftButton


def test_cancelled_leaves_nothing(desk: Desk, document: Document, held: threading.Event, tmp_path: Path) -> None:
    desk.page.export.write("mp4", tmp_path / "copy.mp4")
    assert desk.page.header.cancel.isVisible()
    desk.bot.mouseClick(desk.page.header.cancel, CLICK)
    held.set()
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


def choose_file(desk: Desk, form: str, name: str, target: Path) -> QDialog:
    """Type a file's name where the form is asked for. Gives the dialog that comes next, or the same where none does."""
    page = desk.page
    page.export.ask(form)
    dialog = desk.dialogs.opened[-1]
    assert isinstance(dialog, QFileDialog)
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    assert Path(dialog.selectedFiles()[0]).name == name
    dialog.fileSelected.emit(str(target))
    dialog.close()
    desk.until(lambda: desk.told or desk.dialogs.opened[-1] is not dialog)
    return desk.dialogs.opened[-1]


def test_the_chosen_form_is_written_whatever_the_name_is(desk: Desk, document: Document, tmp_path: Path) -> None:
    for form, name, wanted in (
        ("csv", "x.html", "x.html.csv"),
        ("json", "talk.2024", "talk.2024.json"),
        ("html", "a.htm", "a.htm"),
        ("png", "p", "p.png"),
    ):
        choose_file(desk, form, f"talk.{form}", tmp_path / name)
        assert desk.told.pop() == (f"Exported as {tmp_path / wanted}.", False)
    assert (tmp_path / "x.html.csv").read_text().startswith("frame,")
    assert "<html" in (tmp_path / "a.htm").read_text()
    assert json.loads((tmp_path / "talk.2024.json").read_text())


def test_it_is_asked_before_a_file_is_replaced(desk: Desk, document: Document, tmp_path: Path) -> None:
    there = tmp_path / "x.html.csv"
    there.write_text("before")
    question = choose_file(desk, "csv", "talk.csv", tmp_path / "x.html")
    assert isinstance(question, YesNo)
    desk.bot.mouseClick(question.leaving, CLICK)
    assert there.read_text() == "before"
    question = choose_file(desk, "csv", "talk.csv", tmp_path / "x.html")
    assert isinstance(question, YesNo)
    desk.bot.mouseClick(question.doing, CLICK)
    desk.until(lambda: desk.told)
    assert there.read_text().startswith("frame,")


def test_every_form_is_in_the_menu(desk: Desk, document: Document) -> None:
    texts = [action.text() for action in desk.page.header.export.menu().actions() if not action.isCheckable()]
    forms = ["CSV", "Parquet", "JSON", "HTML", "PDF", "MP4", "PNG"]
    told = [form for form in forms if any(form in text for text in texts)]
    assert told == [form for form in forms if form != "Parquet" or formats.available("parquet")]


def test_the_end_waits_for_the_thread_that_writes(
    desk: Desk, document: Document, held: threading.Event, tmp_path: Path
) -> None:
    desk.page.export.write("mp4", tmp_path / "copy.mp4")
    writing = [thread for thread in threading.enumerate() if thread.name == task.NAME]
    desk.until(lambda: list(tmp_path.glob("*copy*")))
    threading.Timer(0.1, held.set).start()
    desk.page.shut_down()
    assert not any(thread.is_alive() for thread in writing)
    assert not list(tmp_path.glob("*copy*"))
    assert desk.page.export.job is None


def test_a_fault_of_the_programs_own_ends_the_file_alone(
    desk: Desk, document: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(recording_files, "write_results", failing)
    with desk.bot.capture_exceptions() as raised:
        write(desk, "csv", tmp_path / "a.csv")
    assert desk.told == [("a.csv could not be written: MemoryError", True)]
    assert len(raised) == 1, "it reaches the report of defects"
    monkeypatch.undo()
    write(desk, "csv", tmp_path / "a.csv")
    assert desk.told[-1] == (f"Exported as {tmp_path / 'a.csv'}.", False)


def test_a_file_goes_on_while_another_recording_is_opened(desk: Desk, document: Document, recording: Path) -> None:
    target = recording.parent / "copy.mp4"
    desk.page.export.write("mp4", target)
    desk.open(recording)
    desk.until(lambda: desk.page.export.job is None)
    assert len(times_of(target)) == COUNT
    assert desk.page.document is not document


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
    plain = write(desk, "html", tmp_path / "a.html").read_text()
    assert "Ada" in plain
    assert f"The {document.readings.beginning.model_id} one" in plain
    assert "data:image/jpeg" not in plain
    desk.page.export.faces.trigger()
    shown = write(desk, "html", tmp_path / "b.html").read_text()
    assert shown.count("data:image/jpeg") == 2, "each face once"
    assert write(desk, "pdf", tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")


def test_the_annotated_copy_and_the_picture(desk: Desk, document: Document, recording: Path, tmp_path: Path) -> None:
    copy = write(desk, "mp4", tmp_path / "copy.mp4")
    assert times_of(copy) == pytest.approx(times_of(recording), abs=1e-3)
    desk.page.player.go_to(40)
    desk.at(40)
    picture = QImage(str(write(desk, "png", tmp_path / "picture.png")))
    assert (picture.width(), picture.height()) == (96, 64)
