"""Where a zoomed picture lies in its view. Pure sums: no Qt. All in the view's pixels, x to the right, y down."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

LARGEST: Final = 16.0
"""The most that one pixel of the picture takes up of the screen."""
STEP: Final = 1.25
"""Of one turn of the wheel's notch, and of the keys."""


@dataclass(frozen=True, slots=True)
class Viewport:
    """`view` and `picture`: width and height, the latter in its own pixels. `scale`: of the picture in the view; None
    to fit. x, y: where its top left corner lies; of no account where it fits."""

    view: tuple[float, float] = (1.0, 1.0)
    picture: tuple[int, int] = (1, 1)
    scale: float | None = None
    x: float = 0.0
    y: float = 0.0

    @property
    def fit(self) -> float:
        """The scale at which the whole picture is seen; small pictures are not blown up beyond fourfold."""
        whole = min(self.view[0] / self.picture[0], self.view[1] / self.picture[1])
        return max(min(whole, 4.0), 1e-3)

    @property
    def now(self) -> float:
        return self.fit if self.scale is None else self.scale

    @property
    def rect(self) -> tuple[float, float, float, float]:
        """Left, top, width, height of the picture."""
        width, height = self.picture[0] * self.now, self.picture[1] * self.now
        if self.scale is None:
            return (self.view[0] - width) / 2, (self.view[1] - height) / 2, width, height
        return self.x, self.y, width, height

    def resized(self, width: float, height: float) -> Viewport:
        """Another size of the view: what was in its middle stays there."""
        dx, dy = (width - self.view[0]) / 2, (height - self.view[1]) / 2
        return replace(self, view=(max(width, 1.0), max(height, 1.0)), x=self.x + dx, y=self.y + dy)._kept()

    def fitted(self) -> Viewport:
        return replace(self, scale=None)

    def scaled(self, scale: float, at: tuple[float, float] | None = None) -> Viewport:
        """With the point of the picture under `at` (default: the middle of the view) where it was."""
        scale = min(max(scale, min(self.fit, 1.0)), max(LARGEST, self.fit))
        point = at or (self.view[0] / 2, self.view[1] / 2)
        left, top, _, _ = self.rect
        ratio = scale / self.now
        x, y = point[0] - (point[0] - left) * ratio, point[1] - (point[1] - top) * ratio
        return replace(self, scale=scale, x=x, y=y)._kept()

    def moved(self, dx: float, dy: float) -> Viewport:
        if self.scale is None:
            return self
        return replace(self, x=self.x + dx, y=self.y + dy)._kept()

    def to_picture(self, x: float, y: float) -> tuple[float, float]:
        """A point of the view in the picture's pixels."""
        left, top, _, _ = self.rect
        return (x - left) / self.now, (y - top) / self.now

    def showing(self, left: float, top: float, right: float, bottom: float) -> Viewport:
        """Moved just so far that this part of the picture, in its pixels, is in view; its middle where it is larger."""
        if self.scale is None:
            return self
        x, y = self.x, self.y
        moves = []
        for at, low, high, room in ((x, left, right, self.view[0]), (y, top, bottom, self.view[1])):
            first, last = at + low * self.now, at + high * self.now
            if last - first > room:
                moves.append(room / 2 - (first + last) / 2)
            else:
                moves.append(-first if first < 0 else min(room - last, 0.0))
        return self.moved(*moves)

    def _kept(self) -> Viewport:
        """Where it is smaller than the view it is in its middle; else it has no gap at an edge it need not have."""
        if self.scale is None:
            return self
        places = []
        for at, size, room in (
            (self.x, self.picture[0] * self.scale, self.view[0]),
            (self.y, self.picture[1] * self.scale, self.view[1]),
        ):
            places.append((room - size) / 2 if size <= room else min(max(at, room - size), 0.0))
        return replace(self, x=places[0], y=places[1])
