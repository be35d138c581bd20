"""Which encoder writes video here, and how pictures go into it. What the annotated copy and the recording share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import av

Encoders = Sequence[tuple[str, Mapping[str, str]]]

ENCODERS: Final[tuple[tuple[str, dict[str, str]], ...]] = (
    ("libx264", {"preset": "veryfast", "crf": "20"}),
    ("libopenh264", {}),
    ("h264_videotoolbox", {}),
    ("h264_mf", {}),
    ("mpeg4", {}),
)
"""Tried in this order; all but the last write H.264."""
BITS_A_PIXEL: Final = 0.15
"""For encoders that take a rate and no quality."""
_BT709: Final = 1
_LIMITED: Final = 1


def first_that_opens(encoders: Encoders, size: tuple[int, ...], rate: Fraction) -> tuple[str, dict[str, str]] | None:
    """The first encoder that is here and takes pictures of this size, with its options."""
    for name, options in encoders:
        if _opens(name, size, rate, dict(options)):
            return name, dict(options)
    return None


def add_stream(
    container: av.container.OutputContainer,
    encoder: tuple[str, dict[str, str]],
    size: tuple[int, ...],
    rate: Fraction,
    tick: Fraction,
) -> Any:
    """A stream of pictures of `size`, both sides even, timed in `tick` seconds."""
    name, options = encoder
    stream: Any = container.add_stream(name, rate=rate, options=options)
    context = stream.codec_context
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.time_base = context.time_base = tick
    if "crf" not in options:
        context.bit_rate = round(size[0] * size[1] * rate * BITS_A_PIXEL)
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.color_range = _LIMITED
    return stream


def for_encoder(picture: NDArray[np.uint8]) -> av.VideoFrame:
    """uint8[h, w, 3] BGR, both sides even, as an encoder takes it."""
    import av
    from av.video.reformatter import ColorRange, Colorspace, Interpolation

    # Without exact rounding (before PyAV 18 it cannot be asked for) every picture gets a little darker.
    exact = getattr(Interpolation, "ACCURATE_RND", 0) | getattr(Interpolation, "FULL_CHR_H_INP", 0)
    return av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
        interpolation=Interpolation.BILINEAR | exact,
        threads=1,
    )


def _opens(name: str, size: tuple[int, ...], rate: Fraction, options: dict[str, str]) -> bool:
    import av

    try:
        context: Any = av.CodecContext.create(name, "w")
        context.width, context.height, context.pix_fmt = *size, "yuv420p"
        context.framerate, context.time_base = rate, 1 / rate
        context.options = options
        context.open()
    except (av.FFmpegError, OSError, ValueError):
        return False
    return True
