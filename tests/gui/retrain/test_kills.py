"""The window, its training or both killed at any instant from the plan to the new model's use; nothing is faked.

FER_KILLS: how many kills (2; forty take a quarter of an hour).
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import training_data

pytest.importorskip("keras", reason="the training component is not installed")

from fer_desktop import resources
from fer_desktop.modelstore.store import SHIPPED_ID, ModelStore

ROOT = Path(__file__).resolve().parents[3]
KILLS = int(os.environ.get("FER_KILLS", "2"))
AFTER_S = 15.0
"""From the start of a training to the new model's use, about."""
pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL"),
    pytest.mark.usefixtures("needs_detector_models"),
    pytest.mark.timeout(120 + 90 * KILLS),
]


def driven(data: Path) -> subprocess.Popen[str]:
    command = [sys.executable, str(ROOT / "packaging" / "drive_retrain.py"), "--data", str(data)]
    command += ["--network", "resnet-16", "--epochs", "3", "--retrains", "9", "--settle", "0"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def child_of_the_training(window: subprocess.Popen[str]) -> int:
    assert window.stdout is not None
    for line in window.stdout:
        told: dict[str, Any] = json.loads(line)
        if told["event"] == "training":
            return int(told["pid"])
    raise AssertionError("the window ended before it trained")


def killed(pid: int) -> None:
    """Whatever it had started, too."""
    try:
        process = psutil.Process(pid)
        for one in (*process.children(recursive=True), process):
            one.send_signal(signal.SIGKILL)
        process.wait(10)
    except psutil.NoSuchProcess:
        pass


def at_work_in(folder: Path) -> list[int]:
    """The processes that were told of it."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if str(folder) in " ".join(process.cmdline()):
                found.append(process.pid)
    return found


def problems(user: Path) -> list[str]:
    """What the next start would find that it must not find."""
    store = ModelStore(resources.models_dir() / SHIPPED_ID, user)
    active = store.resolve()
    found = [active.problem] if active.problem else []
    found += store.verify(str(active.folder.path))
    found += store.unreadable()
    found += [f"{one.path} is taken for a model" for one in store.models() if one.path.name.endswith(".partial")]
    return found


def resumed(run: Path) -> str:
    """Empty where a run that was killed goes on to its end."""
    command = [sys.executable, "-m", "fer_desktop", "train", "--resume", str(run)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 and not run.exists() else done.stderr


def test_killed_at_random_instants(tmp_path: Path, rng: np.random.Generator) -> None:
    user = resources.user_models_dir()
    data = training_data.write_csv(tmp_path / "fer2013.csv")
    for number in range(KILLS):
        window = driven(data)
        try:
            child = child_of_the_training(window)
            time.sleep(float(rng.uniform(0, AFTER_S)))
            victims = [(window.pid, child), (window.pid,), (child,)][number % 3]
            for pid in victims:
                killed(pid)
            assert problems(user) == [], f"kill {number}"
        finally:
            window.kill()
            window.wait()
            window.stdout.close()  # type: ignore[union-attr]
            for pid in at_work_in(user):
                killed(pid)
    runs = sorted(user.glob("*.partial"))
    for number in rng.permutation(len(runs))[: max(KILLS // 20, 1)]:
        assert resumed(runs[number]) == "", f"run {number}"
    assert problems(user) == []
