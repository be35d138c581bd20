"""What a recording is handed: every frame once, in order, with what was read of it or of one before."""

from __future__ import annotations

import numpy as np
import pytest

from fer_desktop.core.types import Analysis, Frame
from fer_desktop.live import following
from fer_desktop.live.analysis_worker import Job
from fer_desktop.live.following import Following


class Taken:
    """Frames by their index, each with the index of the frame that its analysis is of."""

    def __init__(self) -> None:
        self.got: list[tuple[int, int | None]] = []
        self.following = Following(self.take)

    def take(self, frame: Frame, analysis: Analysis | None) -> None:
        self.got.append((frame.index, None if analysis is None else analysis.frame_index))

    def captured(self, number: int, epoch: int = 1) -> Job:
        job = Job(Frame(np.zeros((4, 4, 3), np.uint8), number, number / 30, "Camera"), number, epoch)
        self.following.captured(job)
        return job

    def read(self, job: Job) -> None:
        self.following.settled(job, Analysis(job.frame.index, job.frame.captured_at, job.frame.size, (), "fake"))

    def passed_over(self, job: Job) -> None:
        self.following.settled(job, None)


def test_frames_come_in_order_and_wait_for_their_reading() -> None:
    taken = Taken()
    first, second, third = (taken.captured(number) for number in range(3))
    taken.passed_over(second)
    assert taken.got == [], "the first is being read"
    taken.read(first)
    assert taken.got == [(0, 0), (1, 0)]
    taken.read(third)
    assert taken.got == [(0, 0), (1, 0), (2, 2)]


def test_before_anything_reads_they_come_with_nothing() -> None:
    taken = Taken()
    for number in range(3):
        taken.passed_over(taken.captured(number))
    assert taken.got == [(0, None), (1, None), (2, None)]


def test_a_reading_that_takes_too_long_is_not_waited_for_and_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "MOST_FRAMES", 4)
    taken = Taken()
    slow = taken.captured(0)
    for number in range(1, 6):
        taken.passed_over(taken.captured(number))
    assert taken.got == [(number, None) for number in range(6)], "bounded"
    taken.read(slow)
    taken.passed_over(taken.captured(6))
    assert taken.got[-1] == (6, 0)


def test_what_was_read_of_another_source_goes_with_none_of_this_one() -> None:
    taken = Taken()
    taken.read(taken.captured(0, epoch=1))
    late = taken.captured(1, epoch=1)
    other = taken.captured(2, epoch=2)
    taken.read(late)
    taken.passed_over(other)
    taken.read(taken.captured(3, epoch=2))
    assert taken.got == [(0, 0), (1, 1), (2, None), (3, 3)]


def test_a_frame_read_once_more_in_a_pause_comes_again_for_the_recorder_to_pass_over() -> None:
    taken = Taken()
    again = taken.captured(0)
    taken.read(again)
    job = Job(again.frame, 1, 1)
    taken.following.captured(job)
    taken.read(job)
    assert taken.got == [(0, 0), (0, 0)]
