"""Results as JSON and CSV, written while they come. The forms are the program's public face: extend, do not change.

A file appears under its name only when it is whole: it is written beside and renamed. Text is UTF-8. A file name that
is not valid in it keeps its bytes: in CSV as they are, in JSON as escapes that Python reads back (surrogateescape).
"""

# With pathlib, paths would not be kept as given.
# ruff: noqa: PTH105, PTH108, PTH116, PTH118, PTH119, PTH120, PTH123

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import FileIO
from typing import BinaryIO, Final, Generic, Protocol, TypeVar

from fer_desktop.core.errors import InputError
from fer_desktop.core.records import FACE_COLUMNS, FORMULA, SCHEMA, Cell, face_cells, face_record, no_face_cells
from fer_desktop.offline.image_result import ImageResult
from fer_desktop.offline.names import shown

STDOUT: Final = "-"
CSV_COLUMNS: Final = ("path", "face", *FACE_COLUMNS)

Write = Callable[[bytes], None]
Result = TypeVar("Result")
Result_in = TypeVar("Result_in", contravariant=True)


class ResultWriter(Protocol[Result_in]):
    """Takes results one by one. `finish` ends the document; until then it is not whole."""

    def add(self, result: Result_in) -> None: ...

    def finish(self) -> None: ...


class JsonDocument(Generic[Result]):
    """`{"schema":1, head…, "name":[…]}`, one result a line as `record` makes it."""

    def __init__(
        self, write: Write, head: dict[str, object], name: str, record: Callable[[Result], dict[str, object]]
    ) -> None:
        self._write_bytes, self._record = write, record
        self._separator = "\n"
        self._write(f'{_json({"schema": SCHEMA} | head)[:-1]},"{name}":[')

    def add(self, result: Result) -> None:
        self._write(self._separator + _json(self._record(result)))
        self._separator = ",\n"

    def finish(self) -> None:
        self._write("\n]}\n")

    def _write(self, text: str) -> None:
        # Only what stood for undecodable bytes in a file name cannot be encoded; \udcXX is its JSON escape as well.
        self._write_bytes(text.encode("utf-8", "backslashreplace"))


class JsonWriter(JsonDocument[ImageResult]):
    """`{"schema":1,"model":…,"images":[…]}`, one image a line."""

    def __init__(self, write: Write, model_id: str | None) -> None:
        super().__init__(write, {"model": model_id}, "images", image_record)


class CsvDocument(Generic[Result]):
    """A line of column names, then the lines that `rows` makes of each result."""

    def __init__(
        self, write: Write, columns: Sequence[str], rows: Callable[[Result], Iterable[Sequence[Cell]]]
    ) -> None:
        self._write, self._rows = write, rows
        self._line(columns)

    def add(self, result: Result) -> None:
        for row in self._rows(result):
            self._line(row)

    def finish(self) -> None:
        pass

    def _line(self, cells: Sequence[Cell]) -> None:
        text = io.StringIO()
        # Python 3.12 and older quote a line break in a cell only if the line's end has it too.
        csv.writer(text, lineterminator="\r\n").writerow(cells)
        self._write((text.getvalue()[:-2] + "\n").encode("utf-8", "surrogateescape"))


class CsvWriter(CsvDocument[ImageResult]):
    """One line a face, the path made harmless for spreadsheets; an image without faces has one line of empty cells.

    Of an image that could not be read the reason is in the column `reason`.
    """

    def __init__(self, write: Write) -> None:
        super().__init__(write, CSV_COLUMNS, image_rows)


def image_record(result: ImageResult) -> dict[str, object]:
    """One entry of "images". Boxes in pixels of the upright image."""
    faces = [] if result.analysis is None else [face_record(track) for track in result.analysis.tracks]
    return {
        "path": result.path,
        "width": result.width,
        "height": result.height,
        "error": result.error,
        "faces": faces,
    }


def image_rows(result: ImageResult) -> list[list[Cell]]:
    """The CSV's lines for one image. Faces count from 1."""
    path = harmless_path(result.path)
    tracks = () if result.analysis is None else result.analysis.tracks
    rows = [[path, number, *face_cells(track)] for number, track in enumerate(tracks, start=1)]
    return rows or [[path, "", *no_face_cells(result.error)]]


def harmless_path(path: str) -> str:
    """A path that no spreadsheet takes for a formula and that still leads to the same file: ./ goes before it."""
    return os.path.join(os.curdir, path) if path.startswith(FORMULA) else path


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


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
