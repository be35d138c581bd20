"""Which face is which from frame to frame, by its place and size, and what is shown of it. Nobody is identified."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from fer_desktop.core import emotions
from fer_desktop.core.association import assign, mark_crowded
from fer_desktop.core.label import SteadyLabel
from fer_desktop.core.path import Path
from fer_desktop.core.quality import reason_not_to_label
from fer_desktop.core.smoothing import Smoother
from fer_desktop.core.steady_box import SteadyBox
from fer_desktop.core.types import Box, Face, Float32Array, Prediction, Track, UInt8Array

CONFIRM_SIGHTINGS: Final = 3
"""A new face is shown once it was seen so often: a detection that flickers is not a face."""
CONFIRM_SCORE: Final = 0.7
"""… and once the detector was so sure of it: faces in front of a camera reach 0.85 and more, and keep their place when
they are harder to see later; animals and patterns that look like a face for seconds stay under this."""
COAST_S: Final = 0.15
"""A shown face that the detector misses is still shown, where it is expected, for this long."""
KNOWN_S: Final = 0.6
"""The detector is told of a face unseen for up to so long. One that comes back later has to be confirmed like a new
one before it is shown again, and what never was confirmed is forgotten after this."""
FORGET_S: Final = 2.0
"""A shown face unseen for so long is gone; if it comes back, it is a new one."""
LONGEST_STEP_S: Final = 0.25
"""From one look to the next the tracker's clock goes on by no more: in a pause or a stall nobody saw a face go. At four
looks a second and more it is the time."""
AT_EDGE_WIDTHS: Final = 0.1
"""Who was last seen so near the picture's edge went out there. Whoever comes in there after KNOWN_S has the same id,
since mostly it is the same, but no resting face of the one before."""


class Baseline(Protocol):
    """What one person's resting face looks like to the network."""

    def apply(self, prediction: Prediction) -> Prediction:
        """The prediction without it."""


@dataclass(slots=True)
class _Known:
    """A face, shown or not yet, seen or not just now."""

    id: int
    path: Path
    face: Face
    prediction: Prediction
    crop: UInt8Array
    smoothed: Float32Array
    box: Box
    sightings: int = 0
    best_score: float = 0.0
    missed: bool = False
    """It was not found when it was last looked for."""
    confirmed: bool = False
    outdated: bool = False
    """Its reading is another model's."""
    smoother: Smoother = field(default_factory=Smoother)
    label: SteadyLabel = field(default_factory=SteadyLabel)
    steady_box: SteadyBox = field(default_factory=SteadyBox)
    baseline: Baseline | None = None

    def restart_smoothing(self) -> None:
        self.smoother, self.label = Smoother(), SteadyLabel()


class Tracker:
    """Gives faces their ids and steadies what is shown of them. Made for one source; `reset` before another.

    strength: how calm readings, labels and boxes are: 0 shows each frame as it is read, 1 is as measured, 2 waits twice
    as long. It may be set at any time, from any thread; all else is for the thread that updates.
    early: faces are given from their first sighting on, for who can wait and see which of them `confirmed` names.
    """

    def __init__(self, strength: float = 1.0, *, early: bool = False) -> None:
        self.strength = strength
        self._early = early
        self.confirmed: set[int] = set()
        """The ids of all that were faces so far, where they are given early."""
        self._known: list[_Known] = []
        self._next_id = 1
        self._baselines: dict[int, Baseline] = {}
        self._now_s = 0.0
        """Seconds that were looked at; stands still in a pause."""
        self._looked_at_s: float | None = None

    def reset(self) -> None:
        self._known, self.confirmed = [], set()
        self._baselines.clear()
        self._looked_at_s = None

    def restart_smoothing(self) -> None:
        """Another model reads from now on: the same faces under the same ids, and nothing of what was read before."""
        self._baselines.clear()
        for one in self._known:
            one.restart_smoothing()
            one.outdated = True

    def set_baseline(self, track_id: int, baseline: Baseline | None) -> None:
        """Take a person's resting face out of what is shown of that track, or (None) do so no more. Of a track that is
        gone it does nothing."""
        if baseline is None:
            self._baselines.pop(track_id, None)
        elif any(one.id == track_id for one in self._known):
            self._baselines[track_id] = baseline

    def number_from(self, first_id: int) -> None:
        """Ids begin here at the earliest: those before were given by a tracker in whose place this one is."""
        self._next_id = max(self._next_id, first_id)

    def known(self) -> list[Box]:
        """Where the faces were found in the frames before, for the detector."""
        return [one.face.box for one in self._known if self._now_s - one.path.seen_s <= KNOWN_S]

    @property
    def away(self) -> tuple[int, ...]:
        """Ids of faces that were shown, are not now, and are known again if they come back within FORGET_S."""
        return tuple(one.id for one in self._known if one.path.proven and not self._is_shown(one))

    def update(
        self,
        faces: Sequence[Face],
        predictions: Sequence[Prediction],
        crops: UInt8Array,
        at_s: float,
        frame_size: tuple[int, int] | None = None,
    ) -> tuple[Track, ...]:
        """Tracks to show at `at_s` seconds, oldest first. `crops` uint8[n, 48, 48]; one prediction and crop a face.

        frame_size: (width, height) in pixels; without it, no face is judged to reach out of the frame.
        """
        self._look(at_s)
        for one in self._known:
            one.path.foresee(self._now_s)
        paths = [one.path for one in self._known]
        mark_crowded(paths)
        known, new = self._known, set(range(len(faces)))
        for one, index in zip(known, assign(paths, faces), strict=True):
            if index is not None:
                self._see(one, faces[index], predictions[index], crops[index], at_s, frame_size)
                new.remove(index)
                continue
            one.missed = True
            if self._now_s - one.path.seen_s <= COAST_S:
                one.box = one.steady_box.update(one.path.box(one.face.box), at_s, self.strength)
        for index in sorted(new):
            self._add(faces[index], predictions[index], crops[index], at_s, frame_size)
        self._known = [one for one in known if self._is_kept(one)]
        return tuple(_track(one) for one in self._known if self._is_shown(one))

    def _look(self, at_s: float) -> None:
        """A frame of that time is looked at: the tracker's own clock goes on."""
        if self._looked_at_s is not None:
            # A clock that goes back tells nothing.
            self._now_s += min(max(at_s - self._looked_at_s, 0.0), LONGEST_STEP_S)
        self._looked_at_s = at_s

    def _see(
        self,
        one: _Known,
        face: Face,
        prediction: Prediction,
        crop: UInt8Array,
        at_s: float,
        frame_size: tuple[int, int] | None,
    ) -> None:
        if one.missed and self._now_s - one.path.seen_s > KNOWN_S:
            # Long unseen: what comes back there may be a pattern that flickers, and nothing shown goes on from before.
            # How sure of it the detector was once still counts: many a face further away never scores so again.
            one.sightings, one.confirmed = 0, False
            one.restart_smoothing()
            one.steady_box = SteadyBox()
            if frame_size is not None and _at_edge(one.face.box, frame_size):
                # Who comes in there may be somebody else.
                self._baselines.pop(one.id, None)
        baseline = self._baselines.get(one.id)
        if baseline is not one.baseline:
            one.baseline = baseline
            one.restart_smoothing()
        read = (baseline.apply(prediction) if baseline else prediction).probabilities
        one.path.see(face.box, face.score)
        one.face, one.prediction, one.crop = face, prediction, crop
        one.box = one.steady_box.update(face.box, at_s, self.strength)
        one.smoothed = one.smoother.update(read, at_s, self.strength)
        reason = reason_not_to_label(face, crop, frame_size, one.smoothed)
        one.label.update(read, one.smoothed, reason, at_s, self.strength)
        one.outdated = one.missed = False
        one.sightings += 1
        one.best_score = max(one.best_score, face.score)
        one.confirmed = one.sightings >= CONFIRM_SIGHTINGS and one.best_score >= CONFIRM_SCORE
        if one.confirmed:
            one.path.proven = True
            if self._early:
                self.confirmed.add(one.id)

    def _add(
        self, face: Face, prediction: Prediction, crop: UInt8Array, at_s: float, frame_size: tuple[int, int] | None
    ) -> None:
        one = _Known(
            self._next_id, Path(face.box, self._now_s), face, prediction, crop, prediction.probabilities, face.box
        )
        self._next_id += 1
        self._known.append(one)
        self._see(one, face, prediction, crop, at_s, frame_size)

    def _is_kept(self, one: _Known) -> bool:
        kept = self._now_s - one.path.seen_s <= (FORGET_S if one.path.proven else KNOWN_S)
        if not kept:
            self._baselines.pop(one.id, None)
        return kept

    def _is_shown(self, one: _Known) -> bool:
        return (self._early or one.confirmed) and not one.outdated and self._now_s - one.path.seen_s <= COAST_S


def _at_edge(box: Box, frame_size: tuple[int, int]) -> bool:
    near = AT_EDGE_WIDTHS * math.sqrt(box.area)
    sides = (box.x, box.y, frame_size[0] - box.x - box.width, frame_size[1] - box.y - box.height)
    return min(sides) < near


def _track(one: _Known) -> Track:
    reason, emotion = one.label.reason, one.label.emotion
    label = None if reason or emotion is None else emotions.NAMES[emotion]
    own, seen = one.baseline is not None, not one.missed
    return Track(one.id, one.face, one.prediction, one.smoothed, label, reason, one.crop, one.box, own, seen)


def make_track(
    number: int,
    face: Face,
    prediction: Prediction,
    smoothed: Float32Array,
    crop: UInt8Array,
    frame_size: tuple[int, int] | None = None,
) -> Track:
    """A track that stands for itself, as a photo's do: with its label, or the reason why it has none."""
    reason = reason_not_to_label(face, crop, frame_size, smoothed)
    label = None if reason else emotions.NAMES[int(smoothed.argmax())]
    return Track(number, face, prediction, smoothed, label, reason, crop)
