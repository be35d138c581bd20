"""Any picture of a file by its number: exactly that one, whatever the file's key pictures and times are."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from fer_desktop.capture.video_file import VideoFileSource
from fer_desktop.capture.video_seek import SeekingVideo, Stamps
from tests.numbered_videos import number_of, write_numbered
from tests.videos import turn, write_video

COUNT = 300


def read_through(path: Path) -> VideoFileSource:
    """The file, read to its end."""
    source = VideoFileSource(path, realtime=False, loop=False)
    source.open()
    number = 0
    while (frame := source.read()) is not None:
        assert number_of(frame.bgr) == frame.index == number
        number += 1
    source.close()
    assert number == len(source.stamps) == COUNT
    return source


def uneven() -> list[float]:
    """Rising, with short and long steps."""
    steps = np.random.default_rng(5).choice([0.01, 0.04, 0.08, 0.5], COUNT)
    return np.cumsum(steps).round(3).tolist()


@pytest.mark.parametrize(
    ("name", "codec", "times", "key_every", "between"),
    [
        ("far.mp4", "libx264", None, 250, 2),
        ("near.mp4", "libx264", None, 12, 0),
        ("uneven.mp4", "libx264", uneven(), 250, 3),
        ("uneven.mkv", "libx264", uneven(), 60, 3),
        ("old.avi", "mpeg4", None, 100, 0),
        ("old.mp4", "mpeg4", None, 60, 2),
        ("stream.ts", "libx264", None, 100, 2),
    ],
)
def test_gives_exactly_the_picture_asked_for(
    tmp_path: Path, name: str, codec: str, times: list[float] | None, key_every: int, between: int
) -> None:
    path = write_numbered(tmp_path / name, COUNT, times, key_every, codec, between)
    source = read_through(path)
    assert source.stamps.rising
    video = SeekingVideo(path, source.stamps)
    wanted = random.Random(3).sample(range(COUNT), 40)
    wanted += [0, COUNT - 1, COUNT - 2, COUNT - 3, 0, 1, 2, 100, 99, 98, 130, 250, 249]
    try:
        for number in wanted:
            frame = video.frame(number, 1.5)
            assert frame is not None
            assert (number_of(frame.bgr), frame.index, frame.captured_at) == (number, number, 1.5)
    finally:
        video.close()


def test_steps_back_without_reading_again(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "far.mp4", COUNT)
    video = SeekingVideo(path, read_through(path).stamps)
    assert video.frame(200, 0.0) is not None
    video._packets = None  # nothing can be decoded any more
    for number in range(199, 180, -1):
        frame = video.frame(number, 0.0)
        assert frame is not None
        assert number_of(frame.bgr) == number
    video.close()


def test_a_wish_that_is_given_up_costs_nothing_later(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "far.mp4", COUNT)
    video = SeekingVideo(path, read_through(path).stamps)
    asked = []

    def given_up() -> bool:
        asked.append(1)
        return len(asked) > 20

    assert video.frame(240, 0.0, given_up) is None
    decoded = video._at
    assert decoded is not None
    assert 0 < decoded < 240
    frame = video.frame(230, 0.0)
    assert frame is not None
    assert number_of(frame.bgr) == 230
    video.close()


def test_times_that_do_not_tell_the_pictures_apart(tmp_path: Path) -> None:
    """Counted from the beginning instead."""
    path = write_numbered(tmp_path / "far.mp4", 60)
    stamps = Stamps()
    for number in range(60):
        stamps.add(number // 2, number == 0)
    assert not stamps.rising
    video = SeekingVideo(path, stamps)
    for number in (30, 31, 5, 59, 58, 0):
        frame = video.frame(number, 0.0)
        assert frame is not None
        assert number_of(frame.bgr) == number
    video.close()


def test_a_bad_time_that_is_read_after_seeking(tmp_path: Path) -> None:
    """The decoder stands somewhere in the file then; from there nothing can be counted."""
    path = write_numbered(tmp_path / "far.mp4", 120)
    source = VideoFileSource(path, realtime=False, loop=False)
    source.open()
    while source.read() is not None:
        pass
    source.close()
    stamps = source.stamps
    video = SeekingVideo(path, stamps)
    assert video.frame(80, 0.0) is not None
    stamps.add(stamps.tick(119), False)
    assert not stamps.rising
    for number in (10, 85, 80, 79, 119, 3):
        frame = video.frame(number, 0.0)
        assert frame is not None
        assert number_of(frame.bgr) == number
    assert video.frame(120, 0.0) is None, "the file has no such picture"
    video.close()


class Misled(SeekingVideo):
    """Its index leads past the picture, unless it is asked for from a second earlier."""

    def __init__(self, path: Path, stamps: Stamps) -> None:
        super().__init__(path, stamps)
        self.opened = 0

    def _open(self) -> None:
        super()._open()
        self.opened += 1

    def _seek(self, number: int, earlier_s: float) -> None:
        super()._seek(number if earlier_s > 1 else number + 60, 0.0)


def test_an_index_that_leads_past_the_picture(tmp_path: Path) -> None:
    """It is looked for from a little earlier, not from the beginning of the file."""
    path = write_numbered(tmp_path / "near.mp4", COUNT, key_every=12)
    video = Misled(path, read_through(path).stamps)
    for number in (200, 20, 100):
        frame = video.frame(number, 0.0)
        assert frame is not None
        assert number_of(frame.bgr) == number
    assert video.opened == 1
    video.close()


def test_rotation_is_respected(tmp_path: Path) -> None:
    path = write_video(tmp_path / "turned.mp4", size=(64, 48))
    turn(path, 1)
    source = VideoFileSource(path, realtime=False, loop=False)
    source.open()
    frames = [source.read() for _ in range(12)]
    source.close()
    video = SeekingVideo(path, source.stamps)
    for number in (7, 2):
        frame, wanted = video.frame(number, 0.0), frames[number]
        assert frame is not None and wanted is not None
        assert frame.size == (48, 64)
        assert np.array_equal(frame.bgr, wanted.bgr)
    video.close()


def test_stamps_know_the_key_pictures() -> None:
    stamps = Stamps()
    for number in range(30):
        stamps.add(number * 10, number % 10 == 0)
    assert [stamps.key_before(number) for number in (0, 9, 10, 29)] == [0, 0, 10, 20]
    assert stamps.number(70) == 7
    assert stamps.number(75) is None
    assert stamps.number(None) is None
