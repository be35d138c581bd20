"""Measures of the real window, run in child processes: start-up, live at 60 fps, and what it costs when little goes
on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from fer_desktop.bench import child
from fer_desktop.bench.figures import LESS, MORE, Figure
from fer_desktop.bench.plan import FACES, IDLE_FPS, IDLE_SIZE, MIDDLE, Plan, in_words, scene_key, scene_name
from fer_desktop.bench.scenes import Size

_START_S: Final = 4.0
_LONGEST_START_S: Final = 30.0
_TIMES_AS_LONG: Final = 3.0
"""A start-up is watched for at least so many times as long as the slowest one before took to its first label."""
_TIMELINE: Final = {"show_timeline": True}
_FOUND: Final = 0.9
"""So much of the faces that were drawn must be found, or a figure is not of what it says."""

_STARTS: Final = (
    ("time_to_window", "start to window"),
    ("time_to_first_frame", "start to first frame"),
    ("time_to_first_label", "start to first label"),
)
# (key, what, unit, better, group of the statistics and name in it)
_LIVE: Final = (
    ("displayed_fps", "shown", "fps", MORE, ("fps", "display")),
    ("analysed_fps", "analysed", "fps", MORE, ("fps", "analysis")),
    ("latency_p50", "latency, median", "ms", LESS, ("latency_ms", "p50")),
    ("latency_p95", "latency, p95", "ms", LESS, ("latency_ms", "p95")),
    ("gui_gap_p99", "window's gaps, p99", "ms", LESS, ("gui_gap_ms", "p99")),
    ("cpu", "share of one core", "%", LESS, ("cpu_share",)),
    ("memory", "memory, most", "MB", LESS, ("rss_mb", "peak")),
)


def start_up(plan: Plan) -> Iterable[Figure]:
    """From the start of the process, with the demo."""
    runs, length_s = [], _START_S
    for number in range(1 - plan.amount.cold_starts, plan.amount.starts + 1):
        plan.tell(f"start-up, {number} of {plan.amount.starts}" if number > 0 else "start-up, once before")
        stats = child.measured("demo", length_s, plan.folder)
        if number > 0:
            runs.append(stats)
            if stats["time_to_first_label"] is None:
                # Not measured again: the slowest runs would be replaced, each by a warmer one.
                plan.warnings.append(f"start-up {number}: no face was read within {length_s:g} s, and it is left out")
        length_s = max(length_s, _long_enough(stats["time_to_first_label"]))
    for name, what in _STARTS:
        yield from _figure(f"startup.{name}", what, "s", LESS, [run[name] for run in runs])
    yield from _figure("startup.memory", "memory, most", "MB", LESS, [run["rss_mb"]["peak"] for run in runs])


def live(plan: Plan) -> Iterable[Figure]:
    """The window plays a video at 60 fps, as a camera would."""
    # The third says whether the timeline is open.
    scenes = [(size, faces, False) for size in plan.amount.sizes for faces in FACES]
    scenes += [(MIDDLE, max(FACES), True)] if plan.amount.variants else []
    runs: dict[tuple[Size, int, bool], list[Mapping[str, Any]]] = defaultdict(list)
    # All scenes, and then all again: what changes slowly on this computer is then within the spread.
    for number in range(plan.amount.live_runs):
        for size, faces, timeline in scenes:
            video = str(plan.video(size, faces))
            plan.tell(f"live, {_named(size, faces, timeline)}, {number + 1} of {plan.amount.live_runs}")
            settings = _TIMELINE if timeline else None
            stats = child.measured(video, plan.amount.live_s, plan.folder, settings=settings)
            runs[size, faces, timeline].append(_seen(plan, stats, size, faces))
    for size, faces, timeline in scenes:
        key = f"live.{scene_key(size, faces)}" + (".timeline" if timeline else "")
        yield from _of_runs(key, _named(size, faces, timeline), runs[size, faces, timeline])
    if plan.amount.variants and child.has_affinity():
        video = str(plan.video(MIDDLE, 1))
        plan.tell(f"live, {scene_name(MIDDLE, 1)}, on one core")
        run = _seen(plan, child.measured(video, plan.amount.live_s, plan.folder, one_core=True), MIDDLE, 1)
        yield from _of_runs(f"live.{scene_key(MIDDLE, 1)}.one_core", f"{scene_name(MIDDLE, 1)}, on one core", [run])


def idle(plan: Plan) -> Iterable[Figure]:
    """What a small picture of one person costs, as in a video call that runs beside other work."""
    video = str(plan.video(IDLE_SIZE, 1, IDLE_FPS))
    runs = []
    for number in range(plan.amount.idle_runs):
        plan.tell(f"idle cost, {number + 1} of {plan.amount.idle_runs}")
        runs.append(_seen(plan, child.measured(video, plan.amount.live_s, plan.folder), IDLE_SIZE, 1))
    where = f"{IDLE_SIZE[0]}×{IDLE_SIZE[1]} at {IDLE_FPS} fps, 1 face"
    shares = [_percent(run["cpu_share"]) for run in runs]
    yield from _figure("idle.cpu", f"{where}: share of one core", "%", LESS, shares)
    yield from _figure("idle.memory", f"{where}: memory, most", "MB", LESS, [run["rss_mb"]["peak"] for run in runs])


def _long_enough(first_label_s: float | None) -> float:
    """How long to watch a start-up, where one has taken so long."""
    return _LONGEST_START_S if first_label_s is None else min(_TIMES_AS_LONG * first_label_s, _LONGEST_START_S)


def _named(size: Size, faces: int, timeline: bool) -> str:
    return scene_name(size, faces) + (", timeline open" if timeline else "")


def _of_runs(key: str, what: str, runs: list[Mapping[str, Any]]) -> Iterable[Figure]:
    for name, words, unit, better, place in _LIVE:
        values = [run[place[0]] if len(place) == 1 else run[place[0]][place[1]] for run in runs]
        if unit == "%":
            values = [_percent(value) for value in values]
        yield from _figure(f"{key}.{name}", f"{what}: {words}", unit, better, values)


def _figure(key: str, what: str, unit: str, better: Any, values: Iterable[float | None]) -> Iterable[Figure]:
    """None where nothing was measured."""
    known = tuple(float(value) for value in values if value is not None)
    if known:
        yield Figure(key, what, unit, better, known)


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _seen(plan: Plan, stats: dict[str, Any], size: Size, faces: int) -> dict[str, Any]:
    """The statistics, and a warning where the window did not see what was drawn."""
    mean = stats["faces_mean"] or 0.0
    if not _FOUND * faces <= mean <= (2 - _FOUND) * faces:
        plan.warnings.append(f"{size[0]}×{size[1]}: {mean:.1f} faces were seen where {in_words(faces)} stood")
    elif stats["cpu_share"] is None:
        plan.warnings.append(f"{scene_name(size, faces)}: the first face was read too late to tell the share of a core")
    return stats
