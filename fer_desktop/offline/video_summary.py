"""What a video's faces showed: shares of time, and when it changed; and a page of it for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from fer_desktop.core.types import Track
from fer_desktop.offline.files import Write
from fer_desktop.offline.names import count_of, shown
from fer_desktop.offline.video import Beginning, FrameResult

STEADY_S: Final = 0.5
"""A label that does not stand for so long is no change: between two emotions it often flickers."""
MOST_FACES: Final = 12
MOST_CHANGES: Final = 40
STEP_S: Final = 0.04
"""How long the only picture of a file stands."""


@dataclass(slots=True)
class Change:
    """From `at_s` on the face shows `after`; `before` is None for the first label, where nothing changed."""

    at_s: float
    track: int
    before: str | None
    after: str


@dataclass(slots=True)
class Span:
    """For that time, in seconds, the face showed `label`, or nothing that could be read for that `reason`."""

    from_s: float
    to_s: float
    label: str | None
    reason: str | None


@dataclass(slots=True)
class Seen:
    """One face. Times in seconds."""

    track: int
    first_s: float
    last_s: float = 0.0
    labels: dict[str, float] = field(default_factory=dict)
    """Seconds for each."""
    spans: list[Span] = field(default_factory=list)
    """In order; between them it was not in the picture."""
    reason: str | None = None
    """Why it had no label when it had none."""
    label: str | None = None
    coming: str | None = None
    since_s: float = 0.0

    def add(self, track: Track, from_s: float, to_s: float) -> Change | None:
        """The face as it was for that time. Gives a change once it is sure."""
        return self.stood(track.label, track.reason, from_s, to_s)

    def stood(self, label: str | None, reason: str | None, from_s: float, to_s: float) -> Change | None:
        """The same of any stretch of time in which nothing changed."""
        self.last_s = to_s
        last = self.spans[-1] if self.spans else None
        if last and last.to_s == from_s and (last.label, last.reason) == (label, reason):
            last.to_s = to_s
        else:
            self.spans.append(Span(from_s, to_s, label, reason))
        if label is None:
            self.reason = reason
            return None
        self.labels[label] = self.labels.get(label, 0.0) + to_s - from_s
        if label != self.coming:
            self.coming, self.since_s = label, from_s
        if self.coming == self.label or to_s - self.since_s < STEADY_S:
            return None
        change = Change(self.since_s, self.track, self.label, self.coming)
        self.label = self.coming
        return change

    @property
    def labelled_s(self) -> float:
        return sum(self.labels.values())

    def shares(self) -> list[tuple[str, float, float]]:
        """(emotion, its share of the time with a label, seconds), the longest first; what is under half a percent is
        left out. Empty where it never had a label."""
        total_s = self.labelled_s
        longest = sorted(self.labels.items(), key=lambda item: -item[1])
        return [(name, seconds / total_s, seconds) for name, seconds in longest if seconds / total_s >= 0.005]


class Story:
    """Gathers what a video's results tell, one by one. A picture stands until the next one comes."""

    def __init__(self) -> None:
        self.faces: dict[int, Seen] = {}
        self.until_s = 0.0
        self.count = 0
        self._changes: list[Change] = []
        self._waiting: FrameResult | None = None
        self._step_s = STEP_S

    def add(self, result: FrameResult) -> None:
        if self._waiting is not None:
            self._step_s = result.time_s - self._waiting.time_s
            self._stood(self._waiting, result.time_s)
        self._waiting = result
        self.count += 1

    def end(self) -> None:
        """The last picture stands as long as the one before it did."""
        if self._waiting is not None:
            self._stood(self._waiting, self._waiting.time_s + self._step_s)
            self._waiting = None

    @property
    def changes(self) -> list[Change]:
        return sorted(self._changes, key=lambda change: change.at_s)

    def longest(self, most: int = MOST_FACES) -> list[Seen]:
        """The faces that had a label for the longest time, in the order in which they came."""
        longest = sorted(self.faces.values(), key=lambda seen: -seen.labelled_s)[:most]
        return sorted(longest, key=lambda seen: seen.track)

    def _stood(self, result: FrameResult, until_s: float) -> None:
        for track in () if result.analysis is None else result.analysis.tracks:
            seen = self.faces.setdefault(track.id, Seen(track.id, result.time_s))
            change = seen.add(track, result.time_s, until_s)
            if change is not None:
                self._changes.append(change)
        self.until_s = until_s


class Summary:
    """Takes a video's results one by one and writes the page at the end."""

    def __init__(self, write: Write, path: str, beginning: Beginning, encoding: str = "utf-8") -> None:
        self._write, self._encoding = write, encoding
        self._name, self._size = shown(path), beginning.size
        self._story = Story()

    def add(self, result: FrameResult) -> None:
        self._story.add(result)

    def finish(self) -> None:
        self._story.end()
        text = "".join(line + "\n" for line in self._lines())
        self._write(text.encode(self._encoding, "replace"))

    def _lines(self) -> list[str]:
        story, (width, height) = self._story, self._size
        pictures = count_of(story.count, "picture", "pictures")
        lines = [f"{self._name}  {width} x {height}, {pictures}, {clock(story.until_s)}"]
        longest = story.longest()
        for seen in longest:
            lines += ["", f"face {seen.track}, {clock(seen.first_s)} to {clock(seen.last_s)}"]
            lines += _shares(seen)
        if not longest:
            return [*lines, "no face found"]
        if len(story.faces) > len(longest):
            more = count_of(len(story.faces) - len(longest), "more face", "more faces")
            lines += ["", f"and {more}, seen for a shorter time"]
        return lines + self._told_changes()

    def _told_changes(self) -> list[str]:
        changes = self._story.changes
        if all(change.before is None for change in changes):
            return []
        lines = ["", "changes"]
        for change in changes[:MOST_CHANGES]:
            what = change.after if change.before is None else f"{change.before} -> {change.after}"
            lines.append(f"{clock(change.at_s):>9}  face {change.track}  {what}")
        if len(changes) > MOST_CHANGES:
            lines.append(f"and {len(changes) - MOST_CHANGES} more: --csv FILE has every picture")
        return lines


def _shares(seen: Seen) -> list[str]:
    if not seen.labelled_s:
        return [f"  no label: {seen.reason}"]
    return [f"  {name:<8} {share * 100:>3.0f} %  {seconds:>7.1f} s" for name, share, seconds in seen.shares()]


def clock(seconds: float) -> str:
    """ "1:02:03.4", "2:03.4"."""
    tenths = round(max(seconds, 0.0) * 10)
    minutes, tenths = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    second = f"{tenths // 10:02d}.{tenths % 10}"
    return f"{hours}:{minutes:02d}:{second}" if hours else f"{minutes}:{second}"
