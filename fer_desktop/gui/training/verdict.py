"""Is the new model better? The figures of two models on the same faces, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fer_desktop.gui.training.words import emotion, percent, tr

SURE: Final = 1.96
"""Standard deviations: 19 times in 20."""


@dataclass(frozen=True, slots=True)
class Verdict:
    better: bool
    text: str
    why: str


def verdict(result: Mapping[str, Any]) -> Verdict:
    """From `evaluate --against --json`: the new model's figures, and under `against` those of the one in use."""
    other, n = result["against"], result["n"]
    gain, chance = _gain(result)
    figures = tr("It reads {new} of {n} faces right, the one in use {old}.").format(
        new=percent(result["accuracy"]), old=percent(other["accuracy"]), n=f"{n:,}"
    )
    if abs(gain) <= chance:
        text = tr("The new model is not clearly better")
        why = tr("So small a difference may be chance: another {n} faces could turn it round.").format(n=f"{n:,}")
        return Verdict(False, text, f"{figures} {why}")
    if gain < 0:
        return Verdict(False, tr("The new model is worse"), figures)
    worse = [emotion(name) for name, recall in result["recall"].items() if _lost(recall, other["recall"].get(name))]
    if result["balanced_accuracy"] < other["balanced_accuracy"]:
        text = tr("The new model reads more faces right, but not every emotion")
        why = tr("Rare emotions suffer: the mean of the recalls is lower.")
        return Verdict(False, text, f"{figures} {why}")
    if worse:
        why = tr("It is weaker by more than 5 points on: {names}.").format(names=", ".join(worse))
        return Verdict(True, tr("The new model is better"), f"{figures} {why}")
    return Verdict(True, tr("The new model is better"), figures)


def of_two(result: Mapping[str, Any], first: str, second: str) -> Verdict:
    """The same for any two, by their names. better: the first one is."""
    gain, chance = _gain(result)
    n = f"{result['n']:,}"
    figures = tr("Of {n} faces {a} reads {x} right, {b} {y}.").format(
        n=n, a=first, x=percent(result["accuracy"]), b=second, y=percent(result["against"]["accuracy"])
    )
    if abs(gain) <= chance:
        why = tr("So small a difference may be chance: another {n} faces could turn it round.").format(n=n)
        return Verdict(False, tr("Neither is clearly better"), f"{figures} {why}")
    return Verdict(gain > 0, tr("{name} is better").format(name=first if gain > 0 else second), figures)


def _gain(result: Mapping[str, Any]) -> tuple[float, float]:
    """By how much the accuracy is higher, and how much of that may be chance."""
    n = result["n"]
    # Only faces on which the two differ can move the difference; each by one face at most (McNemar, 1947).
    chance = SURE * math.sqrt(result["differ_on"]) / n if n else 1.0
    return result["accuracy"] - result["against"]["accuracy"], chance


def _lost(new: float | None, old: float | None) -> bool:
    return new is not None and old is not None and new < old - 0.05


def rows(result: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """(what, new, in use, difference), a row each."""
    other = result["against"]
    lines = []
    for key, what in (("accuracy", tr("Accuracy")), ("balanced_accuracy", tr("Mean of the recalls"))):
        gain = 100 * (result[key] - other[key])
        lines.append((what, percent(result[key]), percent(other[key]), tr("{n:+.1f} points").format(n=gain)))
    ece = result["ece"] - other["ece"]
    what = tr("Calibration error (0 is best)")
    lines.append((what, f"{result['ece']:.3f}", f"{other['ece']:.3f}", f"{ece:+.3f}"))
    new_ms, old_ms = result["milliseconds_a_face"], other["milliseconds_a_face"]
    what = tr("Time for a face")
    lines.append((what, f"{new_ms:.1f} ms", f"{old_ms:.1f} ms", f"{new_ms - old_ms:+.1f} ms"))
    return [(name, *(cell.replace("-", "−") for cell in cells)) for name, *cells in lines]  # type: ignore[misc]
