"""Runs as they lie on the disk: those that go on without a window, those that were interrupted, one that has ended."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil

from fer_desktop import atomic_file, resources
from fer_desktop.gui.training.commands import Data
from fer_desktop.modelstore import places
from fer_desktop.modelstore.manifest import FILE_NAME as MANIFEST

SUFFIX: Final = ".partial"
_CHECKPOINT: Final = re.compile(r"checkpoint-(\d{4,})")

IsRunning = Callable[[Path], bool]


@dataclass(frozen=True, slots=True)
class Stored:
    """A run's folder. epoch: whole epochs done; history: a line of figures for each; seconds: what they took."""

    folder: Path
    data: Data
    epochs: int
    architecture: str
    epoch: int
    seconds: float
    history: tuple[dict[str, float], ...]
    running: bool

    @property
    def target(self) -> Path:
        """The model folder that it becomes."""
        return self.folder.with_name(self.folder.name.removesuffix(SUFFIX))


def read(folder: Path, is_running: IsRunning) -> Stored | None:
    """None where the folder is no run."""
    try:
        record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        ferplus = record.get("ferplus")
        data = Data(tuple(Path(path) for path in record["data"]), None if ferplus is None else Path(ferplus))
        epochs, architecture = int(record["config"]["epochs"]), str(record["config"]["architecture"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    progress = _progress(folder)
    history = tuple(line for line in progress.get("history", []) if isinstance(line, dict))
    epoch, seconds = int(progress.get("epoch", 0)), float(progress.get("seconds", 0.0))
    return Stored(folder, data, epochs, architecture, epoch, seconds, history, is_running(folder))


def _progress(folder: Path) -> dict[str, Any]:
    """Of the newest checkpoint that can be read; one may be taken away while it is looked at."""
    with contextlib.suppress(OSError):
        for checkpoint in sorted(folder.iterdir(), reverse=True):
            if _CHECKPOINT.fullmatch(checkpoint.name):
                with contextlib.suppress(OSError, ValueError):
                    progress = json.loads((checkpoint / "progress.json").read_text(encoding="utf-8"))
                    if isinstance(progress, dict):
                        return progress
    return {}


def all_runs(is_running: IsRunning) -> list[Stored]:
    """Those among this person's models, newest first."""
    try:
        folders = sorted(resources.user_models_dir().glob(f"*{SUFFIX}"), reverse=True)
    except OSError:
        return []
    found = (read(folder, is_running) for folder in folders)
    return [one for one in found if one is not None]


def discard(stored: Stored) -> str:
    """Delete a run that nothing works on. Returns why that failed, or an empty text."""
    try:
        places.drop_run(stored.folder)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def stop(folder: Path, is_running: IsRunning) -> None:
    """Ask the process that trains there to stop; its last whole epoch is kept in any case."""
    if not is_running(folder):
        return
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, psutil.Error):
        process = psutil.Process(int(json.loads((folder / "process.json").read_text(encoding="utf-8"))["pid"]))
        if os.name == "posix":
            process.send_signal(signal.SIGINT)
        else:
            process.terminate()


# The run whose result nobody has seen yet


def _record() -> Path:
    return resources.user_models_dir().with_name("retraining.json")


def remember(target: Path, data: Data) -> None:
    """So that the next start can show the result, wherever the run ends."""
    record = {
        "schema": 1,
        "model": str(target),
        "data": [str(path) for path in data.paths],
        "ferplus": None if data.ferplus is None else str(data.ferplus),
    }
    with contextlib.suppress(OSError):  # then the model is there, and the next start does not speak of it
        _record().parent.mkdir(parents=True, exist_ok=True)
        atomic_file.write(_record(), json.dumps(record).encode())


def forget() -> None:
    with contextlib.suppress(OSError):
        _record().unlink(missing_ok=True)


def unseen() -> tuple[Path, Data] | None:
    """The model that has come out of a run since anyone looked, and its data."""
    try:
        record = json.loads(_record().read_text(encoding="utf-8"))
        target = Path(record["model"])
        ferplus = record["ferplus"]
        data = Data(tuple(Path(path) for path in record["data"]), None if ferplus is None else Path(ferplus))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return (target, data) if (target / MANIFEST).is_file() else None
