"""A video's results as JSON and CSV: the forms of photos, with a picture's number and time in place of a path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fer_desktop.core.records import (
    TRACK_COLUMNS,
    Cell,
    harmless_text,
    no_face_cells,
    track_cells,
    tracked_face_record,
)
from fer_desktop.offline.export import CsvDocument, JsonDocument
from fer_desktop.offline.files import Write
from fer_desktop.offline.video import Beginning, FrameResult

CSV_COLUMNS: Final = TRACK_COLUMNS
NAME_COLUMN: Final = "name"
"""The last one, only where a face has been named."""
_NOBODY: Final[Mapping[int, str]] = {}


class FrameJsonWriter(JsonDocument[FrameResult]):
    """`{"schema":1,"model":…,"path":…,"width":…,"height":…,"frames":[…]}`, one picture a line.

    names: what people call a face, by its track; such faces have a "name".
    """

    def __init__(self, write: Write, path: str, beginning: Beginning, names: Mapping[int, str] = _NOBODY) -> None:
        width, height = beginning.size
        head: dict[str, object] = {"model": beginning.model_id, "path": path, "width": width, "height": height}
        super().__init__(write, head, "frames", lambda result: frame_record(result, names))


class FrameCsvWriter(CsvDocument[FrameResult]):
    """One line a face; a picture without faces has one line with empty cells. The label follows from the smoothed
    probabilities, the seven columns are those of the picture alone. own_neutral is 1 where the label was read against
    the person's own resting face, found 0 where the face was missed in this picture and the line repeats the one
    before. With names, the last column holds them."""

    def __init__(self, write: Write, names: Mapping[int, str] = _NOBODY) -> None:
        columns = (*CSV_COLUMNS, NAME_COLUMN) if names else CSV_COLUMNS
        super().__init__(write, columns, lambda result: frame_rows(result, names))


def frame_record(result: FrameResult, names: Mapping[int, str] = _NOBODY) -> dict[str, object]:
    """One entry of "frames". Pictures count from 0; the time is in seconds since the first."""
    tracks = () if result.analysis is None else result.analysis.tracks
    faces = []
    for track in tracks:
        face = tracked_face_record(track)
        faces.append(face | {"name": names[track.id]} if track.id in names else face)
    record: dict[str, object] = {"index": result.index, "time": rounded_time(result), "faces": faces}
    return record if result.error is None else record | {"error": result.error}


def frame_rows(result: FrameResult, names: Mapping[int, str] = _NOBODY) -> list[list[Cell]]:
    tracks = () if result.analysis is None else result.analysis.tracks
    rows: list[list[Cell]] = []
    for track in tracks:
        named = [harmless_text(names.get(track.id, ""))] if names else []
        rows.append([result.index, rounded_time(result), *track_cells(track), *named])
    nobody = [""] if names else []
    return rows or [[result.index, rounded_time(result), "", *no_face_cells(result.error), "", "", *nobody]]


def rounded_time(result: FrameResult) -> float:
    """Seconds, to the microsecond."""
    return round(result.time_s, 6)
