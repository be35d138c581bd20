"""All photos of the page in columns: filtered and sorted in milliseconds, a few hundred bytes each. No Qt."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from fer_desktop.core import emotions
from fer_desktop.core.types import Analysis, Prediction, UInt8Array
from fer_desktop.gui.photos.reading import FACE, NO_LABEL, Reading, analysis_of
from fer_desktop.offline.image_result import ImageResult

WAITING: Final = 0
READ: Final = 1
PROBLEM: Final = 2
GONE: Final = 3
"""Taken out of the list by a person."""

KEY_BYTES: Final = 96
"""Longer names that agree so far stay in the order found."""
PHOTO: Final = np.dtype(
    [
        ("state", "u1"),
        ("fresh", "?"),  # read with the model that is used now
        ("lead", "u1"),  # label of the face that it is surest of
        ("faces", "u2"),
        ("model", "u2"),
        ("width", "u2"),
        ("height", "u2"),
        ("first", "i4"),  # row of its first face
        ("confidence", "f4"),  # of the lead
        ("valence", "f4"),  # mean of its faces
        ("best", "f4", (emotions.COUNT,)),  # largest confidence among the faces with each label
        ("reasons", "u8"),  # a bit for each reason for which a face has no label
    ]
)


class Counts(NamedTuple):
    """Photos: `done` with the model of now or found unreadable, all that are `there`, with a problem, and `shown` if
    all are wanted."""

    done: int
    there: int
    problems: int
    shown: int


_DIGITS: Final = re.compile(r"\d+", re.ASCII)


def name_key(name: str) -> bytes:
    """Sorts photo2 before photo10, large and small letters together: before each number stands its length."""
    text = _DIGITS.sub(_with_length, name.casefold())
    return text.encode("utf-8", "surrogateescape")[:KEY_BYTES]


def _with_length(match: re.Match[str]) -> str:
    digits = match.group().lstrip("0")
    return chr(ord("0") + min(len(digits), 9)) + digits


class Rows:
    """An array that grows at its end."""

    def __init__(self, dtype: DTypeLike) -> None:
        self._all: NDArray[Any] = np.zeros(256, dtype)
        self.count = 0

    @property
    def now(self) -> NDArray[Any]:
        """Those in use; a view, until the next `append`."""
        return self._all[: self.count]

    def append(self, rows: NDArray[Any]) -> int:
        """Returns where they begin."""
        first, self.count = self.count, self.count + len(rows)
        if self.count > len(self._all):
            grown = np.zeros(max(self.count, 2 * len(self._all)), self._all.dtype)
            grown[:first] = self._all[:first]
            self._all = grown
        self._all[first : self.count] = rows
        return first

    def copy(self) -> Rows:
        other = Rows(self._all.dtype)
        other.append(self.now)
        return other


class Records:
    """A photo is known by its record, the number by which it was found: 0, 1, …"""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.names: list[str] = []
        """In small letters, to look for text in."""
        self.errors: dict[int, str] = {}
        self._photos, self._faces, self._keys = Rows(PHOTO), Rows(FACE), Rows(f"S{KEY_BYTES}")
        self._records: dict[str, int] = {}
        self._models: list[str] = []
        self._reasons: list[str] = []

    def __len__(self) -> int:
        return len(self.paths)

    @property
    def photos(self) -> NDArray[np.void]:
        """dtype PHOTO, one a record."""
        return self._photos.now

    @property
    def faces(self) -> NDArray[np.void]:
        """dtype FACE; those of a photo are `first` and those after it."""
        return self._faces.now

    @property
    def keys(self) -> NDArray[Any]:
        """By which names are sorted."""
        return self._keys.now

    def find(self, path: str) -> int | None:
        return self._records.get(path)

    def add(self, paths: Sequence[str]) -> list[int]:
        """The records of those that are new; what is there already is passed over."""
        new: list[int] = []
        keys: list[bytes] = []
        for path in paths:
            if path in self._records:
                continue
            record = len(self.paths)
            self._records[path] = record
            self.paths.append(path)
            name = os.path.basename(path)  # noqa: PTH119 - a Path for each would take ten times as long
            self.names.append(name.casefold())
            keys.append(name_key(name))
            new.append(record)
        fresh = np.zeros(len(new), PHOTO)
        fresh["lead"], fresh["first"] = NO_LABEL, -1
        self._photos.append(fresh)
        self._keys.append(np.array(keys, self.keys.dtype))
        return new

    def put(self, record: int, reading: Reading) -> None:
        """What came of a photo; what was read before is replaced. A photo that is gone stays so."""
        photo = self.photos[record]
        if photo["state"] == GONE:
            return
        self.errors.pop(record, None)
        photo["fresh"] = True
        photo["width"], photo["height"] = reading.size
        faces = reading.faces.copy()
        if reading.error:
            self.errors[record] = reading.error
            faces = faces[:0]
        photo["state"] = PROBLEM if reading.error else READ
        photo["model"] = _number(self._models, reading.model_id)
        if len(faces) and reading.reasons:
            known = np.array([_number(self._reasons, reason) for reason in reading.reasons], np.uint8)
            faces["reason"] = known[faces["reason"]]
        if len(faces) <= photo["faces"] and photo["first"] >= 0:
            self.faces[photo["first"] : photo["first"] + len(faces)] = faces
        else:
            photo["first"] = self._faces.append(faces)
        photo["faces"] = len(faces)
        self._sum_up(photo, faces)

    def _sum_up(self, photo: np.void, faces: NDArray[np.void]) -> None:
        photo["best"], photo["reasons"] = 0, 0
        photo["lead"], photo["confidence"], photo["valence"] = NO_LABEL, 0, 0
        if not len(faces):
            return
        photo["valence"] = sum(emotions.valence(each) for each in faces["probabilities"]) / len(faces)
        labelled, without = faces[faces["label"] != NO_LABEL], faces[faces["label"] == NO_LABEL]
        photo["reasons"] = np.bitwise_or.reduce(np.left_shift(np.uint64(1), without["reason"].astype(np.uint64)))
        if len(labelled):
            sureness = labelled["probabilities"].max(axis=1)
            np.maximum.at(photo["best"], labelled["label"], sureness)
            surest = int(sureness.argmax())
            photo["lead"], photo["confidence"] = labelled["label"][surest], sureness[surest]

    def take_out(self, records: Iterable[int]) -> None:
        """The file stays where it is; opened again, it is a new record."""
        for record in records:
            self.photos[record]["state"] = GONE
            self.errors.pop(record, None)
            self._records.pop(self.paths[record], None)

    def outdate(self) -> None:
        """Another model reads from now on: what was read before is to be read again."""
        self.photos["fresh"][self.photos["state"] == READ] = False

    def unread(self) -> NDArray[np.int64]:
        """The records that wait to be read, or to be read again, in order."""
        photos = self.photos
        return np.flatnonzero((photos["state"] != GONE) & ~photos["fresh"])

    def counts(self) -> Counts:
        photos = self.photos
        state, there = photos["state"], photos["state"] != GONE
        problems = int((state == PROBLEM).sum())
        shown = int((state == READ).sum()) + problems
        return Counts(int((there & photos["fresh"]).sum()), int(there.sum()), problems, shown)

    def faces_of(self, record: int) -> NDArray[np.void]:
        photo = self.photos[record]
        return self.faces[max(photo["first"], 0) :][: photo["faces"]]

    def size_of(self, record: int) -> tuple[int, int]:
        """(width, height) in pixels; (0, 0) where it is not known."""
        photo = self.photos[record]
        return int(photo["width"]), int(photo["height"])

    def model_of(self, record: int) -> str:
        return self._models[self.photos[record]["model"]] if self._models else ""

    def main_model(self, records: NDArray[np.int64]) -> str | None:
        """The model that most of these were read with; None where none was read."""
        photos = self.photos[records]
        counts = np.bincount(photos["model"][photos["state"] == READ])
        return self._models[int(counts.argmax())] if len(counts) else None

    def analysis(
        self, record: int, crops: UInt8Array | None = None, predictions: tuple[Prediction, ...] = ()
    ) -> Analysis | None:
        """None where nothing was read from it."""
        if self.photos[record]["state"] != READ:
            return None
        faces, reasons = self.faces_of(record), tuple(self._reasons)
        return analysis_of(self.size_of(record), faces, reasons, self.model_of(record), crops, predictions)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why faces have no label, as far as that has come up: the bits of "reasons", from the lowest."""
        return tuple(self._reasons)

    def reason(self, face: np.void) -> str:
        """Why a face has no label."""
        return self._reasons[face["reason"]]

    def result(self, record: int) -> ImageResult:
        """As `classify` would have it, the crops left black."""
        width, height = self.size_of(record)
        error = self.errors.get(record)
        return ImageResult(self.paths[record], width or None, height or None, error, self.analysis(record))

    def frozen(self) -> Records:
        """As they are now, for another thread: what comes later changes nothing in it."""
        other = Records()
        other.paths, other.errors = self.paths[:], dict(self.errors)
        other._photos, other._faces = self._photos.copy(), self._faces.copy()
        other._models, other._reasons = self._models[:], self._reasons[:]
        return other


def _number(known: list[str], text: str) -> int:
    if text not in known:
        known.append(text)
    return known.index(text)
