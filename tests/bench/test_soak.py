"""A leak is noticed, what comes and goes is not taken for one, and the window has none."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from fer_desktop.bench import child, soak
from fer_desktop.bench.soak import Look, judged
from fer_desktop.cli import main
from fer_desktop.core.errors import InputError

LEAKER = [sys.executable, str(Path(__file__).with_name("leaker.py"))]
MINUTES = float(os.environ.get("FER_SOAK_MINUTES", "0.25"))
"""CI and a person with time set it to 3, or 30."""


def run_of(
    seconds: float,
    mb: Callable[[float], float] = lambda at_s: 200.0,
    threads: Callable[[float], int] = lambda at_s: 9,
    handles: Callable[[float], int] = lambda at_s: 30,
) -> list[Look]:
    return [Look(at / 2, mb(at / 2), threads(at / 2), handles(at / 2)) for at in range(round(seconds * 2))]


def test_what_is_loaded_at_first_is_no_leak() -> None:
    verdict = judged(run_of(600, mb=lambda at_s: min(200 + 3 * at_s, 350)), 600)
    assert verdict.leaks == []
    assert verdict.growth_mb == 0
    assert verdict.settled_mb == verdict.end_mb == verdict.peak_mb == 350


def test_memory_that_grows_slowly_is_a_leak_after_half_an_hour() -> None:
    verdict = judged(run_of(1800, mb=lambda at_s: 200 + 0.01 * at_s), 1800)
    assert verdict.slope_mb_a_minute == pytest.approx(0.6)
    # From the middle of the second minute to the middle of the last fifth.
    assert verdict.growth_mb == pytest.approx(0.01 * (1620 - 90), abs=0.1)
    (said,) = verdict.leaks
    assert "memory grew by 15.3 MB" in said


def test_one_jump_moves_neither_median_nor_trend() -> None:
    verdict = judged(run_of(600, mb=lambda at_s: 900 if 590 < at_s < 595 else 200), 600)
    assert (verdict.growth_mb, verdict.slope_mb_a_minute) == (0, 0)
    assert verdict.peak_mb == 900
    assert verdict.leaks == []


def test_threads_and_handles_that_come_and_go_are_none() -> None:
    looks = run_of(600, threads=lambda at_s: 9 + int(at_s) % 3, handles=lambda at_s: 30 + int(at_s) % 2)
    assert judged(looks, 600).leaks == []


def test_threads_and_handles_that_stay_are_leaks() -> None:
    looks = run_of(600, threads=lambda at_s: 9 + int(at_s / 250), handles=lambda at_s: 30 + int(at_s / 100))
    assert judged(looks, 600).leaks == ["threads grew from 9 to 10", "open handles grew from 31 to 34"]


def test_time_spent_loading_does_not_count() -> None:
    """On a busy machine the model may come when a short run is half over."""
    looks = run_of(30, mb=lambda at_s: 150 if at_s < 16 else 300)
    assert judged(looks, 30).leaks != []
    assert judged(looks, 30, since_s=16.0).leaks == []


def test_a_run_that_ended_early_tells_nothing() -> None:
    with pytest.raises(InputError, match="too early"):
        judged(run_of(60), 600)


def test_a_process_that_leaks_is_found_out(tmp_path: Path) -> None:
    verdict = judged(soak.watch([*LEAKER, "3.5", "everything"], 3.0, tmp_path, lambda text: None), 3.0)
    memory, threads, handles = verdict.leaks
    assert memory.startswith("memory grew by")
    assert threads.startswith("threads grew from")
    assert handles.startswith("open handles grew from")
    assert soak.report(verdict).splitlines()[-1] == f"leaks: {memory}, {threads}, {handles}"
    assert json.loads(json.dumps(verdict.to_json()))["leaks"] == [memory, threads, handles]


def test_a_process_that_gives_back_what_it_takes_is_not_accused(tmp_path: Path) -> None:
    told: list[str] = []
    verdict = judged(soak.watch([*LEAKER, "3.5", "nothing"], 3.0, tmp_path, told.append), 3.0)
    assert verdict.leaks == []
    assert soak.report(verdict).endswith("no leak")
    assert told and "minutes left" in told[0]


def test_a_process_that_fails_is_told_with_what_it_said(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('the disk is full')"]
    with pytest.raises(InputError, match=r"ended with 1 \(the disk is full\)"):
        soak.watch(command, 3.0, tmp_path, lambda text: None)


def test_a_process_ends_with_the_block_that_started_it(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), child.started([*LEAKER, "60", "nothing"], tmp_path) as started:
        process = psutil.Process(started.process.pid)
        raise KeyboardInterrupt
    assert not process.is_running()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not child.has_affinity(), reason="there is one core, or this system keeps no process to one")
def test_a_process_is_kept_to_one_core(tmp_path: Path) -> None:
    with child.started([*LEAKER, "60", "nothing"], tmp_path, one_core=True) as started:
        assert len(psutil.Process(started.process.pid).cpu_affinity() or ()) == 1


@pytest.mark.usefixtures("needs_detector_models")
@pytest.mark.timeout(60 * MINUTES + 120)
def test_the_window_does_not_leak(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--soak", str(MINUTES), "--json", "-"]) == 0
    written = json.loads(capsys.readouterr().out)
    assert written["schema"] == 1
    told = written["soak"]
    assert written["live"]["frames"]["analysed"] > 60 * MINUTES
    assert told["leaks"] == []
    assert told["seconds"] == pytest.approx(60 * MINUTES, abs=5)
    assert told["looks"] > 20
    assert 50 < told["rss_mb"]["settled"] <= told["rss_mb"]["peak"]
    assert told["threads"]["start"] > 3, "the window with its threads, not something else"


def test_a_leak_is_four_and_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    grown = judged(run_of(600, mb=lambda at_s: 200 + at_s), 600)
    monkeypatch.setattr(soak, "soak", lambda seconds, tell: (grown, {}))
    assert main(["bench", "--soak", "10"]) == 4
    assert "leaks: memory grew by" in capsys.readouterr().out
