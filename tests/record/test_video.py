"""The growing video: what was put in comes out, and it plays at any moment."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from fer_desktop import video_encoder
from fer_desktop.core.errors import InputError
from fer_desktop.record import video
from fer_desktop.record.video import TICK, GrowingVideo
from tests.record.pictures import SIZE, numbered, played

EVENLY = [number / 30 for number in range(75)]


def written(path: Path, times: list[float]) -> GrowingVideo:
    made = GrowingVideo(path, SIZE)
    for number, at_s in enumerate(times):
        made.add(numbered(number), at_s)
    return made


def test_pictures_come_out_at_their_times(tmp_path: Path, rng: np.random.Generator) -> None:
    unevenly = list(itertools.accumulate(rng.choice([0.004, 0.03, 0.07, 0.5, 3.0], 60), initial=0.0))
    for name, times in (("even.mp4", EVENLY), ("uneven.mp4", unevenly)):
        made = written(tmp_path / name, times)
        made.finish()
        found = played(tmp_path / name)
        assert [number for number, _ in found] == list(range(len(times)))
        assert [at_s for _, at_s in found] == pytest.approx(times, abs=float(TICK))


def test_a_finished_video_is_an_ordinary_one(tmp_path: Path) -> None:
    import av

    path = tmp_path / "a.mp4"
    made = written(path, EVENLY)
    made.finish()
    content = path.read_bytes()
    assert content.count(b"moov") == 2 and content.rindex(b"moov") > content.rindex(b"moof"), "an index at the end"
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.codec.canonical_name == "h264"
        assert (stream.frames, stream.width, stream.height) == (75, *SIZE)
        assert float(stream.duration * stream.time_base) == pytest.approx(2.5, abs=0.001)
        container.seek(2_000_000)
        assert float(next(container.decode(video=0)).time) == pytest.approx(2.0, abs=0.001), "a key picture a second"


def test_an_unfinished_one_plays_up_to_the_last_second(tmp_path: Path) -> None:
    """After each picture, as if the program had been killed there."""
    path, copy = tmp_path / "a.mp4", tmp_path / "copy.mp4"
    made = GrowingVideo(path, SIZE)
    for number, at_s in enumerate(EVENLY):
        made.add(numbered(number), at_s)
        if number % 9 == 0:
            copy.write_bytes(path.read_bytes())
            found = played(copy)
            assert [one for one, _ in found] == list(range(len(found)))
            assert len(found) == number // 30 * 30
    made.flush(EVENLY[-1] + 1.0)
    assert [number for number, _ in played(path)] == list(range(75)), "all before the repeated one"
    made.abandon()
    made.abandon()
    assert len(played(path)) == 75


def test_a_slow_source_gets_a_fragment_a_picture(tmp_path: Path) -> None:
    made = GrowingVideo(tmp_path / "a.mp4", SIZE)
    for number in range(4):
        made.add(numbered(number), number * 2.0)
    assert played(tmp_path / "a.mp4") == [(0, 0.0), (1, 2.0), (2, 4.0)]
    made.abandon()


def test_times_that_do_not_rise_keep_the_order(tmp_path: Path) -> None:
    times = [0.0, 1.0, 0.5, 1.0, 1.0, 2.0, 30_000.0]
    made = written(tmp_path / "a.mp4", times)
    made.finish()
    found = played(tmp_path / "a.mp4")
    assert [number for number, _ in found] == list(range(len(times)))
    assert all(one < other for (_, one), (_, other) in itertools.pairwise(found))
    assert [at_s for _, at_s in found] == pytest.approx([0.0, 1.0, 1.0, 1.0, 1.0, 2.0, 30_000.0], abs=4 * float(TICK))


@pytest.mark.parametrize("part", ["head", "fragment", "index"])
def test_a_disk_that_refuses_leaves_whole_fragments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    """The disk takes half of what comes, then no more."""
    real, room = video._File._put, 10**9

    def put(file: video._File, at: int, data: bytes) -> None:
        nonlocal room
        if len(data) > room:
            real(file, at, data[: len(data) // 2])
            raise OSError(28, "No space left on device")
        room -= len(data)
        real(file, at, data)

    monkeypatch.setattr(video._File, "_put", put)
    path = tmp_path / "a.mp4"
    if part == "head":
        room = 100
        with pytest.raises(OSError, match="No space"):
            GrowingVideo(path, SIZE)
        assert path.stat().st_size == 0
        return
    made = written(path, EVENLY[:65])
    size = path.stat().st_size
    room = 10
    with pytest.raises(OSError, match="No space"):
        if part == "index":
            made.finish()
        for number in range(65, 130):
            made.add(numbered(number), number / 30)
    made.finish()  # quietly: there is nothing left to be done
    made.abandon()
    assert path.stat().st_size == size
    assert [number for number, _ in played(path)] == list(range(60))


def test_no_encoder_takes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "LIVE_ENCODERS", (("no such encoder", {}),))
    with pytest.raises(InputError, match="160 x 96 cannot be recorded"):
        GrowingVideo(tmp_path / "a.mp4", SIZE)
    assert not (tmp_path / "a.mp4").exists()


def test_the_next_encoder_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "LIVE_ENCODERS", (("no such encoder", {}), video_encoder.ENCODERS[-1]))
    made = written(tmp_path / "a.mp4", EVENLY)
    made.finish()
    assert made.encoder == "mpeg4"
    assert [number for number, _ in played(tmp_path / "a.mp4")] == list(range(75))
