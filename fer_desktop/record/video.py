"""A video that is whole at any moment: fragmented MP4 while it grows, an ordinary one once it is finished.

Each second or so a fragment of pictures is handed to the system, beginning with a key picture. What lies there plays,
whether the program was killed or the disk is full; a power cut may cost what the system had not put on the disk yet.
At the end FFmpeg adds an index and hides the fragments behind it (`hybrid_fragmented`), so that every player can seek.
"""

from __future__ import annotations

import contextlib
import os
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fer_desktop.core.errors import InputError
from fer_desktop.core.types import UInt8Array
from fer_desktop.record.place import Place
from fer_desktop.video_encoder import ENCODERS, Encoders, add_stream, first_that_opens, for_encoder

if TYPE_CHECKING:
    import av

FRAGMENT_S: Final = 1.0
"""A key picture comes at least so often, and with it the fragment before it is handed over."""
TICK: Final = Fraction(1, 60_000)
"""MPEG-4 takes none finer than 1/65,535."""
_RATE: Final = Fraction(30)
"""What the encoder reckons with; each picture has a time of its own."""
_FLAGS: Final = "frag_keyframe+empty_moov+default_base_moof+hybrid_fragmented"
_AT_ONCE: Final = {"crf": "23", "tune": "zerolatency", "forced-idr": "1", "threads": "2"}
"""For libx264 beside a live view: each picture comes out as it goes in, and two threads are left a core."""
LIVE_ENCODERS: Final[Encoders] = tuple(
    (name, options | _AT_ONCE if name == "libx264" else options) for name, options in ENCODERS
)


class GrowingVideo:
    """Made, fed and ended by one thread. Raises OSError where the disk refuses; the file is then cut back to its last
    whole fragment, and nothing more is written to it."""

    def __init__(self, path: Path, size: tuple[int, int]) -> None:
        """size: (width, height) in pixels, both even. Raises InputError where no encoder takes it."""
        import av

        encoder = first_that_opens(LIVE_ENCODERS, size, _RATE)
        if encoder is None:
            raise InputError(f"Pictures of {size[0]} x {size[1]} cannot be recorded", "Choose a smaller size")
        self.encoder = encoder[0]
        self._step = round(1 / _RATE / TICK)
        self._file = _File(path)
        self.place = self._file.place
        try:
            options = {"movflags": _FLAGS, "flush_packets": "1", "movie_timescale": str(TICK.denominator)}
            # The file stands for itself: PyAV asks it for no more than these methods.
            self._container: av.container.OutputContainer = av.open(self._file, "w", format="mp4", options=options)
            self._stream = add_stream(self._container, encoder, size, _RATE, TICK)
            context = self._stream.codec_context
            # By time, not by number: see `add`.
            context.gop_size, context.max_b_frames = 1_000_000, 0
            self._container.start_encoding()
            self._file.commit()
        except BaseException:
            self.abandon()
            raise
        self.pictures = 0
        self._last = -1
        self._key_at_s = float("-inf")
        self._picture: UInt8Array | None = None

    def add(self, picture: UInt8Array, at_s: float, key: bool = False) -> None:
        """uint8[h, w, 3] BGR in the video's size, shown `at_s` seconds after the first: within 9 hours of the one
        before, since no picture stands longer in an MP4. key: end the fragment now."""
        from av.video.frame import PictureType

        frame = for_encoder(picture)
        step = round(at_s / TICK) - self._last if self.pictures else 1
        frame.time_base = TICK
        frame.pts = self._last = self._last + max(step, 1)
        frame.duration = self._step
        if key or at_s - self._key_at_s >= FRAGMENT_S:
            frame.pict_type, self._key_at_s = PictureType.I, at_s
        self._encode(frame)
        self._file.commit()
        self.pictures += 1
        self._picture = picture

    def flush(self, at_s: float) -> None:
        """No picture has come for a while: the last one once more, so that all before it is on the disk."""
        if self._picture is not None:
            self.add(self._picture, at_s, key=True)

    def finish(self) -> None:
        """Write what is left, and the index; nothing where the disk has refused before."""
        if self._file.closed:
            return
        self._encode(None)
        self._container.close()
        self._file.commit()
        self._file.close()

    def abandon(self) -> None:
        """Leave the file as it is. May be called more than once, and after `finish`."""
        self._file.close()
        container: Any = getattr(self, "_container", None)
        if container is not None:
            with contextlib.suppress(Exception):  # it may fail once more where it failed before
                container.close()

    def _encode(self, frame: av.VideoFrame | None) -> None:
        import av

        try:
            self._container.mux(self._stream.encode(frame))
        except av.FFmpegError as error:
            raise InputError(f"The recording ended: the encoder failed ({error})", "Record again") from error


class _File:
    """What FFmpeg writes into. It goes to the disk with `commit`; after `close`, or an error, it goes nowhere.

    So FFmpeg never meets an error, and on the disk there are only whole fragments.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("xb", buffering=0)
        self.place = Place(path, self._file.fileno())
        self._pending: list[tuple[int, bytes]] = []
        self._at = self._end = 0
        self.whole = 0

    def write(self, data: bytes) -> int:
        if not self._file.closed:
            self._pending.append((self._at, bytes(data)))
        self._at += len(data)
        self._end = max(self._end, self._at)
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._end}[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def commit(self) -> None:
        """What is new goes behind what is there, and only then is anything written over."""
        pending, self._pending = self._pending, []
        if not pending:
            return
        new = b"".join(data for at, data in pending if at >= self.whole)
        try:
            self._put(self.whole, new)
            over = [(at, data) for at, data in pending if at < self.whole]
            if over:
                os.fsync(self._file.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                self._file.truncate(self.whole)
            # What FFmpeg writes from now on would no longer lie where it thinks.
            self.close()
            raise
        self.whole += len(new)
        for at, data in over:
            self._put(at, data)

    @property
    def closed(self) -> bool:
        return self._file.closed

    def close(self) -> None:
        self._pending = []
        self._file.close()

    def _put(self, at: int, data: bytes) -> None:
        self._file.seek(at)
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]
