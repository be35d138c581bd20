"""What a video's faces showed, on a page for people: each face's share of time per emotion, and when it changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from fer_desktop.core.types import Track
from fer_desktop.offline.export import Write
from fer_desktop.offline.names import shown
from fer_desktop.offline.video import Beginning, FrameResult

STEADY_S: Final = 0.5
"""A label that does not stand for so long is no change: between two emotions it often flickers."""
MOST_FACES: Final = 12
MOST_CHANGES: Final = 40
STEP_S: Final = 0.04
"""How long the only picture of a file stands."""


@dataclass(slots=True)
class Change:
    """From `at_s` on the face shows `after`; `before` is None for the first label."""

    at_s: float
    track: int
    before: str | None
    after: str


@dataclass(slots=True)
class _Seen:
    """One face. Times in seconds."""

    track: int
    first_s: float
    last_s: float = 0.0
    labels: dict[str, float] = field(default_factory=dict)
    """Seconds for each."""
    reason: str | None = None
    """Why it had no label when it had none."""
    label: str | None = None
    coming: str | None = None
    since_s: float = 0.0

    def add(self, track: Track, from_s: float, to_s: float) -> Change | None:
        """The face as it was for that time. Gives a change once it is sure."""
        self.last_s = to_s
        if track.label is None:
            self.reason = track.reason
            return None
        self.labels[track.label] = self.labels.get(track.label, 0.0) + to_s - from_s
        if track.label != self.coming:
            self.coming, self.since_s = track.label, from_s
        if self.coming == self.label or to_s - self.since_s < STEADY_S:
            return None
        change = Change(self.since_s, self.track, self.label, self.coming)
        self.label = self.coming
        return change


class Summary:
    """Takes a video's results one by one and writes the page at the end."""

    def __init__(self, write: Write, path: str, beginning: Beginning, encoding: str = "utf-8") -> None:
        self._write, self._encoding = write, encoding
        self._name, self._size = shown(path), beginning.size
        self._faces: dict[int, _Seen] = {}
        self._changes: list[Change] = []
        self._waiting: FrameResult | None = None
        self._step_s = STEP_S
        self._until_s = 0.0
        self._count = 0

    def add(self, result: FrameResult) -> None:
        if self._waiting is not None:
            self._step_s = result.time_s - self._waiting.time_s
            self._stood(self._waiting, result.time_s)
        self._waiting = result
        self._count += 1

    def finish(self) -> None:
        if self._waiting is not None:
            self._stood(self._waiting, self._waiting.time_s + self._step_s)
            self._waiting = None
        text = "".join(line + "\n" for line in self._lines())
        self._write(text.encode(self._encoding, "replace"))

    def _stood(self, result: FrameResult, until_s: float) -> None:
        """A picture stands until the next one comes."""
        for track in () if result.analysis is None else result.analysis.tracks:
            seen = self._faces.setdefault(track.id, _Seen(track.id, result.time_s))
            change = seen.add(track, result.time_s, until_s)
            if change is not None:
                self._changes.append(change)
        self._until_s = until_s

    def _lines(self) -> list[str]:
        width, height = self._size
        lines = [f"{self._name}  {width} x {height}, {self._count} pictures, {clock(self._until_s)}"]
        longest = sorted(self._faces.values(), key=lambda seen: -sum(seen.labels.values()))[:MOST_FACES]
        for seen in sorted(longest, key=lambda seen: seen.track):
            lines += ["", f"face {seen.track}, {clock(seen.first_s)} to {clock(seen.last_s)}"]
            lines += _shares(seen)
        if not longest:
            return [*lines, "no face found"]
        if len(self._faces) > len(longest):
            lines += ["", f"and {len(self._faces) - len(longest)} more faces, each seen for a shorter time"]
        return lines + self._told_changes()

    def _told_changes(self) -> list[str]:
        if not self._changes:
            return []
        changes = sorted(self._changes, key=lambda change: change.at_s)
        lines = ["", "changes"]
        for change in changes[:MOST_CHANGES]:
            what = change.after if change.before is None else f"{change.before} -> {change.after}"
            lines.append(f"{clock(change.at_s):>9}  face {change.track}  {what}")
        if len(changes) > MOST_CHANGES:
            lines.append(f"and {len(changes) - MOST_CHANGES} more: --csv FILE has every picture")
        return lines


def _shares(seen: _Seen) -> list[str]:
    total_s = sum(seen.labels.values())
    if not total_s:
        return [f"  no label: {seen.reason}"]
    return [
        f"  {name:<8} {seconds / total_s * 100:>3.0f} %  {seconds:>7.1f} s"
        for name, seconds in sorted(seen.labels.items(), key=lambda item: -item[1])
        if seconds / total_s >= 0.005
    ]


def clock(seconds: float) -> str:
    """ "1:02:03.4", "2:03.4"."""
    tenths = round(max(seconds, 0.0) * 10)
    minutes, tenths = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    second = f"{tenths // 10:02d}.{tenths % 10}"
    return f"{hours}:{minutes:02d}:{second}" if hours else f"{minutes}:{second}"
