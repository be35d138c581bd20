"""Each part measures the real program: little, and what it gives is whole."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fer_desktop import app
from fer_desktop.bench import PARTS, child, run, windows
from fer_desktop.bench.figures import LESS, MORE, Figure
from fer_desktop.bench.plan import QUICK, WHOLE, Amount, Plan, in_words

SMALL = (640, 480)
TINY = Amount(
    (SMALL,),
    video_s=0.4,
    starts=1,
    cold_starts=0,
    calls=6,
    block_s=0.02,
    live_runs=1,
    live_s=5.0,
    idle_runs=1,
    photos=4,
)

pytestmark = [pytest.mark.usefixtures("needs_detector_models"), pytest.mark.timeout(240)]


def by_key(result: run.Result) -> dict[str, Figure]:
    figures = {figure.key: figure for figure in result.figures}
    assert len(figures) == len(result.figures), "a key stands for one figure"
    assert all(value > 0 for figure in result.figures for value in figure.values)
    return figures


def test_stages_pipelines_and_photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    told: list[str] = []
    result = run.measure(told.append, ["stages", "pipeline", "batch"], amount=TINY)
    figures = by_key(result)
    stages = {"detect", "crop", "classify.1", f"classify.{app.MAX_THREADS}", "track", "overlay", "paint"}
    rates = {"640x480", "1280x720"} if child.has_affinity() else {"640x480"}
    expected = {f"stages.{stage}.{faces}" for stage in stages for faces in (1, 4)} | {"stages.decode.640x480"}
    expected |= {f"pipeline.640x480.{faces}" for faces in (1, 4)}
    expected |= {f"pipeline.1280x720.{faces}.one_thread" for faces in (1, 4)}
    if "1280x720" in rates:
        expected |= {f"pipeline.1280x720.{faces}.one_core" for faces in (1, 4)}
    expected |= {"batch.all"} if (os.cpu_count() or 1) == 1 else {"batch.1", "batch.all"}
    assert set(figures) == expected
    assert figures["pipeline.640x480.1"].better == MORE and figures["stages.detect.4"].better == LESS
    assert all(len(figure.values) == 5 for key, figure in figures.items() if key.startswith(("stages", "pipeline")))
    assert any("pipeline" in text for text in told)
    assert list(tmp_path.iterdir()) == [], "nothing is left behind"


@pytest.mark.skipif(not child.has_affinity(), reason="there is one core, or this system keeps no process to one")
def test_one_core_is_given_back() -> None:
    import psutil

    from fer_desktop.bench import pipelines

    before = psutil.Process().cpu_affinity()
    with pytest.raises(KeyboardInterrupt), pipelines._one_core():
        assert len(psutil.Process().cpu_affinity() or ()) == 1
        raise KeyboardInterrupt
    assert psutil.Process().cpu_affinity() == before


MEASURED = child.measured


def real_window(source: str, folder: Path) -> dict[str, Any]:
    """What it says of a run of a few seconds: of more on a computer that has much else to do."""
    for seconds in (5.0, 15.0, 40.0):
        stats = MEASURED(source, seconds, folder)
        label_s = stats["time_to_first_label"]
        if label_s is not None and label_s < seconds - 2.5:  # what comes after it was measured too
            break
    return stats


def test_start_up_and_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """One window is run, with four faces; what it says stands for the others."""
    said: dict[str, Any] = {}
    asked: list[tuple[str, float]] = []

    def measured(source: str, seconds: float, folder: Path, **options: Any) -> dict[str, Any]:
        asked.append((Path(source).name, seconds))
        if not said:
            said.update(real_window(source, folder))
        return said if "1 face" not in source else {**said, "faces_mean": said["faces_mean"] / 4}

    monkeypatch.setattr(windows, "FACES", (4,))
    monkeypatch.setattr(child, "measured", measured)
    amount = replace(TINY, variants=False)
    results = [run.measure(lambda text: None, parts, amount=amount) for parts in (["live"], ["startup", "idle"])]
    figures = {key: figure for result in results for key, figure in by_key(result).items()}
    assert asked == [("640x480, 4 faces, 60 fps.mp4", 5.0), ("demo", 4.0), ("640x480, 1 face, 30 fps.mp4", 5.0)]
    assert set(figures) == {
        "startup.time_to_window", "startup.time_to_first_frame", "startup.time_to_first_label", "startup.memory",
        "live.640x480.4.displayed_fps", "live.640x480.4.analysed_fps", "live.640x480.4.latency_p50",
        "live.640x480.4.latency_p95", "live.640x480.4.gui_gap_p99", "live.640x480.4.cpu", "live.640x480.4.memory",
        "idle.cpu", "idle.memory",
    }  # fmt: skip
    starts = [figures[f"startup.time_to_{name}"].median for name in ("window", "first_frame", "first_label")]
    assert starts == sorted(starts)
    assert figures["live.640x480.4.latency_p50"].median <= figures["live.640x480.4.latency_p95"].median
    assert 50 < figures["startup.memory"].median < 2000
    assert not any("seen" in warning or "read" in warning for result in results for warning in result.warnings)


def starts(
    monkeypatch: pytest.MonkeyPatch, folder: Path, labels: list[float | None]
) -> tuple[Any, list[str], list[float]]:
    """The figure of the first label, the warnings and how long each run was, where they come after so long."""
    lengths: list[float] = []

    def measured(source: str, seconds: float, folder: Path) -> dict[str, Any]:
        label_s = labels[len(lengths)]
        lengths.append(seconds)
        return {
            "time_to_window": 0.5,
            "time_to_first_frame": 0.6,
            "time_to_first_label": None if label_s is None or label_s > seconds else label_s,
            "rss_mb": {"peak": 300.0},
        }

    monkeypatch.setattr(child, "measured", measured)
    plan = Plan(replace(TINY, cold_starts=1, starts=len(labels) - 1), folder, lambda text: None)
    figures = {figure.key: figure for figure in windows.start_up(plan)}
    return figures["startup.time_to_first_label"], plan.warnings, lengths


def test_a_slow_start_up_is_measured_and_none_is_replaced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The run before the counted ones tells for how long to look."""
    label, warnings, lengths = starts(monkeypatch, tmp_path, [3.0, 5.0, 1.0, 6.0])
    assert label.values == (5.0, 1.0, 6.0)
    assert lengths == [4.0, 9.0, 15.0, 15.0] and warnings == []
    label, warnings, lengths = starts(monkeypatch, tmp_path, [4.5, 5.0, 12.0])
    assert label.values == (5.0, 12.0)
    assert lengths == [4.0, 30.0, 30.0] and warnings == []


def test_a_start_up_without_a_label_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    label, warnings, lengths = starts(monkeypatch, tmp_path, [1.0, 5.0, 5.0, 1.0])
    assert label.values == (5.0, 1.0)
    assert lengths == [4.0, 4.0, 30.0, 30.0]
    assert warnings == ["start-up 1: no face was read within 4 s, and it is left out"]


def test_the_timeline_is_open_in_one_scene(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    opened: list[tuple[str, object]] = []

    def measured(source: str, seconds: float, folder: Path, **options: Any) -> dict[str, Any]:
        opened.append((Path(source).name, options.get("settings")))
        spread = dict.fromkeys(("p50", "p95", "p99"), 1.0)
        return {
            "faces_mean": 4.0 if "4 faces" in source else 1.0, "cpu_share": 1.0, "latency_ms": spread,
            "gui_gap_ms": spread, "fps": {"display": 60.0, "analysis": 60.0}, "rss_mb": {"peak": 300.0},
        }  # fmt: skip

    monkeypatch.setattr(child, "measured", measured)
    monkeypatch.setattr(Plan, "video", lambda self, size, faces: Path(f"{size[0]}x{size[1]}, {in_words(faces)}"))
    figures = {figure.key: figure for figure in windows.live(Plan(TINY, tmp_path, lambda text: None))}
    assert [scene for scene, settings in opened if settings is not None] == ["1280x720, 4 faces"]
    assert ("1280x720, 4 faces", {"show_timeline": True}) in opened
    assert (
        figures["live.1280x720.4.timeline.gui_gap_p99"].what == "1280×720, 4 faces, timeline open: window's gaps, p99"
    )


def test_faces_that_are_not_seen_are_told(tmp_path: Path) -> None:
    plan = Plan(TINY, tmp_path, lambda text: None)
    windows._seen(plan, {"faces_mean": 3.9, "cpu_share": 1.0}, SMALL, 4)
    assert plan.warnings == []
    windows._seen(plan, {"faces_mean": 2.0}, SMALL, 4)
    windows._seen(plan, {"faces_mean": None}, SMALL, 1)
    assert plan.warnings == [
        "640×480: 2.0 faces were seen where 4 faces stood",
        "640×480: 0.0 faces were seen where 1 face stood",
    ]
    windows._seen(plan, {"faces_mean": 1.0, "cpu_share": None}, SMALL, 1)
    assert plan.warnings[2:] == ["640×480, 1 face: the first face was read too late to tell the share of a core"]


def test_what_was_not_measured_is_no_figure() -> None:
    assert list(windows._figure("a", "a", "s", LESS, [None, None])) == []
    (figure,) = windows._figure("a", "a", "s", LESS, [None, 2.0])
    assert figure.values == (2.0,)


def test_every_part_is_measured_by_something() -> None:
    assert tuple(run._MEASURES) == tuple(PARTS)


def seconds_at_least(amount: Amount) -> float:
    """Of windows alone."""
    scenes = (2 * len(amount.sizes) + amount.variants) * amount.live_runs + amount.idle_runs + amount.variants
    return scenes * amount.live_s + (amount.starts + amount.cold_starts) * windows._START_S


def test_the_whole_keeps_within_six_minutes_and_the_quick_one_within_one() -> None:
    assert seconds_at_least(WHOLE) < 0.65 * 360
    assert seconds_at_least(QUICK) < 0.65 * 60
