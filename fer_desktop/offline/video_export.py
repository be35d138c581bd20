"""A video's results as JSON and CSV: the forms of photos, with a picture's number and time in place of a path."""

from __future__ import annotations

from typing import Final

from fer_desktop.core.records import TRACK_COLUMNS, Cell, face_cells, no_face_cells, tracked_face_record
from fer_desktop.offline.export import CsvDocument, JsonDocument, Write
from fer_desktop.offline.video import Beginning, FrameResult

CSV_COLUMNS: Final = TRACK_COLUMNS


class FrameJsonWriter(JsonDocument[FrameResult]):
    """`{"schema":1,"model":…,"path":…,"width":…,"height":…,"frames":[…]}`, one picture a line."""

    def __init__(self, write: Write, path: str, beginning: Beginning) -> None:
        width, height = beginning.size
        head: dict[str, object] = {"model": beginning.model_id, "path": path, "width": width, "height": height}
        super().__init__(write, head, "frames", frame_record)


class FrameCsvWriter(CsvDocument[FrameResult]):
    """One line a face; a picture without faces has one line with empty cells. The label follows from the smoothed
    probabilities, the seven columns are those of the picture alone."""

    def __init__(self, write: Write) -> None:
        super().__init__(write, CSV_COLUMNS, frame_rows)


def frame_record(result: FrameResult) -> dict[str, object]:
    """One entry of "frames". Pictures count from 0; the time is in seconds since the first."""
    tracks = () if result.analysis is None else result.analysis.tracks
    faces = [tracked_face_record(track) for track in tracks]
    record: dict[str, object] = {"index": result.index, "time": _time(result), "faces": faces}
    return record if result.error is None else record | {"error": result.error}


def frame_rows(result: FrameResult) -> list[list[Cell]]:
    tracks = () if result.analysis is None else result.analysis.tracks
    rows = [[result.index, _time(result), track.id, *face_cells(track)] for track in tracks]
    return rows or [[result.index, _time(result), "", *no_face_cells(result.error)]]


def _time(result: FrameResult) -> float:
    return round(result.time_s, 6)
