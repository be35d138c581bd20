"""Faces made unrecognisable in what is recorded.

A detector misses a face now and then, and a new one is known only from its third picture on. So a face is covered where
it was a moment before and will be a moment later as well, and where nothing has looked for faces all is blurred.
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
"""… and for so long before it is first seen: pictures wait until it is known what comes after them."""
UNSEEN_S: Final = 1.0
"""A picture without a reading within so long is blurred as a whole."""
GROWN: Final = 1.5
"""The ellipse is so much wider than the box, and HIGHER and RAISED a little more: the whole box lies inside it, and so
do ears, hair and chin."""
HIGHER: Final = 0.2
RAISED: Final = 0.1
GROWN_PER_S: Final = 0.5
"""By so much more for each second since the face was seen: it may have moved."""
CELLS: Final = 6
"""Across the ellipse, so 4 across the face. People lose a face between 18 and 15 of them (Bachmann 1991)."""
WHOLE_CELLS: Final = 16
"""Across a picture that is blurred as a whole: a face that fills half of it has 8."""


@dataclass(frozen=True, slots=True)
class _Seen:
    at_s: float
    size: tuple[int, int]
    boxes: dict[int, Box]


class FaceBlur:
    """Knows where faces were. `learn` from analyses in the order of time, then `blurred` of the frames, in theirs."""

    def __init__(self) -> None:
        self._seen: deque[_Seen] = deque()
        self._scratch: UInt8Array | None = None

    def learn(self, analysis: Analysis) -> None:
        """The same analysis may come again."""
        if self._seen and analysis.captured_at <= self._seen[-1].at_s:
            return
        boxes = {track.id: _both(track.face.box, track.shown_box) for track in analysis.tracks}
        self._seen.append(_Seen(analysis.captured_at, analysis.size, boxes))

    def blurred(self, frame: Frame) -> Frame:
        """A copy of the frame without its faces; outside their ellipses nothing is changed. Good until the next call:
        new memory for each picture would cost more than all the rest."""
        at_s = frame.captured_at
        while self._seen and self._seen[0].at_s < at_s - max(LINGER_S, UNSEEN_S):
            self._seen.popleft()
        seen = [one for one in self._seen if one.size == frame.size]
        if not any(abs(one.at_s - at_s) <= UNSEEN_S for one in seen):
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


def _places(seen: Sequence[_Seen], at_s: float) -> list[Box]:
    """What to cover at that time: each face where it is, or else all between where it was and where it will be."""
    before: dict[int, tuple[float, Box]] = {}
    after: dict[int, tuple[float, Box]] = {}
    for one in seen:
        passed_s = at_s - one.at_s
        for track_id, box in one.boxes.items():
            if 0 <= passed_s <= LINGER_S:
                before[track_id] = (passed_s, box)
            elif -AHEAD_S <= passed_s < 0:
                after.setdefault(track_id, (-passed_s, box))
    places = []
    for track_id in before.keys() | after.keys():
        passed_s, box = before.get(track_id) or after[track_id]
        if passed_s > 0 and track_id in before and track_id in after:
            box, passed_s = _both(box, after[track_id][1]), min(passed_s, after[track_id][0])
        places.append(covering(box, GROWN + GROWN_PER_S * passed_s))
    return places


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
