"""Each part measures the real program: little, and what it gives is whole."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from fer_desktop import app
from fer_desktop.bench import PARTS, child, run, windows
from fer_desktop.bench.figures import LESS, MORE, Figure
from fer_desktop.bench.plan import QUICK, WHOLE, Amount, Plan

SMALL = (640, 480)
TINY = Amount(
    (SMALL,),
    video_s=0.6,
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


def test_start_up_and_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "FACES", (4,))
    result = run.measure(lambda text: None, ["startup", "live", "idle"], amount=replace(TINY, variants=False))
    figures = by_key(result)
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
    assert not any("faces were seen" in warning for warning in result.warnings)


def test_faces_that_are_not_seen_are_told(tmp_path: Path) -> None:
    plan = Plan(TINY, tmp_path, lambda text: None)
    windows._seen(plan, {"faces_mean": 3.9}, SMALL, 4)
    assert plan.warnings == []
    windows._seen(plan, {"faces_mean": 2.0}, SMALL, 4)
    windows._seen(plan, {"faces_mean": None}, SMALL, 1)
    assert plan.warnings == [
        "640×480: 2.0 faces were seen where 4 faces stood",
        "640×480: 0.0 faces were seen where 1 face stood",
    ]


def test_what_was_not_measured_is_no_figure() -> None:
    assert list(windows._figure("a", "a", "s", LESS, [None, None])) == []
    (figure,) = windows._figure("a", "a", "s", LESS, [None, 2.0])
    assert figure.values == (2.0,)


def test_every_part_is_measured_by_something() -> None:
    assert tuple(run._MEASURES) == tuple(PARTS)


def seconds_at_least(amount: Amount) -> float:
    """Of windows alone."""
    scenes = 2 * len(amount.sizes) * amount.live_runs + amount.idle_runs + amount.variants
    return scenes * amount.live_s + (amount.starts + amount.cold_starts) * windows._START_S


def test_the_whole_keeps_within_six_minutes_and_the_quick_one_within_one() -> None:
    assert seconds_at_least(WHOLE) < 0.65 * 360
    assert seconds_at_least(QUICK) < 0.65 * 60
