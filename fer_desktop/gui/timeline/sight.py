"""Which part of the history is in sight. Pure sums."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from fer_desktop.core.history import History
from fer_desktop.settings.schema import TIMELINE_SPANS

STEPS_S: Final = (5, 10, 15, 30, 60, 120, 300)
"""How far apart times are written, where there is room."""
TICK_PX: Final = 88
DAY_S: Final = 86_400


@dataclass(slots=True)
class Sight:
    """`span_s` seconds; `end_s`, a time of the history's, is where a person moved its end, None while it goes on."""

    span_s: float = float(TIMELINE_SPANS[0])
    end_s: float | None = None

    @property
    def goes_on(self) -> bool:
        return self.end_s is None

    def stretch(self, history: History, columns: int) -> tuple[float, float]:
        """From when to when, in seconds, on whole ones of so many columns: they hold the same from one time to the
        next, and a curve of them moves on without a tremble."""
        step_s = self.span_s / max(columns, 1)
        to_s = math.ceil((history.until_s if self.end_s is None else self.end_s) / step_s - 1e-6) * step_s
        return to_s - self.span_s, to_s

    def move(self, by_s: float, history: History) -> None:
        """Back (less than 0) or on, as far as something is kept. At the newest reading it goes on again."""
        end_s = (history.until_s if self.end_s is None else self.end_s) + by_s
        end_s = max(end_s, history.from_s + self.span_s)
        self.end_s = None if end_s >= history.until_s else end_s

    def fit(self, history: History) -> None:
        """What is in sight may have been forgotten."""
        if self.end_s is not None:
            self.move(0.0, history)


def ticks(from_s: float, span_s: float, width: float) -> list[float]:
    """Where times are written, in seconds after `from_s` (seconds of the day), on `width` pixels."""
    least_s = TICK_PX * span_s / max(width, 1.0)
    step_s = next((step for step in STEPS_S if step >= least_s), STEPS_S[-1])
    first = math.ceil(from_s / step_s - 1e-9)
    last = math.floor((from_s + span_s) / step_s + 1e-9)
    return [number * step_s - from_s for number in range(first, last + 1)]


def of_day(at_s: float) -> str:
    """Seconds of the day as "14:02:05"; those of the day after, or before, as well."""
    seconds = round(at_s) % DAY_S
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
