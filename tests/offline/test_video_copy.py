"""The annotated copy, read again: the same pictures at the same times, painted on, with the sound they had."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from fer_desktop.capture.video_file import VideoFileSource
from fer_desktop.core.errors import InputError
from fer_desktop.core.types import Frame, Track
from fer_desktop.offline import video_copy
from fer_desktop.offline.files import whole_file
from fer_desktop.offline.video import VideoReading
from fer_desktop.offline.video_copy import AnnotatedCopy, check_target
from tests.fake_pipeline import FakePipeline, track
from tests.videos import CLICK_S, click_at, drawn, times_of, turn, write_film, write_video


def nobody(frame: Frame) -> Sequence[Track]:
    return []


def copied(
    original: Path, target: Path, pipeline: FakePipeline | None = None, only: int | None = None
) -> AnnotatedCopy:
    """Copy the original, or its first `only` pictures."""
    source = VideoFileSource(original, realtime=False, loop=False)
    with VideoReading(source, lambda: pipeline or FakePipeline(nobody), keep_frames=True) as reading:
        beginning = reading.begin()
        with whole_file(str(target)) as file:
            copy = AnnotatedCopy(file, str(original), source, beginning)
            for result in itertools.islice(reading.results(), only):
                copy.add(result)
            copy.ends_early = only is not None
            copy.finish()
    return copy


def frames_of(path: Path) -> Iterator[Frame]:
    source = VideoFileSource(path, realtime=False, loop=False)
    source.open()
    yield from iter(source.read, None)
    source.close()


def pictures(path: Path) -> list[np.ndarray]:
    import av

    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="bgr24").astype(int) for frame in container.decode(video=0)]


def codecs(path: Path) -> list[str]:
    import av

    with av.open(str(path)) as container:
        return [stream.codec_context.codec.canonical_name for stream in container.streams]


def test_pictures_times_and_sound_are_those_of_the_original(tmp_path: Path) -> None:
    original, target = write_film(tmp_path / "a.mp4"), tmp_path / "b.mp4"
    copy = copied(original, target)
    assert copy.remarks == []
    assert codecs(target) == ["h264", "aac"]
    assert times_of(target) == pytest.approx(times_of(original), abs=1e-4)
    assert click_at(target) == pytest.approx(click_at(original), abs=1e-4)
    assert click_at(target) == pytest.approx(CLICK_S, abs=0.03)
    for ours, theirs in zip(pictures(target), pictures(original), strict=True):
        assert ours.shape == (240, 320, 3)
        assert np.abs(ours - theirs).mean() < 3
        assert np.abs((ours - theirs).mean(axis=(0, 1))).max() < 1.6, "the colours are kept"


def test_a_face_is_painted_on(tmp_path: Path) -> None:
    original, target = write_film(tmp_path / "a.mp4", sound=None), tmp_path / "b.mp4"
    copied(original, target, FakePipeline(lambda frame: [track(1, side=100)] if frame.index >= 10 else []))
    differences = [np.abs(ours - drawn(n))[20:90, 1:7].mean() for n, ours in enumerate(pictures(target))]
    assert max(differences[:10]) < 6
    assert min(differences[10:]) > 20
    assert codecs(target) == ["h264"]


@pytest.mark.parametrize(("suffix", "sound", "expected"), [(".mkv", "pcm_s16le", "aac"), (".avi", "libmp3lame", "mp3")])
def test_sound_that_mp4_does_not_take_is_made_anew(tmp_path: Path, suffix: str, sound: str, expected: str) -> None:
    original, target = write_film(tmp_path / f"a{suffix}", sound=sound), tmp_path / "b.mp4"
    assert copied(original, target).remarks == []
    assert codecs(target) == ["h264", expected]
    assert click_at(target) == pytest.approx(click_at(original), abs=0.01)
    assert times_of(target) == pytest.approx(times_of(original), abs=1e-4)


def test_sound_that_mp4_refuses_after_all_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_copy, "COPIED", frozenset(("pcm_u8",)))
    original, target = write_film(tmp_path / "a.mkv", sound="pcm_u8"), tmp_path / "b.mp4"
    assert copied(original, target).remarks == []
    assert codecs(target) == ["h264", "aac"]
    assert click_at(target) == pytest.approx(click_at(original), abs=0.01)


class Refusing:
    """A container that does not take the sound it was given, so many times."""

    left = 0

    def __init__(self, container: object) -> None:
        self._container = container

    def __getattr__(self, name: str) -> object:
        return getattr(self._container, name)

    def start_encoding(self) -> None:
        import av

        if Refusing.left:
            Refusing.left -= 1
            raise av.error.FFmpegError(22, "Invalid argument")
        self._container.start_encoding()  # type: ignore[attr-defined]


@pytest.mark.parametrize(("times", "expected"), [(1, ["h264", "aac"]), (2, ["h264"])])
def test_sound_that_fails_in_the_files_head(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, times: int, expected: list[str]
) -> None:
    import av

    original, target = write_film(tmp_path / "a.avi", sound="libmp3lame"), tmp_path / "b.mp4"
    real = av.open
    monkeypatch.setattr(Refusing, "left", times)
    monkeypatch.setattr(av, "open", lambda *a, **k: Refusing(real(*a, **k)) if "w" in a else real(*a, **k))
    copy = copied(original, target)
    assert codecs(target) == expected
    assert copy.remarks == ([] if times == 1 else [f"{target} has no sound: the original's could not be read"])
    assert len(times_of(target)) == 20


def test_damaged_sound_costs_no_picture(tmp_path: Path) -> None:
    original, target = write_film(tmp_path / "a.mkv", sound="flac"), tmp_path / "b.mp4"
    data = bytearray(original.read_bytes())
    rng = np.random.default_rng(5)
    for start in range(len(data) // 3, len(data), 900):  # here and there, as a failing disk would
        data[start : start + 8] = rng.bytes(8)
    original.write_bytes(data)
    copy = copied(original, target)
    assert copy.remarks == [f"{target} lacks some sound: in the original it is damaged"]
    assert len(times_of(target)) == len(list(frames_of(original)))


def test_uneven_times_are_kept(tmp_path: Path) -> None:
    times = [0.0, 0.04, 0.14, 0.15, 0.16, 0.7, 0.71, 0.9, 1.3, 1.31]
    original, target = write_film(tmp_path / "a.mkv", count=10, times=times), tmp_path / "b.mp4"
    copied(original, target)
    assert times_of(target) == pytest.approx(times, abs=1e-4)
    assert click_at(target) == pytest.approx(click_at(original), abs=1e-3)


def test_sound_that_begins_before_the_pictures_stays_with_them(tmp_path: Path) -> None:
    times = [0.4 + number / 10 for number in range(10)]
    original, target = write_film(tmp_path / "a.mkv", count=10, times=times), tmp_path / "b.mp4"
    copied(original, target)
    assert times_of(target) == pytest.approx(times, abs=1e-3)
    assert click_at(target) == pytest.approx(click_at(original), abs=1e-3)


def test_it_ends_early_with_its_sound(tmp_path: Path) -> None:
    import av

    original, target = write_film(tmp_path / "a.mp4", count=20), tmp_path / "b.mp4"
    copied(original, target, only=5)
    assert times_of(target) == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4], abs=1e-4)
    with av.open(str(target)) as container:
        assert container.duration is not None
        assert container.duration / av.time_base == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize(
    ("size", "quarters", "expected"), [((160, 120), 1, (120, 160)), ((161, 119), 0, (162, 120)), ((2, 2), 0, (2, 2))]
)
def test_upright_and_even(tmp_path: Path, size: tuple[int, int], quarters: int, expected: tuple[int, int]) -> None:
    codec, suffix = ("mpeg4", ".mp4") if size[0] % 2 == 0 else ("rawvideo", ".avi")
    original, target = write_video(tmp_path / f"a{suffix}", count=3, size=size, codec=codec), tmp_path / "b.mp4"
    if quarters:
        turn(original, quarters)
    copied(original, target)
    found = pictures(target)
    assert [picture.shape[1::-1] for picture in found] == [expected] * 3
    if quarters:
        height, width = found[0].shape[:2]
        assert found[0][4 : height // 2 - 4, width // 2 + 4 : -4].max() < 20, "the dark quarter, turned"


def test_pictures_that_change_size_in_the_middle(tmp_path: Path) -> None:
    source = VideoFileSource(write_video(tmp_path / "a.mp4", count=2), realtime=False, loop=False)
    with VideoReading(source, lambda: FakePipeline(nobody), keep_frames=True) as reading:
        beginning = reading.begin()
        with whole_file(str(tmp_path / "b.mp4")) as file:
            copy = AnnotatedCopy(file, str(tmp_path / "a.mp4"), source, beginning)
            for result in reading.results():
                assert result.frame is not None
                large = Frame(result.frame.bgr.repeat(3, 0).repeat(2, 1), result.index, result.time_s, "a.mp4")
                frame = large if result.index else result.frame
                copy.add(type(result)(result.index, result.time_s, result.analysis, None, frame))
            copy.finish()
    assert [picture.shape for picture in pictures(tmp_path / "b.mp4")] == [(48, 64, 3)] * 2


def test_without_an_encoder_for_h264_it_says_what_it_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_copy, "ENCODERS", (("no such encoder", {}), ("mpeg4", {})))
    target = tmp_path / "b.mp4"
    copy = copied(write_film(tmp_path / "a.mp4"), target)
    assert codecs(target) == ["mpeg4", "aac"]
    assert copy.remarks == [f"{target} is MPEG-4 video: no H.264 encoder is installed"]
    assert times_of(target) == pytest.approx(times_of(tmp_path / "a.mp4"), abs=1e-4)


def test_what_may_be_replaced(tmp_path: Path) -> None:
    original = write_film(tmp_path / "a.mp4", count=3)
    ours, other = tmp_path / "ours.mp4", tmp_path / "other.MP4"
    copied(original, ours)
    other.write_bytes(original.read_bytes())
    check_target(str(ours), str(original), overwrite=False)
    check_target(str(tmp_path / "new.mp4"), str(original), overwrite=False)
    check_target(str(other), str(original), overwrite=True)
    with pytest.raises(InputError, match=r"no annotated copy of this program's making.*--overwrite"):
        check_target(str(other), str(original), overwrite=False)
    with pytest.raises(InputError, match=r"does not end in \.mp4"):
        check_target(str(tmp_path / "a.mkv"), str(original), overwrite=True)
    linked = tmp_path / "linked.mp4"
    linked.hardlink_to(original)
    with pytest.raises(InputError, match="is the video to read"):
        check_target(str(linked), str(original), overwrite=True)
