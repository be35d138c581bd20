"""Which face is which from frame to frame, by how much their boxes overlap. Nobody is identified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from fer_desktop.core import emotions
from fer_desktop.core.quality import reason_not_to_label
from fer_desktop.core.smoothing import Smoother
from fer_desktop.core.types import Box, Face, Float32Array, Prediction, Track, UInt8Array

MIN_IOU: Final = 0.2
"""Boxes that overlap less are two faces."""
CONFIRM_SIGHTINGS: Final = 3
"""A new face is shown once it was seen so often: a detection that flickers is not a face."""
CONFIRM_SCORE: Final = 0.7
"""… and once the detector was so sure of it: faces in front of a camera reach 0.85 and more, and keep their place when
they are harder to see later; animals and patterns that look like a face for seconds stay under this."""
COAST_S: Final = 0.15
"""A shown face that the detector misses is still shown where it was for this long."""
FORGET_S: Final = 0.6
"""A face unseen for so long is gone; if it comes back, it is a new one."""


@dataclass(slots=True)
class _Candidate:
    id: int
    face: Face
    prediction: Prediction
    crop: UInt8Array
    smoothed: Float32Array
    seen_at_s: float
    sightings: int = 1
    best_score: float = 0.0
    smoother: Smoother = field(default_factory=Smoother)
    outdated: bool = False
    """Its reading is another model's."""


class Tracker:
    """Gives faces their ids and steadies their probabilities. Made for one source; `reset` before another.

    early: faces are given from their first sighting on, for who can wait and see which of them `confirmed` names.
    """

    def __init__(self, early: bool = False) -> None:
        self._early = early
        self.confirmed: set[int] = set()
        """The ids of all that were faces so far."""
        self._candidates: list[_Candidate] = []
        self._next_id = 1

    def reset(self) -> None:
        self._candidates, self.confirmed = [], set()

    def restart_smoothing(self) -> None:
        """Another model reads from now on: the same faces under the same ids, and nothing of what was read before."""
        for candidate in self._candidates:
            candidate.smoother = Smoother()
            candidate.outdated = True

    def known(self) -> list[Box]:
        """Where the faces were in the frame before, for the detector."""
        return [candidate.face.box for candidate in self._candidates]

    def update(
        self, faces: Sequence[Face], predictions: Sequence[Prediction], crops: UInt8Array, at_s: float
    ) -> tuple[Track, ...]:
        """Tracks to show at `at_s` seconds, oldest first. `crops` uint8[n, 48, 48]; one prediction and crop a face."""
        pairs = sorted(
            (
                (candidate.face.box.iou(face.box), number, index)
                for number, candidate in enumerate(self._candidates)
                for index, face in enumerate(faces)
            ),
            reverse=True,
        )
        taken_candidates: set[int] = set()
        taken_faces: set[int] = set()
        for overlap, number, index in pairs:
            if overlap < MIN_IOU:
                break
            if number in taken_candidates or index in taken_faces:
                continue
            taken_candidates.add(number)
            taken_faces.add(index)
            self._renew(self._candidates[number], faces[index], predictions[index], crops[index], at_s)
        for index, face in enumerate(faces):
            if index not in taken_faces:
                self._add(face, predictions[index], crops[index], at_s)
        self._candidates = [one for one in self._candidates if at_s - one.seen_at_s <= FORGET_S]
        self.confirmed.update(
            one.id for one in self._candidates if one.sightings >= CONFIRM_SIGHTINGS and one.best_score >= CONFIRM_SCORE
        )
        return tuple(
            _track(one)
            for one in self._candidates
            if (self._early or one.id in self.confirmed) and not one.outdated and at_s - one.seen_at_s <= COAST_S
        )

    def _renew(self, one: _Candidate, face: Face, prediction: Prediction, crop: UInt8Array, at_s: float) -> None:
        one.face, one.prediction, one.crop = face, prediction, crop
        one.smoothed = one.smoother.update(prediction.probabilities, at_s)
        one.outdated = False
        one.seen_at_s = at_s
        one.sightings += 1
        one.best_score = max(one.best_score, face.score)

    def _add(self, face: Face, prediction: Prediction, crop: UInt8Array, at_s: float) -> None:
        smoother = Smoother()
        smoothed = smoother.update(prediction.probabilities, at_s)
        self._candidates.append(
            _Candidate(self._next_id, face, prediction, crop, smoothed, at_s, best_score=face.score, smoother=smoother)
        )
        self._next_id += 1


def _track(one: _Candidate) -> Track:
    return make_track(one.id, one.face, one.prediction, one.smoothed.copy(), one.crop)


def make_track(number: int, face: Face, prediction: Prediction, smoothed: Float32Array, crop: UInt8Array) -> Track:
    """A track with its label, or the reason why it has none."""
    reason = reason_not_to_label(face)
    label = None if reason else emotions.NAMES[int(smoothed.argmax())]
    return Track(number, face, prediction, smoothed, label, reason, crop)
