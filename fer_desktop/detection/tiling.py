"""Where to look: overlapping square tiles of a frame, and one list of faces out of many looks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from fer_desktop.core.types import Box, Face

OVERLAP = 0.45
"""Share of a tile that the next one covers again: a face up to this share of a tile is whole in at least one."""
MAX_TILES_A_ROW = 12
"""A strip of a picture more than six times as long as high is looked at with gaps: better than for minutes."""
EDGE_MARGIN = 0.01
"""A face that ends nearer to a tile's inner edge than this share of the tile is cut: another look sees it whole."""


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of whole pixels inside a frame."""

    x: int
    y: int
    width: int
    height: int

    def cuts(self, box: Box, frame_width: int, frame_height: int) -> bool:
        """Whether an edge of this region that is not an edge of the frame may have cut the face in `box`."""
        margin = EDGE_MARGIN * max(self.width, self.height)
        return (
            (self.x > 0 and box.x < self.x + margin)
            or (self.y > 0 and box.y < self.y + margin)
            or (self.x + self.width < frame_width and box.x + box.width > self.x + self.width - margin)
            or (self.y + self.height < frame_height and box.y + box.height > self.y + self.height - margin)
        )


def _starts(length: int, side: int) -> list[int]:
    """First pixels of the fewest evenly spread tiles that cover `length` with the overlap above."""
    if side >= length:
        return [0]
    count = min(1 + math.ceil((length - side) / (side * (1 - OVERLAP))), MAX_TILES_A_ROW)
    return [round(index * (length - side) / (count - 1)) for index in range(count)]


def tiles(width: int, height: int, share: float = 2 / 3) -> tuple[Region, ...]:
    """Square tiles that cover a frame; each side is `share` of the frame's shorter side. Row by row."""
    side = min(max(1, round(min(width, height) * share)), width, height)
    return tuple(Region(x, y, side, side) for y in _starts(height, side) for x in _starts(width, side))


def around(box: Box, width: int, height: int, reach: float = 3.0) -> Region:
    """The square about a face in which to look for it again: `reach` times as wide, moved to lie inside the frame."""
    side = int(min(max(reach * max(box.width, box.height), 32), width, height))
    x, y = box.centre
    return Region(
        round(min(max(x - side / 2, 0), width - side)), round(min(max(y - side / 2, 0), height - side)), side, side
    )


def merge(faces: Iterable[Face]) -> tuple[Face, ...]:
    """Each face once, best first. Two are one when they share a third of both together, or most of the smaller."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if not any(_same(face.box, other.box) for other in kept):
            kept.append(face)
    return tuple(kept)


def merge_looks(looks: Iterable[Iterable[Face]]) -> tuple[Face, ...]:
    """Each face once, best first, out of several looks, the closest look first: the closer one has the better box."""
    kept: list[Face] = []
    for look in looks:
        kept += [face for face in merge(look) if not any(_same(face.box, other.box) for other in kept)]
    return tuple(sorted(kept, key=lambda face: -face.score))


def _same(one: Box, other: Box) -> bool:
    return one.iou(other) > 0.33 or one.intersection(other) > 0.6 * min(one.area, other.area)
