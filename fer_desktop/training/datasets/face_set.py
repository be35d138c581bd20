"""Labelled faces in memory, however they were stored."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.core.types import Float32Array, UInt8Array
from fer_desktop.training.datasets import splits

Skipped = tuple[int | str, str]
"""Where (a line number, a row or a path) and why."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceSet:
    """`images` uint8[n, 48, 48], `labels` int64[n] in the order of core.emotions, `usages` str[n] as in splits.py.

    `skipped`: what could not be used, and why. `sources`: file name -> SHA-256.
    `votes`: float32[n, 7], the share of FER+'s votes for each emotion, a row all zero where there is none; None where
    the data has no votes.
    """

    images: UInt8Array
    labels: np.ndarray
    usages: np.ndarray
    skipped: tuple[Skipped, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)
    votes: Float32Array | None = None

    def __len__(self) -> int:
        return len(self.labels)

    def split(self, usage: str) -> FaceSet:
        """The faces of one split, by any of its names: see splits.stand_ins for which counts as which.

        Raises InputError, naming the splits there are.
        """
        for name in splits.stand_ins(usage):
            chosen = self.usages == name
            if chosen.any():
                return self._where(chosen)
        known = ", ".join(sorted(set(self.usages.tolist()))) or "none"
        remedy = f"It has: {known}."
        if splits.canonical(usage) in (splits.PUBLIC_TEST, splits.VALIDATION):
            remedy += " Add a folder val/ or test/ beside train/, or rows of Usage PublicTest."
            what = "The data has no faces held out for testing"
            raise InputError(what, f"{remedy} More data of that kind can be added beside it.")
        raise InputError(f"The data has no split {usage}", remedy)

    def without(self, other: FaceSet) -> FaceSet:
        """These faces less those whose pixels also stand in `other`."""
        taken = {image.tobytes() for image in other.images}
        return self._where(np.array([image.tobytes() not in taken for image in self.images], bool))

    def take(self, which: np.ndarray) -> FaceSet:
        """The faces of these numbers, int64[k], in this order."""
        return self._where(which)

    def joined(self, other: FaceSet) -> FaceSet:
        """These faces, then the other's; faces of a set without votes have none."""
        votes = None
        if self.votes is not None or other.votes is not None:
            votes = np.concatenate([one._votes_or_none() for one in (self, other)])
        return FaceSet(
            np.concatenate((self.images, other.images)),
            np.concatenate((self.labels, other.labels)),
            np.concatenate((self.usages, other.usages)),
            (*self.skipped, *other.skipped),
            {**self.sources, **{_unused(name, self.sources): digest for name, digest in other.sources.items()}},
            votes,
        )

    def _votes_or_none(self) -> Float32Array:
        return np.zeros((len(self), emotions.COUNT), np.float32) if self.votes is None else self.votes

    def counts(self) -> dict[str, int]:
        """Faces a class, by name."""
        return {name: int((self.labels == index).sum()) for index, name in enumerate(emotions.NAMES)}

    def fingerprint(self) -> str:
        """SHA-256 over pixels, labels, splits and votes, in order: the same for the same faces, whatever their form."""
        digest = hashlib.sha256(self.images.tobytes())
        digest.update(self.labels.astype(np.uint8).tobytes())
        digest.update("\n".join(self.usages.tolist()).encode())
        if self.votes is not None:
            digest.update(self.votes.astype("<f4").tobytes())
        return digest.hexdigest()

    def _where(self, chosen: np.ndarray) -> FaceSet:
        """By a mask or by numbers."""
        votes = None if self.votes is None else self.votes[chosen]
        return FaceSet(self.images[chosen], self.labels[chosen], self.usages[chosen], self.skipped, self.sources, votes)


def _unused(name: str, taken: Mapping[str, str]) -> str:
    """The name, with a number where it is taken."""
    number, unused = 2, name
    while unused in taken:
        number, unused = number + 1, f"{name} ({number})"
    return unused


def place(where: int | str) -> str:
    """For people: a number is a line's."""
    return f"line {where}" if isinstance(where, int) else where
