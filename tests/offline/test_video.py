"""A recording read in threads: every picture, in order, with its time; and what ends it early."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from fer_desktop.capture.video_file import VideoFileSource
from fer_desktop.core.errors import Cancelled, InputError, ModelError
from fer_desktop.core.types import Frame, Track
from fer_desktop.offline import video
from fer_desktop.offline.video import VideoReading
from tests.fake_pipeline import FakePipeline, track
from tests.videos import turn, write_video


def source(path: Path) -> VideoFileSource:
    return VideoFileSource(path, realtime=False, loop=False)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "WATCH_S", 0.02)


def test_every_picture_with_its_own_time(tmp_path: Path) -> None:
    times = [0.0, 0.04, 0.14, 0.15, 0.35, 0.36, 0.7, 0.71, 0.72, 0.73, 0.9, 1.3]
    path = write_video(tmp_path / "a.mkv", times=times)
    pipeline = FakePipeline()
    with VideoReading(source(path), lambda: pipeline) as reading:
        beginning = reading.begin()
        results = list(reading.results())
    assert (beginning.model_id, beginning.size) == ("fake", (64, 48))
    assert [result.index for result in results] == list(range(12))
    assert [result.time_s for result in results] == pytest.approx(times, abs=2e-3)
    assert all(result.analysis is not None and len(result.analysis.tracks) == 1 for result in results)
    assert all(result.frame is None for result in results)
    assert pipeline.closed


def test_a_face_is_there_from_its_first_picture_and_what_was_none_never(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mkv", count=10)

    class Slow(FakePipeline):
        """Track 1 is known to be a face with its third picture, the seventh; track 2 flickers, track 3 ends unknown."""

        def __init__(self) -> None:
            super().__init__(lambda frame: [track(number) for number in self.found(frame.index)])
            self.confirmed = set()

        def found(self, index: int) -> list[int]:
            if index == 6:
                self.confirmed.add(1)
            return [1] * (index >= 4) + [2] * (index == 2) + [3] * (index >= 8)

    with VideoReading(source(path), Slow) as reading:
        reading.begin()
        results = list(reading.results())
    assert [result.index for result in results] == list(range(10))
    found = [[track.id for track in result.analysis.tracks] for result in results if result.analysis is not None]
    assert found == [[]] * 4 + [[1]] * 6


class Confirming(FakePipeline):
    """One face, on every picture; known to be one with its third."""

    def __init__(self) -> None:
        super().__init__(self._seen)
        self.confirmed = set()

    def _seen(self, frame: Frame) -> Sequence[Track]:
        if frame.index == 2:
            self.confirmed.add(1)
        return [track(1)]


def test_a_slow_disk_changes_no_result(tmp_path: Path, quick: None) -> None:
    path = write_video(tmp_path / "a.mkv", count=6)
    looks: list[bool] = []

    class Slow(VideoFileSource):
        """Its third picture takes ten looks of whoever waits for it."""

        def read(self) -> Frame | None:
            frame = super().read()
            if frame is not None and frame.index == 2:
                enough.wait(30)
            return frame

    enough = threading.Event()

    def cancelled() -> bool:
        looks.append(True)
        if len(looks) > 10:
            enough.set()
        return False

    with VideoReading(Slow(path, realtime=False, loop=False), Confirming) as reading:
        reading.begin()
        found = [result.analysis.tracks for result in reading.results(cancelled) if result.analysis is not None]
    assert [len(tracks) for tracks in found] == [1] * 6


def test_a_long_still_keeps_its_length(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mkv", count=3, times=[0.0, 100.0, 100.5])
    with VideoReading(source(path), FakePipeline) as reading:
        reading.begin()
        assert [result.time_s for result in reading.results()] == pytest.approx([0, 100, 100.5], abs=2e-3)


def test_pictures_are_upright_and_kept_where_asked_for(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", count=3)
    turn(path, 1)
    with VideoReading(source(path), FakePipeline, keep_frames=True) as reading:
        assert reading.begin().size == (48, 64)
        assert [result.frame.size for result in reading.results() if result.frame] == [(48, 64)] * 3


def test_no_model_is_loaded_for_what_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_text("no video")

    def never() -> FakePipeline:
        raise AssertionError("loaded")

    with VideoReading(source(path), never) as reading, pytest.raises(InputError, match="text, not a video"):
        reading.begin()


def test_a_model_that_is_damaged_is_told(tmp_path: Path) -> None:
    def damaged() -> FakePipeline:
        raise ModelError("the model is damaged")

    with (
        VideoReading(source(write_video(tmp_path / "a.mp4")), damaged) as reading,
        pytest.raises(ModelError, match="damaged"),
    ):
        reading.begin()


def test_a_defect_costs_one_picture(tmp_path: Path) -> None:
    def find(frame: Frame) -> Sequence[Track]:
        if frame.index == 3:
            raise RuntimeError("out of\ntune")
        return [track(1)]

    with VideoReading(source(write_video(tmp_path / "a.mp4")), lambda: FakePipeline(find)) as reading:
        reading.begin()
        results = list(reading.results())
    assert [result.index for result in results if result.error] == [3]
    assert results[3].error == "could not be analysed, a defect of this program (RuntimeError: out of tune)"
    assert results[3].analysis is None
    assert len(results) == 12


def test_what_concerns_every_picture_ends_it(tmp_path: Path) -> None:
    def find(frame: Frame) -> Sequence[Track]:
        if frame.index == 3:
            raise ModelError("the model gave out")
        return []

    pipeline = FakePipeline(find)
    with VideoReading(source(write_video(tmp_path / "a.mp4")), lambda: pipeline) as reading:
        reading.begin()
        results = reading.results()
        for number in range(3):
            assert next(results).index == number
        with pytest.raises(ModelError, match="gave out"):
            next(results)
    assert pipeline.closed


def test_cancelled_ends_it_at_once(tmp_path: Path) -> None:
    wanted = threading.Event()
    path = write_video(tmp_path / "a.mp4", count=60)
    pipeline = FakePipeline()
    with VideoReading(source(path), lambda: pipeline) as reading:
        reading.begin()
        results = []
        for result in reading.results(wanted.is_set):
            results.append(result)
            if len(results) == 5:
                wanted.set()
    assert len(results) == 5
    assert len(pipeline.seen) < 60
    with VideoReading(source(path), FakePipeline) as reading, pytest.raises(Cancelled):
        reading.begin(lambda: True)


class Hanging(VideoFileSource):
    """Its decoder hangs at the picture `at`, until let go."""

    def __init__(self, path: Path, at: int) -> None:
        super().__init__(path, realtime=False, loop=False)
        self.let_go = threading.Event()
        self._left = at

    def read(self) -> Frame | None:
        if self._left == 0:
            self.let_go.wait(30)
        self._left -= 1
        return super().read()


@pytest.mark.parametrize("at", [0, 3])
def test_a_decoder_that_hangs_is_given_up(tmp_path: Path, quick: None, at: int) -> None:
    hanging = Hanging(write_video(tmp_path / "a.mp4"), at)
    results = []
    try:
        with (
            VideoReading(hanging, FakePipeline, patience_s=0.1) as reading,
            pytest.raises(InputError, match=r"a\.mp4 gave no picture for 0 s.* and was given up\. Copy it"),
        ):
            reading.begin()
            results.extend(reading.results())  # keeps those before the error
    finally:
        hanging.let_go.set()
    assert len(results) == at


def test_an_analysis_that_takes_long_is_no_hanging_decoder(tmp_path: Path, quick: None) -> None:
    looks: list[bool] = []
    enough = threading.Event()

    def find(frame: Frame) -> Sequence[Track]:
        if frame.index == 1:
            enough.wait(30)
        return []

    def cancelled() -> bool:
        looks.append(True)
        if len(looks) > 15:  # the watchdog's patience is five of its looks
            enough.set()
        return False

    with VideoReading(source(write_video(tmp_path / "a.mp4")), lambda: FakePipeline(find), patience_s=0.1) as reading:
        reading.begin()
        assert len(list(reading.results(cancelled))) == 12
