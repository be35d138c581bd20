"""The recorder: what was put in comes out, the caller never waits, and what goes wrong is told and costs no more."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from fer_desktop.core.types import Analysis, Box, Frame, UInt8Array
from fer_desktop.record import recorder as recorder_module
from fer_desktop.record import session_folder, session_writer
from fer_desktop.record.about import LOG, VIDEO
from fer_desktop.record.clock import REST_S
from fer_desktop.record.log import LogReader
from fer_desktop.record.recorder import Progress, Recorder
from fer_desktop.record.session_folder import Sessions
from fer_desktop.record.session_writer import Wanted
from fer_desktop.record.video import GrowingVideo
from tests.record.conftest import until
from tests.record.pictures import SIZE, START_S, analysis, face_at, frame, number_of, numbered, pictures, played

Make = Callable[..., Recorder]
TICK_S = 1 / 60_000


def ended(made: Recorder) -> tuple[Progress, Path]:
    assert made.stop()
    progress = made.progress
    assert progress.folder is not None and not progress.running
    return progress, progress.folder


def test_pictures_and_readings_come_out_as_they_went_in(recorder: Make) -> None:
    made = recorder()
    times = [number / 30 + 0.005 * (number % 3) for number in range(100)]
    for number, at_s in enumerate(times):
        of = frame(number, at_s)
        assert made.put(of, analysis(of))
    progress, folder = ended(made)
    assert (progress.error, progress.report, progress.dropped, progress.pictures) == (None, "", 0, 100)
    assert progress.seconds == pytest.approx(times[-1])
    found = played(folder / VIDEO)
    assert [number for number, _ in found] == list(range(100))
    assert [at_s for _, at_s in found] == pytest.approx(times, abs=TICK_S)
    logged = list(LogReader(folder / LOG).frames())
    assert [one.number for one in logged] == list(range(100))
    assert [one.time_s for one in logged] == pytest.approx(times, abs=1e-5)
    assert LogReader(folder / LOG).last() == {
        "record": "end", "time": pytest.approx(times[-1]), "pictures": 100, "dropped": 0, "error": None,
    }  # fmt: skip


def test_painted_pictures(recorder: Make) -> None:
    painted_on: list[tuple[int, Analysis | None]] = []

    def paint(of: Frame, read: Analysis | None) -> UInt8Array:
        painted_on.append((threading.get_ident(), read))
        return numbered(4000 - of.index)

    made = recorder(Wanted(paint=paint))
    for number in range(5):
        of = frame(number, number / 30)
        made.put(of, analysis(of))
    _, folder = ended(made)
    about = Sessions(folder.parent).sessions()[0].about
    assert about is not None and about.annotated and about.has_video and about.pictures == 5
    assert [one.number for one in LogReader(folder / LOG).frames()] == list(range(5))
    assert [number for number, _ in played(folder / VIDEO)] == [4000 - number for number in range(5)]
    assert len(painted_on) == 5
    assert all(thread != threading.get_ident() and read is not None for thread, read in painted_on)


def test_each_reading_is_logged_once_beside_its_picture(recorder: Make) -> None:
    """Analysing is slow: two pictures of three have none of their own, and one comes late."""
    made = recorder()
    frames = [frame(number, number / 30) for number in range(9)]
    early = analysis(frame(0, -0.1))
    made.put(frames[0], early)
    for of in frames[1:]:
        made.put(of, analysis(frames[of.index // 3 * 3]) if of.index > 3 else early)
    made.put(frame(9, 0.3), analysis(frames[8]))
    _, folder = ended(made)
    assert [one.number for one in LogReader(folder / LOG).frames()] == [3, 6, 8]


def test_another_source_model_and_size(recorder: Make) -> None:
    made = recorder()
    first = frame(0, 0.0)
    made.put(first, None)
    for number, (size, source) in enumerate(((SIZE, "Camera"), ((120, 160), "Phone"), ((80, 48), "Phone")), start=1):
        of = frame(number, number / 30, size, source)
        made.put(of, analysis(of, [face_at(Box(10, 20, 30, 40))], model=f"model-{source}"))
    _, folder = ended(made)
    lines = [json.loads(line) for line in (folder / LOG).read_text().splitlines()]
    assert lines[0]["model"] is None and lines[0]["size"] == list(SIZE)
    changes = [(one["record"], one[one["record"]]) for one in lines if one["record"] in ("model", "source")]
    assert changes == [("model", "model-Camera"), ("source", "Phone"), ("model", "model-Phone")]
    assert [number for number, _ in played(folder / VIDEO)][:2] == [0, 1]
    portrait, small = (picture for picture, _ in pictures(folder / VIDEO)[2:])
    assert portrait.shape == (96, 160, 3)
    assert portrait[:, :40].max() < 30 and portrait[:, 120:].max() < 30, "72 pixels wide, between black bars"
    assert number_of(small) == 3, "brought to the full size"
    boxes = [one.tracks[0].face.box.as_list() for one in LogReader(folder / LOG).frames()]
    assert boxes == [[10, 20, 30, 40], [44 + 6, 12, 18, 24], [20, 40, 60, 80]]


def test_markers_lie_where_they_were_set(recorder: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    now = START_S - 3.0
    made = recorder()
    monkeypatch.setattr(recorder_module.time, "monotonic", lambda: now)
    assert made.mark("before") == 0.0
    made.put(frame(0, 0.0), None)
    now = START_S + 0.5
    assert made.mark("in it") == pytest.approx(0.5)
    monkeypatch.undo()
    progress, folder = ended(made)
    assert [(one.time_s, one.text) for one in LogReader(folder / LOG).markers()] == [(0.0, "before"), (0.5, "in it")]
    assert progress.seconds == 0.5 and played(folder / VIDEO)[-1][1] == pytest.approx(0.5), "it reaches the marker"


def test_a_rest_is_left_out_and_times_agree(recorder: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pause of ten hours: a still picture of REST_S, a marker told as it is kept, what comes after at its time."""
    made = recorder()
    times = [0.0, 1.0, 36_000.0, 36_001.0, 36_002.5]
    for number, at_s in enumerate(times):
        of = frame(number, at_s)
        assert made.put(of, analysis(of))
        if number == 1:
            monkeypatch.setattr(recorder_module.time, "monotonic", lambda: START_S + 500.0)
            told = made.mark("in the rest")
            assert made.progress.waiting and made.progress.seconds == told
            monkeypatch.undo()
    progress, folder = ended(made)
    kept = [0.0, 1.0, 3.0, 4.0, 5.5]
    assert told == 1.0 + REST_S == 3.0
    assert progress.seconds == pytest.approx(5.5)
    assert [at_s for _, at_s in played(folder / VIDEO)] == pytest.approx(kept, abs=TICK_S)
    reader = LogReader(folder / LOG)
    assert [one.time_s for one in reader.frames()] == pytest.approx(kept, abs=1e-5)
    assert [one.time_s for one in reader.markers()] == [pytest.approx(3.0)]
    rests = [one for line in (folder / LOG).read_text().splitlines() if (one := json.loads(line))["record"] == "rest"]
    assert rests == [{"record": "rest", "time": pytest.approx(3.0), "seconds": pytest.approx(35_997.0)}]


def test_a_picture_of_before_it_began_is_no_part_of_it(sessions: Sessions) -> None:
    """Begun in a pause: what stands on the screen was captured ten minutes ago."""
    began_s = time.monotonic()
    made = Recorder(sessions, Wanted(), since_s=began_s)
    made.start()
    try:
        assert not made.put(Frame(numbered(9), 9, began_s - 600.0, "Camera"), None)
        assert made.mark("early") == 0.0
        assert made.progress.waiting and made.progress.seconds == 0.0 and made.progress.folder is None
        for number in range(10):
            assert made.put(Frame(numbered(number), number, began_s + 0.01 + number / 30, "Camera"), None)
    finally:
        progress, folder = ended(made)
    assert progress.seconds == pytest.approx(0.3) and (progress.pictures, progress.dropped) == (10, 0)
    assert [number for number, _ in played(folder / VIDEO)] == list(range(10))
    (session,) = sessions.sessions()
    assert session.about is not None
    assert abs(session.about.created.timestamp() - time.time()) < 60


def test_nothing_is_left_of_a_recording_without_pictures(recorder: Make, sessions: Sessions) -> None:
    made = recorder()
    made.mark("nothing")
    assert made.stop()
    assert made.progress.folder is None and made.progress.error is None
    assert not sessions.folder.exists()
    assert not made.put(frame(0, 0.0), None), "it is over"
    never_started = Recorder(sessions, Wanted())
    assert never_started.stop()


@pytest.fixture
def held_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """The encoder takes nothing until this is set."""
    go_on, real = threading.Event(), GrowingVideo.add

    def add(video: GrowingVideo, picture: UInt8Array, at_s: float, key: bool = False) -> None:
        assert go_on.wait(30)
        real(video, picture, at_s, key)

    monkeypatch.setattr(GrowingVideo, "add", add)
    yield go_on
    go_on.set()


def test_a_slow_encoder_costs_pictures_and_no_time(
    recorder: Make, held_up: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = frame(0, 0.0).bgr.nbytes
    monkeypatch.setattr(recorder_module, "QUEUE_BYTES", 10 * one)
    made = recorder()
    taken = []
    for number in range(50):
        of = frame(number, number / 30)
        taken.append(made.put(of, analysis(of)))
        assert made._bytes <= 10 * one, "what waits is bounded"
    assert taken == [True] * 10 + [False] * 40
    assert made.progress.dropped == 40
    held_up.set()
    until(lambda: not made._waiting)
    for number in range(50, 55):
        of = frame(number, number / 30)
        assert made.put(of, analysis(of)), "it goes on"
    progress, folder = ended(made)
    assert (progress.pictures, progress.dropped) == (15, 40)
    numbers = [*range(10), *range(50, 55)]
    found = played(folder / VIDEO)
    assert [number for number, _ in found] == numbers
    assert [at_s for _, at_s in found] == pytest.approx([number / 30 for number in numbers], abs=TICK_S)
    logged = list(LogReader(folder / LOG).frames())
    assert [one.number for one in logged] == [*range(10), *[None] * 40, *range(10, 15)], "readings are all kept"
    about = Sessions(folder.parent).sessions()[0].about
    assert about is not None and about.dropped == 40
    assert LogReader(folder / LOG).last()["dropped"] == 40


def test_readings_that_wait_are_bounded(
    recorder: Make, held_up: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_module, "QUEUE_BYTES", 1)
    monkeypatch.setattr(recorder_module, "MOST_WAITING", 20)
    monkeypatch.setattr(recorder_module, "MOST_MARKERS", 5)
    kept = []
    made = recorder()
    for number in range(100):
        of = frame(number, number / 30)
        made.put(of, analysis(of))
        kept.append(made.mark("x"))
    assert len(made._waiting) <= 26
    assert sum(one is not None for one in kept) == 5, "it is told which are kept"
    assert made.progress.dropped == 99


def test_an_encoder_that_hangs_is_left_behind(
    recorder: Make, held_up: threading.Event, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_module, "DRAIN_S", 0.0)
    made = recorder()
    for number in range(10):
        made.put(frame(number, number / 30), None)
    until(lambda: made.progress.folder)
    assert not made.stop(timeout_s=0.05)
    assert not made.progress.running
    held_up.set()
    progress, folder = ended(made)
    assert (progress.pictures, progress.dropped) == (1, 9), "what still waited is left out"
    assert [number for number, _ in played(folder / VIDEO)] == [0]


def test_a_source_that_stops_is_on_the_disk_soon(recorder: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_writer, "QUIET_S", 0.05)
    monkeypatch.setattr(recorder_module, "_LOOK_S", 0.01)
    made = recorder()
    for number in range(20):
        made.put(frame(number, number / 30), None)
    until(lambda: made.progress.pictures == 21)
    folder = made.progress.folder
    assert folder is not None
    assert [number for number, _ in played(folder / VIDEO)] == list(range(20))
    made.put(frame(20, 9.0), None)
    ended(made)
    assert [number for number, _ in played(folder / VIDEO)] == [*range(20), 19, 20]
    assert [at_s for _, at_s in played(folder / VIDEO)][-2:] == pytest.approx(
        [19 / 30 + 1, 19 / 30 + REST_S], abs=TICK_S
    )


def test_a_full_disk_ends_it_and_what_was_recorded_stays(
    recorder: Make, small_disk: Path, monkeypatch: pytest.MonkeyPatch, rng: np.random.Generator
) -> None:
    monkeypatch.setattr(session_folder, "LEAST_ROOM", 0)
    made = recorder(where=Sessions(small_disk))
    number = 0
    while made.progress.running and number < 3000:
        noise = rng.integers(0, 255, (96, 160, 3), np.uint8)
        noise[:48] = numbered(number % 4096)[:48]
        of = Frame(noise, number, START_S + number / 30, "Camera")
        if made.put(of, analysis(of)):
            number += 1
        else:
            until(lambda: len(made._waiting) < 100)
    progress, folder = ended(made)
    assert str(progress.error) == (
        "The recording ended: no space left on device. Make room on its disk; what was recorded before is kept"
    )
    assert not progress.report
    found = pictures(folder / VIDEO)
    # Whole fragments where the disk refused the video, and to the last picture where it first refused the log.
    assert len(found) > 100
    assert [number_of(picture[:48]) for picture, _ in found] == list(range(len(found)))
    log = (folder / LOG).read_bytes()
    assert log.endswith(b"\n") and all(json.loads(line) for line in log.splitlines())
    logged = list(LogReader(folder / LOG).frames())
    lost_s = progress.seconds - found[-1][1]
    print(f"disk full: {len(found)} pictures play, {lost_s:.2f} s lost at the end, {len(logged)} whole log lines")
    assert -0.05 <= logged[-1].time_s - found[-1][1] < 3.0 and lost_s < 3.0
    (session,) = Sessions(small_disk).sessions()
    assert session.about is not None and session.about.ended, "room was kept for this"
    assert session.problem == str(progress.error)
    assert Sessions(small_disk).delete(session)


FULL = """
import resource, sys, time
from pathlib import Path
import numpy as np
from fer_desktop.core.types import Frame
from fer_desktop.record import session_folder
from fer_desktop.record.recorder import Recorder
from fer_desktop.record.session_folder import Sessions
from fer_desktop.record.session_writer import Wanted
from tests.record.pictures import SIZE, analysis, numbered, track

resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
recorder = Recorder(Sessions(Path(sys.argv[1])), Wanted())
recorder.start()
random = np.random.default_rng(8)
start_s, number = time.monotonic(), 0
while recorder.progress.running and number < 3000:
    picture = numbered(number % 4096).copy()
    picture[48:] = random.integers(0, 255, (48, SIZE[0], 3), np.uint8)
    of = Frame(picture, number, start_s + number / 30, "Camera")
    recorder.put(of, analysis(of, [track(one) for one in range(int(sys.argv[2]))]))
    number += 1
    while len(recorder._waiting) > 50:
        time.sleep(0.001)
assert recorder.stop()
print(recorder.progress.error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of files are for POSIX")
@pytest.mark.parametrize("faces", [1, 30])
def test_a_file_that_may_not_grow_ends_it_and_what_was_recorded_stays(sessions: Sessions, faces: int) -> None:
    """As a full disk, for whoever may not make file systems; the video meets it first, or (30 faces) the log."""
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", FULL, str(sessions.folder), str(faces)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True, timeout=60)
    assert "The recording ended: file too large. Make room on its disk; what was" in done.stdout
    (session,) = sessions.sessions()
    assert session.about is not None and session.about.ended and session.problem == done.stdout.strip()
    found = pictures(session.folder / VIDEO)
    assert len(found) > 20
    assert [number_of(picture[:48]) for picture, _ in found] == list(range(len(found)))
    log = (session.folder / LOG).read_bytes()
    assert log.endswith(b"\n") and all(json.loads(line) for line in log.splitlines())
    logged = list(LogReader(session.folder / LOG).frames())
    assert all(len(one.tracks) == faces for one in logged), "no picture's faces are there in part"
    assert (len(log) > 350_000) == (faces == 30), "which of the two met the limit"


@pytest.mark.skipif(sys.platform == "win32", reason="there no file that is open is deleted")
@pytest.mark.parametrize("paused", [False, True])
@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("folder", "its folder was deleted. Nothing of it is kept"),
        ("video.mp4", "video.mp4 was deleted. What else was recorded is kept"),
        ("log.jsonl", "log.jsonl was deleted. What else was recorded is kept"),
        ("moved", "its folder is no longer there. If it was moved, what was recorded before lies in it"),
    ],
)
def test_what_is_taken_away_under_it_ends_it_soon_and_is_told_as_it_is(
    recorder: Make, monkeypatch: pytest.MonkeyPatch, what: str, told: str, paused: bool
) -> None:
    monkeypatch.setattr(session_writer, "LOOK_S", 0.01)
    made = recorder()
    for number in range(40):
        made.put(frame(number, number / 30), None)
    until(lambda: made.progress.pictures == 40)
    folder = made.progress.folder
    assert folder is not None
    if what == "folder":
        shutil.rmtree(folder)
    elif what == "moved":
        folder.rename(folder.with_name("mine"))
    else:
        (folder / what).unlink()
    numbers = itertools.count(40)

    def noticed() -> bool:
        if not paused:
            number = next(numbers)
            made.put(frame(number, number / 30), None)
        return not made.progress.running

    until(noticed)
    progress, _ = ended(made)
    assert str(progress.error) == f"The recording ended: {told}" and not progress.report
    assert folder.exists() == what.endswith((".mp4", ".jsonl"))
    if what == "moved":
        assert len(played(folder.with_name("mine") / VIDEO)) >= 30
    elif what == "log.jsonl":
        assert len(played(folder / VIDEO)) >= 40
    elif what == "folder":
        assert Sessions(folder.parent).sessions() == []


@pytest.mark.skipif(sys.platform == "win32", reason="there no file that is open is deleted")
def test_it_is_noticed_when_it_is_stopped_at_the_latest(recorder: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_writer, "LOOK_S", 1e9)
    made = recorder()
    made.put(frame(0, 0.0), None)
    until(lambda: made.progress.pictures == 1)
    folder = made.progress.folder
    assert folder is not None
    shutil.rmtree(folder)
    progress, _ = ended(made)
    assert str(progress.error) == "The recording ended: its folder was deleted. Nothing of it is kept"


def test_a_disk_that_is_not_full_is_not_to_be_emptied() -> None:
    text = str(session_writer.failed(OSError(5, "Input/output error")))
    assert text.startswith("The recording ended: input/output error. Look whether its disk") and "room" not in text


@pytest.mark.parametrize("blur", [False, True])
def test_a_defect_in_painting_ends_it_with_a_report(recorder: Make, blur: bool) -> None:
    def paint(of: Frame, read: Analysis | None) -> UInt8Array:
        return numbered(1 // (20 - of.index))

    made = recorder(Wanted(paint=paint, blur=blur))
    for number in range(40):
        made.put(frame(number, number / 30), None)
    until(lambda: not made.progress.running)
    progress, folder = ended(made)
    assert "by a defect of this program (ZeroDivisionError" in str(progress.error)
    assert "in paint" in progress.report
    assert len(played(folder / VIDEO)) == 20, "what was recorded is finished"
    assert Sessions(folder.parent).sessions()[0].problem == str(progress.error)


def test_it_loads_nothing_before_the_first_picture() -> None:
    """The window imports it when it starts."""
    code = "import sys, fer_desktop.record.recorder as r; assert not {'av', 'cv2', 'PySide6'} & set(sys.modules), r"
    subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).resolve().parents[2], check=True)


def test_an_unusable_folder_is_told(recorder: Make, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    made = recorder(where=Sessions(tmp_path / "file"))
    made.put(frame(0, 0.0), None)
    until(lambda: made.progress.error)
    assert "cannot be written" in str(made.progress.error)
    assert made.progress.folder is None


def test_faces_are_blurred_before_they_are_known_and_after(recorder: Make) -> None:
    """A face in all pictures, found only in some: every one is covered, and the rest of the picture is not."""
    size, box = (320, 240), Box(120, 60, 80, 90)
    texture = np.random.default_rng(5).integers(0, 255, (240, 320, 3), np.uint8)
    texture = np.asarray(cv2.resize(texture[::4, ::4], size, interpolation=cv2.INTER_NEAREST), np.uint8)
    made = recorder(Wanted(blur=True))
    for number in range(45):
        of = Frame(texture.copy(), number, START_S + number / 30, "Camera")
        found = number in (6, 7, 8, 15, 30)
        made.put(of, analysis(of, [face_at(box)] if found else []))
    progress, folder = ended(made)
    assert progress.dropped == 0
    about = Sessions(folder.parent).sessions()[0].about
    assert about is not None and about.blurred
    found = pictures(folder / VIDEO)
    assert len(found) == 45

    def detail(picture: UInt8Array, y: int, x: int) -> float:
        return float(cv2.Laplacian(picture[y : y + 90, x : x + 80, 1], cv2.CV_64F).var())

    for number, (picture, _) in enumerate(found):
        assert detail(picture, 60, 120) < 0.02 * detail(texture, 60, 120), number
        clear = number < 45 - 8
        assert (detail(picture, 140, 0) > 0.5 * detail(texture, 140, 0)) == clear, "nobody knows what comes at the end"
    assert found[0][0].shape == (size[1], size[0], 3)


def test_pictures_wait_for_what_comes_after_them_only_where_something_is_read(
    recorder: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder_module, "MOST_AHEAD_S", 1e9)
    made = recorder(Wanted(blur=True))
    for number in range(10):
        made.put(frame(number, number / 30), None)
    until(lambda: made.progress.pictures == 10)
    for number in range(10, 20):
        of = frame(number, number / 30)
        made.put(of, analysis(of, []))
    until(lambda: made.progress.pictures >= 12)
    assert made.progress.pictures <= 13, "those of the last quarter of a second wait"


def test_what_the_detector_alone_found_is_blurred_and_another_source_says_nothing_of_it(recorder: Make) -> None:
    """No track is made of the face; at half of the time another camera of the same size is shown."""
    size, box = (320, 240), Box(120, 60, 80, 90)
    texture = np.random.default_rng(6).integers(0, 255, (60, 80, 3), np.uint8)
    texture = np.asarray(cv2.resize(texture, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    made = recorder(Wanted(blur=True))
    for number in range(60):
        source = "Camera" if number < 30 else "Another"
        of = Frame(texture.copy(), number, START_S + number / 30, source)
        # The other one is not read at first, and then every fifth picture of it.
        read = replace(analysis(of, []), found=(box,)) if number < 30 or (number >= 40 and number % 5 == 0) else None
        made.put(of, read)
    _, folder = ended(made)
    found = pictures(folder / VIDEO)

    def clear(picture: UInt8Array, x: int, y: int) -> bool:
        parts = [cv2.Laplacian(one[y : y + 60, x : x + 60, 1], cv2.CV_64F).var() for one in (picture, texture)]
        return bool(parts[0] > 0.3 * parts[1])

    assert not any(clear(picture, 130, 80) for picture, _ in found), "the face"
    beside = [clear(picture, 0, 160) for picture, _ in found]
    assert beside[0] and all(beside[1:20]) and not any(beside[30:40]) and beside[45]
