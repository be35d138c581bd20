"""Nobody loses names, merged faces or a file being written without being asked, once."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from shiboken6 import isValid

from fer_desktop.gui.parts import Text
from fer_desktop.gui.question import YesNo
from fer_desktop.gui.recordings.document import Document
from tests.gui.recordings.conftest import Desk, write

CLICK = Qt.MouseButton.LeftButton


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


def test_a_file_being_written_is_asked_about(
    desk: Desk, document: Document, held: threading.Event, tmp_path: Path
) -> None:
    desk.page.export.write("mp4", tmp_path / "copy.mp4")
    assert not desk.page.may_close()
    question = desk.dialogs.opened[-1]
    assert isinstance(question, YesNo)
    assert "names" not in question.findChildren(Text)[-1].text()
    desk.bot.mouseClick(question.leaving, CLICK)
    held.set()
    desk.until(lambda: desk.page.export.job is None)
    assert desk.page.may_close()


def test_names_that_a_file_does_not_have_are_asked_about_with_it(
    desk: Desk, document: Document, held: threading.Event, tmp_path: Path
) -> None:
    page = desk.page
    document.name(1, "Ada")
    page.export.write("mp4", tmp_path / "copy.mp4")
    assert not page.may_close()
    question = desk.dialogs.opened[-1]
    assert isinstance(question, YesNo)
    assert "names" in question.findChildren(Text)[-1].text()
    desk.bot.mouseClick(question.doing, CLICK)
    assert page.may_close(), "one question is enough"
    document.name(1, "Eve")
    assert not page.may_close(), "that was not given up"
    held.set()
    desk.until(lambda: page.export.job is None)
    assert not page.may_close(), "no name is in the pictures"
    write(desk, "csv", tmp_path / "a.csv")
    assert page.may_close()


def test_names_are_in_tables_and_reports_not_in_pictures(desk: Desk, document: Document, tmp_path: Path) -> None:
    page = desk.page
    document.merge([1, 2])
    write(desk, "png", tmp_path / "a.png")
    assert document.unsaved
    write(desk, "mp4", tmp_path / "a.mp4")
    assert not document.unsaved, "the copy is of the faces as merged"
    document.name(1, "Ada")
    write(desk, "mp4", tmp_path / "b.mp4")
    assert not page.may_close()
    write(desk, "html", tmp_path / "b.html")
    assert page.may_close()


def test_the_question_goes_with_what_it_asks_about(
    desk: Desk, document: Document, held: threading.Event, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, closed = desk.page, []
    monkeypatch.setattr(page, "close", lambda: closed.append(page.may_close()))
    page.export.write("mp4", tmp_path / "copy.mp4")
    assert not page.may_close()
    question = desk.dialogs.opened[-1]
    assert question.isVisible()
    held.set()
    desk.until(lambda: closed)
    assert closed == [True], "closing goes on"
    assert not isValid(question) or not question.isVisible()
    held.clear()
    page.export.write("mp4", tmp_path / "no" / "copy.mp4")
    assert not page.may_close()
    held.set()
    desk.until(lambda: page.export.job is None)
    assert not isValid(desk.dialogs.opened[-1]) or not desk.dialogs.opened[-1].isVisible()
    assert closed == [True], "why it failed is to be read first"
    assert desk.told[-1][1]


def test_what_was_given_up_of_one_recording_is_not_of_the_next(desk: Desk, document: Document, recording: Path) -> None:
    page = desk.page
    document.name(1, "Ada")
    assert not page.may_close()
    question = desk.dialogs.opened[-1]
    assert isinstance(question, YesNo)
    desk.bot.mouseClick(question.doing, CLICK)
    desk.open(recording)
    assert page.document is not None and page.document is not document
    page.document.name(1, "Ada")
    assert not page.may_close()
