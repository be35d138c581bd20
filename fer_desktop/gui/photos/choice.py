"""Which photos a person wants to see, and in which order. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from fer_desktop.gui.photos.reading import NO_LABEL
from fer_desktop.gui.photos.records import PROBLEM, READ, Records

ALL: Final = "all"
NO_FACE: Final = "no face"
ONE_FACE: Final = "one face"
SEVERAL: Final = "several faces"
UNLABELLED: Final = "unlabelled"
"""A face has no label, for whatever reason."""
PROBLEMS: Final = "problems"
KINDS: Final = (ALL, ONE_FACE, SEVERAL, NO_FACE, UNLABELLED, PROBLEMS)
FOR: Final = "for "
"""Before a reason, as in "for too small": a kind too, of photos in which a face has no label for it."""

FOUND: Final = "found"
NAME: Final = "name"
EMOTION: Final = "emotion"
CONFIDENCE: Final = "confidence"
VALENCE: Final = "valence"
FACES: Final = "faces"
ORDERS: Final = (FOUND, NAME, EMOTION, CONFIDENCE, VALENCE, FACES)


@dataclass(frozen=True, slots=True)
class Wanted:
    """`emotion`: its index, for photos in which a face has that label; its confidence then counts for the order too.
    `at_least`: 0 to 1, how sure the label must be. `text`: a part of the name. `order`: one of ORDERS; the surest, the
    most pleasant, the most faces come first. `kind`: one of KINDS, or FOR and a reason."""

    kind: str = ALL
    emotion: int | None = None
    at_least: float = 0.0
    text: str = ""
    order: str = FOUND
    backwards: bool = False

    @property
    def everything(self) -> bool:
        """True where nothing is left out."""
        return self.kind == ALL and self.emotion is None and self.at_least <= 0 and not self.text.strip()


def select(records: Records, wanted: Wanted) -> NDArray[np.int64]:
    """The records to show, in order: those that were read, or could not be."""
    chosen = np.flatnonzero(_fits(records, wanted))
    return _ordered(records, wanted, chosen)


def ready(records: Records, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Those of them that the model of now has read, or that cannot be read."""
    return chosen[records.photos["fresh"][chosen]]


def _fits(records: Records, wanted: Wanted) -> NDArray[np.bool_]:
    photos = records.photos
    state, faces = photos["state"], photos["faces"]
    fits = (state == READ) | (state == PROBLEM)
    if wanted.kind == PROBLEMS:
        fits &= state == PROBLEM
    elif wanted.kind != ALL:
        fits &= state == READ
        fits &= _of_kind(records, wanted.kind, faces)
    if wanted.emotion is not None:
        best = photos["best"][:, wanted.emotion]
        fits &= (best > 0) & (best >= np.float32(wanted.at_least))
    elif wanted.at_least > 0:
        fits &= (photos["lead"] != NO_LABEL) & (photos["confidence"] >= np.float32(wanted.at_least))
    if text := wanted.text.strip().casefold():
        names = records.names
        fits &= np.fromiter((text in name for name in names), np.bool_, len(names))
    return fits


def _of_kind(records: Records, kind: str, faces: NDArray[np.uint16]) -> NDArray[np.bool_]:
    if kind == NO_FACE:
        return faces == 0
    if kind in (ONE_FACE, SEVERAL):
        return faces == 1 if kind == ONE_FACE else faces > 1
    why = records.photos["reasons"]
    if kind == UNLABELLED:
        return why != 0
    reason = kind.removeprefix(FOR)
    bit = 1 << records.reasons.index(reason) if reason in records.reasons else 0
    return (why & np.uint64(bit)) != 0


def _ordered(records: Records, wanted: Wanted, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    if wanted.order == FOUND:
        return chosen[::-1] if wanted.backwards else chosen
    if wanted.order == NAME:
        ordered = chosen[np.argsort(records.keys[chosen], kind="stable")]
        return ordered[::-1] if wanted.backwards else ordered
    photos = records.photos[chosen]
    if wanted.order == FACES:
        has, keys = photos["state"] == READ, [-photos["faces"].astype(np.int32)]
    elif wanted.order == VALENCE:
        has, keys = photos["faces"] > 0, [-photos["valence"]]
    elif wanted.emotion is not None:
        best = photos["best"][:, wanted.emotion]
        has, keys = best > 0, [-best]
    elif wanted.order == CONFIDENCE:
        has, keys = photos["lead"] != NO_LABEL, [-photos["confidence"]]
    else:
        has, keys = photos["lead"] != NO_LABEL, [-photos["confidence"], photos["lead"]]
    # What has nothing to sort by stays at the end, whichever way.
    those = np.flatnonzero(has)
    by = np.lexsort([key[those] for key in keys])
    if wanted.backwards:
        by = by[::-1]
    return np.concatenate([chosen[those[by]], chosen[~has]])
