"""People who walk about in front of a detector that is only told of here: its scatter, its misses, who hides whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from core_values import face, prediction, readable_crops

from fer_desktop.core.tracking import Tracker
from fer_desktop.core.types import Box, Face, Track

SCATTER = (0.008, 0.015)
"""Standard deviation of a found box's centre, in widths, and of its side's logarithm. Measured with LiveFaceDetector
on 16 faces of 100 to 300 pixels with camera noise and compression: half of them below 0.005 and 0.009, nine in ten
below 0.013 and 0.028."""
HIDDEN_SHARE, DOUBTFUL_SHARE = 0.5, 0.25
"""A face of which so much is covered is not found, or now and then and badly."""


@dataclass(frozen=True)
class Person:
    """`way`: the face's centre in pixels at a time in seconds. Who has the larger `nearness` hides the other."""

    way: Callable[[float], tuple[float, float]]
    side: float
    nearness: float = 0.0


def to_and_fro(
    begin: tuple[float, float], end: tuple[float, float], seconds: float
) -> Callable[[float], tuple[float, float]]:
    """From `begin` to `end` in `seconds`, back, and so on; evenly, but for the turns."""

    def way(at_s: float) -> tuple[float, float]:
        part = np.arcsin(0.95 * np.sin(np.pi * (at_s / seconds - 0.5))) / (2 * np.arcsin(0.95)) + 0.5
        return begin[0] + part * (end[0] - begin[0]), begin[1] + part * (end[1] - begin[1])

    return way


def looks(
    people: Sequence[Person],
    seconds: float,
    fps: float,
    rng: np.random.Generator,
    misses_a_second: float = 0.0,
) -> Iterator[tuple[float, list[Face], list[int | None]]]:
    """For each frame its time, the faces found, and whose they are, None while two overlap.

    A miss lasts one to five frames. A face that is a third out at the left is not found.
    """
    missed = [0] * len(people)
    for index in range(round(seconds * fps)):
        at_s = index / fps
        boxes = []
        for person in people:
            x, y = person.way(at_s)
            boxes.append(Box(x - person.side / 2, y - person.side / 2, person.side, person.side))
        found: list[tuple[Face, int | None]] = []
        for number, (person, box) in enumerate(zip(people, boxes, strict=True)):
            if missed[number] == 0 and rng.random() < misses_a_second / fps:
                missed[number] = int(rng.integers(1, 6))
            covered = max(
                (
                    box.intersection(other) / box.area
                    for who, other in zip(people, boxes, strict=True)
                    if who.nearness > person.nearness
                ),
                default=0.0,
            )
            outside = max(-box.x, 0.0) / box.width
            if missed[number] > 0:
                missed[number] -= 1
                continue
            doubtful = covered > DOUBTFUL_SHARE
            if covered > HIDDEN_SHARE or outside > 1 / 3 or (doubtful and rng.random() < 0.5):
                continue
            off = rng.standard_normal(2) * SCATTER[0] * person.side * (4 if doubtful else 1)
            side = person.side * float(np.exp(rng.standard_normal() * SCATTER[1] * (2 if doubtful else 1)))
            x, y = np.array(box.centre) + off - side / 2
            alone = all(other is box or other.intersection(box) == 0 for other in boxes)
            found.append((face(float(x), float(y), side, score=0.6 if doubtful else 0.9), number if alone else None))
        found = [found[place] for place in rng.permutation(len(found))]
        yield at_s, [one for one, _ in found], [number for _, number in found]


@dataclass
class Followed:
    """What became of the ids, while nobody hid anybody: `ids[person]` all that a person was shown under, `people[id]`
    all that were shown under one, `shown[person]` in how many frames."""

    ids: dict[int, set[int]]
    people: dict[int, set[int]]
    shown: dict[int, int]


def follow(
    tracker: Tracker,
    frames: Iterator[tuple[float, list[Face], list[int | None]]],
    seen: Callable[[float, tuple[Track, ...]], None] = lambda at_s, tracks: None,
) -> Followed:
    followed = Followed({}, {}, {})
    for at_s, faces, people in frames:
        crops = readable_crops(len(faces))
        tracks = tracker.update(faces, [prediction("happy") for _ in faces], crops, at_s)
        for track in tracks:
            person = next((who for one, who in zip(faces, people, strict=True) if one is track.face), None)
            if person is not None:
                followed.ids.setdefault(person, set()).add(track.id)
                followed.people.setdefault(track.id, set()).add(person)
                followed.shown[person] = followed.shown.get(person, 0) + 1
        seen(at_s, tracks)
    return followed
