"""`fer-desktop fine-tune` as the window starts it: refusals at once, events a line, cancel on stdin."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import lit_faces
import model_folders
import numpy as np
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
    assert "no split PublicTest" in says("--samples", samples, "--data", training_only)


def test_a_model_that_came_as_onnx_alone_is_refused(
    samples: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "bare.onnx"
    file.write_bytes(model_folders.network())
    bare = ModelStore.default().import_(file)
    line = refused("--samples", samples, "--model", bare.id, capsys=capsys, monkeypatch=monkeypatch)
    assert "ONNX file alone" in line


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "fer_desktop", "fine-tune", "--events", "-", *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_run_tells_what_it_does_and_leaves_a_model_that_is_not_in_use_yet(
    samples: Path, small: Path, tmp_path: Path
) -> None:
    data = training_data.write_csv(tmp_path / "faces.csv", 84, 42)
    for index in range(3):
        SampleStore(samples).add(np.full((48, 48), 60 * index, np.uint8), "fear", f"f{index}", COLLECTED)
    process = start("--samples", samples, "--model", small, "--data", data, "--seed", "2")
    out, err = process.communicate(timeout=110)
    assert process.returncode == 0, err[-3000:]
    events = [json.loads(line) for line in out.splitlines()]
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
