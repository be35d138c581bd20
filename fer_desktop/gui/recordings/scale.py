"""Where a time lies on a line of pixels, and the other way round. Pure sums."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

CLOSEST_S: Final = 0.4
"""No less is shown over the whole width."""
TICK_PX: Final = 88
"""At least so far are two times written on the axis apart."""
STEPS_S: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)


@dataclass(frozen=True, slots=True)
class Scale:
    """The times from `from_s` on for `span_s` seconds lie on `width` pixels; the recording is `whole_s` long."""

    width: float
    whole_s: float
    from_s: float
    span_s: float

    @classmethod
    def whole(cls, width: float, whole_s: float) -> Scale:
        return cls(max(width, 1.0), whole_s, 0.0, max(whole_s, CLOSEST_S))

    @property
    def to_s(self) -> float:
        return self.from_s + self.span_s

    @property
    def is_whole(self) -> bool:
        return self.span_s >= self.whole_s

    def x(self, at_s: float) -> float:
        return (at_s - self.from_s) / self.span_s * self.width

    def time(self, x: float) -> float:
        """Never outside the recording."""
        return min(max(self.from_s + x / self.width * self.span_s, 0.0), self.whole_s)

    def zoomed(self, factor: float, x: float) -> Scale:
        """factor over 1 shows less, larger. The time under x stays where it is, unless the recording ends there."""
        longest = max(self.whole_s, CLOSEST_S)
        span_s = min(max(self.span_s / factor, min(CLOSEST_S, longest)), longest)
        under_s = self.from_s + x / self.width * self.span_s
        return replace(self, span_s=span_s).moved_to(under_s - x / self.width * span_s)

    def moved_to(self, from_s: float) -> Scale:
        return replace(self, from_s=min(max(from_s, 0.0), max(self.whole_s - self.span_s, 0.0)))

    def showing(self, at_s: float) -> Scale:
        """The same, moved on where the time is out of sight: like turning a page."""
        if self.from_s <= at_s <= self.to_s:
            return self
        return self.moved_to(at_s - 0.1 * self.span_s)

    def fitted(self, width: float, whole_s: float) -> Scale:
        """Of another width, or of a recording of which more is known: what showed the whole of it still does."""
        if self.is_whole:
            return Scale.whole(width, whole_s)
        changed = replace(self, width=max(width, 1.0), whole_s=whole_s)
        return replace(changed, span_s=min(self.span_s, max(whole_s, CLOSEST_S))).moved_to(self.from_s)

    def ticks(self) -> tuple[float, list[float]]:
        """How far apart times are written, in seconds, and those in sight."""
        least_s = TICK_PX * self.span_s / self.width
        step_s = next((step for step in STEPS_S if step >= least_s), math.ceil(least_s / 3600) * 3600.0)
        first = math.ceil(self.from_s / step_s - 1e-9)
        last = math.floor(min(self.to_s, self.whole_s) / step_s + 1e-9)
        return step_s, [number * step_s for number in range(first, last + 1)]


def axis_time(at_s: float, step_s: float) -> str:
    """ "2:05", "1:02:05", and with tenths where the step is less than a second."""
    tenths = round(at_s * 10)
    seconds, tenths = divmod(tenths, 10)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
    return f"{text}.{tenths}" if step_s < 1 else text
