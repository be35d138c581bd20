"""What the timeline holds as a table, in the form of a video's, with what is smoothed, and who read it, after it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fer_desktop.core import emotions
from fer_desktop.core.band import ABSENT
from fer_desktop.core.history import History
from fer_desktop.core.marks import MODEL, SOURCE
from fer_desktop.core.records import TRACK_COLUMNS, Cell, harmless_text, rounded, track_cells
from fer_desktop.offline.export import CsvDocument
from fer_desktop.offline.files import output

COLUMNS: Final = (*TRACK_COLUMNS, *(f"smoothed_{name}" for name in emotions.NAMES), "model", "source")


def write_csv(target: str, history: History) -> int:
    """One line a reading that is kept; `frame` as the source counts, `time` in seconds since the first. Replaces the
    file once it is whole. Gives how many lines there are. Raises InputError where it cannot be written."""
    rows = history.rows
    rows = rows[rows["label"] != ABSENT]

    def line(number: int) -> list[Sequence[Cell]]:
        row = rows[number]
        track, at_s = history.track(row), float(row["time"])
        return [
            [
                int(row["frame"]),
                round(at_s - float(rows["time"][0]), 6),
                *track_cells(track),
                *(rounded(value) for value in track.smoothed),
                harmless_text(history.marks.in_use(MODEL, at_s)),
                harmless_text(history.marks.in_use(SOURCE, at_s)),
            ]
        ]

    with output(target) as write:
        document = CsvDocument(write, COLUMNS, line)
        for number in range(len(rows)):
            document.add(number)
        document.finish()
    return len(rows)
