"""One code on every backend of Keras that is installed: it learns, resumes to the digit and exports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("keras", reason="the training component is not installed")

from fer_desktop.core.errors import InputError
from fer_desktop.training import backends

HERE = Path(__file__).parent


QUICK_TO_COMPILE = "--xla_backend_optimization_level=0"
"""XLA takes most of the time of so short a training otherwise."""


def train(backend: str, folder: Path, *options: str, flags: str = "") -> dict[str, Any]:
    """flags: for XLA."""
    variables = {**os.environ, "KERAS_BACKEND": backend, "OMP_WAIT_POLICY": "PASSIVE"}
    variables["XLA_FLAGS"] = f"{QUICK_TO_COMPILE} {flags}"
    variables["PYTHONPATH"] = os.pathsep.join((str(HERE.parents[1]), str(HERE.parent)))
    command = [sys.executable, str(HERE / "train_on_backend.py"), str(folder), *options]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.mark.parametrize("backend", backends.PREFERENCE)
def test_it_trains_resumes_and_exports_alike(backend: str, tmp_path: Path) -> None:
    if backend not in backends.installed():
        pytest.skip(f"{backend} is not installed")
    result = train(backend, tmp_path)
    assert backend in result["device"] and result["devices"] == 1
    assert result["losses"][-1] < result["losses"][0] * 0.95
    assert result["resumed_after"] == 1
    assert result["largest_difference_resumed"] == 0
    assert result["largest_difference_exported"] < 1e-4


def test_half_precision_learns_too(tmp_path: Path) -> None:
    backend = backends.installed()[0]
    result = train(backend, tmp_path, "--half", "--short")
    assert result["losses"][-1] < result["losses"][0] * 0.95


def test_batches_are_split_over_several_devices(tmp_path: Path) -> None:
    if "jax" not in backends.installed():
        pytest.skip("jax is not installed")
    result = train("jax", tmp_path, "--all", flags="--xla_force_host_platform_device_count=3")
    assert result["devices"] == 2, "three are there, and 16 faces cannot be split in three"
    assert result["losses_shared"] == pytest.approx(result["losses"], rel=0.02)


def _forget_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set, then removed: so it is put back however the program has set it by the end of the test."""
    monkeypatch.setenv(backends.WAITING, "ACTIVE")
    monkeypatch.setenv(backends.VARIABLE, "tensorflow")
    monkeypatch.delenv(backends.VARIABLE)


def test_the_wish_comes_first_then_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "installed", lambda: ("tensorflow", "jax"))
    _forget_choice(monkeypatch)
    backends.choose()
    assert os.environ[backends.VARIABLE] == "tensorflow"
    backends.choose("jax")
    assert os.environ[backends.VARIABLE] == "jax"
    backends.choose()
    assert os.environ[backends.VARIABLE] == "jax"
    assert os.environ[backends.WAITING] == "ACTIVE", "what the user set stays"
    with pytest.raises(InputError, match="backend torch is not installed"):
        backends.choose("torch")
    monkeypatch.setenv(backends.VARIABLE, "nonsense")
    with pytest.raises(InputError, match=backends.VARIABLE):
        backends.choose()


def test_a_broken_library_that_nobody_asked_for_is_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise OSError('a part is missing')", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    monkeypatch.setattr(backends, "installed", lambda: ("torch", "tensorflow"))
    _forget_choice(monkeypatch)
    backends.choose()
    assert os.environ[backends.VARIABLE] == "tensorflow"
