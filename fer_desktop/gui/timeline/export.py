"""What the timeline holds as a table, in the form of a video's, with what is smoothed, and who read it, after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.band import ABSENT
from fer_desktop.core.history import History
from fer_desktop.core.history_rows import Rows
from fer_desktop.core.marks import MARKER, MODEL, SOURCE
from fer_desktop.core.records import TRACK_COLUMNS, Cell, harmless_text, rounded, track_cells
from fer_desktop.offline.export import CsvDocument
from fer_desktop.offline.files import output

COLUMNS: Final = (
    *TRACK_COLUMNS, *(f"smoothed_{name}" for name in emotions.NAMES), "model", "source",
    "face", "smoothed_valence", "marker", "clock",
)  # fmt: skip
"""`face`: the number on the card and in the lane; `smoothed_valence`: what the curve shows; `marker`: what was set
then, in the first line from then on; `clock`: when the picture was taken, on the clock on the wall, ISO 8601."""


def write_csv(target: str, history: History) -> int:
    """One line a reading that is kept; `frame` as the source counts, `time` in seconds since the first. Replaces the
    file once it is whole. Gives how many lines there are. Raises InputError where it cannot be written."""
    rows = history.rows
    rows = rows[rows["label"] != ABSENT]
    times = rows["time"].tolist()
    models, sources = ([harmless_text(name) for name in history.marks.in_use(kind, times)] for kind in (MODEL, SOURCE))
    markers = _markers(history, rows)

    def line(number: int) -> list[Sequence[Cell]]:
        row = rows[number]
        track = history.track(row)
        return [
            [
                int(row["frame"]),
                round(times[number] - times[0], 6),
                *track_cells(track),
                *(rounded(value) for value in track.smoothed),
                models[number],
                sources[number],
                int(row["number"]),
                rounded(emotions.valence(track.smoothed)),
                harmless_text(markers.get(number, "")),
                datetime.fromtimestamp(history.wall_s(times[number])).astimezone().isoformat(timespec="milliseconds"),
            ]
        ]

    with output(target) as write:
        document = CsvDocument(write, COLUMNS, line)
        for number in range(len(rows)):
            document.add(number)
        document.finish()
    return len(rows)


def _markers(history: History, rows: Rows) -> dict[int, str]:
    """What persons marked, by the row it stands in; after the last row, in that."""
    found: dict[int, str] = {}
    if len(rows):
        for mark in history.marks.between(float(rows["time"][0]), history.until_s):
            if mark.kind == MARKER:
                row = min(int(np.searchsorted(rows["time"], mark.time_s)), len(rows) - 1)
                found[row] = f"{found[row]}; {mark.text}" if row in found else mark.text
    return found
