"""Kaggle's CSVs: a header, then a line a face: emotion, the 48×48 pixels as numbers with spaces, and Usage.

fer2013.csv says `emotion,pixels,Usage`, the later icml_face_data.csv `emotion, Usage, pixels`; any order is read, and
other columns are passed over. Where there is no column Usage, all faces are of Training.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.core.types import CROP_SIDE, UInt8Array
from fer_desktop.training.datasets import ferplus, splits
from fer_desktop.training.datasets.face_set import FaceSet
from fer_desktop.training.datasets.rows import Rows

PIXELS: Final = CROP_SIDE * CROP_SIDE
MAX_LINE_BYTES: Final = 1 << 16
"""A face takes at most 9,300."""
_PIXEL_BYTES: Final = b"0123456789 "
_REMEDY: Final = "Give the fer2013.csv of the FER2013 data set."


def load(path: Path, votes: Path | None = None, with_hash: bool = False) -> FaceSet:
    """Every usable row. A damaged row is skipped and told; more than one in twenty damaged is an InputError.

    votes: FER+'s CSV, a row for each row of this one. with_hash: also take the files' SHA-256.
    """
    rows = Rows(str(path), _REMEDY)
    digest = hashlib.sha256() if with_hash else None
    row_usages: list[str | None] = []
    used: list[int] = []
    try:
        with path.open("rb") as stream:
            header = stream.readline(MAX_LINE_BYTES)
            columns, width = _columns(path, header)
            if digest:
                digest.update(header)
            for number, line in enumerate(_lines(stream), start=2):
                if digest:
                    digest.update(line)
                if not line.strip():
                    continue
                row_usages.append(None)
                try:
                    label, image, usage = _parse(line, columns, width)
                except ValueError as error:
                    rows.damaged(number, str(error))
                    continue
                rows.add(image, label, usage)
                used.append(len(row_usages) - 1)
                row_usages[-1] = usage
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror})", "Check the path.") from error
    faces = rows.face_set({path.name: digest.hexdigest()} if digest else {})
    return faces if votes is None else ferplus.join(faces, path, row_usages, used, votes, with_hash)


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines; of one that is far too long, only its start, so that any file fits into memory."""
    while line := stream.readline(MAX_LINE_BYTES):
        yield line
        while len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE_BYTES)


def _columns(path: Path, header: bytes) -> tuple[tuple[int, int, int | None], int]:
    """(where emotion, pixels and usage stand in a line, cells a line)."""
    names = [name.strip().strip('"').lower() for name in header.decode("utf-8-sig", "replace").strip().split(",")]
    if names.count("emotion") != 1 or names.count("pixels") != 1 or names.count("usage") > 1:
        raise InputError(f"{path}, line 1: the columns are not emotion,pixels,Usage", _REMEDY)
    usage = names.index("usage") if "usage" in names else None
    return (names.index("emotion"), names.index("pixels"), usage), len(names)


def _parse(line: bytes, columns: tuple[int, int, int | None], width: int) -> tuple[int, UInt8Array, str]:
    """Raises ValueError with the reason, for people."""
    if len(line) == MAX_LINE_BYTES:
        raise ValueError(f"longer than {MAX_LINE_BYTES:,} bytes")
    cells = line.strip().split(b",")
    if len(cells) != width:
        raise ValueError(f"{len(cells)} cells, not {width}")
    emotion_at, pixels_at, usage_at = columns
    emotion = cells[emotion_at].strip(b' "').decode("ascii", "replace")
    if len(emotion) != 1 or emotion not in "0123456":
        raise ValueError(f"emotion {emotion[:20]!r} is not 0 to {emotions.COUNT - 1}")
    usage = splits.TRAINING if usage_at is None else cells[usage_at].strip(b' "').decode("ascii", "replace")
    known = splits.canonical(usage)
    if known is None:
        raise ValueError(f"Usage {usage[:20]!r} is not Training, PublicTest or PrivateTest")
    return int(emotion), _pixels(cells[pixels_at].strip(b' "')), known


def _pixels(text: bytes) -> UInt8Array:
    """uint8[2304]"""
    if text.translate(None, _PIXEL_BYTES):
        raise ValueError("a pixel is not a whole number")
    # Four times as fast as splitting; of digits and spaces it makes nothing but whole numbers.
    values = np.fromstring(text, np.int64, sep=" ") if text else np.empty(0, np.int64)
    if values.size != PIXELS:
        raise ValueError(f"{values.size} pixels, not {PIXELS}")
    if values.max() > 255:
        raise ValueError("a pixel is not 0 to 255")
    return values.astype(np.uint8)
