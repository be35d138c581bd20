"""A run's folder, `<model>.partial`: what it is to do, written down so that it can be resumed from the folder alone.

It holds run.json, the checkpoints, the scenes, and at the end the model until that is proven and moved to its place.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fer_desktop import atomic_file, resources
from fer_desktop.core.errors import InputError
from fer_desktop.modelstore import places
from fer_desktop.modelstore.manifest import FILE_NAME as MANIFEST
from fer_desktop.modelstore.store import SHIPPED_ID
from fer_desktop.training.config import TrainingConfig
from fer_desktop.training.parents import Parent

SUFFIX: Final = ".partial"
RUN_FILE: Final = "run.json"
SCHEMA: Final = 2


@dataclass(frozen=True, slots=True)
class Run:
    """Where a run works, the model folder it will become, its settings, its data (paths, fingerprint, FER+ votes), the
    model folders that it learns from as well, and the one it starts from."""

    folder: Path
    target: Path
    config: TrainingConfig
    data: tuple[Path, ...]
    fingerprint: str
    ferplus: Path | None = None
    teachers: tuple[Parent, ...] = ()
    start_from: Parent | None = None

    def check_data(self, fingerprint: str) -> None:
        """Raises InputError where the faces are not those that the run began with."""
        if fingerprint != self.fingerprint:
            raise InputError(
                f"The faces in {', '.join(map(str, self.data))} are not those that {self.folder} was begun with",
                "Give the same data again with --data, or start a new run.",
            )


def start(
    target: Path,
    config: TrainingConfig,
    data: Sequence[Path],
    fingerprint: str,
    ferplus: Path | None = None,
    teachers: Sequence[Parent] = (),
    start_from: Parent | None = None,
    replace: bool = False,
) -> Run:
    """Make the folder of a new run. Raises InputError where the model would overwrite something, or a run exists.

    replace: a model that is there already may be exchanged for the new one, when that is proven.
    """
    target = check_new_target(target, replace)
    folder = target.with_name(target.name + SUFFIX)
    if folder.exists() and not _is_barely_begun(folder):
        raise InputError(f"{folder} exists", f"Go on with --resume {folder}, or remove it.")
    record = {
        "schema": SCHEMA,
        "data": [str(path.resolve()) for path in data],
        "ferplus": None if ferplus is None else str(ferplus.resolve()),
        "fingerprint": fingerprint,
        "teachers": [_record(teacher) for teacher in teachers],
        "start_from": None if start_from is None else _record(start_from),
        "config": config.to_dict(),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        atomic_file.write(folder / RUN_FILE, json.dumps(record, indent=2).encode())
    except OSError as error:
        remedy = "Give a folder that can be written to with --out."
        raise InputError(f"{folder} cannot be written ({error.strerror})", remedy) from error
    return Run(folder, target, config, tuple(data), fingerprint, ferplus, tuple(teachers), start_from)


def _is_barely_begun(folder: Path) -> bool:
    """Whether a start was killed here before it could write down what it was to do."""
    return folder.is_dir() and all(path.name.startswith(atomic_file.PREFIX) for path in folder.iterdir())


def read(folder: Path) -> Run:
    """The run of a folder that `start` made. Raises InputError where it is none."""
    folder = folder.resolve()
    done = folder.with_name(folder.name.removesuffix(SUFFIX))
    if not folder.exists() and (done / MANIFEST).is_file():
        raise InputError(f"The run in {folder} is done", f"Its model is {done}.")
    try:
        record = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
        if record["schema"] != SCHEMA:
            raise InputError(f"{folder} was begun by another version of the program", "Start a new run.")
        config = TrainingConfig.from_dict(record["config"])
        data = tuple(Path(path) for path in record["data"])
        fingerprint = str(record["fingerprint"])
        ferplus = None if record.get("ferplus") is None else Path(record["ferplus"])
        teachers = tuple(_parent(teacher) for teacher in record["teachers"])
        start_from = None if record["start_from"] is None else _parent(record["start_from"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        remedy = f"Give the folder whose name ends in {SUFFIX}."
        raise InputError(f"{folder} is not a training run that can be resumed", remedy) from error
    target = check_target(folder.with_name(folder.name.removesuffix(SUFFIX)))
    return Run(folder, target, config, data, fingerprint, ferplus, teachers, start_from)


def _record(parent: Parent) -> dict[str, str]:
    return {"path": str(parent.path), "sha256": parent.sha256}


def _parent(record: dict[str, str]) -> Parent:
    return Parent(Path(record["path"]), record["sha256"])


def check_target(target: Path) -> Path:
    """The model folder to write, absolute. Raises InputError where something other than a model is there."""
    target = target.resolve()
    if not target.name:
        raise InputError(f"{target} cannot be a model's folder", "Give a new folder with --out.")
    if target == (resources.models_dir() / SHIPPED_ID).resolve():
        raise InputError(f"{target} belongs to the program", "Give a folder of your own with --out.")
    if target.exists() and not (target / MANIFEST).is_file() and (not target.is_dir() or any(target.iterdir())):
        raise InputError(f"{target} exists and is not a model", "Give a new folder with --out.")
    return target


def check_new_target(target: Path, replace: bool) -> Path:
    """As `check_target`; raises InputError also where a model is there and may not be replaced."""
    target = check_target(target)
    if not replace and (target / MANIFEST).is_file():
        raise InputError(
            f"{target} holds a model already", "Give another folder with --out, or add --replace to exchange it."
        )
    return target


def finish(run: Run, model: Path) -> None:
    """Move the proven model folder `model` to its place and drop the run. A model there before goes only then.

    Whenever it is killed, there is a whole model: between its two renamings the store finds the one before, set aside
    in the run's folder, and the run can be resumed.
    """
    places.flush(model)
    previous = run.folder / places.SET_ASIDE
    if run.target.exists():
        # Of a run that was killed when it had replaced the model already.
        shutil.rmtree(previous, ignore_errors=True)
        run.target.rename(previous)
    try:
        model.rename(run.target)
    except OSError:
        if previous.exists():
            previous.rename(run.target)
        raise
    with contextlib.suppress(OSError):
        places.flush_names(run.target.parent)
        places.take_away(run.folder, run.folder.parent)
