"""What the bench looks at: one or four of the demo's person, performing, as pictures and as a short video file."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from fer_desktop.capture.drawn_face.expressions import expression_at, pose_at
from fer_desktop.capture.drawn_face.face import draw_face
from fer_desktop.core.errors import InputError
from fer_desktop.core.types import UInt8Array
from fer_desktop.video_encoder import ENCODERS, add_stream, first_that_opens, for_encoder

Size = tuple[int, int]
"""(width, height) in pixels, both even."""

SECONDS: Final = 2.0
"""A video's length: `live` plays it again and again."""
_FIRST_S: Final = 2.0
"""Where in the demo's performance a video begins: each face changes its expression in the middle of it."""
_APART_S: Final = 6.0
"""Between one face's moment and the next one's: no two do the same."""
_SWAY: Final = 2.0
"""How much wider the heads sway than in the demo."""
_QUICKLY: Final = {"preset": "superfast", "crf": "20"}
"""For libx264. The file is a little larger for it, and decodes as any other."""


def picture(size: Size, faces: int, moment_s: float) -> UInt8Array:
    """uint8[h, w, 3] BGR: `faces` of them (1, 4, 9 …), one in each cell of as many rows as columns."""
    across = math.isqrt(faces)
    if across * across != faces:
        raise ValueError(f"{faces} faces do not stand in as many rows as columns")
    width, height = size
    scene: UInt8Array = np.empty((height, width, 3), np.uint8)
    for number in range(faces):
        row, column = divmod(number, across)
        left, right = column * width // across, (column + 1) * width // across
        top, bottom = row * height // across, (row + 1) * height // across
        at_s = _FIRST_S + number * _APART_S + moment_s
        pose = pose_at(at_s)
        pose = replace(pose, x=_SWAY * pose.x, y=_SWAY * pose.y)
        scene[top:bottom, left:right] = draw_face(expression_at(at_s), pose, (right - left, bottom - top))
    return scene


def write_video(path: Path, size: Size, faces: int, fps: int, seconds: float = SECONDS) -> Path:
    """A video of `seconds`, H.264 where it can be written. Raises InputError where no video can."""
    import av

    rate = Fraction(fps)
    encoders = [(name, _QUICKLY if name == "libx264" else options) for name, options in ENCODERS]
    encoder = first_that_opens(encoders, size, rate)
    if encoder is None:
        raise InputError("no video to measure with can be written", "Install PyAV again")
    with av.open(str(path), "w", format="mp4") as container:
        stream = add_stream(container, encoder, size, rate, 1 / rate)
        for index in range(round(fps * seconds)):
            frame = for_encoder(picture(size, faces, index / fps))
            frame.pts, frame.time_base = index, 1 / rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_photo(path: Path, size: Size, faces: int, moment_s: float) -> Path:
    """A JPEG."""
    encoded, data = cv2.imencode(".jpg", picture(size, faces, moment_s))
    assert encoded
    path.write_bytes(data.tobytes())
    return path
