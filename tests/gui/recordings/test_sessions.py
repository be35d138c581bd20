"""The list of recorded sessions: what there is and what is wrong with it; opened, left again, shown, deleted."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices, QFontMetricsF

from fer_desktop.gui import task
from fer_desktop.gui.question import YesNo
from fer_desktop.gui.recordings import file_manager
from fer_desktop.gui.recordings import session_words as words
from fer_desktop.gui.recordings.home import EMPTY, LIST
from fer_desktop.gui.recordings.timeline_painting import AXIS_PX
from fer_desktop.overlay.painter import font
from fer_desktop.record.session_folder import Session, Sessions
from tests.gui.recordings.conftest import Desk, write
from tests.gui.recordings.recorded import COUNT, Record, choose, shown
from tests.record.pictures import pictures


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
    assert str(old) in row.toolTip() and str(old) not in row.data(Qt.ItemDataRole.AccessibleTextRole)


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


def test_why_it_ended_is_seen_in_a_narrow_row(desk: Desk, record: Record) -> None:
    """The reason comes first, and where it lies is the tool tip's, also where an earlier version wrote that first."""
    new, old = record(), record(1)
    reason = "no space left on device. Make room on its disk; what was recorded before is kept"
    for folder, error in (
        (new, f"The recording ended: {reason}"),
        (old, f"The recording ended: {old} cannot be written (no space left on device). Make room on that disk"),
    ):
        about = json.loads((folder / "session.json").read_bytes())
        (folder / "session.json").write_text(json.dumps(about | {"error": error}))
    told = [words.problem(session) for session in shown(desk)]
    assert told[0] == f"The recording ended: {reason}."
    assert told[1].startswith("The recording ended: its folder cannot be written (no space left on device). Make")
    rows = desk.page.home.list
    for row, text in enumerate(told):
        assert str(rows.sessions[row].folder) in rows.item(row).toolTip()
        seen = QFontMetricsF(font(12)).elidedText(text, Qt.TextElideMode.ElideRight, 500)
        assert "no space left on device" in seen


@pytest.fixture
def xdg_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts a program of that name before all others; what it was asked for is in the file this gives."""
    if sys.platform == "win32":
        pytest.skip("there is none")
    programs, asked = tmp_path / "programs", tmp_path / "asked"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs), prepend=os.pathsep)

    def make(ends: str) -> Path:
        script = programs / "xdg-open"
        script.write_text(f'#!/bin/sh\nprintf %s "$1" > "{asked}"\n{ends}\n')
        script.chmod(0o755)
        return asked

    return make


def test_its_folder_is_shown(
    desk: Desk, record: Record, xdg_open: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, place = record(), desk.page.home
    choose(desk, folder)
    for ends, told in (
        ("exit 0", ""),
        ("exit 3", f"No program that shows folders was found, or it failed. The session lies in {folder}"),
        ("exec sleep 1", ""),
    ):
        asked = xdg_open(ends)
        if "sleep" in ends:
            monkeypatch.setattr(file_manager, "WAIT_S", 0.3)
        place.show_folder.click()
        desk.until(lambda: place._showing is None)
        assert asked.read_text() == str(folder) and place.warning.text.text() == told
        assert place.warning.isVisible() == bool(told)
        asked.unlink()


def test_one_that_stays_keeps_no_other_from_being_shown(
    desk: Desk, record: Record, xdg_open: Callable[[str], Path]
) -> None:
    folder, place = record(), desk.page.home
    choose(desk, folder)
    xdg_open("exec sleep 1")
    place.show_folder.click()
    first = place._showing
    xdg_open("exit 3")
    place.show_folder.click()
    assert first is not None and place._showing is not first
    desk.until(lambda: place._showing is None)
    assert str(folder) in place.warning.text.text()


def test_where_there_is_no_xdg_open_the_system_is_asked(
    desk: Desk, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, asked = record(), []
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: asked.append(url.toLocalFile()))
    choose(desk, folder)
    desk.page.home.show_folder.click()
    assert asked == [str(folder)] and str(folder) in desk.page.home.warning.text.text()


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
