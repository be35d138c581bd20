"""What happened while faces were read: another model or source, a marker that was set, an own neutral."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MODEL: Final = "model"
SOURCE: Final = "source"
MARKER: Final = "marker"
NEUTRAL: Final = "neutral"
MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened at a time. `kind` MODEL or SOURCE: `text` is the id or name of the one used from then on;
    MARKER: what it says; NEUTRAL: the face `track` is read against its own resting face from then on, or (empty text)
    as others' again."""

    time_s: float
    kind: str
    text: str
    track: int = -1


class Marks:
    """Filled in the order of time; the oldest may be forgotten, and what was in use after them is still known.
    `added` rises with each."""

    def __init__(self) -> None:
        self.added = 0
        self._marks: list[Mark] = []
        self._newest: dict[str, str] = {}
        self._first: dict[str, str] = {}
        """In use before the first mark that is kept."""

    def use(self, time_s: float, kind: str, text: str) -> bool:
        """A model or source reads. Whether it is another than before: then that is marked."""
        before = self._newest.get(kind)
        self._newest[kind] = text
        if before is None:
            self._first[kind] = text
        elif before != text:
            self.add(Mark(time_s, kind, text))
            return True
        return False

    def add(self, mark: Mark) -> None:
        self.added += 1
        self._marks.append(mark)
        self._forget(len(self._marks) - MOST)

    def between(self, from_s: float, to_s: float) -> list[Mark]:
        """What happened between two times, in order."""
        return [mark for mark in self._marks if from_s <= mark.time_s <= to_s]

    def numbered(self, from_s: float, to_s: float) -> list[tuple[int, Mark]]:
        """The same, each with its number of all that has happened."""
        first = self.added - len(self._marks)
        return [(first + at, mark) for at, mark in enumerate(self._marks) if from_s <= mark.time_s <= to_s]

    def in_use(self, kind: str, times_s: Sequence[float]) -> list[str]:
        """The model's id or the source's name (kind MODEL or SOURCE) at each of these times; empty while nothing was
        read."""
        marks = [mark for mark in self._marks if mark.kind == kind]
        names, since_s = [self._first.get(kind, ""), *(mark.text for mark in marks)], [mark.time_s for mark in marks]
        return [names[bisect.bisect_right(since_s, at_s)] for at_s in times_s]

    def forget_older_than(self, oldest_s: float) -> None:
        self._forget(sum(mark.time_s < oldest_s for mark in self._marks))

    def begin_with(self, earlier: Marks, since_s: float) -> None:
        """What happened before what is here, which began at `since_s`."""
        for kind, text in self._first.items():
            if earlier._newest.get(kind, text) != text:
                earlier.add(Mark(since_s, kind, text))
        self.added += earlier.added
        self._marks = earlier._marks + self._marks
        self._first, self._newest = self._first | earlier._first, earlier._newest | self._newest
        self._forget(len(self._marks) - MOST)

    def copy(self) -> Marks:
        other = Marks()
        other.added = self.added
        other._marks, other._newest, other._first = list(self._marks), dict(self._newest), dict(self._first)
        return other

    def _forget(self, count: int) -> None:
        for mark in self._marks[: max(count, 0)]:
            if mark.kind in self._first:
                self._first[mark.kind] = mark.text
        del self._marks[: max(count, 0)]
