"""Gathers faces row by row; what is wrong with a row is told, and too much that is wrong stops the load."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from fer_desktop.core.errors import InputError
from fer_desktop.core.types import CROP_SIDE, UInt8Array
from fer_desktop.training.datasets.face_set import FaceSet, Skipped, place

MAX_DAMAGED_SHARE = 0.05
ENOUGH_DAMAGED = 1000
"""After so many damaged rows, and more of them than good ones, a file is not read to its end."""


class Rows:
    """`name` and `remedy` are for the InputErrors raised."""

    def __init__(self, name: str, remedy: str) -> None:
        self._name, self._remedy = name, remedy
        self._images: list[UInt8Array] = []
        self._labels: list[int] = []
        self._usages: list[str] = []
        self._skipped: list[Skipped] = []
        self._damaged: list[Skipped] = []

    def add(self, image: UInt8Array, label: int, usage: str) -> None:
        """uint8[48, 48] or the same 2,304 pixels in a row."""
        self._images.append(image)
        self._labels.append(label)
        self._usages.append(usage)

    def skip(self, where: int | str, reason: str) -> None:
        """Whole, but of no use here."""
        self._skipped.append((where, reason))

    def damaged(self, where: int | str, reason: str) -> None:
        """Raises InputError where there is hardly anything else."""
        self.skip(where, reason)
        self._damaged.append((where, reason))
        if len(self._damaged) >= ENOUGH_DAMAGED and len(self._damaged) > len(self._labels):
            raise self._too_damaged()

    def face_set(self, sources: Mapping[str, str]) -> FaceSet:
        """Raises InputError where no row was usable, or more than one in twenty was damaged."""
        if not self._labels:
            first = f"; {place(self._skipped[0][0])}: {self._skipped[0][1]}" if self._skipped else ""
            raise InputError(f"{self._name} holds no usable face{first}", self._remedy)
        if len(self._damaged) > MAX_DAMAGED_SHARE * (len(self._labels) + len(self._damaged)):
            raise self._too_damaged()
        images = np.stack(self._images).reshape(-1, CROP_SIDE, CROP_SIDE)
        labels, usages = np.array(self._labels, np.int64), np.array(self._usages)
        return FaceSet(images, labels, usages, tuple(self._skipped), dict(sources))

    def _too_damaged(self) -> InputError:
        where, reason = self._damaged[0]
        count = len(self._damaged)
        what = f"{self._name}: {count} of {count + len(self._labels)} read are damaged, the first at {place(where)}"
        return InputError(f"{what}: {reason}", self._remedy)
