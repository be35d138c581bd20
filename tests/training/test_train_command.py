"""`fer-desktop train` as people run it: a process of its own, killed and resumed."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import training_data

pytest.importorskip("keras", reason="the training component is not installed")

from fer_desktop import resources
from fer_desktop.modelstore.store import ModelFolder

SMALL = ("--preset", "quick", "--architecture", "resnet-16")
ROOT = Path(__file__).resolve().parents[2]


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "fer_desktop", "train", "--events", "-"]
    return subprocess.Popen(
        [*command, *map(str, arguments)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def finish(process: subprocess.Popen[str]) -> list[dict[str, object]]:
    """Its events."""
    assert process.stdout is not None
    events = [json.loads(line) for line in process.stdout]
    assert process.wait() == 0, process.stderr.read() if process.stderr else ""
    for stream in (process.stdin, process.stderr, process.stdout):
        assert stream is not None
        stream.close()
    return events


def close(process: subprocess.Popen[str]) -> None:
    process.wait()
    for stream in (process.stdin, process.stderr, process.stdout):
        assert stream is not None
        stream.close()


@pytest.mark.timeout(400)
def test_a_run_that_is_killed_goes_on_and_ends_in_a_model(tmp_path: Path) -> None:
    data, target = training_data.write_csv(tmp_path / "fer2013.csv"), tmp_path / "models" / "mine"
    run = target.with_name("mine.partial")
    first = start("--data", data, *SMALL, "--epochs", "300", "--out", target)
    deadline_s = time.monotonic() + 120
    while not list(run.glob("checkpoint-*/progress.json")):
        assert first.poll() is None, first.stderr.read() if first.stderr else ""
        assert time.monotonic() < deadline_s
        time.sleep(0.05)
    first.kill()
    close(first)
    assert not target.exists(), "half a run is not a model"

    # Shorten what is left: the run's own record says how long it goes on.
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    (checkpoint,) = run.glob("checkpoint-*[0-9]")
    done = json.loads((checkpoint / "progress.json").read_text(encoding="utf-8"))["epoch"]
    record["config"]["epochs"] = done + 1
    (run / "run.json").write_text(json.dumps(record), encoding="utf-8")
    events = finish(start("--resume", run))

    assert [event["event"] for event in events if event["event"] not in ("step", "note", "data")] == [
        "started", "checkpoint", "epoch", "done",
    ]  # fmt: skip
    assert next(event for event in events if event["event"] == "started")["epoch"] == done
    assert next(event for event in events if event["event"] == "data")["faces"] == 210
    folder = ModelFolder.open(target)
    assert folder.verify() == []
    assert folder.manifest.training["history"][-1]["epoch"] == done + 1
    assert folder.manifest.data["counts"]["happy"] == 20
    assert "FER2013" in (target / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert not run.exists()


@pytest.mark.timeout(200)
def test_the_line_cancel_ends_it_with_3_and_keeps_the_run(tmp_path: Path) -> None:
    data = training_data.write_csv(tmp_path / "fer2013.csv")
    process = start(
        "--data",
        data,
        "--preset",
        "quick",
        "--architecture",
        "resnet-16",
        "--epochs",
        "9999",
        "--out",
        tmp_path / "mine",
    )
    assert process.stdout is not None
    assert process.stdin is not None
    for line in process.stdout:
        if json.loads(line)["event"] == "checkpoint":
            break
    process.stdin.write("cancel\n")
    process.stdin.flush()
    process.stdout.read()
    assert process.wait(timeout=60) == 3
    assert process.stderr is not None
    last = process.stderr.read().strip().splitlines()[-1]
    close(process)
    assert "--resume" in last
    assert list((tmp_path / "mine.partial").glob("checkpoint-*"))


@pytest.mark.timeout(200)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot limit the size of files")
def test_a_full_disk_ends_it_in_words_and_the_last_epoch_goes_on(tmp_path: Path) -> None:
    data, target = training_data.write_csv(tmp_path / "fer2013.csv"), tmp_path / "mine"
    command = ["fer-desktop", "train", "--data", str(data), *SMALL, "--epochs", "2", "--out", str(target)]
    # A limit that the run's own record passes and a file of weights does not.
    limit = "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))"
    program = f"{limit}; sys.argv = {command!r}; runpy.run_module('fer_desktop', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert "could not be written" in last
    assert "--resume" in last
    run = target.with_name("mine.partial")
    assert not list(run.glob("checkpoint*")), "nothing half written"
    finish(start("--resume", run))
    assert ModelFolder.open(target).verify() == []


@pytest.mark.timeout(200)
def test_an_export_that_fails_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fer_desktop.core.errors import FerError
    from fer_desktop.training import config, export, runs, session
    from fer_desktop.training.control import Control
    from fer_desktop.training.datasets import fer_csv

    faces = fer_csv.load(training_data.write_csv(tmp_path / "fer2013.csv"))
    # Faces as a folder with train/ and val/ gives them: the model must not say that it was measured on PublicTest.
    faces = replace(faces, usages=np.where(faces.usages == "PublicTest", "validation", faces.usages))
    quick = config.preset("quick", architecture="resnet-16", epochs=1)
    run = runs.start(tmp_path / "mine", quick, [tmp_path / "fer2013.csv"], faces.fingerprint())
    exact = export.onnx_logits
    monkeypatch.setattr(export, "onnx_logits", lambda path, images: exact(path, images) + images[:, :7, 0, 0])

    def train() -> None:
        session.train(run, faces, lambda: pytest.fail("quick makes no scenes"), lambda *_, **__: None, Control())

    with pytest.raises(FerError, match=r"model.onnx does not say"):
        train()
    assert not run.target.exists()
    assert list(run.folder.glob("checkpoint-*"))
    monkeypatch.setattr(export, "onnx_logits", exact)
    train()
    folder = ModelFolder.open(run.target)
    assert folder.verify() == []
    assert list(folder.manifest.metrics) == ["validation"]
    assert "PublicTest" not in folder.manifest.data["note"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "--data"),
        (["--data", "nowhere.csv"], "nowhere.csv"),
        (["--resume", "nowhere"], "nowhere"),
        (["--data", "x.csv", "--epochs", "0"], "--epochs"),
        (["--data", "x.csv", "--replace", "--out", str(resources.models_dir() / "default")], "belongs to the program"),
        (["--resume", "nowhere", "--architecture", "resnet-16"], "--architecture"),
        (["--data", "x.csv", "--seed", "-1"], "--seed"),
        (["--data", "x.csv", "--architecture", "resnet16"], "resnet16"),
        (["--data", "x.csv", "--teacher", "nobody"], "nobody"),
    ],
)
def test_wrong_use_is_one_line_and_2(arguments: list[str], told: str) -> None:
    process = start(*arguments)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 2
    assert len(errors.strip().splitlines()) == 1
    assert told in errors
