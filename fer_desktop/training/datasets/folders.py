"""A folder a class: ROOT/<class>/*, or ROOT/<split>/<class>/* with splits such as train/, val/ and test/.

Without split folders all faces belong to the split that ROOT is named after, to Training where that is none.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.core.ports import FaceDetector
from fer_desktop.core.types import UInt8Array
from fer_desktop.training.datasets import pictures, splits
from fer_desktop.training.datasets.face_set import FaceSet
from fer_desktop.training.datasets.rows import Rows

MAX_FILE_BYTES: Final = 256 * 1024 * 1024
SYNONYMS: Final = {
    "angry": ("anger", "mad"),
    "disgust": ("disgusted",),
    "fear": ("fearful", "scared", "afraid"),
    "happy": ("happiness", "joy", "joyful"),
    "sad": ("sadness",),
    "surprise": ("surprised",),
    "neutral": ("neutrality", "calm"),
}
_CLASSES: Final = {
    word: index for index, name in enumerate(emotions.NAMES) for word in (name, *SYNONYMS[name])
}  # fmt: skip
_NOT_DATA: Final = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
_REMEDY: Final = f"Give the folder in which {', '.join(emotions.NAMES)} stand, or train/ and test/ with these in them."


def emotion_of(name: str) -> int | None:
    """The class that a folder's name means: any case, a synonym, a number before it ("0-Angry"); None: none."""
    return _CLASSES.get(re.sub(r"^\d+[\s._-]+", "", name).strip().lower())


def load(
    root: Path,
    make_detector: Callable[[], FaceDetector] | None = None,
    with_hash: bool = False,
    progress: Callable[[int], None] = lambda done: None,
) -> FaceSet:
    """Every usable picture, in the order of their paths. Raises InputError.

    Grey pictures of 48×48 pixels are taken as they are. Of the others the largest face that the detector finds is cut
    out; without a detector only small squares are taken, resized. with_hash: also take the SHA-256 of all that is read.
    """
    rows = Rows(str(root), _REMEDY)
    digest = hashlib.sha256() if with_hash else None
    detector: FaceDetector | None = None
    with contextlib.ExitStack() as stack:
        for index, (path, label, usage) in enumerate(_files(root, rows)):
            progress(index)
            where = path.relative_to(root).as_posix()
            try:
                data = _read(path)
                picture = pictures.decode(data)
            except ValueError as error:
                rows.damaged(where, str(error))
                continue
            if digest:
                digest.update(f"{where}\0{len(data)}\0".encode("utf-8", "surrogateescape") + data)
            if detector is None and make_detector is not None and not pictures.is_ready(picture):
                detector = make_detector()
                stack.callback(detector.close)
            try:
                rows.add(_face(picture, detector, index), label, usage)
            except ValueError as error:
                rows.skip(where, str(error))
    return rows.face_set({f"{root.resolve().name}/": digest.hexdigest()} if digest else {})


def _face(picture: UInt8Array, detector: FaceDetector | None, index: int) -> UInt8Array:
    if pictures.is_ready(picture):
        return picture
    return pictures.resized(picture) if detector is None else pictures.found(picture, detector, index)


def _read(path: Path) -> bytes:
    """Raises ValueError with the reason."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("not a file")
        if status.st_size > MAX_FILE_BYTES:
            raise ValueError(f"larger than {MAX_FILE_BYTES // 2**20} MB")
        data = path.read_bytes()
    except OSError as error:
        raise ValueError(f"cannot be read ({error.strerror})") from error
    if not data:
        raise ValueError("empty")
    return data


def _files(root: Path, rows: Rows) -> Iterator[tuple[Path, int, str]]:
    """(file, class, split), sorted; what is neither split nor class is told."""
    entries = _entries(root)
    of_splits = [(path, split) for path in entries if path.is_dir() and (split := splits.canonical(path.name))]
    if not of_splits:
        of_splits = [(root, splits.canonical(root.resolve().name) or splits.TRAINING)]
    elif beside := [path for path in entries if path.is_dir() and emotion_of(path.name) is not None]:
        rows.skip(beside[0].name, f"stands beside {of_splits[0][0].name}, not in it")
    any_class = False
    for folder, split in of_splits:
        for path in _entries(folder):
            if not path.is_dir():
                continue
            label = emotion_of(path.name)
            if label is None:
                rows.skip(path.relative_to(root).as_posix(), "the folder's name is none of the seven emotions")
                continue
            any_class = True
            for file in _entries(path):
                yield file, label, split
    if not any_class:
        there = ", ".join(path.name for path in entries[:5]) or "nothing"
        raise InputError(f"{root} has no folder named after an emotion; it holds {there}", _REMEDY)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(
            path for path in folder.iterdir() if not path.name.startswith(".") and path.name.lower() not in _NOT_DATA
        )
    except OSError as error:
        raise InputError(f"{folder} cannot be read ({error.strerror})", "Check the path.") from error
