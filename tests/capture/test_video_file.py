from __future__ import annotations

import itertools
import socket
import threading
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fer_desktop.capture import video_file
from fer_desktop.capture.video_file import VideoFileSource, _Losses
from fer_desktop.core.errors import InputError
from fer_desktop.core.types import Frame
from tests.pictures import encoded, picture
from tests.videos import level, turn, write_film, write_sound, write_video


def read_all(path: Path) -> list[Frame]:
    source = VideoFileSource(path, realtime=False, loop=False)
    source.open()
    frames = list(iter(source.read, None))
    assert source.read() is None
    source.close()
    return frames


def number(frame: Frame) -> int:
    """Which of the first twelve pictures this is, by its brightest quarter."""
    height, width = frame.bgr.shape[:2]
    corners = [frame.bgr[y, x].mean() for y in (4, height - 5) for x in (4, width - 5)]
    return int(np.argmin([abs(max(corners) - level(k)) for k in range(12)]))


def test_every_picture_in_order_with_its_time(tmp_path: Path) -> None:
    frames = read_all(write_video(tmp_path / "a.mp4", count=12, rate=25))
    assert [number(frame) for frame in frames] == list(range(12))
    assert [frame.captured_at for frame in frames] == pytest.approx([k / 25 for k in range(12)], abs=1e-3)
    assert frames[0].size == (64, 48)
    assert frames[0].source == "a.mp4"


def test_uneven_times_are_kept(tmp_path: Path) -> None:
    times = [0.0, 0.04, 0.14, 0.15, 0.35]
    frames = read_all(write_video(tmp_path / "a.mkv", count=5, times=times))
    assert [frame.captured_at for frame in frames] == pytest.approx(times, abs=2e-3)


@pytest.mark.parametrize(("quarters", "dark"), [(1, (0, 1)), (2, (1, 1)), (3, (1, 0))])
def test_pictures_come_upright(tmp_path: Path, quarters: int, dark: tuple[int, int]) -> None:
    path = write_video(tmp_path / "a.mp4", count=3)
    turn(path, quarters)
    frame = read_all(path)[2]
    assert frame.size == ((64, 48) if quarters == 2 else (48, 64))
    height, width = frame.bgr.shape[:2]
    quarter = {
        (row, column): frame.bgr[row * height // 2 :, column * width // 2 :] for row in (0, 1) for column in (0, 1)
    }
    means = {place: picture[4 : height // 2 - 4, 4 : width // 2 - 4].mean() for place, picture in quarter.items()}
    assert min(means, key=lambda place: means[place]) == dark


def test_loops_with_time_going_on(tmp_path: Path) -> None:
    source = VideoFileSource(write_video(tmp_path / "a.mp4", count=5, rate=25), realtime=False, loop=True)
    source.open()
    frames = [source.read() for _ in range(12)]
    source.close()
    assert [number(frame) for frame in frames if frame] == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1]
    assert [frame.captured_at for frame in frames if frame] == pytest.approx([k / 25 for k in range(12)], abs=1e-3)


class Clock:
    """Stands for the module time in `video_file`: it goes on only where the source waits, or where a test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(video_file, "time", self)

    def monotonic(self) -> float:
        return self.now

    def play(self, path: Path, loop: bool) -> VideoFileSource:
        """An open source that waits by this clock."""
        source = VideoFileSource(path, loop=loop)

        def wait(timeout: float) -> bool:
            self.now += timeout
            return False

        source._closed.wait = wait  # type: ignore[method-assign, assignment]
        source.open()
        return source


def test_real_time_by_the_files_own_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    times = [0.0, 0.1, 0.3, 0.35, 0.6]
    clock = Clock(monkeypatch)
    source = clock.play(write_video(tmp_path / "a.mkv", count=5, rate=20, times=times), loop=False)
    clock.now += 0.2  # the first read starts it, not open
    started = clock.now
    came, frames = [], []
    while frame := source.read():
        came.append(clock.now - started)
        frames.append(frame)
    source.close()
    assert [number(frame) for frame in frames] == [0, 1, 2, 3, 4]
    assert [frame.captured_at - started for frame in frames] == pytest.approx(times, abs=5e-3)
    assert came == pytest.approx(times, abs=5e-3)


def test_close_does_not_wait_for_the_next_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video_file, "STILL_S", 60)
    source = VideoFileSource(write_video(tmp_path / "a.mkv", count=2, rate=2, times=[0.0, 40.0]))
    source.open()
    assert source.read() is not None
    read: list[Frame | None] = []
    reader = threading.Thread(target=lambda: read.append(source.read()))
    reader.start()
    time.sleep(0.1)
    assert reader.is_alive(), "the read did not wait for its picture"
    source.close()
    reader.join(10)
    assert read == [None]


def test_a_late_reader_finds_pictures_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    source = clock.play(write_video(tmp_path / "a.mp4", count=12, rate=20), loop=False)
    first = source.read()
    clock.now += 0.32
    asked = clock.now
    frame = source.read()
    source.close()
    assert first is not None and frame is not None
    assert frame.index == 1
    assert number(frame) == 6
    assert frame.captured_at == pytest.approx(first.captured_at + 6 / 20, abs=1e-3)
    assert clock.now == asked, "what is due already is not waited for"


def test_a_reader_who_was_away_goes_on_where_the_file_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    source = clock.play(write_video(tmp_path / "a.mp4", count=12, rate=20), loop=True)
    assert source.read() is not None
    clock.now += 2 * video_file.LATE_S
    frame = source.read()
    source.close()
    assert frame is not None
    assert number(frame) == 1


def test_a_still_is_delivered_again_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    source = clock.play(write_video(tmp_path / "a.mkv", count=2, rate=20, times=[0.0, 0.9]), loop=False)
    frames = list(iter(source.read, None))
    source.close()
    assert [number(frame) for frame in frames[:-1]] == [0] * (len(frames) - 1)
    assert number(frames[-1]) == 1
    assert len(frames) > 4
    assert not any(np.may_share_memory(one.bgr, two.bgr) for one, two in itertools.pairwise(frames))
    steps = np.diff([frame.captured_at for frame in frames])
    assert steps.min() > 0 and steps.max() < video_file.STILL_S + 0.05
    assert frames[-1].captured_at - frames[0].captured_at == pytest.approx(0.9, abs=5e-3)


def test_a_cut_off_file_delivers_what_is_there(tmp_path: Path) -> None:
    whole = write_video(tmp_path / "a.mp4", count=12, size=(320, 240))
    data = whole.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: len(data) * 2 // 3])
    frames = read_all(cut)
    assert 3 < len(frames) < 12
    assert [number(frame) for frame in frames[:3]] == [0, 1, 2]


def test_damaged_packets_cost_only_themselves(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write_video(tmp_path / "a.mp4", count=12, size=(320, 240))
    data = bytearray(path.read_bytes())
    start = data.index(b"mdat") + 4
    middle = (start + len(data)) // 2
    data[middle : middle + 600] = bytes(600)
    path.write_bytes(data)
    frames = read_all(path)
    assert len(frames) >= 8
    assert number(frames[0]) == 0
    assert number(frames[-1]) == 11
    assert capfd.readouterr() == ("", "")


def test_what_it_knows_of_its_file(tmp_path: Path) -> None:
    times = [0.4 + number / 10 for number in range(10)]
    source = VideoFileSource(write_film(tmp_path / "a.mkv", count=10, times=times), realtime=False, loop=False)
    source.open()
    assert source.starts_at_s == pytest.approx(0.4, abs=2e-3), "the sound begins before the pictures"
    assert source.duration_s == pytest.approx(1.3, abs=0.2)
    assert source.tick == Fraction(1, 1000)
    frames = list(iter(source.read, None))
    source.close()
    assert [frame.captured_at for frame in frames] == pytest.approx([n / 10 for n in range(10)], abs=2e-3)
    assert source.loss is None


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_file_cut_short_says_so(tmp_path: Path, suffix: str) -> None:
    whole = write_video(tmp_path / f"a{suffix}", count=60, size=(320, 240))
    source = VideoFileSource(whole, realtime=False, loop=False)
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    source.open()
    frames = list(iter(source.read, None))
    source.close()
    assert source.loss is not None
    assert source.loss.startswith(f"{whole} is cut short: its pictures end after {len(frames) / 30:.1f} of 2.0 s")


def test_what_is_lost_is_a_sentence() -> None:
    losses = _Losses(duration_s=19.7, pictures_s=9.4, reached_s=9.4, ended=True, damaged=1)
    assert losses.in_words(Path("a.mkv")) == (
        "a.mkv is cut short: its pictures end after 9.4 of 19.7 s, and it is damaged in 1 place"
    )


@pytest.mark.parametrize("form", ["PNG", "GIF", "BMP", "WEBP", "TIFF", "AVIF"])
def test_a_whole_image_is_no_video(tmp_path: Path, form: str) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(encoded(picture(), form))
    with pytest.raises(InputError, match="is an image, not a video"):
        VideoFileSource(path).open()


def test_an_animation_is_a_video(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (64, 48), (20 * number, 0, 0)) for number in range(5)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:], duration=100)
    assert [frame.captured_at for frame in read_all(tmp_path / "a.gif")] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])


def test_a_title_that_is_not_valid_text(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mkv", count=3, title="caf????")
    path.write_bytes(path.read_bytes().replace(b"caf????", b"caf\xe9\xe8??"))
    assert len(read_all(path)) == 3


def test_a_file_taken_away_while_it_plays_ends(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", count=3)
    source = VideoFileSource(path, realtime=False, loop=True)
    source.open()
    path.unlink()
    frames = list(iter(source.read, None))
    source.close()
    assert len(frames) == 3


def unusable(folder: Path, kind: str) -> Path:
    path = folder / "a.mp4"
    if kind == "image":
        path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100))
    elif kind == "half an image":
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    elif kind == "text":
        path.write_text("not a video at all\n" * 50)
    elif kind == "empty":
        path.touch()
    elif kind == "name too long":
        path = folder / ("a" * 300)
    elif kind == "folder":
        path.mkdir()
    elif kind == "sound only":
        write_sound(path)
    elif kind == "no index":
        data = write_video(path, count=12).read_bytes()
        path.write_bytes(data[:200])
    elif kind == "no pictures":
        data = bytearray(write_video(path, count=12).read_bytes())
        start = data.index(b"mdat") + 4
        path.write_bytes(data[:start])
    return path


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("missing", "does not exist"),
        ("name too long", "not a video"),
        ("text", "text, not a video"),
        ("image", "image, not a video"),
        ("half an image", "image, not a video"),
        ("empty", "empty, not a video"),
        ("folder", "is a folder"),
        ("sound only", "no pictures"),
        ("no index", "not a video"),
        ("no pictures", "no picture that can be read"),
    ],
)
def test_unusable_files_are_one_clear_line(
    tmp_path: Path, kind: str, words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = unusable(tmp_path, kind)
    source = VideoFileSource(path)
    with pytest.raises(InputError, match=words) as caught:
        source.open()
    assert str(path) in caught.value.what
    assert caught.value.remedy
    assert ("Convert" in caught.value.remedy) == (kind in ("no index", "name too long", "no pictures"))
    assert ("File > Open photos" in caught.value.remedy) == ("image" in kind)
    assert "fer-desktop" not in caught.value.remedy, "in the window there is no command to run"
    assert "\n" not in str(caught.value)
    assert source.read() is None
    assert capfd.readouterr() == ("", "")


@pytest.mark.timeout(30)
def test_a_playlist_does_not_reach_into_the_network(tmp_path: Path) -> None:
    playlist = tmp_path / "a.m3u8"
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x.ts"
        playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n{address}\n#EXT-X-ENDLIST\n")
        with pytest.raises(InputError):
            VideoFileSource(playlist).open()
        server.setblocking(False)
        with pytest.raises(BlockingIOError):  # nobody has called
            server.accept()


def test_opened_once_only(tmp_path: Path) -> None:
    source = VideoFileSource(write_video(tmp_path / "a.mp4"))
    source.open()
    with pytest.raises(RuntimeError):
        source.open()
    source.close()
    with pytest.raises(RuntimeError):
        source.open()
