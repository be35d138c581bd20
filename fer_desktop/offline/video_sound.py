"""The sound of a video in a copy of it: its packets as they are, or made anew where MP4 does not take them."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import av

COPIED: Final = frozenset(("aac", "mp3", "ac3", "eac3", "alac", "opus"))
"""What MP4 holds and players know."""
ENCODER: Final = "aac"
RATES: Final = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000)
BIT_RATE_A_CHANNEL: Final = 96_000
DAMAGED: Final = "it is damaged"
PAUSE_S: Final = 0.1
"""A gap longer than this between two packets is silence; a shorter one is how coarsely they are timed."""
LAYOUTS: Final = ("mono", "stereo", "5.1")


@dataclass(slots=True)
class _Way:
    """One stream of sound: from where, to where, and how far it is. `again`: encoded anew."""

    source: Any
    target: Any
    again: bool
    last: int | None = None
    """The last packet's time in its unit, or the next sample's number where it is encoded anew."""


class Sound:
    """Reads the file a second time, for its sound, and writes it into `container` between the pictures."""

    def __init__(self, path: str, container: av.container.OutputContainer, copied: frozenset[str] = COPIED) -> None:
        import av

        self._container, self._copied = container, copied
        self.loss: str | None = None
        """What could not be taken along, for people."""
        self._ways: dict[int, _Way] = {}
        self._waiting: av.Packet[Any] | None = None
        self._reached_s = 0.0
        self._source = av.open(f"file:{path}", metadata_errors="replace", options={"protocol_whitelist": "file"})
        self._beginning_s = (self._source.start_time or 0) / av.time_base
        for stream in self._source.streams.audio:
            way = self._way(stream)
            if way is None:
                self.loss = "part of it is in a form that cannot be read"
            else:
                self._ways[stream.index] = way
        streams = [way.source for way in self._ways.values()]
        self._packets = self._source.demux(*streams) if streams else iter(())

    def _way(self, stream: Any) -> _Way | None:
        import av

        if stream.codec_context is None:
            return None
        if stream.codec_context.codec.canonical_name in self._copied:
            # What the container does not take after all is made anew.
            with contextlib.suppress(av.FFmpegError, ValueError):
                return _Way(stream, self._container.add_stream_from_template(stream), again=False)
        try:
            rate = stream.codec_context.sample_rate
            layout = stream.codec_context.layout.name
            target: Any = self._container.add_stream(
                ENCODER,
                rate=rate if rate in RATES else 48000,
                layout=layout if layout in LAYOUTS else "stereo",
            )
            target.bit_rate = BIT_RATE_A_CHANNEL * target.codec_context.layout.nb_channels
            return _Way(stream, target, again=True)
        except (av.FFmpegError, ValueError, OSError):
            return None

    def until(self, end_s: float) -> None:
        """Write what sounds before `end_s`, in seconds from the file's beginning. Raises InputError where the file
        cannot be written; what is wrong with the sound itself costs only that."""
        import av

        while self._reached_s < end_s:
            packet, self._waiting = self._waiting or self._next(), None
            if packet is None:
                return
            way = self._ways[packet.stream_index]
            if packet.pts is not None and packet.time_base:
                self._reached_s = float(packet.pts * packet.time_base) - self._beginning_s
                if self._reached_s >= end_s:
                    self._waiting = packet
                    return
            try:
                if way.again:
                    for frame in packet.decode():
                        self._encode(way, frame)
                else:
                    self._copy(way, packet)
            except (av.FFmpegError, OSError, ValueError):
                self.loss = DAMAGED

    def finish(self) -> None:
        """Empty the encoders; nothing comes after it."""
        import av

        for way in self._ways.values():
            try:
                if way.again:
                    self._container.mux(way.target.encode(None))
            except (av.FFmpegError, OSError, ValueError):
                self.loss = DAMAGED

    def close(self) -> None:
        self._source.close()

    def _next(self) -> av.Packet[Any] | None:
        import av

        while True:
            try:
                packet = next(self._packets, None)
            except (av.FFmpegError, OSError, IndexError):
                return None  # it ends early, as the pictures will
            if packet is None or packet.stream_index in self._ways:
                return packet

    def _copy(self, way: _Way, packet: av.Packet[Any]) -> None:
        if packet.dts is None or packet.time_base is None or not packet.size:
            return
        if way.last is not None and packet.dts <= way.last:
            self.loss = DAMAGED
            return
        way.last = packet.dts
        shift = round(self._beginning_s / packet.time_base)
        packet.dts -= shift
        packet.pts = packet.dts if packet.pts is None else packet.pts - shift
        packet.stream = way.target
        self._container.mux(packet)

    def _encode(self, way: _Way, frame: Any) -> None:
        """Timed by its samples: a container's own unit may be coarser than one packet of the encoder."""
        rate = frame.sample_rate
        at = way.last or 0
        if frame.pts is not None and frame.time_base:
            said = round((float(frame.pts * frame.time_base) - self._beginning_s) * rate)
            if way.last is None or said - way.last > PAUSE_S * rate:
                at = said
        frame.time_base, frame.pts = Fraction(1, rate), at
        way.last = at + frame.samples
        self._container.mux(way.target.encode(frame))
