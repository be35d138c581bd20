"""NumPy's .npz: image u1[n, 48, 48], emotion 0 to 6, and if there are any usage (names) and votes [n, 10] as in FER+.

The archive is read with the header of each array first: its sizes are checked before memory is taken for it, and
nothing in it is ever executed.
"""

from __future__ import annotations

import hashlib
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Final

import numpy as np
from numpy.lib import format as npy

from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.core.types import CROP_SIDE
from fer_desktop.training.datasets import ferplus, splits
from fer_desktop.training.datasets.face_set import FaceSet
from fer_desktop.training.datasets.rows import Rows

SIGNATURES: Final = (b"PK\x03\x04", b"PK\x05\x06")
MAX_FACES: Final = 500_000
"""1.2 GB of pixels."""
MAX_RATIO: Final = 100
LARGE_BYTES: Final = 64 * 1024 * 1024
"""No pictures of faces pack a hundred times smaller: such an array, if it is large, was made to fill the memory."""
MAX_NAME_BYTES: Final = 256
"""Of one split's name: a single long one would make NumPy keep as much for every row."""
MAX_MEMBERS: Final = 1000
_PIECE: Final = 1 << 20
_REMEDY: Final = "Give an .npz with image u1[n,48,48], emotion, and usage and votes if there are any."


def load(path: Path, votes: Path | None = None, with_hash: bool = False) -> FaceSet:
    """Every usable row. Raises InputError. votes: FER+'s CSV, a row for each of these; it goes before the file's own.

    with_hash: also take the files' SHA-256.
    """
    try:
        sources = {path.name: _sha256(path)} if with_hash else {}
        with warnings.catch_warnings(), zipfile.ZipFile(path) as archive:
            warnings.simplefilter("ignore")  # NumPy's, on headers that it has to guess at
            if len(archive.infolist()) > MAX_MEMBERS:
                raise _wrong(path, f"it has more than {MAX_MEMBERS} members")
            images, labels, usages, own = (
                _member(archive, path, name) for name in ("image", "emotion", "usage", "votes")
            )
    except InputError:
        raise
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or error})", "Check the path.") from error
    except Exception as error:  # damaged bytes make zipfile, zlib and NumPy fail in a dozen ways
        raise _wrong(path, f"it is damaged ({' '.join(str(error).split())[:100]})") from error
    images, labels = _checked(path, images, labels)
    names = _usages(path, usages, len(images))
    rows = Rows(str(path), _REMEDY)
    used = []
    for row, (image, label, usage) in enumerate(zip(images, labels.tolist(), names, strict=True)):
        if not 0 <= label < emotions.COUNT:
            rows.damaged(f"row {row}", f"emotion {label} is not 0 to {emotions.COUNT - 1}")
        elif usage is None:
            rows.damaged(f"row {row}", f"usage {str(usages[row])[:20]!r} is no split")  # type: ignore[index]
        else:
            rows.add(image, label, usage)
            used.append(row)
    faces = rows.face_set(sources)
    if votes is not None:
        return ferplus.join(faces, path, names, used, votes, with_hash)
    if own is None:
        return faces
    own_shares = ferplus.shares(_votes(path, own, len(images))[used])
    return FaceSet(faces.images, faces.labels, faces.usages, faces.skipped, faces.sources, own_shares)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _wrong(path: Path, what: str) -> InputError:
    return InputError(f"{path} cannot be used: {what}", _REMEDY)


def _member(archive: zipfile.ZipFile, path: Path, name: str) -> np.ndarray | None:
    """One array, None where the archive has none of that name. Raises ValueError and InputError."""
    try:
        entry = archive.getinfo(name + ".npy")
    except KeyError:
        return None
    with archive.open(entry) as stream:
        version = npy.read_magic(stream)
        if version not in ((1, 0), (2, 0)):
            raise ValueError(f"{name} is of an unknown version of NumPy's format")
        header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, fortran, dtype = header(stream)
        if dtype.hasobject or dtype.fields is not None or dtype.kind not in "iuUS":
            raise _wrong(path, f"{name} holds {dtype}, not whole numbers or names")
        limit = MAX_NAME_BYTES if dtype.kind in "US" else 8
        most = MAX_FACES * (CROP_SIDE * CROP_SIDE if name == "image" else MAX_NAME_BYTES)
        size = int(np.prod(shape, dtype=object)) * dtype.itemsize
        if not shape or len(shape) > 4 or min(shape) < 0 or dtype.itemsize > limit or size > most:
            raise _wrong(path, f"{name} has shape {shape} of {dtype}")
        if size > entry.file_size or (size > LARGE_BYTES and size > MAX_RATIO * entry.compress_size):
            raise _wrong(path, f"{name} has shape {shape}, but only {entry.compress_size:,} bytes are there for it")
        data = _read(stream, size)
    return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran else "C")


def _read(stream: IO[bytes], size: int) -> bytearray:
    """Piece by piece: a lie about the size then costs no more memory than the bytes that are there."""
    data = bytearray()
    while len(data) < size and (piece := stream.read(min(_PIECE, size - len(data)))):
        data += piece
    if len(data) != size:
        raise ValueError("cut short")
    stream.read(1)  # at the end the check sum is compared
    return data


def _checked(path: Path, images: np.ndarray | None, labels: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """(uint8[n, 48, 48], int64[n])"""
    if images is None or labels is None:
        raise _wrong(path, f"there is no {'image' if images is None else 'emotion'} in it")
    if images.ndim == 4 and images.shape[3] == 1:
        images = images[..., 0]
    if images.dtype != np.uint8 or images.shape[1:] != (CROP_SIDE, CROP_SIDE):
        raise _wrong(path, f"image is {images.dtype} {images.shape}, not uint8 (n, {CROP_SIDE}, {CROP_SIDE})")
    if labels.dtype.kind not in "iu" or labels.shape != (len(images),):
        raise _wrong(path, f"emotion is {labels.dtype} {labels.shape}, not whole numbers ({len(images)},)")
    return np.ascontiguousarray(images), labels.astype(np.int64)


def _usages(path: Path, usages: np.ndarray | None, count: int) -> Sequence[str | None]:
    if usages is None:
        return [splits.TRAINING] * count
    if usages.dtype.kind not in "US" or usages.shape != (count,):
        raise _wrong(path, f"usage is {usages.dtype} {usages.shape}, not names ({count},)")
    texts = usages if usages.dtype.kind == "U" else np.char.decode(usages, "ascii", "replace")
    known = {name: splits.canonical(name) for name in set(texts.tolist())}
    return [known[name] for name in texts.tolist()]


def _votes(path: Path, votes: np.ndarray, count: int) -> np.ndarray:
    expected = (count, len(ferplus.COLUMNS))
    if votes.dtype.kind not in "iu" or votes.shape != expected:
        raise _wrong(path, f"votes are {votes.dtype} {votes.shape}, not whole numbers {expected}")
    if votes.size and (int(votes.min()) < 0 or int(votes.max()) > ferplus.MAX_VOTES):
        raise _wrong(path, f"votes are not 0 to {ferplus.MAX_VOTES}")
    return votes
