"""`fer-desktop fine-tune` as the window starts it: refusals at once, events a line, cancel on stdin."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lit_faces
import model_folders
import numpy as np
import psutil
import pytest
import training_data

pytest.importorskip("keras", reason="the training component is not installed")

from fer_desktop import resources
from fer_desktop.cli import main, training_process
from fer_desktop.modelstore.manifest import Manifest, sha256
from fer_desktop.modelstore.store import KERAS_FILE, ONNX_FILE, ModelFolder, ModelStore
from fer_desktop.samples import COLLECTED, SampleStore
from fer_desktop.training import backends

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    store = SampleStore(tmp_path / "samples")
    lit_faces.fill(store, "dark", 3, 1, bursts=3, of="happy sad")
    return store.folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """An untrained network as a model's folder."""
    from fer_desktop.training import architectures

    folder = tmp_path / "small"
    folder.mkdir()
    import keras

    # Of some untrained networks the answers are so large that two runtimes differ in the fourth digit.
    keras.utils.set_random_seed(1)
    architectures.build("resnet-16").save(folder / KERAS_FILE)
    (folder / ONNX_FILE).write_bytes(model_folders.network())
    files = {name: sha256(folder / name) for name in (KERAS_FILE, ONNX_FILE)}
    Manifest("small", "2026-11-22T16:00:00+00:00", files, architecture={"name": "resnet-16"}).write(folder)
    return folder


def refused(*arguments: str | Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """What is said, in one line; the event says it as well."""
    monkeypatch.setattr(training_process, "obey", lambda *_, **__: None)
    monkeypatch.setattr(backends, "choose", lambda *_: None)
    assert main(["fine-tune", "--events", "-", *map(str, arguments)]) == 2
    said = capsys.readouterr()
    line = said.err.removeprefix("fer-desktop: ").rstrip("\n")
    assert "\n" not in line
    (event,) = [json.loads(one) for one in said.out.splitlines()]
    assert event == {"schema": 1, "event": "error", "text": line, "cancelled": False}
    return line


def test_wrong_use_is_told_at_once(
    samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def says(*arguments: str | Path) -> str:
        return refused(*arguments, capsys=capsys, monkeypatch=monkeypatch)

    assert "no faces of you" in says()
    assert "no faces of you" in says("--samples", tmp_path / "nowhere")
    assert "--seed" in says("--samples", samples, "--seed", "-1")
    assert "no model" in says("--samples", samples, "--model", "nobody")
    assert "--ferplus" in says("--samples", samples, "--ferplus", samples / "votes.csv")
    assert "cannot be read" in says("--samples", samples, "--data", tmp_path / "missing.csv")
    few = SampleStore(tmp_path / "few")
    lit_faces.fill(few, "none", 7, 1, of="happy")
    assert "All 7 faces of you show happy" in says("--samples", few.folder)
    training_only = training_data.write_csv(tmp_path / "training.csv", 20, 0)
    assert "no faces held out for testing" in says("--samples", samples, "--data", training_only)


def test_a_model_that_came_as_onnx_alone_is_refused(
    samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "bare.onnx"
    file.write_bytes(model_folders.network())
    bare = ModelStore.default().import_(file)
    line = refused("--samples", samples, "--model", bare.id, capsys=capsys, monkeypatch=monkeypatch)
    assert "ONNX file alone" in line


def start(*arguments: str | Path, **variables: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "fer_desktop", "fine-tune", "--events", "-", *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, **variables}, start_new_session=True,
    )  # fmt: skip


def told(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """What it tells until it ends, with its stdin open all the time."""
    assert process.stdout is not None
    for line in process.stdout:
        yield json.loads(line)


def test_a_run_tells_what_it_does_and_leaves_a_model_that_is_not_in_use_yet(
    samples: Path, small: Path, tmp_path: Path
) -> None:
    data = training_data.write_csv(tmp_path / "faces.csv", 84, 42)
    for index in range(3):
        SampleStore(samples).add(np.full((48, 48), 60 * index, np.uint8), "fear", f"f{index}", COLLECTED)
    process = start("--samples", samples, "--model", small, "--data", data, "--seed", "2")
    events = list(told(process))
    _, err = process.communicate(timeout=10)
    assert process.returncode == 0, err[-3000:]
    assert {event["schema"] for event in events} == {1}
    kinds = [event["event"] for event in events]
    assert kinds[0] == "started"
    assert kinds[-1] == "done"
    assert set(kinds) <= {"started", "note", "step", "done"}
    started, done = events[0], events[-1]
    assert (started["samples"], started["held_out"], started["base"], started["model"]) == (9, 3, 126, "small")
    assert (done["samples"]["n"], done["samples"]["held_out"]) == (9, 3)
    assert (done["base"]["split"], done["base"]["n"]) == ("PublicTest", 42)
    assert isinstance(done["worse"], bool)
    assert done["text"]
    made = ModelFolder.open(Path(done["path"]))
    assert made.path.parent == resources.user_models_dir()
    assert (made.id, made.name, made.verify()) == (done["model"], "small, my face", [])
    store = ModelStore.default()
    assert store.verify(made.id) == []
    assert store.active().id == "default"
    assert len(store.models()) == 2
    assert {path.name for path in made.path.parent.iterdir()} <= {made.path.name, ".lock"}


def test_cancel_on_stdin_leaves_nothing(samples: Path, tmp_path: Path) -> None:
    target = tmp_path / "models" / "mine"
    shutil.copytree(samples / "happy", samples / "kept")  # a folder of one's own beside the emotions
    process = start("--samples", samples, "--out", target)
    assert process.stdout is not None
    assert process.stdin is not None
    first = json.loads(process.stdout.readline())
    assert (first["event"], first["base"]) == ("started", 0)
    process.stdin.write("cancel\n")
    process.stdin.flush()
    out, _ = process.communicate(timeout=60)
    last = json.loads(out.splitlines()[-1])
    assert process.returncode == 3
    assert (last["event"], last["cancelled"]) == ("error", True)
    assert not target.parent.exists()
    assert (samples / "kept").is_dir()


@pytest.mark.skipif(sys.platform == "win32", reason="no process can tidy up there when it is ended")
def test_sigterm_during_the_export_leaves_nothing(samples: Path, small: Path, tmp_path: Path) -> None:
    temporary, models = tmp_path / "tmp", resources.user_models_dir()
    temporary.mkdir()
    process = start("--samples", samples, "--model", small, "--background", TMPDIR=str(temporary))
    events = told(process)
    assert next(events)["event"] == "started"
    deadline_s = time.monotonic() + 90
    while not list(models.glob(f".*/model/{KERAS_FILE}")) and time.monotonic() < deadline_s:
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGTERM)
    status = process.wait(60)
    _, err = process.communicate(timeout=10)
    assert status in (128 + signal.SIGTERM, 3), err
    assert {path.name for path in models.iterdir()} == {".lock"}
    assert [path.name for path in temporary.rglob("*") if path.is_file()] == []
    mine = [one for one in psutil.process_iter() if str(models) in " ".join(_command(one))]
    assert mine == []


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_it_stops_when_whoever_started_it_is_gone(samples: Path, tmp_path: Path) -> None:
    target = tmp_path / "models" / "mine"
    process = start("--samples", samples, "--out", target, "--background")
    assert next(told(process))["event"] == "started"
    assert process.stdin is not None and process.stdout is not None
    process.stdin.close()
    process.stdout.close()
    process.stdin = process.stdout = None
    process.communicate(timeout=60)
    assert process.returncode == 3
    assert not target.parent.exists()
