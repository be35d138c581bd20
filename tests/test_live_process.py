"""The real program in a process of its own: what it imports, opens, paints and measures."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from fer_desktop.core import emotions
from fer_desktop.core.types import Frame
from fer_desktop.detection.mediapipe_detector import PhotoFaceDetector

ROOT = Path(__file__).resolve().parent.parent
LIVE = [sys.executable, "-m", "fer_desktop", "live"]
FORBIDDEN = ("tensorflow", "keras", "pandas", "matplotlib", "tf2onnx", "pyqtgraph")
STREAMS = ("fer_desktop.streams", "pylsl", "pythonosc", "pyvirtualcam", "websockets")
"""Not loaded unless a stream is asked for: what is not there opens no socket."""

pytestmark = [pytest.mark.usefixtures("needs_detector_models"), pytest.mark.timeout(120)]


def run_live(*arguments: str, before: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*before, *LIVE, *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=100,
    )


def require(tool: str) -> str:
    """A missing tool fails CI and skips elsewhere."""
    path = shutil.which(tool)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(f"{tool} is not installed")
        pytest.skip(f"needs {tool}")
    return path


@contextlib.contextmanager
def x_server(size: str = "1280x800x24") -> Iterator[str]:
    """A screen of its own; gives the value for DISPLAY."""
    read_end, write_end = os.pipe()
    server = subprocess.Popen(
        [require("Xvfb"), "-displayfd", str(write_end), "-screen", "0", size, "-nolisten", "tcp"],
        pass_fds=(write_end,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    try:
        with os.fdopen(read_end) as stream:
            number = stream.readline().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(timeout=10)


def displayed_since_the_first_label(stats: dict[str, Any]) -> float:
    """About how many frames: on a busy machine the model takes seconds to load, with nothing to label meanwhile."""
    end = stats["time_to_window"] + stats["seconds"]
    share = (end - stats["time_to_first_label"]) / (end - stats["time_to_first_frame"])
    return float(stats["frames"]["displayed"] * share)


def share_of_a_column(picture: np.ndarray, colour: str) -> float:
    """How much of the best column of uint8[h, w, 3] is of that colour, 0 to 1."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    same = np.abs(picture.astype(int) - (blue, green, red)).max(axis=2) <= 8
    return float(same.mean(axis=0).max())


PROBE = f"""
import sys
import threading

from fer_desktop.cli import main

status = main(sys.argv[1:])
loaded = [name for name in {FORBIDDEN + STREAMS!r} if name in sys.modules]
left = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
print("LOADED", loaded, "THREADS", [name for name in left if not name.startswith("Dummy-")])
raise SystemExit(status)
"""


def test_the_demo_runs_for_its_time_says_what_it_measured_and_loads_nothing_of_training(tmp_path: Path) -> None:
    stats_file, picture, probe = tmp_path / "s.json", tmp_path / "s.png", tmp_path / "probe.py"
    probe.write_text(PROBE, encoding="utf-8")
    command = [sys.executable, str(probe), "live", "--source", "demo", "--for", "10"]
    started_s = time.monotonic()
    done = subprocess.run(
        [*command, "--stats", str(stats_file), "--screenshot", str(picture)],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert 10 < time.monotonic() - started_s < 60
    assert "LOADED [] THREADS []" in done.stdout
    stats: dict[str, Any] = json.loads(stats_file.read_text(encoding="utf-8"))
    assert set(stats) >= {
        "schema", "source", "seconds", "time_to_window", "time_to_first_frame", "time_to_first_label", "frames", "fps",
        "latency_ms", "gui_gap_ms", "stage_ms", "rss_mb", "device", "model", "labels", "faces_mean",
    }  # fmt: skip
    assert 0 < stats["time_to_window"] <= stats["time_to_first_frame"] <= stats["time_to_first_label"]
    assert stats["frames"]["displayed"] > 30
    assert set(stats["labels"]) == set(emotions.NAMES)
    assert sum(stats["labels"].values()) > 0.5 * displayed_since_the_first_label(stats)
    assert stats["faces_mean"] == pytest.approx(1, abs=0.3)
    assert set(stats["stage_ms"]) == {"detect", "crop", "classify", "track"}
    assert cv2.imread(str(picture)).shape[1] >= 800


def test_the_window_on_a_screen_shows_the_face_boxed_and_its_bars(tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    with x_server() as display:
        done = run_live(
            "--source", "demo", "--for", "12", "--screenshot", str(picture), DISPLAY=display, QT_QPA_PLATFORM="xcb"
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    shot = cv2.imread(str(picture))
    assert shot is not None
    height, width = shot.shape[:2]
    assert (width, height) == (1280, 760), "the screen, less room for a frame"
    video = np.ascontiguousarray(shot[60 : height - 30, : width - 310])
    detector = PhotoFaceDetector()
    try:
        (face,) = detector.detect(Frame(video.copy(), 0, 0.0, "screenshot"))
    finally:
        detector.close()
    left, right = face.box.x, face.box.x + face.box.width
    rows = video[int(face.box.y + 0.25 * face.box.height) : int(face.box.y + 0.75 * face.box.height)]
    for edge in (left, right):
        near = rows[:, int(edge - 0.15 * face.box.width) : int(edge + 0.15 * face.box.width)]
        assert max(share_of_a_column(near, emotion.colour_dark) for emotion in emotions.EMOTIONS) > 0.9, (
            "no line in an emotion's colour stands beside the face"
        )
    # The bars' plate is dark, beside the box, and bears light text and colour.
    dark = (video.max(axis=2) < 60).astype(np.uint8)
    dark[:, :5] = 0
    plates = [
        stats for stats in cv2.connectedComponentsWithStats(dark)[2][1:] if 120 < stats[2] < 400 and stats[3] > 90
    ]
    assert plates, "no bars beside the box"
    x, y, plate_width, plate_height, _ = max(plates, key=lambda stats: stats[4])
    plate = video[y : y + plate_height, x : x + plate_width]
    assert (plate.min(axis=2) > 150).mean() > 0.01, "no text on the plate"
    assert (plate.max(axis=2).astype(int) - plate.min(axis=2) > 70).mean() > 0.002, "no coloured bar on the plate"


@pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's")
def test_no_network_socket_is_opened_while_live(tmp_path: Path, empty_home: Path) -> None:
    log = tmp_path / "trace"
    # In CI libraries keep quiet of themselves: the program is run as on a person's computer, and for longer than the
    # ten seconds after which ONNX Runtime reports.
    alone = ("env", "-i", f"PATH={os.environ['PATH']}", f"HOME={empty_home}", "QT_QPA_PLATFORM=offscreen")
    strace = (require("strace"), "-f", "--seccomp-bpf", "-qq", "-e", "trace=socket,connect", "-o", str(log))
    done = run_live("--source", "demo", "--for", "18", "--stats", str(tmp_path / "s.json"), before=(*alone, *strace))
    assert done.returncode == 0, done.stderr
    labels = json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))["labels"]
    assert sum(labels.values()) > 0, "the run must have got as far as labels to prove anything"
    calls = log.read_text(errors="replace").splitlines()
    opened = [call for call in calls if re.search(r"AF_(INET6?|PACKET|NETLINK)", call)]
    assert opened == []
    assert list(empty_home.rglob("*onnxruntime*")) == [], "events are kept, to be sent another time"


def test_without_a_display_one_line_says_what_to_do() -> None:
    environment = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    done = run_live("--source", "demo", **environment)
    assert done.returncode == 2
    (line,) = done.stderr.strip().splitlines()
    assert "--for" in line or "display" in line.lower()


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("nowhere.mp4", "nowhere.mp4"),
        ("camera:No such camera", "No such camera"),
        (".", "folder"),
        ("README.md", "README.md"),
    ],
)
def test_a_source_that_cannot_be_used_is_one_line_and_2(source: str, told: str) -> None:
    done = run_live("--source", source, "--for", "3")
    assert done.returncode == 2
    (line,) = done.stderr.strip().splitlines()
    assert told in line


@pytest.mark.parametrize("name", ["one_face_sad_to_happy.mp4", "one_face_short.mp4"])
def test_a_recording_is_labelled(shared_dir: Path, tmp_path: Path, name: str) -> None:
    stats_file = tmp_path / "s.json"
    done = run_live("--source", str(shared_dir / "media" / name), "--for", "7", "--stats", str(stats_file))
    assert done.returncode == 0, done.stderr
    stats = json.loads(stats_file.read_text(encoding="utf-8"))
    assert stats["faces_mean"] > 0.8
    assert sum(stats["labels"].values()) > 0.7 * displayed_since_the_first_label(stats)
