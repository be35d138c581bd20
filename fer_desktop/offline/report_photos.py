"""The report of photos: how many faces show what, how sure that is, and which face is where."""

# With pathlib, paths would not be kept as given.
# ruff: noqa: PTH100, PTH119

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from fer_desktop.core import emotions
from fer_desktop.core.types import Track
from fer_desktop.offline import report
from fer_desktop.offline.files import Write
from fer_desktop.offline.image_result import ImageResult
from fer_desktop.offline.names import count_of, shortened, shown
from fer_desktop.offline.report import percent, signed
from fer_desktop.report.parts import Column, Face, Faces, Heading, Part, Report, Table, Text, Tiles

if TYPE_CHECKING:
    from fer_desktop.offline.formats import Settings

_COLUMNS = (
    Column("photo", long=True),
    Column("face", number=True),
    Column("label", emotion=True),
    Column("confidence", number=True),
    Column("valence", number=True),
    Column("no label because"),  # the last one: left out where all faces have labels
)


class PhotoReport:
    """Takes results one by one and writes the report at the end."""

    def __init__(self, write: Write, settings: Settings, render: report.Render) -> None:
        self._write, self._settings, self._render = write, settings, render
        self._images = self._with_faces = self._failed = 0
        self._confidences = report.Confidences()
        self._rows: list[tuple[str, ...]] = []
        self._faces: list[Face] = []
        self._problems: list[tuple[str, str]] = []

    def add(self, result: ImageResult) -> None:
        self._images += 1
        if result.analysis is None:
            self._failed += 1
            if len(self._problems) < report.MOST_PROBLEMS:
                name = shown(result.path)
                # The path stands beside it.
                self._problems.append((name, shown(result.error or "").removeprefix(f"{name} ")))
            return
        self._with_faces += bool(result.analysis.tracks)
        for number, track in enumerate(result.analysis.tracks, start=1):
            several = f" · {number}" if len(result.analysis.tracks) > 1 else ""
            self._add(result.path, number, track, f"{_short(result.path)}{several}")

    def _add(self, path: str, number: int, track: Track, where: str) -> None:
        self._confidences.add(track)
        sure = percent(track.confidence) if track.label else ""
        if len(self._rows) < report.MOST_ROWS:
            valence = signed(emotions.valence(track.prediction.probabilities))
            row = (shown(path), str(number), track.label or "", sure, valence, shown(track.reason or ""))
            self._rows.append(row)
        if self._settings.thumbnails and len(self._faces) < report.MOST_FACES and report.has_picture(track):
            reading = f"{track.label} {sure}" if track.label else shown(track.reason or "")
            self._faces.append(Face(report.thumbnail(track.crop), track.label, reading, where))

    def finish(self) -> None:
        self._write(self._render(self._report()))

    def _report(self) -> Report:
        sources = self._settings.sources
        title = "Expressions in photos"
        if len(sources) == 1:
            # "." is no name.
            title = f"Expressions in {_short(os.path.abspath(sources[0])) or shown(sources[0])}"
        read = report.sources(self._settings)
        head: list[Part] = [Text("What the faces in these photos show, as the program reads them.")]
        return Report(
            title,
            [
                *head,
                *([read] if read else []),
                self._tiles(),
                *self._plots(),
                *self._shown_faces(),
                *self._table(),
                *report.problems(self._problems, self._failed, "file"),
                *report.how_to_read(self._settings, moving=False),
            ],
            report.made(bool(self._faces)),
        )

    def _tiles(self) -> Tiles:
        seen, labelled = self._confidences.faces, self._confidences.labelled
        without = self._images - self._failed - self._with_faces
        return Tiles(
            [
                ("photos", f"{self._images:,}", f"{without:,} of them without a face"),
                ("faces", f"{seen:,}", f"in {count_of(self._with_faces, 'photo', 'photos')}"),
                ("with a label", f"{labelled:,}", f"{percent(labelled / seen)} of the faces" if seen else "no face"),
                ("could not be read", f"{self._failed:,}", "each with its reason below" if self._failed else "none"),
            ]
        )

    def _plots(self) -> list[Part]:
        found = self._confidences
        if not found.faces:
            return [Text("No face was found.")]
        plots = []
        if found.labelled:
            shares = report.by_emotion(found.labels, found.labelled)
            note = "The share of each emotion in the faces that have a label."
            plots += [report.shares_chart("Emotions", note, shares), found.chart("faces")]
        if found.reasons:
            plots.append(found.reasons_chart("faces"))
        return [Heading("Emotions and confidence"), *report.side_by_side(plots)]

    def _shown_faces(self) -> list[Part]:
        if not self._faces:
            return []
        more = self._confidences.faces - len(self._faces)
        note = f"The first {len(self._faces):,}; {more:,} more are not shown." if more else ""
        return [Heading("Faces"), Faces(self._faces, f"As the model sees them: grey, 48 pixels a side. {note}".strip())]

    def _table(self) -> list[Part]:
        if not self._rows:
            return []
        more = self._confidences.faces - len(self._rows)
        note = f"The first {len(self._rows):,} faces; the CSV has {more:,} more." if more else ""
        told = len(_COLUMNS) if any(row[-1] for row in self._rows) else len(_COLUMNS) - 1
        table = Table(_COLUMNS[:told], [row[:told] for row in self._rows], note)
        return [Heading("Every face" if not more else "The first faces"), table]


def _short(path: str) -> str:
    return shortened(shown(os.path.basename(path)), report.MOST_LETTERS)
