"""Videos whose pictures carry their number in black and white squares: a test can tell which one it was given."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from fer_desktop.core.types import UInt8Array

BITS = 12
SIDE = 16
SIZE = (BITS // 2 * SIDE, 4 * SIDE)


def numbered(number: int) -> UInt8Array:
    """uint8[h, w, 3]: two rows of squares, the lowest bit first, over two rows that change from picture to picture."""
    image = np.full((SIZE[1], SIZE[0], 3), 128, np.uint8)
    for bit in range(BITS):
        y, x = divmod(bit, BITS // 2)
        image[y * SIDE : (y + 1) * SIDE, x * SIDE : (x + 1) * SIDE] = 255 * (number >> bit & 1)
    image[2 * SIDE :, number % SIZE[0]] = (0, 200, 90)
    return image


def number_of(image: UInt8Array) -> int:
    """The number that the picture carries."""
    value = 0
    for bit in range(BITS):
        y, x = divmod(bit, BITS // 2)
        square = image[y * SIDE + 4 : (y + 1) * SIDE - 4, x * SIDE + 4 : (x + 1) * SIDE - 4]
        value |= int(square.mean() > 128) << bit
    return value


def write_numbered(
    path: Path,
    count: int,
    times: Sequence[float] | None = None,
    key_every: int = 250,
    codec: str = "libx264",
    between: int = 2,
) -> Path:
    """`count` pictures at `times` seconds, or 25 a second; a key picture every `key_every`; `between`: so many
    pictures in a row may be made from those after them as well."""
    import av

    with av.open(str(path), "w") as container:
        options = {"g": str(key_every), "bf": str(between)}
        if codec == "libx264":
            options |= {"keyint_min": str(key_every), "sc_threshold": "0", "preset": "ultrafast", "crf": "23"}
        stream = container.add_stream(codec, rate=25, options=options)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        if codec == "mpeg4":
            stream.bit_rate = 4_000_000
        tick = Fraction(1, 1000)
        stream.time_base = stream.codec_context.time_base = tick
        for number in range(count):
            frame = av.VideoFrame.from_ndarray(numbered(number), format="bgr24").reformat(format="yuv420p")
            frame.pts = round(times[number] * 1000) if times is not None else number * 40
            frame.time_base = tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
