"""Which values are shown now: bars that glide for 120 ms, numbers that change at most five times a second, steady maps.

No Qt, no clock of its own: the caller passes the time, so that tests need not wait.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.smoothing import share
from fer_desktop.core.types import Analysis, Box, Face, Float32Array, Prediction, Track, UInt8Array

EASE_S: Final = 0.120
NUMBERS_EVERY_S: Final = 0.200
_LONG_AGO: Final = float("-inf")


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One face as it is painted. `bars` float32[7] 0 to 1; `numbers` whole percents; `number` 1, 2, … for people."""

    track_id: int
    number: int
    box: Box
    label: str | None
    reason: str | None
    bars: Float32Array
    numbers: tuple[int, ...]
    crop: UInt8Array
    face: Face
    prediction: Prediction
    """Of this very frame. Its maps, if any, are steadied as the bars are: those of single frames would flicker."""
    own_neutral: bool = False
    """Read against the person's own resting face."""
    name: str = ""
    """What a person called it."""

    @property
    def leading(self) -> int:
        """Index of the emotion that is named; the largest where none is."""
        return int(np.argmax(self.bars)) if self.label is None else emotions.NAMES.index(self.label)

    @property
    def percent(self) -> int:
        return self.numbers[self.leading]


def whole_percents(values: Float32Array) -> tuple[int, ...]:
    return tuple(round(float(value) * 100) for value in values)


def still(analysis: Analysis) -> tuple[Shown, ...]:
    """The faces of one picture as they are, numbered from left to right: for photos, where nothing moves."""
    tracks = sorted(analysis.tracks, key=lambda track: track.face.box.centre[0])
    return tuple(
        Shown(
            track.id,
            index + 1,
            track.shown_box,
            track.label,
            track.reason,
            track.smoothed,
            whole_percents(track.smoothed),
            track.crop,
            track.face,
            track.prediction,
            own_neutral=track.own_neutral,
        )
        for index, track in enumerate(tracks)
    )


@dataclass(slots=True, eq=False)
class _Moving:
    number: int
    begin: Float32Array
    target: Float32Array
    since_s: float
    numbers: tuple[int, ...]
    label: str | None
    reason: str | None
    prediction: Prediction
    maps_at_s: float
    """When the picture was taken that the maps of `prediction` are of."""
    read: Prediction
    """As it came, before its maps were steadied."""
    written_s: float = field(default=0.0)

    def values(self, at_s: float) -> Float32Array:
        part = min(max((at_s - self.since_s) / EASE_S, 0.0), 1.0)
        eased = 1.0 - (1.0 - part) ** 3
        return np.asarray(self.begin + (self.target - self.begin) * eased, dtype=np.float32)

    def read_anew(self, prediction: Prediction, taken_s: float, strength: float) -> None:
        """Maps follow with the time constant of the probabilities, so that both tell of the same pictures."""
        before, maps = self.prediction.maps, prediction.maps
        self.read = self.prediction = prediction
        if strength > 0 and before is not None and maps is not None and before.shape == maps.shape:
            weight = share(taken_s - self.maps_at_s, strength)
            self.prediction = replace(prediction, maps=before + np.float32(weight) * (maps - before))
        self.maps_at_s = taken_s


class Motion:
    """Follows the tracks of a live source. `smooth` False: values jump at once (reduced motion). `strength`: the
    tracker's, which steadies all but the maps."""

    def __init__(self, smooth: bool = True) -> None:
        self.smooth = smooth
        self.strength = 1.0
        self._moving: dict[int, _Moving] = {}

    def clear(self) -> None:
        self._moving.clear()

    def shown(self, analysis: Analysis | None, at_s: float) -> tuple[Shown, ...]:
        """Faces to paint at `at_s` (seconds, monotonic), in the order of their numbers."""
        tracks = () if analysis is None else analysis.tracks
        # Who is away for a moment keeps the number, too.
        kept = {track.id for track in tracks}.union(() if analysis is None else analysis.away)
        for gone in [track_id for track_id in self._moving if track_id not in kept]:
            del self._moving[gone]
        taken_s = 0.0 if analysis is None else analysis.captured_at
        faces = [self._one(track, at_s, taken_s) for track in tracks]
        return tuple(sorted(faces, key=lambda face: face.number))

    def moving(self, at_s: float) -> bool:
        """True while a bar is still on its way: the window paints again although no new frame came."""
        return any(at_s - item.since_s < EASE_S for item in self._moving.values())

    def _one(self, track: Track, at_s: float, taken_s: float) -> Shown:
        item = self._moving.get(track.id)
        if item is None:
            item = _Moving(
                self._free_number(),
                track.smoothed,
                track.smoothed,
                _LONG_AGO,
                whole_percents(track.smoothed),
                track.label,
                track.reason,
                track.prediction,
                taken_s,
                track.prediction,
                at_s,
            )
            self._moving[track.id] = item
        elif item.target is not track.smoothed:
            if not np.array_equal(item.target, track.smoothed):
                item.begin = item.values(at_s) if self.smooth else track.smoothed
                item.since_s = at_s if self.smooth else _LONG_AGO
            item.target = track.smoothed
        if item.read is not track.prediction:
            item.read_anew(track.prediction, taken_s, self.strength)
        if at_s - item.written_s >= NUMBERS_EVERY_S or (item.label, item.reason) != (track.label, track.reason):
            item.numbers = whole_percents(track.smoothed)
            item.written_s = at_s
            item.label, item.reason = track.label, track.reason
        return Shown(
            track.id,
            item.number,
            track.shown_box,
            track.label,
            track.reason,
            item.values(at_s),
            item.numbers,
            track.crop,
            track.face,
            item.prediction,
            track.own_neutral,
        )

    def _free_number(self) -> int:
        used = {item.number for item in self._moving.values()}
        return next(number for number in range(1, len(used) + 2) if number not in used)
