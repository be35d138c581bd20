"""Checkpoints: all a run needs to go on after a kill. Written beside, then renamed; the older one stays till then."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from fer_desktop.core.errors import InputError

_FOLDER = re.compile(r"checkpoint-(\d{4,})")


@dataclass(slots=True)
class Progress:
    """Where a run stands: epochs done, the best so far, and a line of figures an epoch."""

    epoch: int = 0
    best_accuracy: float = 0.0
    best_epoch: int = 0
    seconds: float = 0.0
    history: list[dict[str, float]] = field(default_factory=list)


def save(run: Path, progress: Progress, arrays: dict[str, list[np.ndarray]]) -> None:
    """Write `checkpoint-<epoch>` into the run's folder, and drop the older one. `arrays`: named lists of arrays."""
    beside = run / "checkpoint.tmp"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    for name, values in arrays.items():
        # uncompressed: a second less an epoch, and the files are gone when the run ends
        np.savez(beside / f"{name}.npz", *values)
    fields: dict[str, Any] = {name: getattr(progress, name) for name in Progress.__dataclass_fields__}
    (beside / "progress.json").write_text(json.dumps(fields), encoding="utf-8")
    target = run / f"checkpoint-{progress.epoch:04d}"
    shutil.rmtree(target, ignore_errors=True)
    beside.rename(target)
    for older in _all(run)[:-1]:
        shutil.rmtree(older, ignore_errors=True)


def load(run: Path) -> tuple[Progress, dict[str, list[np.ndarray]]] | None:
    """The newest whole checkpoint of a run, or None where there is none yet."""
    found = _all(run)
    if not found:
        return None
    folder = found[-1]
    try:
        progress = Progress(**json.loads((folder / "progress.json").read_text(encoding="utf-8")))
        arrays = {}
        for path in folder.glob("*.npz"):
            with np.load(path) as stored:
                arrays[path.stem] = [stored[f"arr_{index}"] for index in range(len(stored.files))]
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            f"The checkpoint {folder} is damaged ({error})", "Start the run again without --resume."
        ) from error
    return progress, arrays


def _all(run: Path) -> list[Path]:
    if not run.is_dir():
        return []
    return sorted(path for path in run.iterdir() if _FOLDER.fullmatch(path.name))
