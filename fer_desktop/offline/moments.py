"""The moments of a recording worth looking at: where a face's label changed, and where an emotion stood out most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.band import NO_LABEL
from fer_desktop.offline.lanes import Lane
from fer_desktop.offline.video_summary import STEADY_S, Seen

RISEN: Final = 0.6
FALLEN: Final = 0.4
"""An emotion peaks once between rising over the one and falling under the other."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Of face `face`. A change: from `at_s` on its label is `emotion`, `before` it was another (None: the first).
    A peak: `emotion` is surest there, `confidence` 0 to 1; None for changes. `frame`: the picture at that time. `text`:
    a marker set by a person; it is of no face, `face` is None and `emotion` empty."""

    at_s: float
    frame: int
    face: int | None
    emotion: str
    before: str | None = None
    confidence: float | None = None
    text: str | None = None


def marker(at_s: float, frame: int, text: str) -> Moment:
    return Moment(at_s, frame, None, "", text=text)


def moments(lanes: Iterable[Lane], markers: Iterable[Moment] = ()) -> list[Moment]:
    """Of all these faces, in the order of time; of one time, markers, then changes, then peaks."""
    found = [moment for lane in lanes for moment in (*changes(lane), *peaks(lane))]
    return sorted((*markers, *found), key=lambda moment: (moment.at_s, moment.confidence is not None, moment.face or 0))


def changes(lane: Lane) -> list[Moment]:
    """By the rule of the summary: a label that does not stand for STEADY_S is none."""
    found = []
    seen: Seen | None = None
    for run in lane.runs():
        seen = seen or Seen(lane.face.id, run.from_s)
        label = None if run.label == NO_LABEL else emotions.NAMES[run.label]
        change = seen.stood(label, run.reason, run.from_s, run.to_s)
        if change is not None:
            frame = _frame(lane, change.at_s)
            found.append(Moment(change.at_s, frame, change.track, change.after, change.before))
    return found


def peaks(lane: Lane) -> list[Moment]:
    """Where an emotion's smoothed probability is highest each time that it rises over RISEN, until it falls under
    FALLEN, if the face has a label there and it lasts for STEADY_S."""
    found = []
    for index, name in enumerate(emotions.NAMES):
        values = np.where(lane.labels == NO_LABEL, 0.0, lane.smoothed[:, index])
        # Between the two thresholds it is what it was before.
        marks = np.where(values >= RISEN, 1, np.where(values < FALLEN, -1, 0))
        last = np.maximum.accumulate(np.where(marks != 0, np.arange(len(marks)), 0)) if len(marks) else marks
        high = marks[last] > 0
        edges = np.flatnonzero(np.diff(np.concatenate(([False], high, [False])).astype(np.int8)))
        for first, end in zip(edges[::2], edges[1::2], strict=True):
            if lane.ends[end - 1] - lane.starts[first] < STEADY_S:
                continue
            top = int(first + values[first:end].argmax())
            frame = int(lane.face.frames[top])
            found.append(Moment(float(lane.starts[top]), frame, lane.face.id, name, None, float(values[top])))
    return found


def _frame(lane: Lane, at_s: float) -> int:
    return int(lane.face.frames[int(np.searchsorted(lane.starts, at_s))])
