"""What was read in the last minutes, in memory alone: ten readings a second of each face, and every change of label.

Pure: no threads, no clock of its own. A second of one face takes about a kilobyte, at any rate of analyses.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from fer_desktop.core import emotions
from fer_desktop.core.band import ABSENT, NO_LABEL, Band, Float64Array
from fer_desktop.core.history_rows import Rows, RowStore
from fer_desktop.core.marks import MARKER, MODEL, NEUTRAL, SOURCE, Mark, Marks
from fer_desktop.core.types import CROP_SIDE, Analysis, Box, Face, Prediction, Track, UInt8Array
from fer_desktop.core.wall_clock import WallClock

KEPT_S: Final = 600.0
APART_S: Final = 0.1
"""Time in steps of so much: of each step the first reading of a face is kept."""
STALL_S: Final = 1.0
"""Nothing that was read stands longer than that: no pictures came, or there was a pause."""
_SMALLEST: Final = np.float32(1e-30)
_NO_CROP: Final[UInt8Array] = np.zeros((CROP_SIDE, CROP_SIDE), np.uint8)
_NOBODY: Final[Mapping[int, int]] = {}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A face showed one label (or NO_LABEL) from a time to another, in seconds."""

    from_s: float
    to_s: float
    label: int


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A face that was in view, with what people know it by."""

    track: int
    number: int
    band: Band


@dataclass(slots=True)
class _Present:
    """A face in the newest analysis."""

    number: int
    step: int
    label: int
    reason: int
    own_neutral: bool


class History:
    """Filled by `add`, oldest first; the oldest is forgotten."""

    def __init__(self) -> None:
        self._reasons: list[str] = []
        """Rows go by their numbers, those that were taken too."""
        self.clear()

    def clear(self) -> None:
        """Forget all of it."""
        self._store = RowStore()
        self._present: dict[int, _Present] = {}
        self.marks = Marks()
        self._until_s: float | None = None
        self._clock = WallClock()

    @property
    def rows(self) -> Rows:
        """All that is kept, ROW[n], by time. Look at it before the next `add`, or copy it."""
        return self._store.kept

    @property
    def until_s(self) -> float:
        """When the newest picture was taken that was read; 0 while there is none."""
        return self._until_s or 0.0

    @property
    def from_s(self) -> float:
        """When the oldest reading was made that is kept."""
        rows = self.rows
        return float(rows["time"][0]) if len(rows) else self.until_s

    @property
    def nbytes(self) -> int:
        return self._store.nbytes

    def wall_s(self, at_s: float) -> float:
        """A time as one of time.time(), in seconds: time.monotonic() stands still while the computer sleeps."""
        return self._clock.wall_s(at_s)

    def add(self, analysis: Analysis, source: str, numbers: Mapping[int, int] = _NOBODY, ahead_s: float = 0.0) -> None:
        """What was read of a picture of a source. numbers: what people know its faces by, by the ids of their tracks;
        ahead_s: how far the clock on the wall is ahead of that of the pictures. One that is no newer than the one
        before is passed over."""
        at_s = analysis.captured_at
        if self._until_s is not None:
            if at_s <= self._until_s:
                return
            if at_s - self._until_s > STALL_S:
                self._all_gone(self._until_s)
        if self._clock.use(at_s, ahead_s):
            self._all_gone(self.until_s)
        for kind, text in ((MODEL, analysis.model_id), (SOURCE, source)):
            if self.marks.use(at_s, kind, text):
                self._all_gone(self.until_s)
        for track in analysis.tracks:
            self._see(track, analysis, numbers.get(track.id, 0))
        there = {track.id for track in analysis.tracks}
        for track_id in [one for one in self._present if one not in there]:
            self._gone(track_id, at_s)
        self._until_s = at_s
        self._forget_older_than(at_s - KEPT_S)

    def mark(self, text: str) -> None:
        """A person set a marker: at the newest picture."""
        if self._until_s is not None:
            self.marks.add(Mark(self._until_s, MARKER, text))

    def take(self) -> History:
        """All of it as another, and forget it here."""
        taken = copy.copy(self)
        taken._all_gone(taken.until_s)
        self.clear()
        return taken

    def begin_with(self, earlier: History) -> None:
        """What was taken from here comes back, before what has been read since."""
        self.marks.begin_with(earlier.marks, self.from_s)
        self._clock.begin_with(earlier._clock)
        self._store = RowStore(np.concatenate([earlier.rows, self.rows]))
        self._until_s = earlier._until_s if self._until_s is None else self._until_s
        self._forget_older_than(self.until_s - KEPT_S)

    # What is kept

    def part(self, from_s: float, to_s: float) -> Rows:
        """The rows that may stand between two times, in seconds."""
        rows = self.rows
        times = rows["time"]
        first = np.searchsorted(times, from_s - STALL_S - APART_S)
        return rows[first : np.searchsorted(times, to_s, "right")]

    def seen(self, from_s: float, to_s: float) -> tuple[Seen, ...]:
        """The faces that were in view between two times, in the order of their ids."""
        part = self.part(from_s, to_s)
        tracks = np.ascontiguousarray(part["track"])
        # A set of numbers takes a fifth of what sorting all of them takes.
        faces = (
            Seen(track, int(part["number"][np.argmax(mine)]), self._band(part, mine, from_s, to_s))
            for track, mine in ((one, tracks == one) for one in sorted(set(tracks.tolist())))
        )
        return tuple(face for face in faces if len(face.band.labels))

    def band(self, track: int, from_s: float, to_s: float) -> Band:
        """One face between two times, cut off there; empty where it was not in view."""
        part = self.part(from_s, to_s)
        return self._band(part, part["track"] == track, from_s, to_s)

    def stretches(self, track: int, from_s: float, to_s: float) -> list[Stretch]:
        """The same as labels alone, as few as can be."""
        part = self.part(from_s, to_s)
        rows, starts, ends = self._cut(part, part["track"] == track, from_s, to_s)
        if not len(rows):
            return []
        labels = part["label"][rows]
        new = (labels[1:] != labels[:-1]) | (starts[1:] > ends[:-1])
        edges = [0, *(np.flatnonzero(new) + 1).tolist(), len(rows)]
        return [
            Stretch(float(starts[first]), float(ends[last - 1]), int(labels[first]))
            for first, last in itertools.pairwise(edges)
        ]

    def reading(self, track: int, at_s: float) -> Track | None:
        """What stood for a face at a time; None where it was not in view."""
        if at_s > self.until_s:
            return None
        part = self.part(at_s, at_s)
        mine = part[part["track"] == track]
        return None if not len(mine) or mine["label"][-1] == ABSENT else self.track(mine[-1])

    def copy(self) -> History:
        """Another that goes its own way, such as to another thread."""
        other = History()
        other._store = RowStore(self.rows)
        other._reasons, other.marks, other._until_s = list(self._reasons), self.marks.copy(), self._until_s
        other._clock = self._clock.copy()
        return other

    def track(self, row: Any) -> Track:
        """A row, not ABSENT, back as the value that the rest of the program knows."""
        probabilities, label = row["probabilities"].copy(), int(row["label"])
        return Track(
            id=int(row["track"]),
            face=Face(Box(*row["box"].tolist()), float(row["score"]), np.zeros((6, 2), np.float32)),
            # The network's own logits are these but for a factor and an offset.
            prediction=Prediction(probabilities, np.log(np.maximum(probabilities, _SMALLEST))),
            smoothed=row["smoothed"].copy(),
            label=None if label == NO_LABEL else emotions.NAMES[label],
            reason=self._reasons[int(row["reason"])] if label == NO_LABEL else None,
            crop=_NO_CROP,
            own_neutral=bool(row["own_neutral"]),
        )

    # Within

    def _see(self, track: Track, analysis: Analysis, number: int) -> None:
        at_s, reason = analysis.captured_at, 0
        step = int(at_s / APART_S)
        label = NO_LABEL if track.label is None else emotions.NAMES.index(track.label)
        if track.reason is not None:
            if track.reason not in self._reasons:
                self._reasons.append(track.reason)
            reason = self._reasons.index(track.reason)
        before = self._present.get(track.id)
        now = _Present(number, step, label, reason, track.own_neutral)
        if before == now:
            return
        self._present[track.id] = now
        if before is not None and before.own_neutral != track.own_neutral:
            self.marks.add(Mark(at_s, NEUTRAL, "on" if track.own_neutral else "", track.id))
        box = track.face.box
        self._store.append(
            at_s,
            track.id,
            analysis.frame_index % 2**31,
            number % 256,
            label,
            reason,
            track.own_neutral,
            track.face.score,
            (box.x, box.y, box.width, box.height),
            track.prediction.probabilities,
            track.smoothed,
        )

    def _gone(self, track_id: int, at_s: float) -> None:
        number = self._present.pop(track_id).number
        nothing = (0.0,) * emotions.COUNT
        self._store.append(at_s, track_id, 0, number, ABSENT, 0, False, 0.0, (0.0,) * 4, nothing, nothing)

    def _all_gone(self, at_s: float) -> None:
        for track_id in list(self._present):
            self._gone(track_id, at_s)

    def _band(self, part: Rows, mine: NDArray[np.bool_], from_s: float, to_s: float) -> Band:
        rows, starts, ends = self._cut(part, mine, from_s, to_s)
        return Band(starts, ends, part["label"][rows], part["smoothed"][rows])

    def _cut(
        self, part: Rows, mine: NDArray[np.bool_], from_s: float, to_s: float
    ) -> tuple[NDArray[np.intp], Float64Array, Float64Array]:
        """Which rows of a part, of those of one face, stand between two times, and from when to when each does. By
        their places: to copy whole rows takes long."""
        rows = np.flatnonzero(mine)
        times = part["time"][rows]
        ends = np.append(times[1:], self.until_s)[: len(times)]
        starts, ends = np.maximum(times, from_s), np.minimum(ends, to_s)
        there = (part["label"][rows] != ABSENT) & (ends > starts)
        return rows[there], starts[there], ends[there]

    def _forget_older_than(self, oldest_s: float) -> None:
        self._store.forget_older_than(oldest_s)
        self.marks.forget_older_than(oldest_s)
        self._clock.forget_older_than(oldest_s)
