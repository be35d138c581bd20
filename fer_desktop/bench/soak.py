"""A process watched for a long while: does it keep memory, threads or handles that it does not need any more?"""

from __future__ import annotations

import contextlib
import json
import math
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import psutil

from fer_desktop.bench import child
from fer_desktop.core.errors import InputError

SETTLED_S: Final = 60.0
"""What is made once, and kept, comes within the first minute and is no leak; in a short run within a third of it."""
LEAST_S: Final = 120.0
"""In less, what is made once and what is lost again and again cannot be told apart: no leak found is no proof."""
REFERENCE_S: Final = 60.0
"""What follows for so long is what the end is held against; in a short run a sixth of it."""
END_SHARE: Final = 0.2
"""The last part of a run is its end."""
MOST_GROWTH_MB: Final = 10.0
"""More is a leak, however it came."""
MOST_IN_S: Final = 29 * 60.0
"""What climbs steadily is a leak where it would be as much in so long, half an hour without its first minute …"""
NOISE_MB: Final = 3.0
"""… and by more than memory that leaks nothing goes up and down once it has settled."""
_BLOCKS: Final = 8
"""Of the trend's spread: memory goes up and down for seconds together, with what else the computer does."""
_SURELY: Final = 3.0
"""Standard errors that the trend is taken to be less than it seems."""
_PARTS: Final = 3
"""The time after it has settled, and the last part of it, is held against itself in so many parts: what is made once
comes in one of them."""
_LEAST_RISE: Final = 0.25
"""Of the mean rise: each part must be so much above the one before, or it is no steady climb."""
_EVERY_S: Final = 1.0
_LOOKS: Final = 60
"""At least, in a short run too."""
_SLOPE_LOOKS: Final = 300
"""Of more, every so many are taken: each is held against each other one."""


@dataclass(frozen=True, slots=True)
class Look:
    """at_s: seconds since the process was started."""

    at_s: float
    rss_mb: float
    threads: int
    handles: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """settled_mb, end_mb, threads, handles: medians just after it has settled and at the end. most_growth_mb: more is a
    leak where memory climbs steadily. climbing: which of "memory", "threads", "handles" do; what is made once, or comes
    and goes, does not. slope, least_slope: the trend, and what it surely is at least. long_enough: that none was found
    says that there is none."""

    seconds: float
    looks: int
    settled_mb: float
    end_mb: float
    peak_mb: float
    slope_mb_a_minute: float
    least_slope_mb_a_minute: float
    most_growth_mb: float
    threads: tuple[int, int]
    handles: tuple[int, int]
    climbing: frozenset[str]
    long_enough: bool

    @property
    def growth_mb(self) -> float:
        return self.end_mb - self.settled_mb

    @property
    def leaks(self) -> list[str]:
        """What grew and should not have, for people."""
        said = []
        surely = "memory" in self.climbing and self.least_slope_mb_a_minute * MOST_IN_S / 60 > MOST_GROWTH_MB
        most_mb = self.most_growth_mb if surely else MOST_GROWTH_MB
        if self.growth_mb > most_mb:
            said.append(f"memory grew by {self.growth_mb:.1f} MB")
        for key, name, (before, after) in (
            ("threads", "threads", self.threads),
            ("handles", "open handles", self.handles),
        ):
            if key in self.climbing and after > before:
                said.append(f"{name} grew from {before} to {after}")
        return said

    def to_json(self) -> dict[str, object]:
        return {
            "seconds": round(self.seconds, 1),
            "looks": self.looks,
            "rss_mb": {
                "settled": round(self.settled_mb, 1),
                "end": round(self.end_mb, 1),
                "peak": round(self.peak_mb, 1),
                "growth": round(self.growth_mb, 1),
                "most_growth": round(self.most_growth_mb, 1),
                "slope_a_minute": round(self.slope_mb_a_minute, 3),
                "least_slope_a_minute": round(self.least_slope_mb_a_minute, 3),
            },
            "threads": {"start": self.threads[0], "end": self.threads[1]},
            "handles": {"start": self.handles[0], "end": self.handles[1]},
            "climbing": sorted(self.climbing),
            "leaks": self.leaks,
            "long_enough": self.long_enough,
        }


def soak(seconds: float, tell: Callable[[str], None]) -> tuple[Verdict, dict[str, Any]]:
    """The window plays a drawn video of 640×480 at 60 fps, one face, again and again; its statistics too.

    A small one: pictures on their way, more of them while the computer is busy, would hide what is lost beside them.
    The time counts from the first label on: how long loading takes says nothing of leaks. Raises InputError, and
    child.DefectError where the window crashes.
    """
    from fer_desktop.bench import scenes

    with tempfile.TemporaryDirectory(prefix="fer-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        tell("drawing a video")
        video = scenes.write_video(folder / "soak.mp4", (640, 480), 1, 60)
        stats = folder / "stats.json"
        looks = watch(child.live(str(video), seconds, stats), seconds, folder, tell)
        live: dict[str, Any] = json.loads(stats.read_text(encoding="utf-8"))
        if live["time_to_first_label"] is None:
            raise InputError("no face was read in all that time", "See fer-desktop doctor")
        return judged(looks, seconds, live["time_to_first_label"]), live


def watch(command: Sequence[str], seconds: float, folder: Path, tell: Callable[[str], None]) -> list[Look]:
    """Run `command`, which ends by itself after about `seconds`, and look at it until then. Raises InputError,
    child.DefectError."""
    looks: list[Look] = []
    every_s = min(_EVERY_S, seconds / _LOOKS)
    began_s = told_at_s = time.monotonic()
    with child.started(command, folder) as watched:
        process = psutil.Process(watched.process.pid)
        while not watched.ended_within(every_s):
            at_s = time.monotonic() - began_s
            if at_s > seconds + child.LONGER_S:
                raise child.DefectError("the process that was watched did not end. See fer-desktop doctor")
            # While it ends, memory and threads go: that says nothing.
            if at_s < seconds:
                with contextlib.suppress(psutil.Error):  # it has just ended
                    looks.append(Look(at_s, *child.held(process)))
            if looks and time.monotonic() - told_at_s >= 1:
                told_at_s = time.monotonic()
                tell(_progress(looks[-1], seconds))
        watched.check()
    return looks


def judged(looks: Sequence[Look], seconds: float, since_s: float = 0.0) -> Verdict:
    """Of a run that counts from `since_s` on and ended after `seconds`. Raises InputError where there are too few looks
    to tell."""
    lasted_s = seconds - since_s
    settled_s = since_s + min(SETTLED_S, lasted_s / 3)
    reference_s = min(REFERENCE_S, lasted_s / 6)
    reference = [look for look in looks if settled_s <= look.at_s <= settled_s + reference_s]
    end = [look for look in looks if look.at_s >= seconds - END_SHARE * lasted_s]
    if not reference or not end:
        raise InputError("the process that was watched ended too early to tell", "Watch it for longer")
    settled = [look for look in looks if look.at_s >= settled_s]
    span, last_part = (settled_s, seconds), (seconds - (seconds - settled_s) / _PARTS, seconds)
    span_s = seconds - END_SHARE * lasted_s / 2 - (settled_s + reference_s / 2)
    # The less time it had to settle, the more of what is made once may still come.
    noise_mb = NOISE_MB * SETTLED_S / (settled_s - since_s)
    return Verdict(
        seconds=looks[-1].at_s,
        looks=len(looks),
        settled_mb=statistics.median(look.rss_mb for look in reference),
        end_mb=statistics.median(look.rss_mb for look in end),
        peak_mb=max(look.rss_mb for look in looks),
        slope_mb_a_minute=60 * _slope(settled),
        least_slope_mb_a_minute=60 * _least_slope(settled, span),
        most_growth_mb=min(max(MOST_GROWTH_MB * span_s / MOST_IN_S, noise_mb), MOST_GROWTH_MB),
        threads=(_median(look.threads for look in reference), _median(look.threads for look in end)),
        handles=(_median(look.handles for look in reference), _median(look.handles for look in end)),
        climbing=frozenset(
            name
            for name, value in (
                ("memory", lambda look: look.rss_mb),
                ("threads", lambda look: look.threads),
                ("handles", lambda look: look.handles),
            )
            if _climbs(settled, value, span) or _climbs(settled, value, last_part)
        ),
        long_enough=seconds >= LEAST_S,
    )


def report(verdict: Verdict) -> str:
    """For people, without a newline at the end."""
    return "\n".join(
        [
            f"watched for {verdict.seconds / 60:.1f} minutes, {verdict.looks} looks",
            f"memory        {verdict.settled_mb:.1f} MB when settled, {verdict.end_mb:.1f} MB at the end: "
            f"{verdict.growth_mb:+.1f} MB (at most {verdict.peak_mb:.1f} MB)",
            f"trend         {verdict.slope_mb_a_minute:+.2f} MB a minute, at least "
            f"{verdict.least_slope_mb_a_minute:+.2f}",
            f"threads       {verdict.threads[0]} when settled, {verdict.threads[1]} at the end",
            f"open handles  {verdict.handles[0]} when settled, {verdict.handles[1]} at the end",
            _found(verdict),
        ]
    )


def _found(verdict: Verdict) -> str:
    if verdict.leaks:
        return f"leaks: {', '.join(verdict.leaks)}"
    return "no leak" if verdict.long_enough else f"too short to tell: watch it for {LEAST_S / 60:.0f} minutes or more"


def _median(counts: Iterable[int]) -> int:
    return statistics.median_low(counts)


def _medians(
    looks: Sequence[Look], value: Callable[[Look], float], span: tuple[float, float], count: int
) -> list[float]:
    """Of each of `count` equal parts of the time from span[0] to span[1]; empty where there was no look in one."""
    part_s = (span[1] - span[0]) / count
    parts: list[list[float]] = [[] for _ in range(count)]
    for look in looks:
        if span[0] <= look.at_s <= span[1]:
            parts[min(int((look.at_s - span[0]) / part_s), count - 1)].append(value(look))
    return [statistics.median(part) for part in parts] if all(parts) else []


def _climbs(looks: Sequence[Look], value: Callable[[Look], float], span: tuple[float, float]) -> bool:
    """Whether the median rises from each part of the time to the next, and in none by next to nothing."""
    medians = _medians(looks, value, span, _PARTS)
    if not medians:
        return False
    mean_rise = (medians[-1] - medians[0]) / (_PARTS - 1)
    return mean_rise > 0 and all(after - before >= _LEAST_RISE * mean_rise for before, after in pairwise(medians))


def _least_slope(looks: Sequence[Look], span: tuple[float, float]) -> float:
    """MB a second: what memory surely rises by at least, judged by how far its medians lie from a straight line."""
    medians = _medians(looks, lambda look: look.rss_mb, span, _BLOCKS)
    if not medians:
        return 0.0
    at_s = [(number + 0.5) * (span[1] - span[0]) / _BLOCKS for number in range(_BLOCKS)]
    slope, start = statistics.linear_regression(at_s, medians)
    squares = sum((mb - start - slope * at) ** 2 for at, mb in zip(at_s, medians, strict=True))
    error = math.sqrt(squares / (_BLOCKS - 2)) / (math.sqrt(_BLOCKS) * statistics.pstdev(at_s))
    return slope - _SURELY * error


def _slope(looks: Sequence[Look]) -> float:
    """MB a second: the median slope between any two looks (Theil 1950, Sen 1968), which no single jump moves."""
    some = looks[:: len(looks) // _SLOPE_LOOKS + 1]
    slopes = [
        (later.rss_mb - look.rss_mb) / (later.at_s - look.at_s)
        for at, look in enumerate(some)
        for later in some[at + 1 :]
        if later.at_s > look.at_s
    ]
    return statistics.median(slopes) if slopes else 0.0


def _progress(look: Look, seconds: float) -> str:
    left_s = max(seconds - look.at_s, 0.0)
    return f"{left_s / 60:.1f} minutes left: {look.rss_mb:.0f} MB, {look.threads} threads, {look.handles} open handles"
