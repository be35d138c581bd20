from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from fer_desktop.core import emotions
from fer_desktop.live import memory
from fer_desktop.live.measures import Count, Distribution, Rate, Spread
from fer_desktop.live.memory import peak_resident_mb, resident_mb, seconds_since_process_start
from fer_desktop.live.pairing import View
from fer_desktop.live.statistics import Meter
from tests.live.fakes import analysis, frame


def test_percentiles_by_nearest_rank() -> None:
    distribution = Distribution()
    assert Spread.of(distribution) == Spread(None, None, None, None)
    for ms in range(1, 101):
        distribution.add(ms / 2)
    assert Spread.of(distribution) == Spread(p50=25.0, p95=47.5, p99=49.5, max=50.0)
    distribution.add(12_345.6)
    assert distribution.max == 12_345.6
    assert distribution.percentile(100) == 12_345.6
    assert distribution.percentile(50) == 25.5
    one = Distribution()
    one.add(14.04)
    assert Spread.of(one) == Spread(14.0, 14.0, 14.0, 14.0)


def test_rates_over_the_run_and_over_two_seconds() -> None:
    rate = Rate()
    assert rate.total() is None and rate.rolling(5.0) == 0.0
    for index in range(11):
        rate.add(100 + index / 10)
    assert rate.total() == pytest.approx(10.0)
    assert rate.rolling(101.0) == pytest.approx(10.0), "in the first seconds, since the first event"
    for index in range(11, 61):
        rate.add(100 + index / 10)
    assert rate.rolling(106.0) == pytest.approx(10.0)
    assert rate.rolling(107.0) == pytest.approx(5.0), "a source that stopped is seen to slow down"
    assert rate.rolling(109.0) == 0.0
    assert rate.count == 61


def test_a_pause_is_left_out_of_the_rate_of_the_run() -> None:
    rate = Rate()
    for at_s in (0.0, 0.5, 1.0):
        rate.add(at_s)
    rate.interrupt()
    for at_s in (60.0, 60.5):
        rate.add(at_s)
    assert rate.total() == pytest.approx(2.0)


def test_a_run_counted_by_hand() -> None:
    meter = Meter()
    frames = [frame(index, 10 + index * 0.1) for index in range(4)]
    for one in frames:
        meter.captured(one.captured_at)
    first = analysis(frames[0], ("happy", "happy", None), {"detect": 4.0, "crop": 0.2, "classify": 5.0, "track": 0.1})
    third = analysis(frames[2], ("sad",), {"detect": 8.0, "crop": 0.4, "classify": 7.0, "track": 0.3})
    meter.analysed(first, 10.02)
    meter.dropped(10.2)
    meter.analysed(third, 10.23)
    shown = View(frames[0], first)
    meter.painted(shown, 10.03)
    meter.painted(shown, 10.05)  # the window was resized
    meter.painted(View(frames[1], first), 10.13)
    meter.painted(View(frames[2], third), 10.25)
    meter.painted(View(frames[3], None), 10.31)
    for at_s in (10.0, 10.01, 10.02, 10.06):
        meter.turn(at_s)
    meter.memory(100.0)
    meter.memory(180.0, peak_mb=210.0)
    meter.memory(150.0)

    statistics = meter.snapshot(10.31, source="fake", device="CPU", model="default")
    assert (statistics.captured, statistics.displayed, statistics.analysed, statistics.dropped) == (4, 4, 2, 1)
    assert statistics.latency == Spread(p50=30.0, p95=50.0, p99=50.0, max=50.0)
    assert statistics.gui_gap == Spread(p50=10.0, p95=40.0, p99=40.0, max=40.0)
    assert statistics.stage_ms == {"detect": 4.0, "crop": 0.2, "classify": 5.0, "track": 0.1}
    assert {name: count for name, count in statistics.labels.items() if count} == {"happy": 2, "sad": 1}
    assert statistics.faces_mean == pytest.approx((3 + 3 + 1) / 3)
    assert statistics.analysis_age_frames == {0: 2, 1: 1}
    assert statistics.first_painted_at == statistics.first_label_painted_at == 10.03
    assert statistics.capture_fps == pytest.approx(10.0)
    assert statistics.display_fps == pytest.approx(3 / 0.28)
    assert statistics.analysis_fps == pytest.approx(1 / 0.21)
    rolling = statistics.rolling
    assert rolling.latency_ms == pytest.approx(40.0) and rolling.dropped == 1
    assert meter.snapshot(20.0).rolling.latency_ms is None and meter.snapshot(20.0).rolling.dropped == 0


def test_the_json_has_the_keys_of_the_contract() -> None:
    meter = Meter()
    meter.memory(100.04, peak_mb=210.06)
    times = {"time_to_window": 0.91, "time_to_first_frame": 1.23456, "time_to_first_label": None}
    written = meter.snapshot(1.0, source="Demo").to_json(seconds=20.0, **times)
    assert json.loads(json.dumps(written)) == {
        "schema": 1,
        "source": "Demo",
        "seconds": 20.0,
        "time_to_window": 0.91,
        "time_to_first_frame": 1.235,
        "time_to_first_label": None,
        "frames": {"captured": 0, "displayed": 0, "analysed": 0, "dropped": 0},
        "fps": {"capture": None, "display": None, "analysis": None},
        "latency_ms": {"p50": None, "p95": None, "max": None},
        "gui_gap_ms": {"p50": None, "p99": None, "max": None},
        "stage_ms": {"detect": None, "crop": None, "classify": None, "track": None},
        "rss_mb": {"start": 100.0, "peak": 210.1, "end": 100.0},
        "cpu_s": None,
        "cpu_share": None,
        "threads": {"start": None, "peak": None, "end": None},
        "handles": {"start": None, "peak": None, "end": None},
        "device": None,
        "model": None,
        "labels": dict.fromkeys(emotions.NAMES, 0),
        "faces_mean": None,
        "analysis_age_frames": {},
    }


def test_the_json_tells_how_old_the_analyses_were() -> None:
    meter = Meter()
    old = frame(0, 10.0)
    for index in (0, 0, 2, 30):
        meter.painted(View(frame(index, 10.0 + index / 30), analysis(old)), 10.05 + index / 30)
    times = {"time_to_window": None, "time_to_first_frame": None, "time_to_first_label": None}
    written = meter.snapshot(12.0).to_json(seconds=2.0, **times)
    assert json.loads(json.dumps(written))["analysis_age_frames"] == {"0": 2, "2": 1, "9": 1}


def test_the_share_of_a_core_counts_from_the_first_label_on() -> None:
    meter = Meter()
    shown = frame(0, 10.0)
    meter.processor(10.0, 5.0)
    assert meter.snapshot(10.0).cpu_share is None, "what loading costs is not what running costs"
    meter.painted(View(shown, analysis(shown, ("happy",))), 10.1)
    for at_s, used_s in ((10.25, 6.0), (10.5, 6.1), (12.25, 7.2)):
        meter.processor(at_s, used_s)
    statistics = meter.snapshot(12.3)
    assert statistics.cpu_s == 7.2
    assert statistics.cpu_share == pytest.approx((7.2 - 6.0) / 2.0)


def test_threads_and_handles_at_the_start_at_most_and_at_the_end() -> None:
    meter = Meter()
    for threads, handles in ((3, 20), (9, 45), (4, 21)):
        meter.held(threads, handles)
    statistics = meter.snapshot(1.0)
    assert statistics.threads == Count(3, 9, 4)
    assert statistics.handles == Count(20, 45, 21)


def test_what_this_process_holds_and_uses(tmp_path: Path) -> None:
    before = memory.handles(), memory.threads()
    files = [(tmp_path / str(number)).open("w") for number in range(20)]
    release = threading.Event()
    held = [threading.Thread(target=release.wait) for _ in range(3)]
    try:
        for thread in held:
            thread.start()
        assert memory.handles() >= before[0] + 20
        assert memory.threads() >= before[1] + 3
    finally:
        release.set()
        for file in files:
            file.close()
        for thread in held:
            thread.join()
    used_s = memory.cpu_seconds()
    while memory.cpu_seconds() < used_s + 0.05:
        sum(range(10_000))
    assert memory.cpu_seconds() < used_s + 30


def test_memory_of_this_process() -> None:
    now_mb = resident_mb()
    assert 5 < now_mb < 100_000
    peak_mb = peak_resident_mb()
    if sys.platform in ("linux", "win32"):
        assert peak_mb is not None
    if peak_mb is not None:
        assert peak_mb >= 0.5 * now_mb


def test_the_process_is_older_than_this_test_and_time_runs_forward() -> None:
    now = time.monotonic()
    age = seconds_since_process_start(now)
    assert 0 < age < 24 * 3600
    assert seconds_since_process_start(now - 0.25) == pytest.approx(age - 0.25, abs=0.05)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux counts from its own start")
def test_the_start_of_the_process_is_not_rounded_to_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """psutil adds the time of the system's start in whole seconds: its answer is up to a second out."""

    class Rounded:
        def create_time(self) -> float:
            return time.time() - 1000.0

    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        began_s = time.monotonic()
        monkeypatch.setattr(memory, "_process", Rounded)
        monkeypatch.setattr(memory, "_STAT", Path(f"/proc/{child.pid}/stat"))
        memory._started_after_boot_s.cache_clear()
        assert -0.02 <= seconds_since_process_start(began_s) < 1.0
    finally:
        memory._started_after_boot_s.cache_clear()
        child.communicate(b"\n")
