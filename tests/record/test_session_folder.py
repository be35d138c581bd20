"""The folder of sessions: listed as they are, whole or not, and deleted without touching anything else."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from fer_desktop import resources
from fer_desktop.core.errors import InputError
from fer_desktop.record import session_folder
from fer_desktop.record.about import ABOUT, LOG, VIDEO, About, new_about, write_about
from fer_desktop.record.canvas import Canvas
from fer_desktop.record.log import Head, LogWriter, Marker
from fer_desktop.record.recorder import Recorder
from fer_desktop.record.session_folder import Sessions, session_of
from fer_desktop.record.video import GrowingVideo
from tests.record.pictures import SIZE, analysis, frame, numbered, played

Make = Callable[..., Recorder]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def one(recorder: Make, sessions: Sessions) -> Path:
    """The folder of a session of 45 pictures with a marker."""
    made = recorder()
    made.mark("here")
    for number in range(45):
        of = frame(number, number / 30)
        made.put(of, analysis(of))
    assert made.stop()
    folder = made.progress.folder
    assert folder is not None and made.progress.error is None
    return folder


def changed(folder: Path, **values: object) -> None:
    record = json.loads((folder / ABOUT).read_bytes())
    (folder / ABOUT).write_text(json.dumps(record | values))


def unended(folder: Path) -> None:
    """As a kill leaves it: what is known at the end is not there."""
    about = About.from_json((folder / ABOUT).read_bytes())
    left = replace(about, ended=False, seconds=None, pictures=0, markers=())
    write_about(folder, left)
    log = folder / LOG
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(line for line in lines if b'"end"' not in line) + b'{"record":"fa')


def test_a_session_says_what_it_is(one: Path, sessions: Sessions) -> None:
    (session,) = sessions.sessions()
    about = session.about
    assert about is not None and (session.folder, session.problem, session.running) == (one, "", False)
    assert (about.source, about.model, about.size, about.encoder) == ("Camera", "model", SIZE, "libx264")
    assert (about.pictures, about.dropped, about.ended, about.error) == (45, 0, True, "")
    assert about.seconds == pytest.approx(44 / 30, abs=0.001)
    assert [marker.text for marker in about.markers] == ["here"]
    assert not about.annotated and not about.blurred
    # Its first picture counts, and that was taken when the tests were collected.
    assert abs(datetime.now().astimezone() - about.created) < timedelta(hours=2)
    assert session.size_bytes == sum(path.stat().st_size for path in one.iterdir())
    assert sorted(path.name for path in one.iterdir()) == [LOG, ABOUT, VIDEO]
    assert session.video == one / VIDEO and session.log == one / LOG
    if os.name == "posix":
        assert stat.S_IMODE(one.stat().st_mode) == 0o700, "for its owner alone"


def test_what_was_written_is_read_again() -> None:
    about = replace(
        new_about(True, True), source="Café", size=(3, 4), markers=(Marker(1.5, "ä"),), seconds=2.5, dropped=7
    )
    assert About.from_json(about.as_json()) == about
    alone = replace(new_about(False, False), has_video=False)
    assert About.from_json(alone.as_json()).has_video is False


def test_the_newest_comes_first_and_names_never_clash(sessions: Sessions) -> None:
    about = new_about(False, False)
    older = replace(about, created=about.created - timedelta(days=1))
    made: list[Path] = []

    def make() -> None:
        made.extend(sessions.make(about) for _ in range(10))

    threads = [threading.Thread(target=make) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first = sessions.make(older)
    assert len(set(made)) == 30
    assert first.name == older.created.strftime("FER %Y-%m-%d at %H.%M.%S")
    listed = [session.folder for session in sessions.sessions()]
    assert set(listed) == {*made, first} and listed[-1] == first


def test_one_that_was_killed_is_mended_from_its_log(one: Path, sessions: Sessions) -> None:
    unended(one)
    (session,) = sessions.sessions()
    assert session.about is not None
    assert session.about.seconds == pytest.approx(44 / 30, abs=0.001)
    assert [marker.text for marker in session.about.markers] == ["here"]
    assert session.problem == "The program ended before the recording did"
    assert not session.running
    (one / ABOUT).unlink()
    (session,) = sessions.sessions()
    assert session.about is not None and session.about.size == SIZE and session.about.source == "Camera"
    assert session.about.seconds == pytest.approx(44 / 30, abs=0.001)
    assert session.problem == "session.json is missing"


@pytest.mark.parametrize("after", ["killed while it waited", "killed before its readings were ready"])
def test_one_that_was_killed_is_as_long_as_it_plays(sessions: Sessions, after: str) -> None:
    """Longer than what was read, where its last picture was repeated in a rest, or nothing was read at first."""
    folder = sessions.make(new_about(False, False))
    video = GrowingVideo(folder / VIDEO, SIZE)
    log = LogWriter(folder / LOG, Head("2026-01-01T12:00:00+01:00", "Camera", "model", SIZE))
    log.add(0, 0.0, (), Canvas(SIZE).fit(SIZE))
    for number in range(13):
        video.add(numbered(number), number / 30)
    video.flush(1.4)
    if after == "killed while it waited":
        log.add(12, 0.4, (), Canvas(SIZE).fit(SIZE))
    video.abandon()
    log.close()
    (session,) = sessions.sessions()
    assert session.running and session.about is not None and session.about.seconds in (0.0, 0.4), "the log is newer"
    session_folder.let_go(folder)
    (session,) = sessions.sessions()
    found = played(folder / VIDEO)
    assert session.about is not None and session.about.pictures == len(found)
    assert session.about.seconds == pytest.approx(found[-1][1], abs=0.001)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b"\xff", b'{"schema":2}', b'{"schema":1,"size":[1]}'])
def test_a_damaged_one_is_listed_with_its_reason(one: Path, sessions: Sessions, content: bytes) -> None:
    (one / ABOUT).write_bytes(content)
    (session,) = sessions.sessions()
    assert session.problem == "session.json is damaged"
    assert session.about is not None and session.about.seconds is not None, "the log still tells"
    (one / LOG).write_bytes(b"nothing")
    (session,) = sessions.sessions()
    assert session.about is None and session.problem == "session.json is damaged"
    assert sessions.delete(session)


@pytest.mark.parametrize("name", ["size", "created", "markers", "seconds", "pictures"])
@pytest.mark.parametrize("value", ["x", 1, [1], [None, None], {"a": 1}, None])
def test_no_value_breaks_the_list(sessions: Sessions, name: str, value: object) -> None:
    changed(sessions.make(new_about(False, False)), **{name: value})
    assert len(sessions.sessions()) == 1


def test_what_is_missing_is_said(one: Path, sessions: Sessions) -> None:
    (one / LOG).rename(one / "elsewhere")
    assert sessions.sessions()[0].problem == "log.jsonl is missing"
    (one / "elsewhere").rename(one / LOG)
    (one / VIDEO).unlink()
    assert sessions.sessions()[0].problem == "video.mp4 is missing"
    (one / VIDEO).touch()
    assert sessions.sessions()[0].problem == "video.mp4 is damaged"
    (one / VIDEO).write_bytes(b"\0\0\0\x20ftypisom")
    changed(one, error="The disk was full")
    assert sessions.sessions()[0].problem == "The disk was full"


def test_other_folders_and_links_are_passed_over(one: Path, sessions: Sessions, tmp_path: Path) -> None:
    (sessions.folder / "holiday").mkdir()
    (sessions.folder / "a.mp4").touch()
    (sessions.folder / "link").symlink_to(one)
    assert [session.folder for session in sessions.sessions()] == [one]
    assert Sessions(tmp_path / "none").sessions() == []
    assert Sessions(sessions.folder / "a.mp4").sessions() == []


def test_a_session_is_deleted_and_nothing_else(one: Path, sessions: Sessions) -> None:
    (session,) = sessions.sessions()
    (one / ".write.abc.tmp").touch()
    (one / "notes.txt").touch()
    assert not sessions.delete(session)
    assert [path.name for path in one.iterdir()] == ["notes.txt"]
    assert sessions.sessions() == []
    (one / "notes.txt").unlink()
    assert sessions.delete(session)
    assert not one.exists()
    with pytest.raises(InputError, match="cannot be deleted"):
        sessions.delete(session)
    with pytest.raises(ValueError, match="is not in"):
        sessions.delete(replace(session, folder=sessions.folder))


def test_one_that_is_being_recorded_is_not_deleted(recorder: Make, sessions: Sessions) -> None:
    made = recorder()
    made.put(frame(0, 0.0), None)
    while not sessions.sessions():
        assert made.progress.running
    (session,) = sessions.sessions()
    assert session.running and session.problem == ""
    with pytest.raises(InputError, match="is being recorded"):
        sessions.delete(session)
    assert made.stop()
    assert sessions.delete(session)


def test_who_records_holds_the_folder_whatever_the_clock_says(sessions: Sessions, tmp_path: Path) -> None:
    """Another process records; it is asked neither for its number nor for when it began."""
    code = (
        "import sys, time; from pathlib import Path; from fer_desktop.record.session_folder import Sessions\n"
        "from fer_desktop.record.about import new_about\n"
        "print(Sessions(Path(sys.argv[1])).make(new_about(False, False)), flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(sessions.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as other:
        assert other.stdout is not None
        folder = Path(other.stdout.readline().strip())
        record = json.loads((folder / ABOUT).read_bytes())
        assert "process" not in record
        (session,) = sessions.sessions()
        assert session.folder == folder and session.running
        with pytest.raises(InputError, match="is being recorded"):
            sessions.delete(session)
        other.kill()
        other.wait()
        assert not sessions.sessions()[0].running, "nothing that was killed holds anything"
    assert sessions.delete(session)


def test_a_file_leads_to_its_session(one: Path, tmp_path: Path) -> None:
    for path in (one, one / VIDEO, one / LOG):
        session = session_of(path)
        assert session is not None and session.folder == one
    stranger = tmp_path / VIDEO
    stranger.touch()
    assert session_of(stranger) is None and session_of(tmp_path) is None
    assert session_of(one / "other.mp4") is None


def test_no_room_at_the_start(small_disk: Path) -> None:
    told = r"The disk has [0-3]\.\d MB left, and a recording begins with 64 MB or more. Make room on the disk of /"
    with pytest.raises(InputError, match=told):
        Sessions(small_disk / "sessions").make(new_about(False, False))
    assert list((small_disk / "sessions").iterdir()) == []


def test_how_much_room_there_is_is_told_and_never_more(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    room = session_folder.LEAST_ROOM - 1
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9 - room, room))
    with pytest.raises(InputError, match=r"has 63\.9 MB left, and a recording begins with 64 MB"):
        sessions.make(new_about(False, False))
    room += 1
    assert sessions.make(new_about(False, False)).is_dir()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be written"):
        Sessions(tmp_path / "file").make(new_about(False, False))


def test_they_lie_among_the_videos(empty_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_VIDEOS_DIR", raising=False)
    folder = Sessions.default().folder
    assert folder == resources.sessions_dir() and folder.name == "FER Desktop"
    assert session_folder.LEAST_ROOM > session_folder.ROOM_BYTES


def test_whether_its_readings_are_on_its_video(one: Path, tmp_path: Path) -> None:
    assert not session_folder.recorded_with_readings(one / VIDEO)
    changed(one, annotated=True)
    assert session_folder.recorded_with_readings(str(one / VIDEO))
    assert not session_folder.recorded_with_readings(tmp_path / "other.mp4")


def test_a_damaged_log_is_told(one: Path, sessions: Sessions) -> None:
    (one / LOG).write_bytes(b"\0" * 99)
    (session,) = sessions.sessions()
    assert session.problem == "log.jsonl is damaged" and session.about is not None and session.about.pictures == 45
