"""What several of the pages say: times, shares, and the report on a data set, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from PySide6.QtCore import QCoreApplication

FEW_FACES: Final = 1000
REASONS_SHOWN: Final = 20
SPACE: Final = "\u00a0"


def tr(text: str) -> str:
    return QCoreApplication.translate("Retrain", text)


def duration(seconds: float) -> str:
    """ "less than a minute", "12 min", "1 h 5 min"."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return tr("less than a minute")
    if minutes < 60:
        return tr("{n} min").format(n=minutes)
    hours, rest = divmod(minutes, 60)
    return tr("{h} h {m} min").format(h=hours, m=rest) if rest else tr("{h} h").format(h=hours)


def percent(share: float | None, digits: int = 1) -> str:
    return "–" if share is None else f"{share * 100:.{digits}f}{SPACE}%"


def emotion(name: str) -> str:
    """As people read it; the names in files are the English ones."""
    return {
        "angry": tr("angry"),
        "disgust": tr("disgust"),
        "fear": tr("fear"),
        "happy": tr("happy"),
        "sad": tr("sad"),
        "surprise": tr("surprise"),
        "neutral": tr("neutral"),
    }.get(name, name)


def totals(data: Mapping[str, Any]) -> dict[str, int]:
    """Faces a class, all splits together."""
    result: dict[str, int] = {}
    for counts in data["counts"].values():
        for name, count in counts.items():
            result[name] = result.get(name, 0) + count
    return result


def training_faces(data: Mapping[str, Any]) -> int:
    return sum(data["counts"].get("Training", {}).values())


def headline(data: Mapping[str, Any]) -> str:
    parts = ", ".join(f"{sum(counts.values()):,} {split}" for split, counts in data["counts"].items())
    return tr("{n} faces: {parts}").format(n=f"{data['faces']:,}", parts=parts)


def findings(data: Mapping[str, Any]) -> list[str]:
    """What is odd about a data set, a sentence each; one that says so where nothing is."""
    found = []
    empty = [emotion(name) for name, count in totals(data).items() if not count]
    if empty:
        found.append(tr("No face shows {names}: the network will never answer so.").format(names=", ".join(empty)))
    imbalance = data.get("imbalance")
    if imbalance and imbalance >= 3:
        text = tr("The largest class has {n} times the faces of the smallest; rare ones count for more in training.")
        found.append(text.format(n=f"{imbalance:.0f}"))
    if training_faces(data) < FEW_FACES:
        text = tr("Few faces to learn from: a network needs some thousands to read new ones well.")
        found.append(text)
    doubles = data.get("duplicates", {})
    if doubles.get("repeated"):
        found.append(tr("Faces that repeat an earlier picture: {n}.").format(n=f"{doubles['repeated']:,}"))
    if doubles.get("across_splits"):
        text = tr("Pictures in more than one split: {n}. Those held out for testing are not trained on.")
        found.append(text.format(n=f"{doubles['across_splits']:,}"))
    if doubles.get("two_labels"):
        found.append(tr("Pictures under more than one label: {n}.").format(n=f"{doubles['two_labels']:,}"))
    if data.get("with_votes") is not None:
        found.append(tr("Faces with FER+ votes: {n}.").format(n=f"{data['with_votes']:,}"))
    if data.get("skipped"):
        found.append(tr("Left out: {n}.").format(n=f"{data['skipped']:,}"))
        first = data.get("skipped_first", [])[:REASONS_SHOWN]
        found += [f"    {_place(one['where'])}: {one['reason']}" for one in first]
        rest = data["skipped"] - len(first)
        if rest > 0:
            found.append("    " + tr("and {n} more").format(n=f"{rest:,}"))
    return found or [tr("Nothing was left out, and no picture stands there twice.")]


def _place(where: int | str) -> str:
    return tr("line {n}").format(n=where) if isinstance(where, int) else where
