"""What every FrameSource keeps. A new source is added to SOURCES, and to BROKEN the ways it can fail to open."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from fer_desktop.capture.camera import CameraSource
from fer_desktop.capture.demo import DemoSource
from fer_desktop.capture.devices import CameraDevice
from fer_desktop.capture.video_file import VideoFileSource
from fer_desktop.core.errors import FerError
from fer_desktop.core.ports import FrameSource
from fer_desktop.core.types import Frame
from tests.fake_camera import FakeCapture, plug_in
from tests.videos import write_video

Make = Callable[[pytest.MonkeyPatch, Path], FrameSource]


def demo(_patch: pytest.MonkeyPatch, _folder: Path, realtime: bool = True) -> FrameSource:
    return DemoSource(width=320, height=240, fps=30, realtime=realtime)


def video_file(_patch: pytest.MonkeyPatch, folder: Path, realtime: bool = True) -> FrameSource:
    return VideoFileSource(write_video(folder / "a film – ä.mp4"), realtime=realtime)


def raw_video_file(_patch: pytest.MonkeyPatch, folder: Path) -> FrameSource:
    return VideoFileSource(write_video(folder / "raw.avi", codec="rawvideo"), realtime=False)


def camera(patch: pytest.MonkeyPatch, folder: Path) -> FrameSource:
    return CameraSource(plug_in(patch, folder, FakeCapture(modes={"YUYV": (64, 48, 30.0)})), 64, 48, 30)


SOURCES: dict[str, Make] = {
    "demo": demo,
    "demo, as fast as read": lambda patch, folder: demo(patch, folder, realtime=False),
    "video file": video_file,
    "video file, as fast as read": lambda patch, folder: video_file(patch, folder, realtime=False),
    "uncompressed video file, as fast as read": raw_video_file,
    "camera": camera,
}
BROKEN: dict[str, Make] = {
    "video file that is not there": lambda _patch, folder: VideoFileSource(folder / "none.mp4"),
    "camera that does not open": lambda patch, folder: CameraSource(plug_in(patch, folder, FakeCapture(opens=False))),
    "camera that is not there": lambda _patch, _folder: CameraSource(CameraDevice("Gone", "/dev/video987", 987, 200)),
}


@pytest.fixture(params=SOURCES)
def source(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FrameSource]:
    made = SOURCES[request.param](monkeypatch, tmp_path)
    yield made
    made.close()


def take(source: FrameSource, count: int) -> list[Frame]:
    frames = [source.read() for _ in range(count)]
    assert None not in frames
    return [frame for frame in frames if frame is not None]


def test_says_what_it_is(source: FrameSource) -> None:
    source.open()
    assert source.name
    assert isinstance(source.live, bool)
    assert source.fps is None or 0 < source.fps <= 1000


def test_frames_are_numbered_and_their_time_never_falls(source: FrameSource) -> None:
    source.open()
    frames = take(source, 30)
    assert [frame.index for frame in frames] == list(range(30))
    assert {frame.source for frame in frames} == {source.name}
    times = [frame.captured_at for frame in frames]
    assert times == sorted(times)
    assert times[-1] > times[0]


def test_pictures_are_bgr_whole_and_read_only(source: FrameSource) -> None:
    source.open()
    for frame in take(source, 3):
        assert frame.bgr.dtype == np.uint8
        assert frame.bgr.shape == (frame.size[1], frame.size[0], 3)
        assert frame.bgr.flags.c_contiguous
        assert not frame.bgr.flags.writeable


def test_a_frame_handed_out_stays_as_it_is(source: FrameSource) -> None:
    source.open()
    frames = take(source, 6)
    copies = [frame.bgr.copy() for frame in frames]
    later = take(source, 20)
    assert all(np.array_equal(frame.bgr, copy) for frame, copy in zip(frames, copies, strict=True))
    assert not any(np.shares_memory(one.bgr, other.bgr) for one, other in zip(frames + later, later, strict=False))
    assert any(not np.array_equal(frame.bgr, copies[0]) for frame in later)


def test_a_live_source_keeps_its_pace(source: FrameSource) -> None:
    source.open()
    if not source.live:
        pytest.skip("comes as fast as it is read")
    take(source, 1)
    started = time.monotonic()
    frames = take(source, 15)
    elapsed = time.monotonic() - started
    assert 0.7 * 15 / 30 < elapsed < 20 * 15 / 30
    assert all(started - 0.5 < frame.captured_at <= time.monotonic() for frame in frames)


def test_a_late_reader_of_a_live_source_gets_what_is_new(source: FrameSource) -> None:
    source.open()
    if not source.live:
        pytest.skip("waits for its reader")
    first = take(source, 2)[-1]
    time.sleep(0.8)
    asked = time.monotonic()
    second, third = take(source, 2)
    assert second.index == first.index + 1
    assert third.captured_at > asked - 0.4


def test_close_may_be_called_at_any_time_and_again(source: FrameSource) -> None:
    source.close()
    source.close()


def test_close_from_another_thread_ends_a_waiting_read(source: FrameSource) -> None:
    source.open()
    ended = threading.Event()
    surprises: list[BaseException] = []

    def read_on() -> None:
        try:
            while source.read() is not None:
                pass
        except BaseException as error:
            surprises.append(error)
        ended.set()

    reader = threading.Thread(target=read_on)
    reader.start()
    time.sleep(0.2)
    source.close()
    assert ended.wait(10)
    reader.join()
    assert not surprises
    assert source.read() is None


@pytest.mark.parametrize("name", BROKEN)
def test_a_failed_open_says_what_to_do_and_holds_nothing(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source = BROKEN[name](monkeypatch, tmp_path)
    with pytest.raises(FerError) as caught:
        source.open()
    assert caught.value.remedy
    assert "\n" not in str(caught.value)
    assert source.name in str(caught.value)
    source.close()
    assert capfd.readouterr() == ("", "")
