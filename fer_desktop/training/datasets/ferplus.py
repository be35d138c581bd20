"""FER+ (Barsoum et al., "Training Deep Networks for Facial Expression Recognition with Crowd-Sourced Label
Distribution", 2016): ten people's votes on each face of FER2013, in fer2013new.csv, a line for each of its rows."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.core.types import Float32Array
from fer_desktop.training.datasets import splits
from fer_desktop.training.datasets.face_set import FaceSet

COLUMNS: Final = (
    "neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt", "unknown", "NF",
)  # fmt: skip
"""In the order of FER+'s file; NF is "not a face"."""
OURS: Final = tuple(
    COLUMNS.index({"angry": "anger", "happy": "happiness", "sad": "sadness"}.get(name, name)) for name in emotions.NAMES
)
"""For each of our emotions, in order, its place in COLUMNS."""
MAX_VOTES: Final = 1000
MAX_BYTES: Final = 64 * 1024 * 1024
_REMEDY: Final = "Give the fer2013new.csv that belongs to the data."
_IMAGE_NAME: Final = re.compile(r"fer(\d{1,9})\.png")


def shares(votes: np.ndarray) -> Float32Array:
    """float32[n, 7] in our order from the votes [n, 10] in FER+'s: what fell on our emotions, each row summing to 1.

    Contempt, unknown and "not a face" are left out; a row without any other vote is all zero.
    """
    ours = votes[:, OURS].astype(np.float32)
    return ours / np.maximum(ours.sum(axis=1, keepdims=True), 1)


def join(
    faces: FaceSet, data: Path, row_usages: Sequence[str | None], used: Sequence[int], path: Path, with_hash: bool
) -> FaceSet:
    """`faces` with the votes in `path`. Raises InputError, naming the first line where the two do not belong together.

    row_usages: the split of each row of `data`, None where the row is damaged; used: the row of each face.
    """
    text, digest = _read(path)
    usages, votes, lines, numbers = _parse(path, text)
    _check_order(path, usages, numbers, lines)
    for index, (theirs, ours) in enumerate(zip(usages, row_usages, strict=False)):
        if ours is not None and theirs != ours:
            what = f"{path}, line {lines[index]}: Usage is {theirs}, but {data.name} has {ours} in that row"
            raise InputError(what, _REMEDY)
    if len(usages) != len(row_usages):
        rows = f"{path} has {len(usages):,} rows, but {data.name} has {len(row_usages):,}"
        first = min(len(usages), len(row_usages)) + 2
        raise InputError(f"{rows}: line {first} stands in one of them only", _REMEDY)
    sources = {**faces.sources, path.name: digest} if with_hash else faces.sources
    return dataclasses.replace(faces, votes=shares(votes[np.asarray(used)]), sources=sources)


def _read(path: Path) -> tuple[str, str]:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror})", "Check the path.") from error
    if len(content) > MAX_BYTES:
        raise InputError(f"{path} is larger than any file of FER+ votes", _REMEDY)
    return content.decode("utf-8-sig", "replace"), hashlib.sha256(content).hexdigest()


def _parse(path: Path, text: str) -> tuple[list[str], np.ndarray, list[int], list[int | None]]:
    """(split, votes int64[n, 10], line and number in the image's name, each a row)."""
    reader = csv.reader(io.StringIO(text))
    usages: list[str] = []
    votes: list[list[int]] = []
    lines: list[int] = []
    numbers: list[int | None] = []
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        wanted = ["usage", "image name", *(name.lower() for name in COLUMNS)]
        missing = [name for name in wanted if name not in header]
        if missing:
            raise InputError(f"{path}, line 1: there is no column {missing[0]!r}", _REMEDY)
        at = [header.index(name) for name in wanted]
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise ValueError(f"{len(cells)} cells, not {len(header)}")
            usage, name, *counts = (cells[column].strip() for column in at)
            usages.append(_usage(usage))
            votes.append([_count(cell) for cell in counts])
            numbers.append(_number(name))
            lines.append(reader.line_num)
    except (ValueError, csv.Error) as error:
        raise InputError(f"{path}, line {reader.line_num}: {error}", _REMEDY) from error
    if not usages:
        raise InputError(f"{path} holds no votes", _REMEDY)
    return usages, np.array(votes, np.int64), lines, numbers


def _usage(text: str) -> str:
    known = splits.canonical(text)
    if known is None:
        raise ValueError(f"Usage {text[:20]!r} is not Training, PublicTest or PrivateTest")
    return known


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and int(text) <= MAX_VOTES):
        raise ValueError(f"{text[:20]!r} is not a number of votes")
    return int(text)


def _number(name: str) -> int | None:
    """The row in Kaggle's file that an image's name tells; a face that is "not a face" has no name."""
    if not name:
        return None
    match = _IMAGE_NAME.fullmatch(name)
    if match is None:
        raise ValueError(f"image name {name[:30]!r} is not fer and seven digits")
    return int(match[1])


def _check_order(path: Path, usages: list[str], numbers: list[int | None], lines: list[int]) -> None:
    """The image names count the rows, so that one that is lost or moved shows. Whole splits may be shortened."""
    offsets: dict[str, int] = {}
    for index, (usage, number) in enumerate(zip(usages, numbers, strict=True)):
        if number is not None and offsets.setdefault(usage, number - index) != number - index:
            what = f"{path}, line {lines[index]}: image {number} is out of order; a row before it is missing or moved"
            raise InputError(what, _REMEDY)
