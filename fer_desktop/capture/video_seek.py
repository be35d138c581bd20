"""Any picture of a video file that is being read, or was: by its number, found over the key picture before it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fer_desktop.capture.video_container import open_container, video_stream
from fer_desktop.core.errors import InputError
from fer_desktop.core.types import Frame

if TYPE_CHECKING:
    import av

KEPT: Final = 24
"""So many pictures before the last one asked for stay decoded: stepping back costs nothing."""
KEPT_BYTES: Final = 64 * 1024 * 1024
EARLIER_S: Final = (0.0, 3.0, 20.0)
"""Where an index leads past the picture, it is looked for from so much earlier, and at last from the beginning."""
THREADS: Final = 2
"""To reach a picture ten seconds after its key picture, hundreds must be decoded first."""


class Stamps:
    """When each picture read so far is shown, in the file's own ticks, and which ones stand on their own (key
    pictures). One thread adds, others may read."""

    def __init__(self) -> None:
        self._ticks: list[int] = []
        self._keys: list[int] = []
        self.rising = True
        """False for a damaged file whose ticks do not tell its pictures apart."""

    def __len__(self) -> int:
        return len(self._ticks)

    def add(self, tick: int | None, key: bool) -> None:
        last = self._ticks[-1] if self._ticks else None
        if tick is None or (last is not None and tick <= last):
            self.rising = False
        if key:
            self._keys.append(len(self._ticks))
        self._ticks.append(last or 0 if tick is None else tick)

    def tick(self, number: int) -> int:
        return self._ticks[number]

    def number(self, tick: int | None) -> int | None:
        """Of the picture with this tick; None where there is none, or it is not read yet."""
        if tick is None:
            return None
        place = bisect_left(self._ticks, tick)
        return place if place < len(self._ticks) and self._ticks[place] == tick else None

    def key_before(self, number: int) -> int:
        """The last key picture up to this one."""
        place = bisect_right(self._keys, number)
        return self._keys[place - 1] if place else 0


def _never() -> bool:
    return False


class SeekingVideo:
    """Made anywhere, then used and closed by one thread, which opens the file with its first picture."""

    def __init__(self, path: Path, stamps: Stamps) -> None:
        self._path, self._stamps = path, stamps
        self._container: av.container.InputContainer | None = None
        self._stream: Any = None
        self._packets: Iterator[Any] | None = None
        self._at: int | None = None
        """The picture decoded last; None: the decoder stands nowhere."""
        self._counted: int | None = None
        """How many pictures were decoded since the file's beginning, one by one; None where they were not."""
        self._kept: OrderedDict[int, av.VideoFrame] = OrderedDict()
        self._aspect = 1.0

    def frame(self, number: int, at_s: float, given_up: Callable[[], bool] = _never) -> Frame | None:
        """Picture `number`, upright, with `at_s` as its time. None where given_up() becomes true meanwhile, or where
        the picture is not to be had any more. Raises InputError where the file is not."""
        from fer_desktop.capture.video_file import to_bgr

        picture = self._find(number, given_up)
        if picture is None:
            return None
        return Frame(to_bgr(picture, self._aspect), number, at_s, self._path.name)

    def close(self) -> None:
        """Let go of the file. May be called more than once."""
        self._kept.clear()
        self._packets, self._at = None, None
        container, self._container = self._container, None
        if container is not None:
            container.close()

    # Within

    def _find(self, number: int, given_up: Callable[[], bool]) -> av.VideoFrame | None:
        if self._stamps.rising:
            found = self._sought(number, given_up)
            if self._stamps.rising:  # still: a damaged time may have been read meanwhile
                return found
        return self._counted_to(number, given_up)

    def _sought(self, number: int, given_up: Callable[[], bool]) -> av.VideoFrame | None:
        if number in self._kept:
            return self._kept[number]
        if self._is_ahead(number):
            found = self._decode_to(number, given_up)
            if found is not None or given_up():
                return found
        self._kept.clear()
        for earlier_s in EARLIER_S:
            self._seek(number, earlier_s)
            found = self._decode_to(number, given_up)
            if found is not None or given_up():
                return found
        self._open()
        return self._decode_to(number, given_up)

    def _is_ahead(self, number: int) -> bool:
        """Whether it is quicker to decode on than to seek."""
        return self._at is not None and self._at < number and self._stamps.key_before(number) <= self._at + KEPT

    def _open(self) -> None:
        self.close()
        if not self._path.exists():
            raise InputError(f"{self._path} is not there any more", "Put it back, or open another recording")
        self._container = open_container(self._path)
        self._stream = stream = video_stream(self._container, self._path)
        self._aspect = float(stream.sample_aspect_ratio or 1.0)
        stream.thread_type, stream.codec_context.thread_count = "FRAME", THREADS
        self._packets = self._container.demux(stream)
        self._counted = None

    def _seek(self, number: int, earlier_s: float) -> None:
        """Stand at the key picture before the picture, or `earlier_s` before that."""
        import av

        if self._container is None:
            self._open()
        assert self._container is not None
        tick = self._stamps.tick(number) - round(earlier_s / self._stream.time_base)
        try:
            self._container.seek(tick, stream=self._stream, backward=True)
        except (av.FFmpegError, OSError):  # it has no index: from the beginning
            self._open()
        self._packets, self._at = self._container.demux(self._stream), None

    def _decode_to(self, number: int, given_up: Callable[[], bool]) -> av.VideoFrame | None:
        """None where given up, and where the pictures go past it or end; then `_at` tells how far it came."""
        context = self._stream.codec_context
        wanted_from = self._stamps.tick(max(number - KEPT, 0))
        while not given_up():
            packet = next(self._packets, None) if self._packets is not None else None
            if packet is None:
                self._packets, self._at = None, None
                return None
            # Pictures that no other is made from need not be decoded on the way.
            early = packet.pts is not None and packet.pts < wanted_from
            context.skip_frame = "NONREF" if early else "DEFAULT"
            for picture in _decoded(packet):
                found = self._stamps.number(picture.pts)
                if found is not None:
                    self._keep(found, picture)
            if self._at is not None and self._at >= number:
                return self._kept.get(number)
        return None

    def _counted_to(self, number: int, given_up: Callable[[], bool]) -> av.VideoFrame | None:
        """Where times do not tell the pictures apart: from the beginning, one by one. What was found by its time may
        be another picture: it is let go with the file."""
        if self._counted is not None and number in self._kept:
            return self._kept[number]
        if self._packets is None or self._counted is None or self._counted > number:
            self._open()
            self._counted = 0
        while not given_up() and self._packets is not None:
            packet = next(self._packets, None)
            if packet is None:
                self._packets = None
                break
            for picture in _decoded(packet):
                self._keep(self._counted, picture)
                self._counted += 1
            if self._counted > number:
                break
        return self._kept.get(number)

    def _keep(self, number: int, picture: av.VideoFrame) -> None:
        self._at = number
        self._kept[number] = picture
        most = KEPT_BYTES // max(picture.width * picture.height * 3 // 2, 1)
        while len(self._kept) > max(min(most, KEPT), 2 * THREADS):
            self._kept.popitem(last=False)


def _decoded(packet: Any) -> list[Any]:
    import av

    try:
        return list(packet.decode())
    except (av.FFmpegError, OSError):
        return []  # one damaged packet; the next may be whole
