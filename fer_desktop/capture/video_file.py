"""A video file as a FrameSource, by PyAV: its own timestamps, its rotation, and what is left of a damaged one."""

from __future__ import annotations

import codecs
import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fer_desktop.core.errors import InputError
from fer_desktop.core.types import Frame, UInt8Array

if TYPE_CHECKING:
    import av

LATE_S = 1.0
"""A reader that comes later than this has been away (paused): the file goes on where it was, nothing is skipped."""
STILL_S = 0.5
"""A picture that stands longer than this is delivered again and again, as a camera looking at it would."""
LONGEST_STEP_S = 60.0
"""A longer step from one picture to the next is a damaged timestamp."""
CLOSE_WITHIN_S = 2.0
FALLBACK_FPS = 25.0
_IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_IMAGE_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_REMEDY = "Convert it to MP4 (H.264) or choose another file"


class VideoFileSource:
    """Frames of one file, upright, in order.

    realtime: frames come when they are due by the file's timestamps, and `captured_at` is when each was due; a reader
    less than LATE_S late finds frames skipped. Otherwise every frame, as fast as it is read, and `captured_at` is the
    position in the file in seconds (going on to rise when it loops).
    """

    def __init__(self, path: str | os.PathLike[str], realtime: bool = True, loop: bool = True) -> None:
        self._path = Path(path)
        self.name = self._path.name or str(path)
        self.live = realtime
        self._loop = loop
        self._closed = threading.Event()
        self._lock = threading.Lock()  # held while the decoder works, and by whoever frees it
        self._container: av.container.InputContainer | None = None
        self._pictures: Iterator[tuple[av.VideoFrame, float]] = iter(())
        self._waiting: tuple[av.VideoFrame, float] | None = None
        self._fps: float | None = None
        self._index = 0
        self._pass_starts = 0.0
        self._position = 0.0
        self._aspect = 1.0
        self._image: UInt8Array | None = None
        self._started_at: float | None = None

    @property
    def fps(self) -> float | None:
        """The file's average rate; None where it does not say."""
        return self._fps

    def open(self) -> None:
        """Open the file and decode its first picture. Raises InputError, and then holds nothing."""
        if self._container is not None or self._closed.is_set():
            raise RuntimeError("a video file source is opened once")
        try:
            with self._lock:
                self._start_pass()
                self._waiting = next(self._pictures, None)
            if self._waiting is None:
                raise _not_a_video(self._path, "holds no picture that can be read")
        except BaseException:
            self.close()
            raise

    def read(self) -> Frame | None:
        """The next frame when it is due; None at the end (never where it loops) and once closed."""
        with self._lock:
            try:
                return None if self._closed.is_set() else self._next()
            finally:
                if self._closed.is_set():
                    self._release()

    def close(self) -> None:
        """Let go of the file. Any thread may call it: a `read` that waits gives None at once."""
        self._closed.set()
        if self._lock.acquire(timeout=CLOSE_WITHIN_S):
            try:
                self._release()
            finally:
                self._lock.release()
        # Else the reader is held up in the decoder (a network drive that went away) and releases when it returns.

    def _release(self) -> None:
        self._pictures, self._waiting = iter(()), None
        container, self._container = self._container, None
        if container is not None:
            container.close()

    def _next(self) -> Frame | None:
        if not self.live:
            picture = self._take()
            return None if picture is None else self._frame(to_bgr(picture[0], self._aspect), picture[1], picture[1])
        now = time.monotonic()
        if self._started_at is None or now - self._due(self._position) > LATE_S:
            self._started_at = now - (self._position + self._interval if self._index else 0.0)
        picture = self._take()
        while picture is not None and self._due(picture[1]) < now - self._interval and not self._closed.is_set():
            picture = self._take()
        if picture is None:
            return None
        decoded, position = picture
        if self._image is not None and position - self._position > STILL_S:
            self._waiting = picture
            image, position = self._image.copy(), self._position + min(self._interval, STILL_S / 5)
        else:
            image = to_bgr(decoded, self._aspect)
        due = self._due(position)
        late = time.monotonic() - due
        if late > LATE_S / 4:  # the decoder cannot keep up: play slower rather than skip for ever
            self._started_at += late
            due += late
        if self._closed.wait(max(-late, 0.0)):
            return None
        return self._frame(image, position, due)

    def _frame(self, image: UInt8Array, position: float, captured_at: float) -> Frame:
        frame = Frame(image, self._index, captured_at, self.name)
        self._index, self._position, self._image = self._index + 1, position, image
        return frame

    def _due(self, position: float) -> float:
        """When the picture at `position` is due, in seconds of time.monotonic()."""
        return (self._started_at or 0.0) + position

    @property
    def _interval(self) -> float:
        return 1.0 / (self._fps or FALLBACK_FPS)

    def _take(self) -> tuple[av.VideoFrame, float] | None:
        """The next decoded picture and its position in seconds, from the start again if it loops; None at the end."""
        waiting, self._waiting = self._waiting, None
        picture = waiting or next(self._pictures, None)
        if picture is None and self._loop and not self._closed.is_set():
            with contextlib.suppress(InputError):  # taken away while it played: that is its end
                self._start_pass()
                picture = next(self._pictures, None)
        return picture

    def _start_pass(self) -> None:
        """Open the file anew (1 ms): after damage a fresh decoder is surer than going back with the old one."""
        container, self._container = self._container, None
        if container is not None:
            container.close()
        self._container = _open_container(self._path)
        stream = _video_stream(self._container, self._path)
        rate = stream.average_rate or stream.guessed_rate
        self._aspect = float(stream.sample_aspect_ratio or 1.0)
        self._fps = float(rate) if rate and 0.1 < rate <= 1000 else None
        # Decoding on one core takes 0.5 ms at 640x360, 4 ms at 1080p, 13 ms at 4K; threads cost memory and delay.
        large = stream.width * stream.height > 1920 * 1088
        stream.thread_type, stream.codec_context.thread_count = ("FRAME", 2) if large else ("SLICE", 1)
        self._pictures = self._decode(self._container, stream)

    def _decode(self, container: av.container.InputContainer, stream: Any) -> Iterator[tuple[av.VideoFrame, float]]:
        """Each picture that can be decoded with its position: seconds since the first, rising, passes added up."""
        import av

        first: float | None = None
        position, offset = self._pass_starts - self._interval, self._pass_starts
        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
            except (av.FFmpegError, OSError):
                packet = None  # it ends early
            if packet is None or self._closed.is_set():
                break
            try:
                decoded = packet.decode()
            except (av.FFmpegError, OSError):
                continue  # one damaged packet; the next may be whole
            for picture in decoded:
                moment = None if picture.time is None else float(picture.time)
                if moment is not None and first is None:
                    first = moment
                step = self._interval
                if moment is not None and first is not None and 0 < offset + moment - first - position < LONGEST_STEP_S:
                    step = offset + moment - first - position
                elif moment is not None and first is not None:
                    offset = position + step - (moment - first)  # go on from here by the new clock
                position += step
                self._pass_starts = position + self._interval
                yield picture, position


def to_bgr(picture: av.VideoFrame, aspect: float = 1.0) -> UInt8Array:
    """uint8[h, w, 3] BGR, a buffer of its own: upright, and widened where pixels are `aspect` times as wide as high."""
    import cv2

    width = max(round(picture.width * aspect), 1) if 0.1 < aspect < 10 else picture.width
    # One thread: more make a small picture slower and spend twice the time of the processor.
    bgr = np.asarray(picture.to_ndarray(format="bgr24", width=width, height=picture.height, threads=1), np.uint8)
    turns = round(picture.rotation / 90) % 4  # against the clock
    if turns:
        turn = (cv2.ROTATE_90_COUNTERCLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_CLOCKWISE)[turns - 1]
        return np.asarray(cv2.rotate(bgr, turn), np.uint8)
    # Unconverted, the array looks into the decoder's own buffer.
    return bgr.copy() if picture.format.name == "bgr24" else bgr


def _open_container(path: Path) -> av.container.InputContainer:
    import av

    try:
        if not path.exists():
            raise InputError(f"{path} does not exist", "Check the name, or choose another file")
        if path.is_dir():
            raise InputError(f"{path} is a folder, not a video", "Choose one file")
        if not path.is_file():
            raise InputError(f"{path} is not a file", "Choose a video file")
        # "file:" and the list of protocols: a name or a playlist must not make it reach into the network.
        return av.open(f"file:{path}", options={"protocol_whitelist": "file"})
    except PermissionError:
        raise InputError(f"{path} may not be read", "Change its permissions, or choose another file") from None
    except (av.FFmpegError, OSError, ValueError):
        raise _not_a_video(path) from None


def _video_stream(container: av.container.InputContainer, path: Path) -> Any:
    """The stream of moving pictures: a song's cover is none."""
    import av

    for stream in container.streams.video:
        cover = stream.disposition & av.stream.Disposition.attached_pic
        if not cover and stream.codec_context is not None:
            return stream
    if container.streams.audio:
        raise InputError(f"{path} has sound but no pictures", "Choose a video file")
    raise _not_a_video(path)


def _not_a_video(path: Path, otherwise: str = "is not a video, or is damaged or cut short") -> InputError:
    """By the content: a remedy for videos would lead nowhere with an image, a text or nothing at all."""
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except (OSError, ValueError):
        return InputError(f"{path} {otherwise}", _REMEDY)
    if not start:
        return InputError(f"{path} is empty, not a video", "Copy it again from where it came from")
    if (
        start.startswith(_IMAGES)
        or (start[:4] == b"RIFF" and start[8:12] == b"WEBP")
        or (start[4:8] == b"ftyp" and start[8:12] in _IMAGE_BRANDS)
    ):
        remedy = "Open it with File > Open image, or run: fer-desktop classify FILE"
        return InputError(f"{path} is an image, not a video", remedy)
    if _is_text(start):
        return InputError(f"{path} is a text, not a video", "Choose a video file")
    return InputError(f"{path} {otherwise}", _REMEDY)


def _is_text(start: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(start)  # the last character may be cut in two
    except UnicodeDecodeError:
        return False
    return b"\0" not in start
