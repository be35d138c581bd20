"""What a person changed of a recording's faces: names, which are one and the same, which are none. Values, never
changed themselves: a step back is the value before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Edits:
    """By the ids of tracks. `merged`: the tracks of one face each, the one that goes before the others first."""

    names: Mapping[int, str] = field(default_factory=dict)
    merged: tuple[tuple[int, ...], ...] = ()
    removed: frozenset[int] = frozenset()

    def with_name(self, face: int, name: str) -> Edits:
        """An empty name takes away the one it has."""
        names = {track: old for track, old in self.names.items() if track not in self.tracks(face)}
        return replace(self, names=names | {face: name} if name else names)

    def with_merged(self, faces: Iterable[int]) -> Edits:
        """These faces are one; where two are in a picture, the one that comes first here is kept."""
        together = tuple(track for face in faces for track in self.tracks(face))
        others = tuple(group for group in self.merged if not set(group) & set(together))
        return replace(self, merged=(*others, together))

    def without(self, faces: Iterable[int]) -> Edits:
        gone = frozenset(track for face in faces for track in self.tracks(face))
        return replace(self, removed=self.removed | gone)

    def tracks(self, face: int) -> tuple[int, ...]:
        """What the face of that id is put together from."""
        return next((group for group in self.merged if group[0] == face), (face,))

    def grouped(self, tracks: Iterable[int]) -> list[tuple[int, ...]]:
        """The tracks of each face that is left, in the order in which the faces were first seen."""
        groups: list[tuple[int, ...]] = []
        done: set[int] = set(self.removed)
        for track in tracks:
            if track not in done:
                group = next((one for one in self.merged if track in one), (track,))
                groups.append(group)
                done.update(group)
        return groups

    def name(self, tracks: Iterable[int]) -> str:
        """Of a face: the first name that one of its tracks has; empty where nobody named it."""
        return next((self.names[track] for track in tracks if track in self.names), "")
