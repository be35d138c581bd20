"""Results as Parquet: the columns of the CSV with their types, and null where a CSV has an empty cell.

Written in groups of rows, so that memory stays flat. Text is UTF-8; bytes of a file name that are not valid in it
stand as escapes (\\udcXX), and nothing is done about formulas: no spreadsheet opens such a file by accident.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final, Generic

from fer_desktop import __version__
from fer_desktop.core.records import FOUND, OWN_NEUTRAL, SCHEMA, Cell, face_values, no_face_values, track_values
from fer_desktop.offline import export, video_export
from fer_desktop.offline.export import Result
from fer_desktop.offline.files import Write
from fer_desktop.offline.image_result import ImageResult
from fer_desktop.offline.video import FrameResult
from fer_desktop.offline.video_export import NAME_COLUMN, rounded_time

if TYPE_CHECKING:
    import pyarrow

GROUP_ROWS: Final = 10_000
_TEXT: Final = frozenset(("path", "label", "reason", NAME_COLUMN))
_INTEGERS: Final = frozenset(("face", "frame", "track"))

Row = Sequence[Cell | None]


class _Buffer:
    """Takes what Arrow writes, until it is passed on. So a document that is given up has nothing left to write to."""

    closed = False

    def __init__(self) -> None:
        self._data, self._gone = bytearray(), 0

    def write(self, data: bytes) -> int:
        self._data += memoryview(data)
        return len(data)

    def tell(self) -> int:
        return self._gone + len(self._data)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def taken(self) -> bytes:
        data = bytes(self._data)
        self._gone += len(data)
        self._data.clear()
        return data


class ParquetDocument(Generic[Result]):
    """A table of the rows that `rows` makes of each result. The file's metadata hold the schema's version, the model's
    id and the program's version."""

    def __init__(
        self, write: Write, model_id: str | None, columns: Sequence[str], rows: Callable[[Result], Iterable[Row]]
    ) -> None:
        import pyarrow
        import pyarrow.parquet

        self._write, self._rows = write, rows
        self._waiting: list[Row] = []
        metadata = {"schema": str(SCHEMA), "model": model_id or "", "program": f"FER Desktop {__version__}"}
        fields = [(name, _type(name)) for name in columns]
        self._schema = pyarrow.schema(fields, metadata={name: _utf8(text) for name, text in metadata.items()})
        self._buffer = _Buffer()
        sink = pyarrow.PythonFile(self._buffer, mode="w")
        self._table = pyarrow.parquet.ParquetWriter(sink, self._schema, compression="zstd")
        self._pass_on()

    def add(self, result: Result) -> None:
        self._waiting += self._rows(result)
        if len(self._waiting) >= GROUP_ROWS:
            self._group()

    def finish(self) -> None:
        if self._waiting:
            self._group()
        self._table.close()
        self._pass_on()

    def _group(self) -> None:
        import pyarrow

        columns = zip(*self._waiting, strict=True)
        arrays = [
            pyarrow.array([_utf8(value) if isinstance(value, str) else value for value in column], field.type)
            for column, field in zip(columns, self._schema, strict=True)
        ]
        self._waiting = []
        self._table.write_table(pyarrow.Table.from_arrays(arrays, schema=self._schema))
        self._pass_on()

    def _pass_on(self) -> None:
        self._write(self._buffer.taken())


class PhotoParquetWriter(ParquetDocument[ImageResult]):
    """One row a face; an image without faces has one row that is empty but for its path and the reason."""

    def __init__(self, write: Write, model_id: str | None) -> None:
        super().__init__(write, model_id, export.CSV_COLUMNS, _photo_rows)


class VideoParquetWriter(ParquetDocument[FrameResult]):
    """One row a face and picture; a picture without faces has one row. With names, the last column holds them."""

    def __init__(self, write: Write, model_id: str | None, names: Mapping[int, str]) -> None:
        columns = video_export.CSV_COLUMNS
        super().__init__(
            write, model_id, (*columns, NAME_COLUMN) if names else columns, lambda result: _video_rows(result, names)
        )


def _photo_rows(result: ImageResult) -> list[Row]:
    tracks = () if result.analysis is None else result.analysis.tracks
    rows: list[Row] = [[result.path, number, *face_values(track)] for number, track in enumerate(tracks, start=1)]
    return rows or [[result.path, None, *no_face_values(result.error)]]


def _video_rows(result: FrameResult, names: Mapping[int, str]) -> list[Row]:
    tracks = () if result.analysis is None else result.analysis.tracks
    when = (result.index, rounded_time(result))
    rows: list[Row] = [[*when, *track_values(track), *([names.get(track.id)] if names else [])] for track in tracks]
    return rows or [[*when, None, *no_face_values(result.error), None, None, *([None] if names else [])]]


def _type(name: str) -> pyarrow.DataType:
    import pyarrow

    if name in _TEXT:
        return pyarrow.string()
    if name in (OWN_NEUTRAL, FOUND):
        return pyarrow.bool_()
    return pyarrow.int64() if name in _INTEGERS else pyarrow.float64()


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")
