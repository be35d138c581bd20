"""A video file as a FrameSource, by PyAV: its own timestamps, its rotation, and what is left of a damaged one."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fer_desktop.capture.video_container import not_a_video, open_container, video_stream
from fer_desktop.capture.video_seek import Stamps
from fer_desktop.core.errors import InputError
from fer_desktop.core.types import Frame, UInt8Array

if TYPE_CHECKING:
    import av

LATE_S = 1.0
"""A reader that comes later than this has been away (paused): the file goes on where it was, nothing is skipped."""
STILL_S = 0.5
"""A picture that stands longer than this is delivered again and again, as a camera looking at it would."""
LONGEST_STEP_S = 60.0
"""A longer step from one picture to the next is a damaged timestamp, where the file is not known to be longer."""
SHORT_BY_S = 0.5
"""A file that ends earlier than it says by more than this was cut short."""
MOST_STRAYS = 10_000
"""So many packets in a row of streams that nobody knows are the end of the file."""
CLOSE_WITHIN_S = 2.0
FALLBACK_FPS = 25.0


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
        self._losses = _Losses()
        self._image: UInt8Array | None = None
        self._started_at: float | None = None
        self.stamps = Stamps()
        """Of the pictures read so far, where that is not in real time: with them SeekingVideo finds each again."""

    @property
    def fps(self) -> float | None:
        """The file's average rate; None where it does not say."""
        return self._fps

    @property
    def duration_s(self) -> float | None:
        """How long the file says it is; None where it does not."""
        return self._losses.duration_s

    @property
    def starts_at_s(self) -> float:
        """When the first picture comes, in seconds from the beginning of the file: its sound may begin earlier."""
        return self._losses.starts_at_s

    @property
    def tick(self) -> Fraction:
        """The unit of the file's timestamps, in seconds."""
        return self._losses.tick

    @property
    def loss(self) -> str | None:
        """What of the file could not be read so far, for people; known when it ended. None: nothing."""
        return self._losses.in_words(self._path)

    def open(self) -> None:
        """Open the file and decode its first picture. Raises InputError, and then holds nothing."""
        if self._container is not None or self._closed.is_set():
            raise RuntimeError("a video file source is opened once")
        try:
            with self._lock:
                self._start_pass()
                self._waiting = next(self._pictures, None)
            if self._waiting is None:
                raise not_a_video(self._path, "holds no picture that can be read")
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
            if picture is None:
                return None
            self.stamps.add(picture[0].pts, picture[0].key_frame)
            return self._frame(to_bgr(picture[0], self._aspect), picture[1], picture[1])
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
        self._container = open_container(self._path)
        stream = video_stream(self._container, self._path)
        rate = stream.average_rate or stream.guessed_rate
        self._aspect = float(stream.sample_aspect_ratio or 1.0)
        self._losses = _Losses.of(self._container, stream)
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
        losses, strays = self._losses, 0
        beginning_s = (container.start_time or 0) / av.time_base
        # Sound comes along undecoded: how far it goes tells whether the file was cut short.
        packets = container.demux(stream, *container.streams.audio)
        while True:
            try:
                packet = next(packets, None)
            except IndexError:  # a stream that turned up in the middle is not in PyAV's list: one packet of it
                strays += 1
                packets = iter(()) if strays > MOST_STRAYS else container.demux(stream, *container.streams.audio)
                continue
            except (av.FFmpegError, OSError):
                packet = None  # it ends early
            if packet is None or self._closed.is_set():
                break
            if packet.size:  # not the one that empties the decoder
                strays = 0
                losses.saw(packet, beginning_s)
            if packet.stream_index != stream.index:
                continue
            try:
                decoded = packet.decode()
            except (av.FFmpegError, OSError):
                losses.damaged += packet.size > 0  # one damaged packet; the next may be whole
                continue
            for picture in decoded:
                moment = None if picture.time is None else float(picture.time)
                if moment is not None and first is None:
                    first = moment
                    losses.starts_at_s = max(first - beginning_s, 0.0)
                step = self._interval
                longest = LONGEST_STEP_S
                if not self.live and losses.duration_s:
                    longest = max(longest, losses.duration_s - position)
                if moment is not None and first is not None and 0 < offset + moment - first - position < longest:
                    step = offset + moment - first - position
                elif moment is not None and first is not None:
                    offset = position + step - (moment - first)  # go on from here by the new clock
                position += step
                losses.pictures_s = position + self._interval
                self._pass_starts = position + self._interval
                yield picture, position
        losses.ended = not self._closed.is_set()


@dataclass(slots=True)
class _Losses:
    """What a file says of itself against what came out of it. Times in seconds from its beginning."""

    tick: Fraction = Fraction(1, 90_000)
    duration_s: float | None = None
    starts_at_s: float = 0.0
    damaged: int = 0
    reached_s: float = 0.0
    """How far pictures and sound went."""
    pictures_s: float = 0.0
    ended: bool = False

    @classmethod
    def of(cls, container: av.container.InputContainer, stream: Any) -> _Losses:
        import av

        duration = container.duration
        return cls(stream.time_base, duration / av.time_base if duration and duration > 0 else None)

    def saw(self, packet: av.Packet[Any], beginning_s: float) -> None:
        if packet.pts is not None and packet.time_base:
            end_s = float((packet.pts + (packet.duration or 0)) * packet.time_base) - beginning_s
            self.reached_s = max(self.reached_s, end_s)

    def in_words(self, path: Path) -> str | None:
        said = []
        if self.ended and self.duration_s and self.duration_s - self.reached_s > SHORT_BY_S:
            said.append(f"is cut short: its pictures end after {self.pictures_s:.1f} of {self.duration_s:.1f} s")
        if self.damaged:
            said.append(f"is damaged in {self.damaged} place{'s' if self.damaged > 1 else ''}")
        return f"{path} {', and it '.join(said)}" if said else None


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
