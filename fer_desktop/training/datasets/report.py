"""What a data set holds, and what is odd about it: told after every load."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.training.datasets import splits
from fer_desktop.training.datasets.face_set import FaceSet, Skipped, place

SHOWN_SKIPPED = 5
LISTED_SKIPPED = 100


@dataclass(frozen=True, slots=True)
class Report:
    """Of a FaceSet; its pictures are told apart by their pixels."""

    counts: Mapping[str, Mapping[str, int]]
    """Split -> class -> faces."""
    repeated: int
    """Faces whose picture came before."""
    across_splits: int
    """Pictures that stand in more than one split."""
    two_labels: int
    """Pictures that stand under more than one label."""
    with_votes: int | None
    """Faces with FER+ votes; None where the data has none."""
    imbalance: float | None
    """The largest class over the smallest, all splits together; None where a class has no face."""
    skipped: tuple[Skipped, ...]

    @property
    def faces(self) -> int:
        return sum(sum(split.values()) for split in self.counts.values())

    def lines(self) -> list[str]:
        """For people."""
        width = max(12, *(len(split) + 2 for split in self.counts))
        parts = ", ".join(f"{sum(counts.values()):,} {split}" for split, counts in self.counts.items())
        lines = [f"{self.faces:,} faces: {parts}", " " * width + "".join(f"{name:>10}" for name in emotions.NAMES)]
        for split, counts in self.counts.items():
            lines.append(f"{'  ' + split:<{width}}" + "".join(f"{counts[name]:>10,}" for name in emotions.NAMES))
        lines.append(self._balance())
        if self.repeated:
            lines.append(
                f"Faces that repeat an earlier picture: {self.repeated:,}; pictures in more than one split: "
                f"{self.across_splits:,}; pictures under more than one label: {self.two_labels:,}"
            )
        if self.with_votes is not None:
            lines.append(f"Faces with FER+ votes: {self.with_votes:,}")
        return lines + left_out(self.skipped)

    def to_json(self) -> dict[str, Any]:
        """Of many that were left out, the first hundred with their reasons."""
        return {
            "faces": self.faces,
            "counts": {split: dict(counts) for split, counts in self.counts.items()},
            "duplicates": {
                "repeated": self.repeated,
                "across_splits": self.across_splits,
                "two_labels": self.two_labels,
            },
            "with_votes": self.with_votes,
            "imbalance": self.imbalance,
            "skipped": len(self.skipped),
            "skipped_first": [{"where": where, "reason": reason} for where, reason in self.skipped[:LISTED_SKIPPED]],
        }

    def _balance(self) -> str:
        total = {name: sum(split[name] for split in self.counts.values()) for name in emotions.NAMES}
        largest, smallest = max(total, key=total.__getitem__), min(total, key=total.__getitem__)
        if self.imbalance is None:
            return f"No face shows {', '.join(name for name, count in total.items() if not count)}"
        if self.imbalance == 1:
            return "Every emotion has as many faces"
        return f"The largest class ({largest}) has {self.imbalance:.1f} times the faces of the smallest ({smallest})"


def left_out(skipped: Sequence[Skipped]) -> list[str]:
    """For people: how many, and the first with their reasons; nothing where there is nothing to tell."""
    if not skipped:
        return []
    lines = [f"{len(skipped):,} left out:"]
    lines += [f"  {place(where)}: {reason}" for where, reason in skipped[:SHOWN_SKIPPED]]
    if len(skipped) > SHOWN_SKIPPED:
        lines.append(f"  and {len(skipped) - SHOWN_SKIPPED:,} more")
    return lines


def report(faces: FaceSet) -> Report:
    """Counts, duplicates, votes, imbalance and what was left out."""
    names = sorted(set(faces.usages.tolist()), key=lambda name: (name != splits.TRAINING, name))
    counts = {split: faces.split(split).counts() for split in names}
    splits_of: dict[bytes, set[str]] = {}
    labels_of: dict[bytes, set[int]] = {}
    for image, usage, label in zip(faces.images, faces.usages.tolist(), faces.labels.tolist(), strict=True):
        key = hashlib.blake2b(image.tobytes(), digest_size=16).digest()
        splits_of.setdefault(key, set()).add(usage)
        labels_of.setdefault(key, set()).add(label)
    a_class = np.bincount(faces.labels, minlength=emotions.COUNT)
    return Report(
        counts=counts,
        repeated=len(faces) - len(splits_of),
        across_splits=sum(len(found) > 1 for found in splits_of.values()),
        two_labels=sum(len(found) > 1 for found in labels_of.values()),
        with_votes=None if faces.votes is None else int((faces.votes.sum(axis=1) > 0).sum()),
        imbalance=round(float(a_class.max() / a_class.min()), 2) if a_class.min() else None,
        skipped=faces.skipped,
    )
