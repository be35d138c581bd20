"""`fer-desktop bench` as it is called: what it refuses, what it writes where, and that Ctrl+C leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from fer_desktop.bench import run
from fer_desktop.bench.plan import Amount
from fer_desktop.cli import main

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--only", "nothing"], "'nothing'"),
        (["--only"], "--only"),
        (["--soak", "x"], "'x'"),
        (["--soak", "0"], "'0'"),
        (["--soak", "nan"], "'nan'"),
        (["--soak", "1", "--quick"], "--soak and --quick"),
        (["--soak", "1", "--save-baseline", "b.json"], "--soak and --save-baseline"),
        (["--json", ""], "--json is empty"),
        (["--json", "."], "is a folder"),
        (["--json", "none/here.json"], "the folder none does not exist"),
        (["--save-baseline", "-"], "a baseline is a file"),
        (["--baseline", "none.json"], "none.json cannot be read"),
    ],
)
def test_wrong_use_is_told_before_anything_is_measured(
    arguments: list[str], what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1 and what in err


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "QUICK", Amount(photos=2, variants=False))


@pytest.mark.usefixtures("needs_detector_models", "tiny")
def test_a_run_is_saved_and_the_next_one_compared_with_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved, second = tmp_path / "b.json", tmp_path / "second.json"
    assert main(["bench", "--quick", "--only", "batch", "--json", "-", "--save-baseline", str(saved)]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["figures"][0]["key"] == "batch.all", "it stands alone there"
    assert "fer-desktop: photos, on" in err
    baseline = json.loads(saved.read_text(encoding="utf-8"))
    assert "comparison" not in baseline and baseline["quick"] is True
    # A computer that took ten times as long.
    for figure in baseline["figures"]:
        figure["values"] = [figure["median"] / 10] * 3
    baseline["environment"]["cpu"] = "Another CPU"
    saved.write_text(json.dumps(baseline), encoding="utf-8")
    arguments = ["bench", "--quick", "--only", "batch", "--baseline", str(saved), "--json", str(second)]
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    assert "another computer" in err and "Another CPU before" in err
    written = json.loads(second.read_text(encoding="utf-8"))
    told = written["comparison"]["batch.all"]
    # On a busy computer the few photos of a test may be read at rates so far apart that nothing follows from them.
    assert told["ratio"] > 2 and told["verdict"] in ("better", "same")
    (line,) = (line for line in out.splitlines() if "photos of" in line)
    assert line.endswith(f"{told['ratio']:.2f}" + ("  better" if told["verdict"] == "better" else ""))
    assert any("another computer" in warning for warning in written["warnings"])


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_the_window_and_leaves_no_file(tmp_path: Path, number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "fer_desktop", "bench", "--only", "startup"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        bench = psutil.Process(process.pid)
        deadline_s = time.monotonic() + 60
        while not (children := bench.children(recursive=True)):
            assert time.monotonic() < deadline_s and process.poll() is None, "no window was started"
            time.sleep(0.05)
        assert any("live" in child.cmdline() for child in children)
        assert list(tmp_path.iterdir()), "it keeps its files here"
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 3, err
    assert err.splitlines()[-1] == "fer-desktop: stopped"
    assert out == ""
    assert not any(child.is_running() for child in children)
    assert list(tmp_path.iterdir()) == []
