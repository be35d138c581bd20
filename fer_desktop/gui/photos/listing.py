"""Lists folders of photos, one after another, on a thread of its own, however large they are."""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
import traceback
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from fer_desktop.gui.photos.reader import Stopped
from fer_desktop.gui.task import joined
from fer_desktop.offline.find import Found, find_images

logger = logging.getLogger(__name__)

JOIN_S: Final = 5.0
CHUNK: Final = 500
CHUNK_S: Final = 0.05
"""So many found photos are handed on at once, or those of so long."""
FIRST_READ_S: Final = 0.5
"""The listing goes on so slowly until the first photo is read."""


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """Photos that were found; the last of what was asked for with `end`."""

    epoch: int
    found: list[Found]
    end: bool = False


class Lister:
    """What is asked for is listed in order; `news` never waits."""

    def __init__(self, first_read: threading.Event) -> None:
        """first_read: set once something was read."""
        self._first_read = first_read
        self.news: queue.SimpleQueue[Listed | Stopped] = queue.SimpleQueue()
        self._asked: queue.SimpleQueue[tuple[int, list[str], bool] | None] = queue.SimpleQueue()
        self._wanted = 0
        self._stopping = False
        self._thread: threading.Thread | None = None

    def find(self, epoch: int, paths: Sequence[str], recursive: bool) -> None:
        """List the photos that these paths stand for; those of an older epoch are not wanted any more."""
        self._wanted = epoch
        self._asked.put((epoch, list(paths), recursive))
        if self._thread is None and not self._stopping:
            self._thread = threading.Thread(target=self._run, name="photo listing", daemon=True)
            self._thread.start()

    def forget(self, epoch: int) -> None:
        self._wanted = epoch

    def stop(self) -> bool:
        """End the thread. False if it did not within JOIN_S: the file system holds it up."""
        self._stopping = True
        self._asked.put(None)
        ended = joined(self._thread, JOIN_S)
        self._thread = None
        return ended

    # On the thread

    def _run(self) -> None:
        while (asked := self._asked.get()) is not None:
            epoch, paths, recursive = asked
            found: list[Found] = []
            folders: dict[str, str] = {}
            handed_on_s = time.monotonic()
            try:
                for image in find_images(paths, recursive):
                    if self._stopping or epoch < self._wanted:
                        break
                    found.append(at_home(image, folders))
                    if len(found) >= CHUNK or time.monotonic() - handed_on_s >= CHUNK_S:
                        self.news.put(Listed(epoch, found))
                        found, handed_on_s = [], time.monotonic()
                        # Listing a large archive takes the time that loading the libraries needs: who opened it sees
                        # a photo first.
                        self._first_read.wait(FIRST_READ_S)
            except Exception as error:
                logger.exception("listing photos failed")
                self.news.put(Stopped(str(error), traceback.format_exc()))
            self.news.put(Listed(epoch, found, True))


def at_home(image: Found, folders: dict[str, str]) -> Found:
    """The same under its whole path, links to its folder followed: by whichever way it was found, it is one photo."""
    folder, name = os.path.split(image.path)
    if folder not in folders:
        folders[folder] = os.path.realpath(folder)
    return Found(os.path.join(folders[folder], name) if name else image.path, image.error)  # noqa: PTH118


@dataclass(slots=True)
class _Listing:
    """`out`: what a person has taken out since; listed anew, it stays out."""

    paths: list[str]
    recursive: bool
    out: set[str] = field(default_factory=set)


class Listings:
    """What was opened and is being listed, and what is to be after it. `news`: the lister's."""

    def __init__(self, first_read: threading.Event) -> None:
        """first_read: set once something was read."""
        self._lister = Lister(first_read)
        self._begun: deque[_Listing] = deque()
        self.news = self._lister.news

    def __len__(self) -> int:
        return len(self._begun)

    def begin(self, epoch: int, paths: Sequence[str], recursive: bool) -> None:
        self._begun.append(_Listing(list(paths), recursive))
        self._lister.find(epoch, paths, recursive)

    def begin_again(self, epoch: int) -> None:
        """What comes of what was begun before carries an older epoch."""
        self._lister.forget(epoch)
        for listing in self._begun:
            self._lister.find(epoch, listing.paths, listing.recursive)

    def forget(self, epoch: int) -> None:
        self._lister.forget(epoch)
        self._begun.clear()

    def leave_out(self, path: str) -> None:
        for listing in self._begun:
            listing.out.add(path)

    def wanted(self, listed: Listed) -> list[str]:
        """The photos of it, less those that were taken out."""
        out = self._begun[0].out
        if listed.end:
            self._begun.popleft()
        return [found.path for found in listed.found if found.error is None and found.path not in out]

    def stop(self) -> bool:
        return self._lister.stop()


def is_one(path: str) -> bool:
    """Neither a folder nor a pattern."""
    if os.path.isdir(path):  # noqa: PTH112 - a name too long is none, as in find
        return False
    return os.path.lexists(path) or not any(sign in path for sign in "*?[")
