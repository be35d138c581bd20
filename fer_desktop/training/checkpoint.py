"""Checkpoints: all a run needs to go on after a kill or a power cut. The one before the newest is kept as well."""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

from fer_desktop.core.errors import InputError

_FOLDER = re.compile(r"checkpoint-(\d{4,})")
KEPT = 2

Arrays = dict[str, list[np.ndarray]]


@dataclass(slots=True)
class Progress:
    """Where a run stands: epochs done, the best so far, and a line of figures an epoch."""

    epoch: int = 0
    best_accuracy: float = 0.0
    best_epoch: int = 0
    seconds: float = 0.0
    history: list[dict[str, float]] = field(default_factory=list)


def save(run: Path, progress: Progress, arrays: Arrays) -> None:
    """Write `checkpoint-<epoch>` into the run's folder: beside, flushed to the disk, then renamed.

    Raises OSError where it cannot be written, a full disk for one; nothing of it is left then, and those before stay.
    """
    beside = run / "checkpoint.tmp"
    shutil.rmtree(beside, ignore_errors=True)
    try:
        _write(beside, progress, arrays)
    except OSError:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    target = run / f"checkpoint-{progress.epoch:04d}"
    shutil.rmtree(target, ignore_errors=True)
    beside.rename(target)
    for older in _all(run)[:-KEPT]:
        shutil.rmtree(older, ignore_errors=True)


def _write(beside: Path, progress: Progress, arrays: Arrays) -> None:
    beside.mkdir(parents=True)
    for name, values in arrays.items():
        with (beside / f"{name}.npz").open("wb") as stream:
            # Not compressed: a second less an epoch, and the files are gone when the run ends.
            np.savez(stream, *values)
            stream.flush()
            os.fsync(stream.fileno())
    with (beside / "progress.json").open("w", encoding="utf-8") as stream:
        json.dump(asdict(progress), stream)
        stream.flush()
        os.fsync(stream.fileno())


def load(run: Path, passed_over: Callable[[Path], None] = lambda folder: None) -> tuple[Progress, Arrays] | None:
    """The newest readable checkpoint of a run, or None where there is none yet.

    passed_over: is told of each damaged one that is newer. Raises InputError where there are some and none can be read.
    """
    reason: Exception | None = None
    for folder in reversed(_all(run)):
        try:
            progress = Progress(**json.loads((folder / "progress.json").read_text(encoding="utf-8")))
            return progress, {path.stem: _read(path) for path in folder.glob("*.npz")}
        except (OSError, EOFError, ValueError, TypeError, KeyError, zipfile.BadZipFile) as error:
            reason = error
            passed_over(folder)
    if reason is not None:
        raise InputError(f"The checkpoints in {run} are damaged, none can be read", "Start the run again.") from reason
    return None


def _read(path: Path) -> list[np.ndarray]:
    # Opened here: NumPy leaves the file open where it turns out to be damaged.
    with path.open("rb") as stream, np.load(stream) as stored:
        return [stored[f"arr_{index}"] for index in range(len(stored.files))]


def _all(run: Path) -> list[Path]:
    if not run.is_dir():
        return []
    return sorted(path for path in run.iterdir() if _FOLDER.fullmatch(path.name))
