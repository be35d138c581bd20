"""A recording that is being read, cancelled, left, or cannot be; what holds nothing else up."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from fer_desktop.capture.video_seek import SeekingVideo
from fer_desktop.gui.recordings import document
from tests.gui.recordings.conftest import COUNT, Desk, shown_number

CLICK = Qt.MouseButton.LeftButton


def test_what_is_there_can_be_watched_while_the_rest_is_read(desk: Desk, recording: Path) -> None:
    desk.gate.let(40)
    page = desk.page
    page.open(recording)
    desk.until(lambda: page.document is not None and page.document.readings.count == 40)
    assert page.header.cancel.isVisible()
    assert not page.header.export.isEnabled()
    page.player.go_to(35)
    desk.at(35)
    assert shown_number(desk) == 35
    page.player.play()
    desk.until(lambda: page.player.number == 39)
    assert page.player.playing, "it waits for more"
    desk.gate.let(COUNT)
    desk.until(lambda: page.player.number > 45)
    desk.until(lambda: not page.reader.running)
    assert page.header.export.isEnabled()


def test_cancel_keeps_what_is_done(desk: Desk, recording: Path) -> None:
    desk.gate.let(30)
    page = desk.page
    page.open(recording)
    desk.until(lambda: page.document is not None and page.document.readings.count == 30)
    desk.bot.mouseClick(page.header.cancel, CLICK)
    desk.gate.let(COUNT)
    desk.until(lambda: not page.reader.running)
    count = page.document.readings.count
    assert 30 <= count < COUNT
    assert page.timeline.scale.whole_s == pytest.approx(count * 0.04)
    page.player.go_to(29)
    desk.at(29)
    assert not page.header.cancel.isVisible()
    assert desk.told == []


def test_what_is_no_video_says_one_line(desk: Desk, recording: Path, tmp_path: Path) -> None:
    for name, content in (("empty.mp4", b""), ("text.mp4", b"hello " * 50), ("noise.mp4", bytes(range(256)) * 9)):
        path = tmp_path / name
        path.write_bytes(content)
        desk.page.open(path)
        desk.until(lambda: len(desk.refused) == 1)
        assert "\n" not in desk.refused[0]
        assert name in desk.refused.pop()
        assert desk.page.stack.currentIndex() == 0
    desk.open(recording)
    assert desk.page.document is not None


def test_another_recording_takes_its_place(desk: Desk, recording: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.mp4"
    other.write_bytes(recording.read_bytes())
    desk.gate.let(20)
    desk.page.open(recording)
    desk.until(lambda: desk.page.document is not None and desk.page.document.readings.count == 20)
    desk.gate.let(COUNT)
    desk.open(other)
    assert desk.page.document.path == other
    assert desk.page.document.readings.count == COUNT


def test_a_model_that_is_loading_holds_nothing_up(desk: Desk, recording: Path) -> None:
    desk.gate.let(0)
    page = desk.page
    for _ in range(3):
        page.open(recording)
        desk.until(lambda: page.document is not None)
        began_s = time.monotonic()
    # The analysis of each still waits at the gate.
    page.open(recording)
    assert time.monotonic() - began_s < 3, "it is left, not waited for"
    desk.gate.let(COUNT)
    desk.until(lambda: page.document is not None and page.document.readings.count == COUNT)


def test_a_picture_that_does_not_come_holds_nothing_up(desk: Desk, recording: Path) -> None:
    """A disk that sleeps: the recording is left all the same, and its thread ends when the disk answers."""
    desk.open(recording)
    player, let_go, asked = desk.page.player, threading.Event(), threading.Event()

    class Stuck:
        closed = False

        def frame(self, number: int, at_s: float, given_up: Callable[[], bool] = bool) -> None:
            asked.set()
            let_go.wait(20)

        def close(self) -> None:
            self.closed = True

    stuck = Stuck()
    player.open(desk.page.document, stuck)
    player.go_to(3)
    assert asked.wait(10)
    began_s = time.monotonic()
    try:
        desk.page.open(recording)
        assert time.monotonic() - began_s < 2
        assert not stuck.closed
    finally:
        let_go.set()
    player.close()
    assert stuck.closed, "the end waits for it"


def test_the_buttons_ask_for_a_recording(desk: Desk, recording: Path) -> None:
    page = desk.page
    with desk.bot.waitSignal(page.recording_wanted, timeout=1000):
        desk.bot.mouseClick(page.home.open_file, CLICK)
    desk.open(recording)
    with desk.bot.waitSignal(page.recording_wanted, timeout=1000):
        desk.bot.mouseClick(page.header.open, CLICK)


def test_one_part_that_fails_keeps_no_other_from_its_end(
    desk: Desk, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open(recording)

    def fail() -> None:
        raise RuntimeError("gone")

    with monkeypatch.context() as patched:
        patched.setattr(desk.page.export, "stop", fail)
        with pytest.raises(RuntimeError):
            desk.page.shut_down()
    assert not any(thread.name == "recording pictures" for thread in threading.enumerate())


def test_moments_are_looked_for_again_after_a_fault(
    desk: Desk, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open(recording)
    document_ = desk.page.document
    desk.until(lambda: document_.moments)

    def fail(_: object) -> None:
        raise MemoryError

    with desk.bot.capture_exceptions() as raised, monkeypatch.context() as patched:
        patched.setattr(document, "moments", fail)
        document_.refresh()
        desk.until(lambda: raised)
    document_.remove([1])
    desk.until(lambda: document_.moments and all(one.face == 2 for one in document_.moments))


def test_out_of_sight_it_does_not_play_on(desk: Desk, recording: Path) -> None:
    desk.open(recording)
    desk.page.player.play()
    desk.page.hide()
    assert not desk.page.player.playing


def test_a_recording_without_a_face_says_so(desk: Desk, recording: Path) -> None:
    desk.find = lambda _: ()
    desk.gate.let(20)
    desk.page.open(recording)
    desk.until(lambda: desk.page.document is not None and desk.page.document.readings.count == 20)
    assert not desk.page.document.faceless, "it may still come"
    assert desk.page.side.said_of_the_chosen == "No face yet"
    before = desk.page.timeline.viewport().grab().toImage()
    desk.gate.let(COUNT)
    desk.until(lambda: not desk.page.reader.running)
    assert desk.page.document.faceless
    assert desk.page.side.said_of_the_chosen == "No face found"
    assert desk.page.timeline.viewport().grab().toImage() != before


def test_a_recording_that_was_deleted_says_so(desk: Desk, recording: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.mp4"
    other.write_bytes(recording.read_bytes())
    desk.open(other)
    page = desk.page
    # The decoder still holds the file; another one opens it anew.
    assert page.reader is not None
    page.player.open(page.document, SeekingVideo(other, page.reader.recording.stamps))
    other.unlink()
    page.player.go_to(40)
    desk.until(lambda: desk.told)
    assert "is not there any more" in desk.told.pop()[0]
    page.export.write("mp4", tmp_path / "copy.mp4")
    desk.until(lambda: page.export.job is None)
    assert "is not there any more" in desk.told.pop()[0]
