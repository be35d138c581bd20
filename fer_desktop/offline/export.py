"""Results as JSON and CSV, written while they come. The forms are the program's public face: extend, do not change.

Text is UTF-8. A file name that is not valid in it has escapes for those bytes: in JSON ones that Python reads back
(surrogateescape), in CSV the same as text, as they are shown everywhere else.
"""

# With pathlib, paths would not be kept as given.
# ruff: noqa: PTH118

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Generic, Protocol, TypeVar

from fer_desktop.core.records import FACE_COLUMNS, FORMULA, SCHEMA, Cell, face_cells, face_record, no_face_cells
from fer_desktop.offline.files import Write
from fer_desktop.offline.image_result import ImageResult

CSV_COLUMNS: Final = ("path", "face", *FACE_COLUMNS)

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
        self._write((text.getvalue()[:-2] + "\n").encode("utf-8", "backslashreplace"))


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
