"""A small zip archive from elsewhere, read with care: everything is checked before it is unpacked, in memory alone."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from typing import Final

MAX_ENTRIES: Final = 8
MAX_DIRECTORY_BYTES: Final = 16_384
MAX_RATIO: Final = 100
"""Weights hardly shrink, and text by a tenth; what grows a hundredfold is a bomb."""
RATIO_FROM_BYTES: Final = 1_000_000
_END: Final = struct.Struct("<4s4H2LH")


class Refused(Exception):
    """Why an archive cannot be used, in words that follow "it" or "because"."""


def read(content: bytes, max_bytes: int) -> dict[str, bytes]:
    """Name -> content of every entry; `max_bytes` for all together. Raises Refused."""
    _check_end(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            _check_entries(entries, max_bytes)
            return {entry.orig_filename: _unpack(archive, entry) for entry in entries}
    except (
        zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, IndexError, NotImplementedError,
        RuntimeError, OverflowError,
    ) as error:  # fmt: skip
        raise Refused(f"it is damaged ({str(error)[:200] or type(error).__name__})") from error


def _check_end(content: bytes) -> None:
    """The size of the list of entries, before it is read: it alone could hold a million."""
    if len(content) < _END.size:
        raise Refused("it is cut short")
    signature, disk, first, here, entries, size, _, comment = _END.unpack(content[-_END.size :])
    if signature != b"PK\5\6" or comment or disk or first or here != entries:
        raise Refused("it does not end as an archive does: cut short, or with something behind it")
    if entries > MAX_ENTRIES or size > MAX_DIRECTORY_BYTES:
        raise Refused(f"it has {entries} entries, at most {MAX_ENTRIES} are allowed")
    if content[-_END.size - 20 : -_END.size - 16] == b"PK\6\7":
        raise Refused("it is in the form for more than 4 GB")


def _check_entries(entries: list[zipfile.ZipInfo], max_bytes: int) -> None:
    if len(entries) > MAX_ENTRIES:
        raise Refused(f"it has {len(entries)} entries, at most {MAX_ENTRIES} are allowed")
    names = [entry.orig_filename for entry in entries]
    if len({name.lower() for name in names}) < len(names):
        raise Refused("it holds a name twice")
    for entry, name in zip(entries, names, strict=True):
        shown = repr(name[:60])
        mode = entry.external_attr >> 16
        if not name.isprintable() or any(sign in name for sign in "/\\:") or name in (".", ".."):
            raise Refused(f"it holds {shown}, which is no plain file name")
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG) or entry.external_attr & 0x10:
            raise Refused(f"its entry {shown} is no plain file")
        if entry.flag_bits & 0x1:
            raise Refused("it is encrypted")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused(f"its entry {shown} is compressed in an unusual way")
        if entry.file_size > RATIO_FROM_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            raise Refused(f"its entry {shown} would grow more than {MAX_RATIO} times")
    if sum(entry.file_size for entry in entries) > max_bytes:
        raise Refused(f"it would take more than {max_bytes >> 20} MB unpacked")


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as stream:
        # One byte more than declared is asked for: the sizes that stand in the archive may lie.
        content = stream.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        raise Refused(f"its entry {entry.orig_filename!r} is not as long as it says")
    return content
