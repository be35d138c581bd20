"""From the paths a person gave to the images they stand for."""

# With pathlib, paths would not be kept as given, and a name too long would raise where os.path says no.
# ruff: noqa: PTH112, PTH122, PTH207

from __future__ import annotations

import glob
import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fer_desktop.core.errors import InputError
from fer_desktop.offline.images import SUFFIXES, unreadable
from fer_desktop.offline.names import shown


@dataclass(frozen=True, slots=True)
class Found:
    """A path to read, as given; or with `error` one that stands for nothing readable (a folder without images)."""

    path: str
    error: InputError | None = None


def find_images(paths: Iterable[str], recursive: bool = False) -> list[Found]:
    """Files as they are, folders as the images in them, in the order given. Never raises: what fails is in the list.

    A name with * ? [ that is no file is taken as a pattern: not every shell expands them.
    """
    found: list[Found] = []
    for given in paths:
        matches = [] if os.path.lexists(given) else sorted(_glob(given), key=natural_key)
        for path in matches or [given]:
            found += _in_folder(path, recursive) if os.path.isdir(path) else [Found(path)]
    return found


def natural_key(path: str) -> tuple[object, ...]:
    """Sorts photo2 before photo10, large and small letters together."""
    parts = re.split(r"(\d+)", path.casefold(), flags=re.ASCII)
    return (*((int(part), "") if index % 2 else (0, part) for index, part in enumerate(parts)), (0, path))


def _glob(given: str) -> list[str]:
    return glob.glob(given) if any(c in given for c in "*?[") else []


def _in_folder(folder: str, recursive: bool) -> list[Found]:
    found = list(_walk(folder, recursive, set()))
    if found:
        return found
    remedy = (
        "Name another folder or an image" if recursive else "Name another folder, or add --recursive to look deeper"
    )
    return [Found(folder, InputError(f"{shown(folder)} holds no images", remedy))]


def _walk(folder: str, recursive: bool, visited: set[str]) -> Iterator[Found]:
    """The images of a folder, then those of its subfolders. `visited`: real paths, so that links cannot lead round."""
    real = os.path.realpath(folder)
    if real in visited:
        return
    visited.add(real)
    try:
        with os.scandir(folder) as entries:
            listed = sorted((entry for entry in entries if not _hidden(entry)), key=lambda e: natural_key(e.name))
            is_folder = [_is_folder(entry) for entry in listed]
    except OSError as error:
        yield Found(folder, unreadable(folder, error))
        return
    # What has an image's name but is a pipe or a broken link is kept: reading it gives the reason.
    for entry, folder_itself in zip(listed, is_folder, strict=True):
        if not folder_itself and os.path.splitext(entry.name)[1].lower() in SUFFIXES:
            yield Found(entry.path)
    for entry, folder_itself in zip(listed, is_folder, strict=True):
        if folder_itself and recursive:
            yield from _walk(entry.path, recursive, visited)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads back to itself
        return False


def _hidden(entry: os.DirEntry[str]) -> bool:
    if entry.name.startswith("."):
        return True
    if os.name != "nt":
        return False
    attributes = getattr(entry.stat(follow_symlinks=False), "st_file_attributes", 0)  # known there without a look-up
    return bool(attributes & stat.FILE_ATTRIBUTE_HIDDEN)
