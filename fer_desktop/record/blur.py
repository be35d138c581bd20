"""Faces made unrecognisable in what is recorded.

Whatever the detector took for a face is covered, whether or not the tracker takes it for one: too much blur costs
little. A detector misses a face now and then, and a face that comes in is found a little late. So a face is covered
where it was a moment before and will be a moment later as well, and a picture of which it is not known what was before
it and what comes after is blurred as a whole: as a rule the last quarter of a second, and all while nothing reads.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from fer_desktop.core.types import Analysis, Box, Frame, UInt8Array

LINGER_S: Final = 1.0
"""A face is covered for so long after it was last seen."""
AHEAD_S: Final = 0.25
"""… and for so long before it is first seen: pictures wait until so much of what comes after them was read."""
CLOSE_S: Final = 0.4
"""A picture between two readings further apart than this is blurred as a whole."""
MOST_AHEAD_S: Final = AHEAD_S + CLOSE_S
"""Longer than this no reading is worth waiting for."""
GROWN: Final = 1.5
"""The ellipse is so much wider than the box, and HIGHER and RAISED a little more: the whole box lies inside it, and so
do ears, hair and chin."""
HIGHER: Final = 0.2
RAISED: Final = 0.1
GROWN_PER_S: Final = 0.5
"""By so much more for each second since the face was seen: it may have moved."""
NEAR_S: Final = 0.15
"""It is covered wherever it was seen within so long, before and after: of a hard face the detector now and then sees a
part."""
MOVING_S: Final = 0.2
"""A face moved on as it did for so long before it was missed, or will for so long after it is first seen …"""
MOVED_S: Final = 0.3
"""… for so long at most."""
CELLS: Final = 6
"""Across the ellipse, so 4 across the face. People lose a face between 18 and 15 of them (Bachmann 1991)."""
WHOLE_CELLS: Final = 16
"""Across a picture that is blurred as a whole: a face that fills half of it has 8."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """boxes: by the id of the track, or by a number below 0 for what no track has."""

    at_s: float
    source: str
    size: tuple[int, int]
    boxes: dict[int, Box]


class FaceBlur:
    """Knows where faces were. `learn` from analyses in the order of time, then `blurred` of the frames, in theirs."""

    def __init__(self) -> None:
        self._seen: deque[_Seen] = deque()
        self._scratch: UInt8Array | None = None
        self._unnamed = 0

    def learn(self, analysis: Analysis, source: str) -> None:
        """source: of the frame that was read. The same analysis may come again."""
        if self._seen and analysis.captured_at <= self._seen[-1].at_s:
            return
        boxes = {
            track.id: _both(track.face.box, track.shown_box) if track.seen else track.shown_box
            for track in analysis.tracks
        }
        tracked = {track.face.box for track in analysis.tracks}
        for box in analysis.found:
            if box not in tracked:
                boxes[self._number(box, analysis, source, boxes)] = box
        self._seen.append(_Seen(analysis.captured_at, source, analysis.size, boxes))

    def _number(self, box: Box, analysis: Analysis, source: str, taken: dict[int, Box]) -> int:
        """That of what was there a moment ago, or a new one."""
        for one in reversed(self._seen):
            if analysis.captured_at - one.at_s > LINGER_S or (one.source, one.size) != (source, analysis.size):
                break
            for number, before in one.boxes.items():
                if number < 0 and number not in taken and before.intersection(box) > 0:
                    return number
        self._unnamed -= 1
        return self._unnamed

    def blurred(self, frame: Frame) -> Frame:
        """A copy of the frame without its faces; outside their ellipses nothing is changed. Good until the next call:
        new memory for each picture would cost more than all the rest."""
        at_s = frame.captured_at
        while self._seen and self._seen[0].at_s < at_s - max(LINGER_S, CLOSE_S):
            self._seen.popleft()
        seen = [one for one in self._seen if (one.source, one.size) == (frame.source, frame.size)]
        if not _is_known(seen, at_s):
            picture = _smeared(frame.bgr, frame.size[0] / WHOLE_CELLS)
        else:
            if self._scratch is None or self._scratch.shape != frame.bgr.shape:
                self._scratch = np.empty_like(frame.bgr)
            np.copyto(self._scratch, frame.bgr)
            blur(self._scratch, _places(seen, at_s))
            picture = self._scratch[:]  # the frame makes it read-only
        return Frame(picture, frame.index, at_s, frame.source)


def blur(picture: UInt8Array, places: Iterable[Box]) -> None:
    """Smear the ellipse in each place of uint8[h, w, 3] to CELLS cells across. They may reach outside."""
    import cv2  # not at the start of the window

    height, width = picture.shape[:2]
    for place in places:
        left, top = max(int(place.x), 0), max(int(place.y), 0)
        right, below = min(int(place.x + place.width) + 1, width), min(int(place.y + place.height) + 1, height)
        if left >= right or top >= below:
            continue
        part = picture[top:below, left:right]
        x, y = place.centre
        across = (np.arange(left, right) + 0.5 - x) / (place.width / 2)
        down = (np.arange(top, below) + 0.5 - y) / (place.height / 2)
        inside = (across[None, :] ** 2 + down[:, None] ** 2 <= 1.0).astype(np.uint8)
        cv2.copyTo(_smeared(part, place.width / CELLS), inside, part)


def covering(box: Box, by: float = GROWN) -> Box:
    """Where the ellipse of a face in that box lies. by: how many times as wide."""
    x, y = box.centre
    width, height = box.width * by, box.height * (by + HIGHER)
    return Box(x - width / 2, y - RAISED * box.height - height / 2, width, height)


def _is_known(seen: Sequence[_Seen], at_s: float) -> bool:
    """Whether it was looked for faces before and after that time, close enough, and as far ahead as is covered."""
    before = [one.at_s for one in seen if one.at_s <= at_s]
    after = [one.at_s for one in seen if one.at_s >= at_s]
    return bool(before and after) and after[0] - before[-1] <= CLOSE_S and after[-1] >= at_s + AHEAD_S


def _places(seen: Sequence[_Seen], at_s: float) -> list[Box]:
    """What to cover at that time: each face where it is, or else all between where it was and where it will be."""
    ahead_s = max(AHEAD_S, min((one.at_s - at_s for one in seen if one.at_s >= at_s), default=0.0))
    sightings: dict[int, list[tuple[float, Box]]] = {}
    for one in seen:
        for number, box in one.boxes.items():
            sightings.setdefault(number, []).append((one.at_s - at_s, box))
    places = []
    for known in sightings.values():
        before = next((one for one in reversed(known) if -LINGER_S <= one[0] <= 0), None)
        after = next((one for one in known if 0 < one[0] <= ahead_s), None)
        nearest = min((-before[0] if before else ahead_s, after[0] if after else LINGER_S))
        if before is not None and (after is None or before[0] == 0):
            box = before[1] if before[0] == 0 else _moved(before, [one for one in known if one[0] < before[0]])
        elif after is not None and before is None:
            box = _moved(after, [one for one in known if one[0] > after[0]])
        elif before is not None and after is not None:
            box = _both(before[1], after[1])
        else:
            continue
        for away_s, near in known:
            if abs(away_s) <= NEAR_S:
                box = _both(box, near)
        places.append(covering(box, GROWN + GROWN_PER_S * nearest))
    return places


def _moved(last: tuple[float, Box], others: Sequence[tuple[float, Box]]) -> Box:
    """All between a sighting, `last` seconds from now, and where the face is now if it went on as in the others."""
    away_s, box = last
    near = [one for one in others if abs(one[0] - away_s) <= MOVING_S]
    if not near:
        return box
    then_s, then = max(near, key=lambda one: abs(one[0] - away_s))
    share = min(max(-away_s, -MOVED_S), MOVED_S) / (away_s - then_s)
    (x, y), (then_x, then_y) = box.centre, then.centre
    return _both(box, Box(box.x + (x - then_x) * share, box.y + (y - then_y) * share, box.width, box.height))


def _both(one: Box, other: Box) -> Box:
    """The smallest box around two."""
    if one == other:
        return one
    left, top = min(one.x, other.x), min(one.y, other.y)
    right, below = max(one.x + one.width, other.x + other.width), max(one.y + one.height, other.y + other.height)
    return Box(left, top, right - left, below - top)


def _smeared(picture: UInt8Array, cell: float) -> UInt8Array:
    """uint8[h, w, 3] as the means of cells of about `cell` pixels, and even slopes between those."""
    import cv2  # not at the start of the window

    height, width = picture.shape[:2]
    cells = max(round(width / cell), 1), max(round(height / cell), 1)
    means = cv2.resize(picture, cells, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(means, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
