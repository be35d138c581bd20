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
from collections.abc import Callable, Iterator, Sequence
from io import FileIO
from typing import BinaryIO, Final, Protocol

from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.core.types import Track
from fer_desktop.offline.batch import ImageResult
from fer_desktop.offline.names import shown

SCHEMA: Final = 1
STDOUT: Final = "-"
CSV_COLUMNS: Final = ("path", "face", "x", "y", "w", "h", "score", "label", "reason", *emotions.NAMES)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet may take for the beginning of a formula, directly or once it has trimmed the cell."""

Cell = str | int | float
Write = Callable[[bytes], None]


class ResultWriter(Protocol):
    """Takes results one by one. `finish` ends the document; until then it is not whole."""

    def add(self, result: ImageResult) -> None: ...

    def finish(self) -> None: ...


class JsonWriter:
    """`{"schema":1,"model":…,"images":[…]}`, one image a line."""

    def __init__(self, write: Write, model_id: str | None) -> None:
        self._write_bytes = write
        self._separator = "\n"
        self._write(f'{{"schema":{SCHEMA},"model":{_json(model_id)},"images":[')

    def add(self, result: ImageResult) -> None:
        self._write(self._separator + _json(image_record(result)))
        self._separator = ",\n"

    def finish(self) -> None:
        self._write("\n]}\n")

    def _write(self, text: str) -> None:
        # Only what stood for undecodable bytes in a file name cannot be encoded; \udcXX is its JSON escape as well.
        self._write_bytes(text.encode("utf-8", "backslashreplace"))


class CsvWriter:
    """One line a face, the path made harmless for spreadsheets; an image without faces has one line of empty cells.

    Of an image that could not be read the reason is in the column `reason`.
    """

    def __init__(self, write: Write) -> None:
        self._write = write
        self._line(CSV_COLUMNS)

    def add(self, result: ImageResult) -> None:
        path = harmless_path(result.path)
        for row in face_rows(result):
            self._line((path, *row))

    def finish(self) -> None:
        pass

    def _line(self, cells: Sequence[Cell]) -> None:
        text = io.StringIO()
        # Python 3.12 and older quote a line break in a cell only if the line's end has it too.
        csv.writer(text, lineterminator="\r\n").writerow(cells)
        self._write((text.getvalue()[:-2] + "\n").encode("utf-8", "surrogateescape"))


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


def face_record(track: Track) -> dict[str, object]:
    """One entry of "faces"."""
    return {
        "box": track.face.box.as_list(),
        "score": _rounded(track.face.score),
        "label": track.label,
        "reason": track.reason,
        "probabilities": dict(zip(emotions.NAMES, _probabilities(track), strict=True)),
    }


def face_rows(result: ImageResult) -> list[list[Cell]]:
    """The CSV's lines for one image, without the path. Faces count from 1."""
    if result.analysis is None or not result.analysis.tracks:
        row: list[Cell] = [""] * (len(CSV_COLUMNS) - 1)
        row[CSV_COLUMNS.index("reason") - 1] = harmless_text(result.error or "")
        return [row]
    return [
        [
            number,
            *track.face.box.as_list(),
            _rounded(track.face.score),
            track.label or "",
            harmless_text(track.reason or ""),
            *_probabilities(track),
        ]
        for number, track in enumerate(result.analysis.tracks, start=1)
    ]


def harmless_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe goes before it."""
    return "'" + text if text.startswith(_FORMULA) else text


def harmless_path(path: str) -> str:
    """The same for a path, which still leads to the same file: ./ goes before it."""
    return os.path.join(os.curdir, path) if path.startswith(_FORMULA) else path


def _probabilities(track: Track) -> list[float]:
    return [_rounded(value) for value in track.prediction.probabilities]


def _rounded(value: float) -> float:
    return round(float(value), 4)


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
    if not stat.S_ISREG(mode):
        with _opened(final, name) as file:
            yield _writer_to(file, name)
        return
    partial = os.path.join(os.path.dirname(final), f".{os.path.basename(final)[:100]}.{os.getpid()}.partial")
    try:
        with _opened(partial, name) as file:
            yield _writer_to(file, name)
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
