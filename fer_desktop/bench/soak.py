"""A process watched for a long while: does it keep memory, threads or handles that it does not need any more?"""

from __future__ import annotations

import contextlib
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil

from fer_desktop.bench import child
from fer_desktop.core.errors import InputError
from fer_desktop.live import memory

SETTLED_S: Final = 60.0
"""What is made once, and kept, comes within the first minute and is no leak; in a short run within a third of it."""
REFERENCE_S: Final = 60.0
"""What follows for so long is what the end is held against; in a short run a sixth of it."""
END_SHARE: Final = 0.2
"""The last part of a run is its end."""
MOST_GROWTH_MB: Final = 10.0
_EVERY_S: Final = 2.0
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
    """settled_mb, end_mb: medians of memory just after it has settled and at the end. Of threads and handles the most
    after the run has settled and the least at its end: what comes and goes is no leak."""

    seconds: float
    looks: int
    settled_mb: float
    end_mb: float
    peak_mb: float
    slope_mb_a_minute: float
    threads: tuple[int, int]
    handles: tuple[int, int]

    @property
    def growth_mb(self) -> float:
        return self.end_mb - self.settled_mb

    @property
    def leaks(self) -> list[str]:
        """What grew and should not have, for people."""
        said = []
        if self.growth_mb > MOST_GROWTH_MB:
            said.append(f"memory grew by {self.growth_mb:.1f} MB")
        for name, (before, after) in (("threads", self.threads), ("open handles", self.handles)):
            if after > before:
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
                "slope_a_minute": round(self.slope_mb_a_minute, 3),
            },
            "threads": {"start": self.threads[0], "end": self.threads[1]},
            "handles": {"start": self.handles[0], "end": self.handles[1]},
            "leaks": self.leaks,
        }


def soak(seconds: float, tell: Callable[[str], None]) -> tuple[Verdict, dict[str, Any]]:
    """The window plays a drawn video of 1280×720 at 60 fps, one face, again and again; its statistics too.

    The time counts from the first label on: how long loading takes says nothing of leaks. Raises InputError.
    """
    from fer_desktop.bench import scenes

    with tempfile.TemporaryDirectory(prefix="fer-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        tell("drawing a video")
        video = scenes.write_video(folder / "soak.mp4", (1280, 720), 1, 60)
        stats = folder / "stats.json"
        looks = watch(child.live(str(video), seconds, stats), seconds, folder, tell)
        live: dict[str, Any] = json.loads(stats.read_text(encoding="utf-8"))
        if live["time_to_first_label"] is None:
            raise InputError("no face was read in all that time", "See fer-desktop doctor")
        return judged(looks, seconds, live["time_to_first_label"]), live


def watch(command: Sequence[str], seconds: float, folder: Path, tell: Callable[[str], None]) -> list[Look]:
    """Run `command`, which ends by itself after about `seconds`, and look at it until then. Raises InputError."""
    looks: list[Look] = []
    every_s = min(_EVERY_S, seconds / _LOOKS)
    began_s = told_at_s = time.monotonic()
    with child.started(command, folder) as watched:
        process = psutil.Process(watched.process.pid)
        while not watched.ended_within(every_s):
            at_s = time.monotonic() - began_s
            if at_s > seconds + child.LONGER_S:
                raise InputError("the process that was watched did not end", "See fer-desktop doctor")
            # While it ends, memory and threads go: that says nothing.
            if at_s < seconds:
                with contextlib.suppress(psutil.Error):  # it has just ended
                    looks.append(_look(process, at_s))
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
    return Verdict(
        seconds=looks[-1].at_s,
        looks=len(looks),
        settled_mb=statistics.median(look.rss_mb for look in reference),
        end_mb=statistics.median(look.rss_mb for look in end),
        peak_mb=max(look.rss_mb for look in looks),
        slope_mb_a_minute=60 * _slope([look for look in looks if look.at_s >= settled_s]),
        threads=(max(look.threads for look in reference), min(look.threads for look in end)),
        handles=(max(look.handles for look in reference), min(look.handles for look in end)),
    )


def report(verdict: Verdict) -> str:
    """For people, without a newline at the end."""
    return "\n".join(
        [
            f"watched for {verdict.seconds / 60:.1f} minutes, {verdict.looks} looks",
            f"memory        {verdict.settled_mb:.1f} MB when settled, {verdict.end_mb:.1f} MB at the end: "
            f"{verdict.growth_mb:+.1f} MB (at most {verdict.peak_mb:.1f} MB)",
            f"trend         {verdict.slope_mb_a_minute:+.2f} MB a minute",
            f"threads       {verdict.threads[0]} when settled, {verdict.threads[1]} at the end",
            f"open handles  {verdict.handles[0]} when settled, {verdict.handles[1]} at the end",
            f"leaks: {', '.join(verdict.leaks)}" if verdict.leaks else "no leak",
        ]
    )


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


def _look(process: psutil.Process, at_s: float) -> Look:
    """Raises psutil.Error where it has ended."""
    with process.oneshot():
        rss_mb = process.memory_info().rss / 1e6
        return Look(at_s, rss_mb, memory.threads(process), memory.handles(process))


def _progress(look: Look, seconds: float) -> str:
    left_s = max(seconds - look.at_s, 0.0)
    return f"{left_s / 60:.1f} minutes left: {look.rss_mb:.0f} MB, {look.threads} threads, {look.handles} open handles"
