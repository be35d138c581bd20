"""One measured figure: its values, their median, and how far they lie apart."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

LESS: Final = "less"
MORE: Final = "more"
BLOCKS: Final = 5
"""What takes milliseconds is measured many times, and the calls' means are taken in so many blocks."""


@dataclass(frozen=True, slots=True)
class Figure:
    """key: part.what.where, the same on every computer; what: for people. better: less or more. values: at least one,
    each measured on its own."""

    key: str
    what: str
    unit: str
    better: Literal["less", "more"]
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def spread(self) -> float:
        """From the least value to the greatest: 0 where it was measured once."""
        return max(self.values) - min(self.values)

    def to_json(self) -> dict[str, object]:
        return {
            "key": self.key,
            "what": self.what,
            "unit": self.unit,
            "better": self.better,
            "median": round(self.median, 4),
            "least": round(min(self.values), 4),
            "greatest": round(max(self.values), 4),
            "values": [round(value, 4) for value in self.values],
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Figure:
        """Raises KeyError, TypeError or ValueError for what is none."""
        values = tuple(float(one) for one in value["values"])
        if not values or value["better"] not in (LESS, MORE):
            raise ValueError("no values")
        return cls(str(value["key"]), str(value["what"]), str(value["unit"]), value["better"], values)


def block_means(values: Sequence[float], blocks: int = BLOCKS) -> tuple[float, ...]:
    """The mean of each of `blocks` runs of values, in order; of each value where there are fewer.

    Not medians: the detector looks closer in every second frame, and a median would tell of one kind alone.
    """
    blocks = min(blocks, len(values))
    edges = [number * len(values) // blocks for number in range(blocks + 1)]
    return tuple(statistics.fmean(values[start:end]) for start, end in itertools.pairwise(edges))


def milliseconds(call: Callable[[int], object], times: int) -> tuple[float, ...]:
    """How long `call(0)`, `call(1)` … take, as means of blocks; the first three are not counted."""
    for number in range(3):
        call(number)
    took = []
    for number in range(3, times + 3):
        started = time.perf_counter()
        call(number)
        took.append((time.perf_counter() - started) * 1e3)
    return block_means(took)
