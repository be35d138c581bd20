"""Where model folders lie, and how they come and go: by one renaming, so that a kill leaves a whole one or none.

Names that begin with a dot are work in progress or rubbish; `<id>.partial` is a training run. Neither is a model.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from fer_desktop import atomic_file
from fer_desktop.core.errors import ModelError
from fer_desktop.modelstore.folder import KNOWN_FILES
from fer_desktop.modelstore.manifest import FILE_NAME

RUN_SUFFIX: Final = ".partial"
SET_ASIDE: Final = "previous"
"""In a training run's folder: the model that the new one replaces, while it does."""
LOCK_FILE: Final = ".lock"
WAIT_S: Final = 15.0
"""The longest that one window waits for another's import to end."""
_INCOMING, _RUBBISH, _HALF_WRITTEN = ".import-", ".trash-", atomic_file.PREFIX
_IN_THE_MAKING = ".making-"
_LONGEST_MAKING_S: Final = 3600.0
"""What is older was left behind, where locks do not tell."""


def models_in(folder: Path) -> dict[str, Path]:
    """Name -> folder of what is a model, or was: whole or damaged, sorted by name.

    Where a training run was killed at the moment in which it replaced a model, the old one stands for it.
    """
    try:
        names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    except OSError:
        return {}
    found: dict[str, Path] = {}
    for name in names:
        target = name.removesuffix(RUN_SUFFIX)
        path = folder / name if target == name else folder / name / SET_ASIDE
        if target and _holds_a_model(path, KNOWN_FILES if target == name else (FILE_NAME,)):
            found.setdefault(target, path)
    return found


def _holds_a_model(path: Path, signs: tuple[str, ...]) -> bool:
    try:
        return path.is_dir() and any((path / name).exists() for name in signs)
    except OSError:
        return True  # told when it is opened


@contextlib.contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Only one window at a time changes a folder of models; the system ends the lock of one that is killed. What a
    kill left behind is swept away first.

    Raises ModelError where the folder cannot be written, or another window does not come to an end.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise unwritable(folder, error) from error
    try:
        _wait_for(descriptor, folder)
        sweep(folder)
        yield
    finally:
        os.close(descriptor)


def _wait_for(descriptor: int, folder: Path) -> None:
    deadline_s = time.monotonic() + WAIT_S
    while not _locked(descriptor):
        if time.monotonic() > deadline_s:
            raise ModelError(f"Another window is changing the models in {folder}", "Try again when it is done.")
        time.sleep(0.02)


if sys.platform == "win32":
    import msvcrt

    def _locked(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locked(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True  # a network drive without locks: two windows at once are rarer than such a drive
        return True


def sweep(folder: Path) -> None:
    """Delete what a killed import, removal or writing left behind. Only while changes are locked."""
    for path in [*folder.glob(".*"), *folder.glob(f"*/{_HALF_WRITTEN}*")]:
        inside_a_run = path.parent != folder and path.parent.name.endswith(RUN_SUFFIX)
        if path.name.startswith((_INCOMING, _RUBBISH, _HALF_WRITTEN)) and not inside_a_run:
            discard(path)
    for path in folder.glob(f"{_IN_THE_MAKING}*"):
        if not _is_being_made(path):
            discard(path)


def _is_being_made(path: Path) -> bool:
    try:
        descriptor = os.open(path / LOCK_FILE, os.O_RDWR)
    except OSError:
        with contextlib.suppress(OSError):
            return time.time() - path.stat().st_mtime < _LONGEST_MAKING_S
        return False
    try:
        return not _locked(descriptor)
    finally:
        os.close(descriptor)


def discard(path: Path) -> None:
    """Delete a file or folder; what cannot be deleted is left to the next sweep."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()


@contextlib.contextmanager
def incoming(folder: Path) -> Iterator[Path]:
    """A new hidden folder beside the models, to be filled and then moved; deleted where that did not happen."""
    path = folder / f"{_INCOMING}{secrets.token_hex(8)}"
    path.mkdir()
    try:
        yield path
    finally:
        discard(path)


@contextlib.contextmanager
def making(folder: Path) -> Iterator[Path]:
    """As `incoming`, for what takes longer than others can wait: they may change the models meanwhile, and the sweep
    passes the new folder over as long as this process lives. Raises ModelError as `changing` does."""
    with changing(folder):
        try:
            path = folder / f"{_IN_THE_MAKING}{secrets.token_hex(8)}"
            path.mkdir()
            descriptor = os.open(path / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as error:
            raise unwritable(folder, error) from error
        if not _locked(descriptor) or not _is_being_made(path):
            (path / LOCK_FILE).unlink(missing_ok=True)  # a drive without locks
    try:
        yield path
    finally:
        os.close(descriptor)
        discard(path)


def take_away(path: Path, folder: Path) -> None:
    """Make a model's folder disappear from the models at once, then delete it. Raises OSError."""
    rubbish = folder / f"{_RUBBISH}{secrets.token_hex(8)}"
    path.rename(rubbish)
    discard(rubbish)


def drop_run(folder: Path) -> None:
    """Delete a training run's folder that nothing works on; the model that it replaces, where a kill left that set
    aside, goes back to its place first. Raises OSError."""
    target, aside = folder.with_name(folder.name.removesuffix(RUN_SUFFIX)), folder / SET_ASIDE
    if _holds_a_model(aside, (FILE_NAME,)) and not target.exists():
        aside.rename(target)
    take_away(folder, folder.parent)


def flush(folder: Path) -> None:
    """Have a folder's files and names on the disk before anything relies on them. Raises OSError."""
    for path in folder.iterdir():
        if path.is_file():
            # Windows flushes only what is open for writing.
            with path.open("r+b") as stream:
                os.fsync(stream.fileno())
    flush_names(folder)


def flush_names(folder: Path) -> None:
    """Have a folder's list of names on the disk; a system without that notion does it by itself. Raises OSError."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def plain_name(wanted: str) -> str:
    """Like `wanted`, and fit for a file or folder on every system: of letters, digits, spaces and "-_." alone."""
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_. ") else "-" for sign in wanted)
    base = plain.strip("-_. ")[:60].rstrip("-_. ") or "model"
    if base.lower().endswith(RUN_SUFFIX):
        base = base[: -len(RUN_SUFFIX)].rstrip("-_. ") or "model"
    if base.split(".")[0].lower() in _RESERVED:
        base = f"model-{base}"
    return base


def free_name(wanted: str, taken: set[str], folder: Path) -> str:
    """A plain name like `wanted` for a new model: none of `taken`, and nothing of that name lies in `folder`."""
    base = plain_name(wanted)
    lowered = {name.lower() for name in taken}
    number = 1
    while True:
        name = base if number == 1 else f"{base}-{number}"
        places = (folder / name, folder / f"{name}{RUN_SUFFIX}")
        if name.lower() not in lowered and not any(os.path.lexists(place) for place in places):
            return name
        number += 1


def free_model_folder(folder: Path, wanted: str) -> Path:
    """Where a new model, or the run that is to become one, may go: nothing of that name lies in `folder`."""
    return folder / free_name(wanted, set(), folder)


_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}


def unwritable(path: Path, error: OSError) -> ModelError:
    """What to tell where the disk refuses."""
    reason = (error.strerror or str(error)).lower()
    return ModelError(f"{path} cannot be written ({reason})", "Make room on that disk, or allow writing there.")
