"""Kaggle's fer2013.csv: a header, then lines of `emotion,pixels,Usage`, the 48×48 pixels as numbers with spaces."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.core.types import CROP_SIDE
from fer_desktop.training.datasets.face_set import FaceSet

COLUMNS = ["emotion", "pixels", "usage"]
PIXELS = CROP_SIDE * CROP_SIDE
MAX_SKIPPED_SHARE = 0.05
_REMEDY = "Give the fer2013.csv of the FER2013 data set."


def load(path: Path, with_hash: bool = False) -> FaceSet:
    """Every usable row. A damaged row is skipped and told; more than one in twenty damaged is an InputError.

    with_hash: also take the file's SHA-256 (a second for the whole 271 MB).
    """
    images, labels, usages, skipped = [], [], [], []
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            header = stream.readline()
            _check_header(path, header)
            digest.update(header)
            for number, line in enumerate(stream, start=2):
                if with_hash:
                    digest.update(line)
                if not line.strip():
                    continue
                try:
                    label, image, usage = _parse(line)
                except ValueError as error:
                    skipped.append((number, str(error)))
                    continue
                labels.append(label)
                images.append(image)
                usages.append(usage)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror})", "Check the path.") from error
    if not images:
        raise InputError(f"{path} holds no usable face", _REMEDY)
    if len(skipped) > MAX_SKIPPED_SHARE * (len(images) + len(skipped)):
        at, reason = skipped[0]
        raise InputError(f"{path}: {len(skipped)} rows are damaged, the first on line {at}: {reason}", _REMEDY)
    sources = {path.name: digest.hexdigest()} if with_hash else {}
    stacked = np.stack(images).reshape(-1, CROP_SIDE, CROP_SIDE)
    return FaceSet(stacked, np.array(labels, np.int64), np.array(usages), tuple(skipped), sources)


def _check_header(path: Path, header: bytes) -> None:
    names = [name.strip().lower() for name in header.decode("utf-8-sig", "replace").strip().split(",")]
    if names != COLUMNS:
        raise InputError(f"{path}, line 1: the columns are not emotion,pixels,Usage", _REMEDY)


def _parse(line: bytes) -> tuple[int, np.ndarray, str]:
    """Raises ValueError with the reason, for people."""
    cells = line.decode("ascii", "replace").strip().split(",")
    if len(cells) != 3:
        raise ValueError(f"{len(cells)} cells, not 3")
    emotion, pixels, usage = (cell.strip().strip('"') for cell in cells)
    if not emotion.isdecimal() or int(emotion) >= emotions.COUNT:
        raise ValueError(f"emotion {emotion!r} is not 0 to {emotions.COUNT - 1}")
    values = np.array(pixels.split(), dtype=np.int64)
    if values.size != PIXELS:
        raise ValueError(f"{values.size} pixels, not {PIXELS}")
    if values.min() < 0 or values.max() > 255:
        raise ValueError("a pixel is not 0 to 255")
    return int(emotion), values.astype(np.uint8), usage
