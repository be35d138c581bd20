"""Labelled faces in memory, however they were stored."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.core.types import UInt8Array


@dataclass(frozen=True, slots=True, eq=False)
class FaceSet:
    """`images` uint8[n, 48, 48], `labels` int64[n] in the order of core.emotions, `usages` str[n] ("Training", …).

    `skipped`: rows that could not be used, each as (line number, reason). `sources`: file name -> SHA-256.
    """

    images: UInt8Array
    labels: np.ndarray
    usages: np.ndarray
    skipped: tuple[tuple[int, str], ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.labels)

    def split(self, usage: str) -> FaceSet:
        """The faces of one split, named as in the data. Raises InputError, naming the splits there are."""
        chosen = self.usages == usage
        if not chosen.any():
            known = ", ".join(sorted(set(self.usages.tolist()))) or "none"
            raise InputError(f"The data has no split {usage}", f"It has: {known}.")
        return self._where(chosen)

    def without(self, other: FaceSet) -> FaceSet:
        """These faces less those whose pixels also stand in `other`."""
        taken = {image.tobytes() for image in other.images}
        return self._where(np.array([image.tobytes() not in taken for image in self.images]))

    def counts(self) -> dict[str, int]:
        """Faces a class, by name."""
        return {name: int((self.labels == index).sum()) for index, name in enumerate(emotions.NAMES)}

    def fingerprint(self) -> str:
        """SHA-256 over the pixels and labels, in order: the same faces give the same value whatever their form."""
        digest = hashlib.sha256(self.images.tobytes())
        digest.update(self.labels.astype(np.uint8).tobytes())
        return digest.hexdigest()

    def _where(self, chosen: np.ndarray) -> FaceSet:
        return FaceSet(self.images[chosen], self.labels[chosen], self.usages[chosen], self.skipped, self.sources)
