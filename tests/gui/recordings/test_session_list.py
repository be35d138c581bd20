"""The list of sessions where something is odd, where it is long, and where it changes under a person's hands."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from fer_desktop.core.errors import InputError
from fer_desktop.gui.question import YesNo
from fer_desktop.gui.recordings import session_words as words
from fer_desktop.gui.recordings.home import EMPTY, LIST
from fer_desktop.record.about import About
from fer_desktop.record.session_folder import Session, Sessions
from tests.gui.recordings.conftest import Desk
from tests.gui.recordings.recorded import Record, choose, shown


def changed(folder: Path, **values: object) -> None:
    record = json.loads((folder / "session.json").read_bytes())
    (folder / "session.json").write_text(json.dumps(record | values))


ODD: dict[str, dict[str, object]] = {
    "a length without end": {"seconds": math.inf},
    "a length below zero": {"seconds": -1.0},
    "a length that is no number": {"seconds": math.nan},
    "pictures without end": {"pictures": math.inf},
    "a size without end": {"size": [math.inf, 1]},
    "a number too large": {"dropped": 10**400},
    "a marker at the end of time": {"markers": [{"time": math.inf, "text": ""}]},
}


@pytest.mark.parametrize("values", ODD.values(), ids=ODD)
def test_one_odd_session_keeps_no_other_from_the_list(desk: Desk, record: Record, values: dict[str, object]) -> None:
    good, odd = record(), record(ago_h=1)
    changed(odd, **values)
    assert {one.folder: one.problem for one in shown(desk)} == {good: "", odd: "session.json is damaged"}
    assert desk.page.home.currentIndex() == LIST and desk.page.home.warning.isHidden()


def test_what_cannot_be_parsed_keeps_no_other_from_the_list(desk: Desk, record: Record) -> None:
    deep, log, unended = record(), record(1), record(2)
    (deep / "session.json").write_text("[" * 100_000)
    (log / "log.jsonl").write_text("[" * 100_000 + "\n")
    changed(unended, ended=False)
    lines = (unended / "log.jsonl").read_bytes().splitlines(keepends=True)
    late = lines[0] + b'{"record":"no face","frame":1,"time":1e999}\n' + b"[" * 100_000 + b"\n"
    (unended / "log.jsonl").write_bytes(late)
    assert {one.folder: one.problem for one in shown(desk)} == {
        deep: "session.json is damaged",
        log: "log.jsonl is damaged",
        unended: "The program ended before the recording did",
    }


def test_one_that_may_not_be_read_keeps_no_other_from_the_list(
    desk: Desk, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, private = record(), record(ago_h=1)
    private.chmod(0)
    try:
        if os.access(private, os.X_OK):  # an administrator may do everything
            _refuse(monkeypatch, private)
        assert {one.folder: one.problem for one in shown(desk)} == {
            good: "",
            private: "session.json cannot be read (permission denied)",
        }
        choose(desk, private)
        assert not desk.page.home.open_session.isEnabled()
        desk.page.home.delete.click()
        desk.dialogs.opened.pop().accept()
        desk.until(lambda: desk.page.home._deleting is None)
        assert "(permission denied)" in desk.page.home.warning.text.text()
    finally:
        private.chmod(0o700)
        monkeypatch.undo()
    assert (private / "video.mp4").is_file()


def _refuse(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """As the system refuses what lies in a folder."""
    for name in ("stat", "open", "unlink", "iterdir"):
        does = getattr(Path, name)

        def refuses(self: Path, *args: Any, does: Callable[..., Any] = does, name: str = name, **more: Any) -> Any:
            if folder in self.parents or (self == folder and name == "iterdir"):
                raise PermissionError(13, "Permission denied")
            return does(self, *args, **more)

        monkeypatch.setattr(Path, name, refuses)


def test_a_list_that_cannot_be_read_is_told_where_one_looks_and_is_read_again(
    desk: Desk, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, place = record(), desk.page.home
    with monkeypatch.context() as patched:
        _refuse(patched, folder.parent)
        assert shown(desk) == []
        assert place.currentIndex() == LIST and place.warning.isVisible()
        text = place.warning.text.text()
        assert text == f"{folder.parent} cannot be read (permission denied). Allow reading there."
    assert [one.folder for one in shown(desk)] == [folder]


def test_words_that_fail_leave_the_list_as_it_was_and_the_next_look_mends_it(
    desk: Desk, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, place = record(ago_h=1), desk.page.home
    shown(desk)
    new = record()

    def fails(*_: object) -> str:
        raise OverflowError("a fault of the program's own")

    with monkeypatch.context() as patched:
        patched.setattr(words, "facts", fails)
        with pytest.raises(OverflowError):
            place._found(old.parent, Sessions(old.parent).sessions())
    assert not place.list.signalsBlocked() and [one.folder for one in place.list.sessions] == [old]
    assert [one.folder for one in shown(desk)] == [new, old]


def test_a_video_of_a_persons_own_is_no_session_and_is_never_deleted(desk: Desk, record: Record) -> None:
    folder = record()
    holiday = folder.parent / "Holiday"
    holiday.mkdir()
    for name, content in (("video.mp4", b"mine"), ("log.jsonl", b"also mine\n")):
        (holiday / name).write_bytes(content)
        assert [one.folder for one in shown(desk)] == [folder]
    (session,) = shown(desk)
    with pytest.raises(InputError, match="it is no session"):
        Sessions(folder.parent).delete(replace(session, folder=holiday))
    assert sorted(path.name for path in holiday.iterdir()) == ["log.jsonl", "video.mp4"]
    (folder / "session.json").unlink()
    assert [one.folder for one in shown(desk)] == [folder], "its log tells that it is one"
    choose(desk, folder)
    desk.page.home.delete.click()
    desk.dialogs.opened.pop().accept()
    desk.until(lambda: desk.page.home.list.sessions == [])
    assert not folder.exists() and holiday.is_dir()


def listed(folder: Path, count: int, size_bytes: int = 10) -> list[Session]:
    """A minute apart; the first of them is being recorded."""
    begun = datetime(2026, 3, 1, 12, 0, 0).astimezone()
    return [
        Session(
            folder / f"{number:03d}",
            About(begun - timedelta(minutes=number), True, seconds=2.0, source="Camera", ended=number > 0),
            size_bytes if number == 0 else 10,
            running=number == 0,
        )
        for number in range(count)
    ]


def test_what_grows_is_shown_while_the_list_stays_where_it_was(desk: Desk, tmp_path: Path) -> None:
    place, many = desk.page.home, listed(tmp_path, 300)
    place._found(tmp_path, many)
    place._again.stop()
    rows, bar = place.list, place.list.verticalScrollBar()
    rows.setCurrentRow(3)
    bar.setValue(5000)
    items = [rows.item(row) for row in range(rows.count())]
    grown = listed(tmp_path, 300, 2_000_000)
    place._found(tmp_path, grown)
    assert bar.value() == 5000 and rows.currentRow() == 3
    assert [rows.item(row) for row in range(rows.count())] == items and rows.sessions == grown
    assert "2.0\N{NO-BREAK SPACE}MB" in rows.item(0).data(Qt.ItemDataRole.AccessibleTextRole)
    stopped = [replace(grown[0], running=False, problem="The disk was full"), *grown[1:]]
    high = rows.sizeHintForRow(0)
    place._found(tmp_path, stopped)
    assert rows.visualItemRect(rows.item(0)).height() > high and bar.value() == 5000
    place._found(tmp_path, stopped[10:])
    assert bar.value() == 5000 or rows.visualItemRect(rows.currentItem()).intersects(rows.viewport().rect())
    place._found(tmp_path, stopped)
    assert rows.sessions == stopped and [rows.item(row).text() for row in range(300)] == [
        words.when(one) for one in stopped
    ]
    place._again.stop()


def test_one_more_or_one_less_leaves_the_choice_and_the_place(desk: Desk, tmp_path: Path) -> None:
    place, many = desk.page.home, listed(tmp_path, 200)
    place._found(tmp_path, many[1:])
    rows, bar = place.list, place.list.verticalScrollBar()
    rows.setCurrentRow(150)
    chosen, at = rows.chosen, bar.value()
    assert chosen is not None and at > 0
    place._found(tmp_path, many)
    assert rows.chosen == chosen and bar.value() == at
    place._found(tmp_path, [one for one in many if one != chosen])
    assert rows.chosen == many[152] and rows.visualItemRect(rows.currentItem()).intersects(rows.viewport().rect())
    place._found(tmp_path, many[::-1])
    assert rows.chosen == many[152] and rows.sessions == many[::-1]
    place._found(tmp_path, [])
    assert rows.chosen is None and rows.chosen_name == "" and place.currentIndex() == EMPTY
    place._again.stop()


def test_no_two_are_called_the_same_in_the_list_and_in_the_question(desk: Desk, record: Record) -> None:
    at = datetime(2026, 3, 1, 12, 30, 10).astimezone()
    first, second, third, alone = record(), record(), record(), record()
    for folder, created in (
        (first, at),
        (second, at + timedelta(seconds=20)),
        (third, at),
        (alone, at.replace(hour=9)),
    ):
        changed(folder, created=created.isoformat())
    shown(desk)
    rows = desk.page.home.list
    names = {session.folder: rows.item(row).text() for row, session in enumerate(rows.sessions)}
    assert names[alone].endswith("2026, 09:30") and names[second].endswith("2026, 12:30:30")
    assert names[first].endswith(f"2026, 12:30:10, in {first.name}")
    assert names[third].endswith(f"2026, 12:30:10, in {third.name}")
    choose(desk, second)
    desk.page.home.delete.click()
    question = desk.dialogs.opened.pop()
    assert isinstance(question, YesNo)
    assert any(names[second] in label.text() for label in question.findChildren(QLabel))
    question.reject()
