"""Pictures that carry a number, so that it can be read from the video again, and what recordings are made from."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fer_desktop.core.types import Analysis, Box, Face, Frame, Track, UInt8Array
from tests.fake_pipeline import track

SIZE = (160, 96)
BITS = 12
START_S = time.monotonic()
"""When the first picture is said to have been taken."""


def numbered(number: int, size: tuple[int, int] = SIZE) -> UInt8Array:
    """uint8[h, w, 3]: the bits of the number as black and white columns."""
    bits = (number >> np.arange(BITS)) & 1
    columns = np.arange(size[0]) * BITS // size[0]
    row = (30 + 190 * bits[columns]).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(row[None, :, None], (size[1], size[0], 3)))


def number_of(picture: UInt8Array) -> int:
    width = picture.shape[1]
    middles = [(2 * bit + 1) * width // (2 * BITS) for bit in range(BITS)]
    return sum(int(picture[:, middle].mean() > 125) << bit for bit, middle in enumerate(middles))


def frame(number: int, at_s: float, size: tuple[int, int] = SIZE, source: str = "Camera") -> Frame:
    return Frame(numbered(number, size), number, START_S + at_s, source)


def analysis(of: Frame, tracks: Sequence[Track] | None = None, model: str = "model") -> Analysis:
    faces = (track(1),) if tracks is None else tuple(tracks)
    return Analysis(of.index, of.captured_at, of.size, faces, model)


def face_at(box: Box, number: int = 1) -> Track:
    like = track(number)
    face = Face(box, 0.9, like.face.keypoints)
    return Track(number, face, like.prediction, like.smoothed, "happy", None, like.crop)


def pictures(path: Path) -> list[tuple[UInt8Array, float]]:
    """Every picture that plays, with its time in seconds."""
    import av

    found = []
    with av.open(str(path)) as container:
        for packet in container.demux(video=0):
            try:
                decoded = packet.decode()
            except av.FFmpegError:
                break  # cut short
            found += [(one.to_ndarray(format="bgr24"), float(one.time or 0)) for one in decoded]
    return found


def played(path: Path) -> list[tuple[int, float]]:
    """The numbers of the pictures that play, with their times."""
    return [(number_of(picture), at_s) for picture, at_s in pictures(path)]
