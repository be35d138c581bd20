"""How far a video that was never finished plays, from the heads of its fragments: nothing is decoded.

An hour of it has 3,600 of them, and two small reads find each. The boxes are those of ISO/IEC 14496-12.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

_HEAD: Final = 8
_LONGEST_HEAD: Final = 1 << 20
"""Of a fragment with all its pictures' times; one of a second has less than a thousandth of it."""
_MOST: Final = 100_000
"""Pictures in one."""
_TFHD: Final = ((0x1, 8), (0x2, 4))
"""Flags of `tfhd`, and the bytes that each puts before the pictures' default duration (0x8)."""
_TRUN: Final = ((0x100, 4), (0x200, 4), (0x400, 4), (0x800, 4))
"""The same of each picture's entry in `trun`; the duration, if it is there, comes first."""


@dataclass(frozen=True, slots=True)
class Plays:
    """last_s: when the last picture is shown, in seconds since the first; pictures: how many there are."""

    last_s: float
    pictures: int


def plays(path: Path) -> Plays | None:
    """None where it has no whole fragment, is finished, or cannot be read."""
    first = last = pictures = 0
    scale = 0
    try:
        with path.open("rb", buffering=0) as file:
            for kind, start, size in _boxes(file):
                if kind not in (b"moov", b"moof"):
                    continue
                if size > _LONGEST_HEAD:
                    break
                file.seek(start)
                body = file.read(size)
                if kind == b"moov":
                    scale = _scale(body)
                elif not _is_whole(file, start + size):
                    break
                else:
                    begins, durations = _pictures(body)
                    if not pictures:
                        first = begins
                    last = begins + sum(durations[:-1])
                    pictures += len(durations)
    except (OSError, struct.error, KeyError):
        pass  # so far it plays
    return Plays((last - first) / scale, pictures) if pictures and scale else None


def _boxes(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """(kind, where its content begins, its bytes) of the outermost ones. The file may be moved meanwhile."""
    at, end = 0, file.seek(0, 2)
    while at + _HEAD <= end:
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(_HEAD))
        if size < _HEAD:  # of more than 4 GB, or to the end: none of a growing video is
            return
        yield kind, at + _HEAD, size - _HEAD
        at += size


def _is_whole(file: BinaryIO, at: int) -> bool:
    """Whether all the pictures that follow a fragment's head are there."""
    end = file.seek(0, 2)
    file.seek(at)
    size, kind = struct.unpack(">I4s", file.read(_HEAD))
    return bool(kind == b"mdat" and at + size <= end)


def _inner(body: bytes) -> dict[bytes, bytes]:
    found, at = {}, 0
    while at + _HEAD <= len(body):
        size, kind = struct.unpack_from(">I4s", body, at)
        if size < _HEAD:
            break
        found[kind] = body[at + _HEAD : at + size]
        at += size
    return found


def _scale(moov: bytes) -> int:
    """Ticks a second."""
    mdhd = _inner(_inner(_inner(moov)[b"trak"])[b"mdia"])[b"mdhd"]
    return int(struct.unpack_from(">I", mdhd, 20 if mdhd[:1] == b"\1" else 12)[0])


def _pictures(moof: bytes) -> tuple[int, list[int]]:
    """When the first is shown, and how long each of them stands; in ticks."""
    traf = _inner(_inner(moof)[b"traf"])
    tfhd, tfdt, trun = traf[b"tfhd"], traf[b"tfdt"], traf[b"trun"]
    (begins,) = struct.unpack_from(">Q" if tfdt[:1] == b"\1" else ">I", tfdt, 4)
    flags = _flags(tfhd)
    usual = struct.unpack_from(">I", tfhd, 8 + _bytes(flags, _TFHD))[0] if flags & 0x8 else 0
    (count,) = struct.unpack_from(">I", trun, 4)
    flags = _flags(trun)
    at, each = 8 + _bytes(flags, ((0x1, 4), (0x4, 4))), _bytes(flags, _TRUN)
    if not flags & 0x100:
        return begins, [usual] * min(count, _MOST)
    return begins, [struct.unpack_from(">I", trun, at + number * each)[0] for number in range(count)]


def _flags(box: bytes) -> int:
    return int(struct.unpack_from(">I", box)[0]) & 0xFFFFFF


def _bytes(flags: int, parts: tuple[tuple[int, int], ...]) -> int:
    return sum(size for flag, size in parts if flags & flag)
