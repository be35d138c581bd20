"""Where boxes, pills and bars go. Pure geometry: no Qt, no painting, the same answer for the same question.

All rectangles are in the pixels that will be painted (the window's, or the file's), x to the right, y down.

Rules, in order: nothing leaves the picture; nothing covers another face; nothing covers what is already placed;
bars stand to the right of their box, else to the left, and stay on the side they were on while that fits; a face
that is too narrow, or that has no room beside it, keeps only its pill: its bars are in the side panel.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Side = Literal["right", "left"]
Measure = Callable[[str, float], float]
"""Width in pixels of a text at a size in pixels."""

NARROWEST_FOR_BARS: Final = 110.0
KEEPS_BARS_DOWN_TO: Final = 100.0
TEXT_SMALLEST: Final = 12.0
TEXT_LARGEST: Final = 20.0
TEXT_OF_FACE: Final = 0.07
"""Text size as a part of the box's height."""
ROWS_OF_TEXT: Final = 0.9
"""Text of the rows as a part of the pill's: the label leads."""
GAP: Final = 6.0
"""Between a box and what belongs to it."""
CLEAR: Final = 4.0
"""At least this far from another face."""
SLACK: Final = 12.0
"""Room beyond the need, before bars that were hidden come back: keeps them from flickering at the limit."""


@dataclass(frozen=True, slots=True)
class Rect:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def centre_x(self) -> float:
        return self.x + self.width / 2

    def grown(self, by: float) -> Rect:
        return Rect(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def meets(self, other: Rect) -> bool:
        """True where the two share some area."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def within(self, other: Rect, tolerance: float = 1e-6) -> bool:
        return (
            self.x >= other.x - tolerance
            and self.y >= other.y - tolerance
            and self.right <= other.right + tolerance
            and self.bottom <= other.bottom + tolerance
        )


@dataclass(frozen=True, slots=True)
class Request:
    """One face to place: its box, and the words of its pill."""

    key: int
    box: Rect
    pill_text: str
    wants_bars: bool
    quiet: bool = False
    """It steps back behind another: it is placed after the others, its pill in the smallest text."""


@dataclass(frozen=True, slots=True)
class Bars:
    """The plate with seven rows. Columns are measured from its left edge: name, groove, number (right-aligned)."""

    plate: Rect
    side: Side
    row_height: float
    first_row_y: float
    name_x: float
    groove_x: float
    groove_width: float
    number_right: float


@dataclass(frozen=True, slots=True)
class Placed:
    """Where one face's parts go. `pill` is None only where every place for it would cover another face."""

    key: int
    box: Rect
    text_px: float
    """Of the pill; `row_text_px` is that of the bars."""
    row_text_px: float
    pill: Rect | None
    bars: Bars | None


def text_size(box_height: float, scale: float = 1.0) -> float:
    """Pixels of text for a face `box_height` pixels high; `scale` widens the limits for files larger than a window."""
    return min(max(box_height * TEXT_OF_FACE, TEXT_SMALLEST * scale), TEXT_LARGEST * scale)


def row_text_size(box_height: float, scale: float = 1.0) -> float:
    """Pixels of text in the rows, never under the smallest."""
    return max(text_size(box_height, scale) * ROWS_OF_TEXT, TEXT_SMALLEST * scale)


def place(
    picture: Rect,
    requests: Sequence[Request],
    measure: Measure,
    names: Sequence[str],
    scale: float = 1.0,
    before: Mapping[int, Side | None] | None = None,
) -> tuple[Placed, ...]:
    """Lay out all faces of a picture; the answer is in the order of `requests`.

    before: for each face of the last frame the side its bars were on, or None where they were hidden.
    """
    before = before or {}
    by_size = sorted(range(len(requests)), key=lambda index: -requests[index].box.width * requests[index].box.height)
    clear = [request.box.grown(CLEAR * scale) for request in requests]
    text_px = [TEXT_SMALLEST * scale if request.quiet else text_size(request.box.height, scale) for request in requests]
    row_px = [row_text_size(request.box.height, scale) for request in requests]
    taken: list[Rect] = []
    pills: dict[int, Rect | None] = {}
    bars: dict[int, Bars | None] = {}
    for quiet in (False, True):
        of_these = [index for index in by_size if requests[index].quiet is quiet]
        for index in of_these:
            others = clear[:index] + clear[index + 1 :]
            pills[index] = pill = _place_pill(picture, requests[index], text_px[index], measure, others, taken, scale)
            if pill is not None:
                taken.append(pill)
        for index in of_these:
            request, others = requests[index], clear[:index] + clear[index + 1 :]
            bars[index] = None
            last = before.get(request.key)
            narrowest = (KEEPS_BARS_DOWN_TO if last is not None else NARROWEST_FOR_BARS) * scale
            if request.wants_bars and request.box.width >= narrowest:
                was_hidden = request.key in before and last is None
                slack = SLACK * scale if was_hidden else 0.0
                bars[index] = _place_bars(
                    picture, request, row_px[index], measure, names, others, taken, scale, last, slack
                )
            if (placed := bars[index]) is not None:
                taken.append(placed.plate)
    return tuple(
        Placed(request.key, request.box, text_px[index], row_px[index], pills[index], bars[index])
        for index, request in enumerate(requests)
    )


def _place_pill(
    picture: Rect,
    request: Request,
    text_px: float,
    measure: Measure,
    others: Sequence[Rect],
    taken: Sequence[Rect],
    scale: float,
) -> Rect | None:
    box = request.box
    height = round(text_px * 1.5)
    width = min(measure(request.pill_text, text_px) + text_px * 1.1, picture.width)
    gap = GAP * scale
    rows = (
        box.bottom + gap,
        box.y - gap - height,
        min(box.bottom, picture.bottom) - gap - height,
        max(box.y, picture.y) + gap,
    )
    columns = (box.centre_x - width / 2, box.x, box.right - width)
    for y in rows:
        for x in columns:
            # Nearly always the first one will do.
            candidate = _moved_inside(Rect(x, y, width, height), picture)
            if candidate.y == y and _free(candidate, picture, others, taken):
                return candidate
    candidates = [_moved_inside(Rect(x, y, width, height), picture) for y in rows for x in columns]
    wanted_y = [y for y in rows for _ in columns]
    near = [candidate for candidate, y in zip(candidates, wanted_y, strict=True) if candidate.y == y]
    return _first_free(near, picture, others, taken) or _first_free(candidates, picture, others, taken)


def _place_bars(
    picture: Rect,
    request: Request,
    text_px: float,
    measure: Measure,
    names: Sequence[str],
    others: Sequence[Rect],
    taken: Sequence[Rect],
    scale: float,
    last: Side | None,
    slack: float,
) -> Bars | None:
    box = request.box
    pad = round(text_px * 0.6)
    row = round(text_px * 1.36)
    name_width = max(measure(name, text_px) for name in names)
    number_width = measure("100", text_px)
    groove = min(max(box.width * 0.45, 5.0 * text_px), 9.0 * text_px)
    width = math.ceil(pad + name_width + pad + groove + pad * 0.6 + number_width + pad)
    height = row * len(names) + pad
    gap, clear = GAP * scale, CLEAR * scale
    sides: tuple[Side, ...] = ("left", "right") if last == "left" else ("right", "left")
    for side in sides:
        # On whole pixels: a plate between two takes twice as long to paint, and its text would shimmer.
        x = math.ceil(box.right + gap) if side == "right" else math.floor(box.x - gap - width)
        rows = (box.y, box.bottom - height, box.y + (box.height - height) / 2)
        for y in rows:
            inside = min(max(y, picture.y + clear), picture.bottom - clear - height)
            plate = Rect(x, round(inside), width, height)
            if _free(plate.grown(slack), picture.grown(slack * 0.5), others, taken):
                name_x = plate.x + pad
                groove_x = name_x + name_width + pad
                return Bars(plate, side, row, plate.y + pad / 2, name_x, groove_x, groove, plate.right - pad)
    return None


def _moved_inside(rect: Rect, picture: Rect) -> Rect:
    x = min(max(rect.x, picture.x), picture.right - rect.width)
    y = min(max(rect.y, picture.y), picture.bottom - rect.height)
    return Rect(x, y, rect.width, rect.height)


def _free(rect: Rect, picture: Rect, others: Iterable[Rect], taken: Iterable[Rect]) -> bool:
    return rect.within(picture) and not any(rect.meets(other) for other in (*others, *taken))


def _first_free(
    candidates: Sequence[Rect], picture: Rect, others: Sequence[Rect], taken: Sequence[Rect]
) -> Rect | None:
    """The first place that is free; failing that, one that covers no face though it covers another pill."""
    for candidate in candidates:
        if _free(candidate, picture, others, taken):
            return candidate
    for candidate in candidates:
        if _free(candidate, picture, others, ()):
            return candidate
    return None
