"""Figures against those of a run before."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from fer_desktop.bench import machine
from fer_desktop.bench.figures import MORE, Figure
from fer_desktop.core.errors import InputError

SCHEMA: Final = 1
LEAST_SHARE: Final = 0.05
"""Of the figure before: what differs by less is the same, however close the values lie."""
CHANCE: Final = 0.05
"""All values of one run beyond all of the other: by chance alone as seldom as that, and it is told …"""
PLAIN_SHARE: Final = 0.25
"""… and, where there are too few values for that, if the medians differ by so much."""
MARKS: Final = (
    "better, worse: every value lies beyond those before, by more than they spread or than chance explains\n"
    "no mark: the two are too close to tell, or one of them was measured once"
)
"""What the last column says, for people."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """A run before. Figures by key."""

    environment: dict[str, Any]
    quick: bool
    figures: dict[str, Figure]

    @classmethod
    def read(cls, path: Path) -> Baseline:
        """What `bench --save-baseline` or `--json` wrote. Raises InputError."""
        try:
            value = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is no JSON"
            raise InputError(
                f"the baseline {path} cannot be read: {reason}", "Write one with --save-baseline"
            ) from error
        try:
            if value["schema"] != SCHEMA:
                raise ValueError("another schema")
            figures = [Figure.from_json(one) for one in value["figures"]]
            return cls(dict(value["environment"]), bool(value["quick"]), {figure.key: figure for figure in figures})
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{path} holds no figures of bench", "Write a baseline with --save-baseline") from error


@dataclass(frozen=True, slots=True)
class Change:
    """A figure against the one before. ratio: now to before, None where it was 0. verdict: "better" or "worse" only
    where no value of the one lies among the other's, and chance does not explain that."""

    before: Figure
    ratio: float | None
    verdict: Literal["better", "worse", ""]

    def to_json(self) -> dict[str, object]:
        return {
            "before": round(self.before.median, 4),
            "ratio": None if self.ratio is None else round(self.ratio, 4),
            "verdict": self.verdict or "same",
        }


def change(now: Figure, before: Figure) -> Change:
    """One that was measured once has no spread to judge by: it is neither better nor worse."""
    difference = now.median - before.median
    ratio = now.median / before.median if before.median else None
    if not _apart(now, before):
        return Change(before, ratio, "")
    return Change(before, ratio, "better" if (difference > 0) == (now.better == MORE) else "worse")


def _apart(now: Figure, before: Figure) -> bool:
    counts = len(now.values), len(before.values)
    if min(counts) < 2 or not (max(now.values) < min(before.values) or max(before.values) < min(now.values)):
        return False
    by = abs(now.median - before.median)
    # Of all orders that the values may come in, two have the one run's before all of the other's.
    surely = 2 / math.comb(sum(counts), counts[0]) <= CHANCE
    far = by > now.spread + before.spread or by >= PLAIN_SHARE * abs(before.median)
    return by > LEAST_SHARE * abs(before.median) and (surely or far)


def told(now: dict[str, Any], before: Baseline, quick: bool) -> list[str]:
    """What speaks against comparing the two, for people."""
    said = []
    if machine.is_another(now, before.environment):
        said.append("the baseline is of another computer: only its own figures can be compared with it")
    busy_percent = before.environment.get("busy_percent") or 0.0
    if busy_percent > machine.BUSY_PERCENT:
        said.append(f"other programs took {busy_percent:.0f} % of the computer before the baseline was measured")
    if quick != before.quick:
        said.append("one of the two was measured with --quick: their spreads differ")
    differences = machine.differences(now, before.environment)
    return said + [f"not as in the baseline: {difference}" for difference in differences]
