"""The list of recorded sessions: what there is and what is wrong with it; opened, left again, shown, deleted."""

from __future__ import annotations

import csv
import json
import math
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel

from fer_desktop.core.errors import InputError
from fer_desktop.core.types import Analysis, Frame, UInt8Array
from fer_desktop.gui import task
from fer_desktop.gui.question import YesNo
from fer_desktop.gui.recordings import session_words as words
from fer_desktop.gui.recordings.home import EMPTY, LIST
from fer_desktop.gui.recordings.timeline_painting import AXIS_PX
from fer_desktop.record.about import About, write_about
from fer_desktop.record.clock import SessionClock
from fer_desktop.record.session_folder import Session, Sessions
from fer_desktop.record.session_writer import SessionWriter, Wanted
from tests.gui.recordings.conftest import Desk, performed, write
from tests.record.pictures import START_S, analysis, pictures

SIZE = (96, 64)
COUNT = 20
GREEN = (60, 200, 60)


def paint(frame: Frame, _: Analysis | None) -> UInt8Array:
    """Stands for readings on the picture: its upper left quarter is green."""
    painted = frame.bgr.copy()
    painted[: SIZE[1] // 2, : SIZE[0] // 2] = GREEN
    return painted


@pytest.fixture
def record() -> Callable[..., Path]:
    """Records a second; gives the folder. ago_h: it is put back by so many hours; end: False where it goes on; own:
    faces are read against their own neutral."""
    kept: list[SessionWriter] = []

    def recorded(
        ago_h: int = 0, markers: tuple[float, ...] = (), painted: bool = False, end: bool = True, own: bool = False
    ) -> Path:
        clock = SessionClock()
        writer = SessionWriter(Sessions.default(), Wanted(paint=paint if painted else None), clock)
        for number in range(COUNT):
            bgr = np.full((SIZE[1], SIZE[0], 3), 120, np.uint8)
            of = Frame(bgr, number, START_S + number / 20, "Camera")
            faces = [replace(one, own_neutral=own) for one in performed(of)]
            clock.picture(of.captured_at)
            writer.take(of, analysis(of, faces), False)
        for number, at_s in enumerate(markers, start=1):
            writer.mark(at_s, f"Marker {number}")
        if end:
            assert writer.end(0, None) is None
        else:
            kept.append(writer)
        folder = writer.folder
        assert folder is not None
        about = About.from_json((folder / "session.json").read_bytes())
        values = {name: getattr(about, name) for name in About.__slots__}
        write_about(folder, About(**values | {"created": about.created - timedelta(hours=ago_h)}))
        return folder

    yield recorded  # type: ignore[misc]
    for writer in kept:
        writer.end(0, None)


Record = Callable[..., Path]


def shown(desk: Desk) -> list[Session]:
    """Once they were read anew."""
    listed = desk.page.home
    listed.look()
    desk.until(lambda: listed._looking is None)
    return listed.list.sessions


def choose(desk: Desk, folder: Path) -> None:
    desk.page.home.list.setCurrentRow([session.folder for session in shown(desk)].index(folder))


def test_with_none_it_says_how_to_record(desk: Desk) -> None:
    assert shown(desk) == [] and desk.page.home.currentIndex() == EMPTY and desk.page.header.isHidden()


def test_the_newest_comes_first_each_with_what_is_known_of_it(desk: Desk, record: Record) -> None:
    old, new = record(ago_h=30, markers=(0.2, 0.5)), record(painted=True)
    desk.page.setFocus()
    found = shown(desk)
    assert [session.folder for session in found] == [new, old] and desk.page.home.currentIndex() == LIST
    assert words.facts(found[1]).startswith(f"0:01{words.DOT}Camera{words.DOT}96\N{NO-BREAK SPACE}×")
    assert "2 markers" in words.facts(found[1]) and "readings painted on" in words.facts(found[0])
    assert words.when(found[0]).endswith(found[0].about.created.strftime("%Y, %H:%M"))  # type: ignore[union-attr]
    assert desk.page.window().focusWidget() is desk.page.home.list
    row = desk.page.home.list.item(1)
    assert "2 markers" in row.data(Qt.ItemDataRole.AccessibleTextRole) and "2 markers" in row.toolTip()


def test_it_is_read_on_a_thread_and_what_goes_on_is_looked_at_again(
    desk: Desk, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.page.home._again.setInterval(10)
    threads: list[str] = []
    read = Sessions.sessions

    def noted(self: Sessions) -> list[Session]:
        threads.append(threading.current_thread().name)
        return read(self)

    monkeypatch.setattr(Sessions, "sessions", noted)
    record(end=False)
    shown(desk)
    desk.until(lambda: len(threads) >= 3)
    assert set(threads) == {task.NAME}
    desk.page.hide()
    desk.until(lambda: desk.page.home._looking is None)
    seen = len(threads)
    desk.page.home.look()
    assert len(threads) == seen and not desk.page.home._again.isActive(), "nobody sees it"


def test_what_is_being_recorded_is_neither_opened_nor_deleted(desk: Desk, record: Record) -> None:
    folder = record(end=False)
    (session,) = shown(desk)
    place = desk.page.home
    assert session.running and words.told(session, "").endswith("being recorded now")
    assert not place.open_session.isEnabled() and not place.delete.isEnabled() and place.show_folder.isEnabled()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Delete):
        desk.bot.keyClick(place.list, key)
        assert place.warning.text.text() == "It is being recorded. Stop the recording first."
    assert desk.page.stack.currentIndex() == 0 and desk.dialogs.opened == [] and folder.is_dir()


def test_what_is_wrong_with_one_is_told(desk: Desk, record: Record) -> None:
    lost, broken, unknown = record(1), record(2), record(3)
    (lost / "video.mp4").unlink()
    (broken / "log.jsonl").write_bytes(b"\0" * 99)
    (unknown / "session.json").write_text("nonsense")
    (unknown / "log.jsonl").unlink()
    told = {session.folder: words.problem(session) for session in shown(desk)}
    assert told == {
        lost: "video.mp4 is missing.",
        broken: "log.jsonl is damaged.",
        unknown: "session.json is damaged.",
    }
    choose(desk, lost)
    assert not desk.page.home.open_session.isEnabled()
    desk.page.home.list.asked.emit()
    assert desk.page.home.warning.text.text() == "It cannot be opened: its video is missing."
    image = desk.page.home.list.viewport().grab().toImage()
    assert not image.isNull()


def test_enter_opens_it_and_esc_comes_back_to_it(desk: Desk, record: Record) -> None:
    record()
    folder = record(ago_h=1, markers=(0.2, 0.5))
    choose(desk, folder)
    desk.bot.keyClick(desk.page.home.list, Qt.Key.Key_Return)
    desk.until(lambda: desk.page.document is not None and desk.page.document.complete)
    page = desk.page
    assert page.header.name.text() == folder.name and page.header.isVisible()
    assert {track.label for track in page.document.analysis(0).tracks} == {"sad"}  # type: ignore[union-attr]
    desk.until(lambda: not page.player.waits)
    desk.bot.keyClick(page.display.view, Qt.Key.Key_Escape)
    assert page.stack.currentIndex() == 0 and page.document is None and page.header.isHidden()
    shown(desk)
    assert page.home.list.chosen is not None and page.home.list.chosen.folder == folder
    desk.until(lambda: page.window().focusWidget() is page.home.list)


def test_names_that_are_in_no_file_are_asked_about_before_it_is_left(desk: Desk, record: Record) -> None:
    desk.open(record() / "video.mp4")
    assert desk.page.document is not None
    desk.page.document.name(1, "Ada")
    desk.page.header.back.click()
    (question,) = desk.dialogs.opened
    assert desk.page.stack.currentIndex() == 1
    question.accept()
    assert desk.page.stack.currentIndex() == 0


def test_one_with_a_damaged_log_is_read_by_the_model(desk: Desk, record: Record) -> None:
    folder = record()
    (folder / "log.jsonl").write_bytes(b"\0" * 99)
    desk.open(folder / "video.mp4")
    assert desk.refused == [] and desk.page.document is not None and desk.page.document.readings.count == COUNT


def test_deleting_asks_once_and_takes_all_of_it(desk: Desk, record: Record) -> None:
    new, old = record(), record(ago_h=1)
    choose(desk, new)
    desk.bot.keyClick(desk.page.home.list, Qt.Key.Key_Delete)
    question = desk.dialogs.opened.pop()
    assert isinstance(question, YesNo)
    question.leaving.click()
    assert new.is_dir() and desk.page.home._deleting is None
    desk.page.home.delete.click()
    desk.dialogs.opened.pop().accept()
    desk.until(lambda: [session.folder for session in desk.page.home.list.sessions] == [old])
    assert not new.exists() and desk.page.home.warning.isHidden()
    assert desk.page.home.list.chosen is not None and desk.page.home.list.chosen.folder == old
    (old / "notes.txt").write_text("mine")
    desk.page.home.delete.click()
    desk.dialogs.opened.pop().accept()
    desk.until(lambda: desk.page.home.list.sessions == [])
    assert [path.name for path in old.iterdir()] == ["notes.txt"]
    assert desk.page.home.warning.text.text() == f"Other files in {old} were left there."


def test_a_disk_that_refuses_is_told(desk: Desk, record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(desk, record())

    def refuses(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refuses)
        desk.page.home.delete.click()
        desk.dialogs.opened.pop().accept()
        desk.until(lambda: desk.page.home._deleting is None)
    assert "cannot be deleted (permission denied)" in desk.page.home.warning.text.text()


def test_its_folder_is_shown(desk: Desk, record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, asked = record(), []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: asked.append(url.toLocalFile()))
    choose(desk, folder)
    desk.page.home.show_folder.click()
    assert asked == [str(folder)]
    assert str(folder) in desk.page.home.warning.text.text(), "where the system has nothing to show it with"


def test_markers_stand_in_the_timeline(desk: Desk, record: Record) -> None:
    desk.open(record(markers=(0.25, 0.6)) / "video.mp4")
    line = desk.page.timeline
    image = line.viewport().grab().toImage()
    x = round(line.x_at(0.25))
    column = [image.pixelColor(x, y).lightness() for y in range(AXIS_PX, image.height() - 4)]
    beside = [image.pixelColor(x + 8, y).lightness() for y in range(AXIS_PX, image.height() - 4)]
    assert np.mean(np.array(column) > 200) > np.mean(np.array(beside) > 200) + 0.3
    assert line.marker_at(x + 3) == (0.25, "Marker 1") and line.marker_at(x + 20) is None
    line.mousePressEvent(_press(x + 3, 4))
    desk.until(lambda: desk.page.player.at_s == 0.25)
    texts = [one.text for one in desk.page.document.moments if one.text is not None]  # type: ignore[union-attr]
    assert texts == ["Marker 1", "Marker 2"]


def _press(x: float, y: float) -> object:
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QMouseEvent

    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    return QMouseEvent(QEvent.Type.MouseButtonPress, QPointF(x, y), QPointF(x, y), left, left, none)


@pytest.mark.parametrize("anew", [False, True])
def test_a_copy_of_what_was_recorded_with_readings_is_not_painted_twice(
    desk: Desk, record: Record, tmp_path: Path, anew: bool
) -> None:
    folder = record(painted=True, markers=(0.2,))
    desk.open(folder / "video.mp4")
    if anew:
        desk.page._read_again()
        desk.until(lambda: desk.page.document is not None and desk.page.document.complete)
        assert desk.page.document is not None and len(desk.page.document.markers) == 1
    assert not desk.page.display.view.look.boxes
    target = write(desk, "mp4", tmp_path / "copy.mp4")
    before, after = pictures(folder / "video.mp4"), pictures(target)
    assert len(before) == len(after) == COUNT
    for (ours, _), (theirs, _) in zip(before, after, strict=True):
        assert np.abs(ours.astype(int) - theirs).mean() < 6
    text, warning = desk.told[-1]
    assert "copy.mp4 has the readings that were recorded with it, and none painted over them." in text and warning
    plain = record(ago_h=1)
    desk.open(plain / "video.mp4")
    target = write(desk, "mp4", tmp_path / "plain.mp4")
    painted = pictures(target)[0][0].astype(int) - pictures(plain / "video.mp4")[0][0]
    assert np.abs(painted).mean() > 6, "what was recorded plain is painted on"


def test_that_a_face_was_read_against_its_own_neutral_goes_from_the_log_to_files(
    desk: Desk, record: Record, tmp_path: Path
) -> None:
    desk.open(record(own=True) / "video.mp4")
    desk.until(lambda: desk.page.display.faces)
    assert [face.own_neutral for face in desk.page.display.faces] == [True]
    with write(desk, "csv", tmp_path / "own.csv").open(newline="") as file:
        assert {row["own_neutral"] for row in csv.DictReader(file)} == {"1"}


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
    assert names[first].endswith(f"2026, 12:30:10 ({first.name})")
    assert names[third].endswith(f"2026, 12:30:10 ({third.name})")
    choose(desk, second)
    desk.page.home.delete.click()
    question = desk.dialogs.opened.pop()
    assert isinstance(question, YesNo)
    assert any(names[second] in label.text() for label in question.findChildren(QLabel))
    question.reject()
