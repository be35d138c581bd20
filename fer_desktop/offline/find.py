"""From the paths a person gave to the images they stand for, one after the other: an archive may hold many."""

# With pathlib, paths would not be kept as given, and a name too long would raise where os.path says no.
# ruff: noqa: PTH112, PTH118, PTH122, PTH207

from __future__ import annotations

import glob
import os
import queue
import re
import stat
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from fer_desktop.core.errors import InputError
from fer_desktop.offline.images import SUFFIXES, unreadable
from fer_desktop.offline.names import shown

AHEAD: Final = 200_000
"""So many images are listed before they are asked for: their names take some 30 MB."""
WATCH_S: Final = 0.2
_DIGITS: Final = re.compile(r"(\d+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Found:
    """A path to read, as given; or with `error` one that stands for nothing readable (a folder without images)."""

    path: str
    error: InputError | None = None


def find_images(paths: Iterable[str], recursive: bool = False) -> Iterator[Found]:
    """Files as they are, folders as the images in them, in the order given. Never raises: what fails comes with its
    error. A folder is looked into when its turn comes, so that the first images are there before the last are found.

    A name with * ? [ that is no file is taken as a pattern: not every shell expands them.
    """
    for given in paths:
        matches = [] if os.path.lexists(given) else sorted(_glob(given), key=natural_key)
        for path in matches or [given]:
            if os.path.isdir(path):
                yield from _in_folder(path, recursive)
            else:
                yield Found(path)


class Listing:
    """Lists ahead on a thread of its own, at most AHEAD images; to be gone through once, and closed."""

    def __init__(self, found: Iterable[Found], cancelled: Callable[[], bool] = lambda: False) -> None:
        self._cancelled = cancelled
        self._waiting: queue.Queue[Found | BaseException | None] = queue.Queue(AHEAD)
        self._closed = threading.Event()
        self.total: int | None = None
        """How many images there are, once that is known."""
        self._thread = threading.Thread(target=self._list, args=(found,), name="image listing", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[Found]:
        """Ends early on `cancelled`, however long the next image is looked for. Raises what listing raised."""
        while not self._cancelled():
            try:
                item = self._waiting.get(timeout=WATCH_S)
            except queue.Empty:
                continue
            if item is None:
                return
            if isinstance(item, BaseException):
                raise item
            yield item

    def close(self) -> None:
        """Let the thread end; one that the file system holds up ends by itself."""
        self._closed.set()
        self._thread.join(1.0)

    def _list(self, found: Iterable[Found]) -> None:
        count, end = 0, None
        try:
            for image in found:
                if not self._put(image):
                    return
                count += 1
            self.total = count
        except Exception as error:
            end = error
        self._put(end)

    def _put(self, item: Found | Exception | None) -> bool:
        while not self._closed.is_set():
            try:
                self._waiting.put(item, timeout=WATCH_S)
                return True
            except queue.Full:
                continue
        return False


def natural_key(path: str) -> tuple[object, ...]:
    """Sorts photo2 before photo10, large and small letters together."""
    parts = _DIGITS.split(path.casefold())
    return (*((int(part), "") if index % 2 else (0, part) for index, part in enumerate(parts)), (0, path))


def _glob(given: str) -> list[str]:
    return glob.glob(given) if any(c in given for c in "*?[") else []


def _in_folder(folder: str, recursive: bool) -> Iterator[Found]:
    empty = True
    for image in _walk(folder, recursive, set()):
        empty = False
        yield image
    if empty:
        where = "" if recursive else ", or add --recursive to look deeper"
        remedy = f"Name another folder{where or ' or an image'}"
        yield Found(folder, InputError(f"{shown(folder)} holds no images", remedy))


def _walk(folder: str, recursive: bool, visited: set[str]) -> Iterator[Found]:
    """The images of a folder, then those of its subfolders. `visited`: real paths, so that links cannot lead round."""
    real = os.path.realpath(folder)
    if real in visited:
        return
    visited.add(real)
    images: list[str] = []
    folders: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if _hidden(entry):
                    continue
                if _is_folder(entry):
                    folders.append(entry.name)
                # What has an image's name but is a pipe or a broken link is kept: reading it gives the reason.
                elif os.path.splitext(entry.name)[1].lower() in SUFFIXES:
                    images.append(entry.name)
    except OSError as error:
        yield Found(folder, unreadable(folder, error))
        return
    for name in sorted(images, key=natural_key):
        yield Found(os.path.join(folder, name))
    if recursive:
        for name in sorted(folders, key=natural_key):
            yield from _walk(os.path.join(folder, name), recursive, visited)


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
