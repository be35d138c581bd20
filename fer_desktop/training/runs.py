"""A run's folder, `<model>.partial`: what it is to do, written down so that it can be resumed from the folder alone.

It holds run.json, the checkpoints, the scenes, and at the end the model until that is proven and moved to its place.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fer_desktop import atomic_file
from fer_desktop.core.errors import InputError
from fer_desktop.modelstore.manifest import FILE_NAME as MANIFEST
from fer_desktop.training.config import TrainingConfig

SUFFIX: Final = ".partial"
RUN_FILE: Final = "run.json"


@dataclass(frozen=True, slots=True)
class Run:
    """Where a run works, the model folder it will become, its settings, its data (path, fingerprint, FER+ votes), and
    the model folders that it learns from as well."""

    folder: Path
    target: Path
    config: TrainingConfig
    data: Path
    fingerprint: str
    ferplus: Path | None = None
    teachers: tuple[Path, ...] = ()

    def check_data(self, fingerprint: str) -> None:
        """Raises InputError where the faces are not those that the run began with."""
        if fingerprint != self.fingerprint:
            raise InputError(
                f"The faces in {self.data} are not those that {self.folder} was begun with",
                "Give the same data again with --data, or start a new run.",
            )


def start(
    target: Path,
    config: TrainingConfig,
    data: Path,
    fingerprint: str,
    ferplus: Path | None = None,
    teachers: Sequence[Path] = (),
) -> Run:
    """Make the folder of a new run. Raises InputError where the model would overwrite something, or a run exists."""
    target = check_target(target)
    folder = target.with_name(target.name + SUFFIX)
    if folder.exists():
        raise InputError(f"{folder} exists", f"Go on with --resume {folder}, or remove it.")
    record = {
        "schema": 1,
        "data": str(data.resolve()),
        "ferplus": None if ferplus is None else str(ferplus.resolve()),
        "fingerprint": fingerprint,
        "teachers": [str(teacher.resolve()) for teacher in teachers],
        "config": config.to_dict(),
    }
    try:
        folder.mkdir(parents=True)
        atomic_file.write(folder / RUN_FILE, json.dumps(record, indent=2).encode())
    except OSError as error:
        remedy = "Give a folder that can be written to with --out."
        raise InputError(f"{folder} cannot be written ({error.strerror})", remedy) from error
    return Run(folder, target, config, data, fingerprint, ferplus, tuple(teachers))


def read(folder: Path) -> Run:
    """The run of a folder that `start` made. Raises InputError where it is none."""
    folder = folder.resolve()
    try:
        record = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
        config, data = TrainingConfig.from_dict(record["config"]), Path(record["data"])
        fingerprint = str(record["fingerprint"])
        ferplus = None if record.get("ferplus") is None else Path(record["ferplus"])
        teachers = tuple(Path(teacher) for teacher in record.get("teachers", []))
    except (OSError, ValueError, KeyError, TypeError) as error:
        remedy = f"Give the folder whose name ends in {SUFFIX}."
        raise InputError(f"{folder} is not a training run that can be resumed", remedy) from error
    target = check_target(folder.with_name(folder.name.removesuffix(SUFFIX)))
    return Run(folder, target, config, data, fingerprint, ferplus, teachers)


def check_target(target: Path) -> Path:
    """The model folder to write, absolute. Raises InputError where something other than a model is there."""
    target = target.resolve()
    if not target.name:
        raise InputError(f"{target} cannot be a model's folder", "Give a new folder with --out.")
    if target.exists() and not (target / MANIFEST).is_file() and (not target.is_dir() or any(target.iterdir())):
        raise InputError(f"{target} exists and is not a model", "Give a new folder with --out.")
    return target


def finish(run: Run, model: Path) -> None:
    """Move the proven model folder `model` to its place and drop the run. A model there before goes only then."""
    previous = run.folder / "previous"
    if run.target.exists():
        run.target.rename(previous)
    try:
        model.rename(run.target)
    except OSError:
        if previous.exists():
            previous.rename(run.target)
        raise
    shutil.rmtree(run.folder, ignore_errors=True)
