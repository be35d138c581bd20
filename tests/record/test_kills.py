"""Killed at any instant: the video plays up to a few seconds before, and the log is whole to its last line.

`pytest -s` prints how many seconds were lost; FER_KILLS is how often it is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from fer_desktop.record.about import LOG, VIDEO
from fer_desktop.record.log import LogReader
from fer_desktop.record.session_folder import Sessions
from tests.record.pictures import played

ROOT = Path(__file__).resolve().parents[2]
HELPER = Path(__file__).with_name("kill_helper.py")
KILLS = int(os.environ.get("FER_KILLS", "5"))
AT_ONCE = 5
LONGEST_S = 4.0
WITHIN_S = 3.0
"""The promise for the video."""
LOG_WITHIN_S = 1.5


def start(folder: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, str(HELPER), str(folder)], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )


@pytest.mark.timeout(120 + KILLS * LONGEST_S)
def test_at_random_instants(tmp_path: Path, rng: np.random.Generator) -> None:
    done = 0
    lost: list[tuple[float, float]] = []
    while done < KILLS:
        folders = [tmp_path / str(done + number) for number in range(min(AT_ONCE, KILLS - done))]
        processes = [start(folder) for folder in folders]
        try:
            # Each has begun: loading libraries takes seconds where others work too.
            first = [process.stdout.readline() for process in processes if process.stdout is not None]
            assert all(first), "it ended before its first picture"
            began_s = time.monotonic()
            due = sorted((float(rng.uniform(0.02, LONGEST_S)), number) for number in range(len(processes)))
            for after_s, number in due:
                time.sleep(max(began_s + after_s - time.monotonic(), 0))
                processes[number].kill()
        finally:
            for process in processes:
                process.kill()
            said = [process.communicate()[0] for process in processes]
        for folder, begun, more in zip(folders, first, said, strict=True):
            # How far it got is what it says, not what the clock says: it may have had no time to work.
            whole_lines = (begun + more).rpartition("\n")[0].splitlines()
            lost.append(check(folder, float(whole_lines[-1])))
        done += len(folders)
    for name, seconds in zip(("video", "log"), zip(*lost, strict=True), strict=True):
        print(f"{KILLS} kills, lost of the {name}: {np.median(seconds):.2f} s (median), {max(seconds):.2f} s (most)")


def check(folder: Path, lived_s: float) -> tuple[float, float]:
    """Seconds lost at the end of the video, and of the log."""
    listed = Sessions(folder).sessions()
    if not listed:
        assert lived_s < WITHIN_S, "nothing was recorded"
        return lived_s, lived_s
    (session,) = listed
    assert not session.running
    if session.log is None:
        assert lived_s < WITHIN_S
        return lived_s, lived_s
    content = (session.folder / LOG).read_bytes()
    whole, _, cut = content.rpartition(b"\n")
    for line in whole.splitlines():
        json.loads(line)
    assert not cut or not cut.endswith(b"}"), "only the last line may be cut short"
    logged = list(LogReader(session.folder / LOG).frames()) if whole else []
    if logged or lived_s > LOG_WITHIN_S:
        assert logged, f"nothing was logged in {lived_s:.1f} s"
        assert lived_s - logged[-1].time_s < LOG_WITHIN_S
        assert session.about is not None and session.about.seconds is not None
        assert lived_s - session.about.seconds < WITHIN_S
    log_lost_s = lived_s - (logged[-1].time_s if logged else 0.0)
    if session.video is None or not session.video.stat().st_size:
        assert lived_s < WITHIN_S
        return lived_s, log_lost_s
    found = played(session.folder / VIDEO)
    assert [number for number, _ in found] == list(range(len(found)))
    if found:
        assert session.about is not None and session.about.seconds == pytest.approx(found[-1][1], abs=0.001), "it plays"
    video_lost_s = lived_s - (found[-1][1] if found else 0.0)
    assert video_lost_s < WITHIN_S
    return video_lost_s, log_lost_s
