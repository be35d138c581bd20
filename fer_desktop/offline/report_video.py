"""The report of a recording: a timeline of each face, its share of time per emotion, and when it changed."""

# With pathlib, paths would not be kept as given.
# ruff: noqa: PTH119

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Final

from fer_desktop.core import emotions
from fer_desktop.core.types import UInt8Array
from fer_desktop.offline import report
from fer_desktop.offline.files import Write
from fer_desktop.offline.names import count_of, shortened, shown
from fer_desktop.offline.report import percent
from fer_desktop.offline.video import Beginning, FrameResult
from fer_desktop.offline.video_summary import STEADY_S, Seen, Story, clock
from fer_desktop.report import charts
from fer_desktop.report.parts import Column, Face, Faces, Heading, Part, Report, Table, Text, Tiles

if TYPE_CHECKING:
    from fer_desktop.offline.formats import Settings

_STEPS_S: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
MOST_TICKS: Final = 9
_FACE_COLUMNS: Final = (
    Column("face", long=True),
    Column("from", number=True),
    Column("to", number=True),
    Column("with a label", number=True),
    Column("mostly", emotion=True),
    Column("share", number=True),
    Column("then", long=True),
)
_CHANGE_COLUMNS: Final = (
    Column("time", number=True),
    Column("face", long=True),
    Column("before", emotion=True),
    Column("after", emotion=True),
)


class VideoReport:
    """Takes results one by one and writes the report at the end."""

    def __init__(
        self, write: Write, settings: Settings, path: str, beginning: Beginning, render: report.Render
    ) -> None:
        self._write, self._settings, self._render = write, settings, render
        self._path, self._size = path, beginning.size
        self._story, self._confidences = Story(), report.Confidences()
        self._clearest: dict[int, tuple[float, str, UInt8Array]] = {}
        """By track: the confidence, the label and the crop of its surest reading."""
        self._failed = 0
        self._problems: list[tuple[str, str]] = []

    def add(self, result: FrameResult) -> None:
        self._story.add(result)
        if result.error is not None:
            self._failed += 1
            if len(self._problems) < report.MOST_PROBLEMS:
                self._problems.append((clock(result.time_s), shown(result.error)))
        for track in () if result.analysis is None else result.analysis.tracks:
            self._confidences.add(track)
            if self._settings.thumbnails and track.label is not None and report.has_picture(track):
                best = self._clearest.get(track.id)
                if best is None or track.confidence > best[0]:
                    self._clearest[track.id] = (track.confidence, track.label, track.crop)

    def finish(self) -> None:
        self._story.end()
        self._write(self._render(self._report()))

    def _report(self) -> Report:
        width, height = self._size
        faces = self._shown_faces()
        return Report(
            f"Expressions in {shortened(shown(os.path.basename(self._path) or self._path), report.MOST_LETTERS)}",
            [
                Text("What the faces in this recording show over time, as the program reads them."),
                Text(f"Read: {shown(self._path)}, {width} × {height} pixels.", quiet=True),
                self._tiles(),
                *self._timeline(),
                *self._plots(),
                *faces,
                *self._faces_table(),
                *self._changes_table(),
                *report.problems(self._problems, self._failed, "time"),
                *report.how_to_read(self._settings, moving=True),
            ],
            report.made(bool(faces)),
        )

    def _name(self, track: int) -> str:
        return shortened(shown(self._settings.names.get(track) or f"face {track}"), report.MOST_LETTERS)

    def _tiles(self) -> Tiles:
        story, found = self._story, self._confidences
        changes = sum(one.before is not None for one in story.changes)
        labelled = percent(found.labelled / found.faces) if found.faces else "none"
        return Tiles(
            [
                ("length", clock(story.until_s), count_of(story.count, "picture", "pictures")),
                ("faces", f"{len(story.faces):,}", "one that comes back may be counted again" if story.faces else ""),
                ("readings with a label", labelled, f"of {found.faces:,}, one a face and picture"),
                ("changes", f"{changes:,}", f"of a label that stood for {STEADY_S:g} s"),
            ]
        )

    def _timeline(self) -> list[Part]:
        longest = self._story.longest()
        if not longest:
            return [Text("No face was found.")]
        lanes = [
            charts.Lane(self._name(seen.track)[:24], [(span.from_s, span.to_s, span.label) for span in seen.spans])
            for seen in longest
        ]
        more = len(self._story.faces) - len(longest)
        note = f"Without {count_of(more, 'face', 'faces')} that had a label for a shorter time." if more else ""
        drawing = charts.timeline(
            lanes, self._story.until_s, _ticks(self._story.until_s), "Each face's emotion over time; the tables say it"
        )
        return [Heading("Over time"), report.wide("Each face, from the beginning to the end", drawing, note)]

    def _plots(self) -> list[Part]:
        found = self._confidences
        seconds: Counter[str] = Counter()
        for seen in self._story.faces.values():
            seconds.update(seen.labels)
        total_s = sum(seconds.values())
        plots = []
        if total_s:
            shares = [
                (name, seconds[name] / total_s, f"{percent(seconds[name] / total_s)}, {clock(seconds[name])}")
                for name in emotions.NAMES
            ]
            note = "The share of each emotion in the time that faces have a label, all faces together."
            plots += [report.shares_chart("Share of time", note, shares), found.chart("readings")]
        if found.reasons:
            plots.append(found.reasons_chart("readings"))
        return [Heading("Emotions and confidence"), *report.side_by_side(plots)] if plots else []

    def _shown_faces(self) -> list[Part]:
        if not self._clearest:
            return []
        surest = sorted(self._clearest.items(), key=lambda item: -item[1][0])[: report.MOST_FACES]
        faces = [
            Face(report.thumbnail(crop), label, f"{label} {percent(confidence)}", self._name(track))
            for track, (confidence, label, crop) in sorted(surest)
        ]
        more = len(self._clearest) - len(faces)
        note = f" {more:,} more are not shown." if more else ""
        return [Heading("Faces"), Faces(faces, f"Each where its reading is surest, as the model sees it.{note}")]

    def _faces_table(self) -> list[Part]:
        faces = self._story.longest(report.MOST_ROWS)
        if not faces:
            return []
        more = len(self._story.faces) - len(faces)
        note = f"The CSV has {more:,} more, with a label for a shorter time." if more else ""
        return [Heading("Each face"), Table(_FACE_COLUMNS, [self._face_row(seen) for seen in faces], note)]

    def _face_row(self, seen: Seen) -> tuple[str, ...]:
        shares = seen.shares()
        first = (shares[0][0], percent(shares[0][1])) if shares else ("", "")
        then = ", ".join(f"{name} {percent(share)}" for name, share, _ in shares[1:])
        if not shares:
            then = f"no label: {shown(seen.reason or '')}"
        return (self._name(seen.track), clock(seen.first_s), clock(seen.last_s), clock(seen.labelled_s), *first, then)

    def _changes_table(self) -> list[Part]:
        changes = self._story.changes
        if all(one.before is None for one in changes):
            return []
        told = changes[: report.MOST_ROWS]
        rows = [(clock(one.at_s), self._name(one.track), one.before or "", one.after) for one in told]
        note = (
            f"The first {len(told):,} of {len(changes):,}; the CSV has every picture."
            if len(told) < len(changes)
            else ""
        )
        return [Heading("Changes"), Table(_CHANGE_COLUMNS, rows, note)]


def _ticks(until_s: float) -> list[tuple[float, str]]:
    """Round times from 0 on, no more than MOST_TICKS of them."""
    step_s = next((step for step in _STEPS_S if until_s / step < MOST_TICKS), _STEPS_S[-1] * (until_s // 1e5 + 1))
    return [(number * step_s, _short(number * step_s)) for number in range(int(until_s / step_s) + 1)]


def _short(seconds: float) -> str:
    """ "0:30", without the tenths that nobody needs there."""
    text = clock(seconds)
    return text.removesuffix(".0")
