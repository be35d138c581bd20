"""Files that appear under their name only when they are whole, being written beside and renamed; or standard output."""

# With pathlib, paths would not be kept as given.
# ruff: noqa: PTH105, PTH108, PTH116, PTH118, PTH119, PTH120, PTH123

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Callable, Iterator
from io import FileIO
from typing import BinaryIO, Final

from fer_desktop.core.errors import InputError
from fer_desktop.offline.names import shown

STDOUT: Final = "-"
Write = Callable[[bytes], None]


@contextlib.contextmanager
def output(target: str) -> Iterator[Write]:
    """Gives a function that writes bytes to the target: `-` is stdout, devices and pipes are written to as they are,
    a file takes its name at the end of the block, or never if the block raises.

    Raises InputError where the target cannot be written, BrokenPipeError where nobody reads stdout any more.
    """
    if target == STDOUT:
        yield _writer_to(sys.stdout.buffer, "standard output")
        return
    final, name, mode = _place(target)
    if not stat.S_ISREG(mode):
        with _opened(final, name) as file:
            yield _writer_to(file, name)
        return
    with _whole(final, name) as file:
        yield _writer_to(file, name)


@contextlib.contextmanager
def whole_file(target: str) -> Iterator[FileInParts]:
    """As `output` for what is not written from front to end: gives the file itself. No device, no pipe."""
    final, name, mode = _place(target)
    if not stat.S_ISREG(mode):
        raise InputError(f"{name} is not a file that can be written in parts", "Name another file")
    with _whole(final, name) as file:
        yield FileInParts(file, name)


class FileInParts:
    """A file to write to and to go about in. Raises InputError where it cannot be written."""

    def __init__(self, file: FileIO, name: str) -> None:
        self.name = name
        self._file, self._write = file, _writer_to(file, name)

    def write(self, data: bytes) -> int:
        self._write(data)
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        with _explained(self.name):
            return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


def _place(target: str) -> tuple[str, str, int]:
    """Where a target leads, what to call it, and the kind of file that is there. Raises InputError for no file name."""
    if not target:
        raise InputError("the name of the file to write is empty", "Name a file")
    name = shown(target)
    with _explained(name):
        final = os.path.realpath(target)
    try:
        mode = os.stat(final).st_mode
    except OSError:
        mode = stat.S_IFREG
    if stat.S_ISDIR(mode):
        raise InputError(f"{name} is a folder, not a file to write to", "Add a file name to it")
    return final, name, mode


@contextlib.contextmanager
def _whole(final: str, name: str) -> Iterator[FileIO]:
    """A file beside `final` that takes its place at the end of the block, or goes if the block raises."""
    partial = os.path.join(os.path.dirname(final), f".{os.path.basename(final)[:100]}.{os.getpid()}.partial")
    try:
        with _opened(partial, name) as file:
            yield file
            with _explained(name):
                os.fsync(file.fileno())
        with _explained(name):
            os.replace(partial, final)
    except BaseException:
        with contextlib.suppress(OSError, ValueError):
            os.unlink(partial)
        raise


def _opened(path: str, name: str) -> FileIO:
    with _explained(name):
        # Without a buffer: nothing is left to fail when the file is closed.
        return open(path, "wb", buffering=0)


def _writer_to(file: BinaryIO | FileIO, name: str) -> Write:
    def write(data: bytes) -> None:
        rest = memoryview(data)
        with _explained(name):
            while rest:
                rest = rest[file.write(rest) :]
            file.flush()

    return write


@contextlib.contextmanager
def _explained(name: str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        what = f"{name} cannot be written ({reason.lower()})"
        raise InputError(what, "Name a file in a folder that exists, has room and may be written to") from error
