"""Small video files that tests make for themselves. Picture k is a plain grey of level `level(k)`."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from fer_desktop.capture.drawn_face.expressions import expression_at, pose_at
from fer_desktop.capture.drawn_face.face import draw_face
from fer_desktop.core.types import UInt8Array

CLICK_S = 0.6


def level(number: int) -> int:
    """Grey level 0 to 255 of the picture with this number; the first 12 are far apart."""
    return 30 + number % 12 * 18


def write_video(
    path: Path,
    count: int = 12,
    rate: int = 30,
    size: tuple[int, int] = (64, 48),
    times: Sequence[float] | None = None,
    codec: str = "mpeg4",
    title: str | None = None,
) -> Path:
    """`count` pictures of `size` (width, height), at `times` seconds or one each 1/rate, each a key frame. The upper
    left quarter is black, so that rotation shows."""
    import av

    with av.open(str(path), "w", options={"movflags": "faststart"} if path.suffix == ".mp4" else {}) as container:
        if title is not None:
            container.metadata["title"] = title
        stream = container.add_stream(codec, rate=rate, options={"g": "1"})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p" if codec != "rawvideo" else "bgr24"
        tick = Fraction(1, 1000 if times else rate)
        stream.time_base = stream.codec_context.time_base = tick
        for number in range(count):
            image = np.full((size[1], size[0], 3), level(number), np.uint8)
            image[: size[1] // 2, : size[0] // 2] = 0
            frame = av.VideoFrame.from_ndarray(image, format="bgr24").reformat(format=stream.pix_fmt)
            frame.pts = round(times[number] * 1000) if times else number
            frame.time_base = tick  # the stream takes one of its own with the first packet
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_sound(path: Path) -> Path:
    """A file with one second of silence and no pictures."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100, layout="mono")
        for start in range(0, 44032, 1024):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 44100, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@functools.cache
def drawn(number: int, size: tuple[int, int] = (320, 240), rate: int = 10) -> UInt8Array:
    """uint8[h, w, 3]: picture `number` of the drawn person's performance."""
    return draw_face(expression_at(number / rate), pose_at(number / rate), size)


def write_film(
    path: Path,
    count: int = 20,
    rate: int = 10,
    size: tuple[int, int] = (320, 240),
    times: Sequence[float] | None = None,
    sound: str | None = "aac",
    codec: str = "mpeg4",
) -> Path:
    """The drawn person, at `times` seconds or one picture each 1/rate, with sound as long as the pictures: silence with
    a click of 5 ms at CLICK_S."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        tick = Fraction(1, 1000 if times else rate)
        stream.time_base = stream.codec_context.time_base = tick
        ear = container.add_stream(sound, rate=44100, layout="mono") if sound else None
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(drawn(number, size), format="bgr24").reformat(format="yuv420p")
            frame.pts = round(times[number] * 1000) if times else number
            frame.time_base = tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if ear is not None:
            wave = np.zeros((1, round((times[-1] if times else count / rate) * 44100)), np.float32)
            wave[:, round(CLICK_S * 44100) :][:, :220] = 0.8
            for start in range(0, wave.shape[1], 1024):
                part = av.AudioFrame.from_ndarray(wave[:, start : start + 1024], format="fltp", layout="mono")
                part.sample_rate, part.pts = 44100, start
                container.mux(ear.encode(part))
            container.mux(ear.encode(None))
    return path


def click_at(path: Path) -> float | None:
    """When the click is heard, in seconds; None where there is no sound."""
    import av

    with av.open(str(path)) as container:
        if not container.streams.audio:
            return None
        resampler = av.AudioResampler("fltp", "mono", 44100)
        for frame in container.decode(audio=0):
            for part in resampler.resample(frame):
                loud = np.flatnonzero(np.abs(part.to_ndarray()[0]) > 0.3)
                if len(loud):
                    return float(part.time or 0) + int(loud[0]) / 44100
    return -1.0


def times_of(path: Path) -> list[float]:
    """When each picture is shown, in seconds."""
    import av

    with av.open(str(path)) as container:
        return [float(frame.time or 0) for frame in container.decode(video=0)]


def turn(path: Path, quarters: int) -> None:
    """Write into an MP4's track header that its pictures are to be shown turned clockwise by `quarters`."""
    matrices = {
        1: (0, 1, 0, -1, 0, 0),
        2: (-1, 0, 0, 0, -1, 0),
        3: (0, -1, 0, 1, 0, 0),
    }
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 44
    values = [value << 16 for value in matrices[quarters]] + [0, 0, 1 << 30]
    data[at : at + 36] = np.array(values, ">i4").tobytes()
    path.write_bytes(data)
