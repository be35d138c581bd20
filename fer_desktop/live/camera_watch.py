"""Notices on a thread of its own that a camera was plugged in or pulled out: asking the system may take a while."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from fer_desktop.live.latest import LatestSlot

logger = logging.getLogger(__name__)

T = TypeVar("T")

LOOK_EVERY_S: Final = 1.0
"""While somebody waits for a camera."""
JOIN_S: Final = 1.0


class CameraWatch(Generic[T]):
    """Lists the cameras when asked to and, while `waiting`, when `sign` becomes another value. Both are called on the
    thread, which is started when it is first needed."""

    def __init__(self, list_cameras: Callable[[], Sequence[T]], sign: Callable[[], object]) -> None:
        self._list_cameras, self._sign = list_cameras, sign
        self._news: LatestSlot[Sequence[T]] = LatestSlot()
        self._thread: threading.Thread | None = None
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._asked = False
        self._waiting = False

    def wait_for_one(self, on: bool) -> None:
        """Whether somebody waits for a camera from now on; then the list is told of at once, and after each change."""
        if on != self._waiting:
            self._waiting = on
            if on:
                self.look_now()

    def look_now(self) -> None:
        """List the cameras; returns at once."""
        if self._stop.is_set():
            return
        self._asked = True
        self._wake.set()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="cameras", daemon=True)
            self._thread.start()

    def news(self) -> Sequence[T] | None:
        """The cameras, once after each listing; never waits."""
        return self._news.take()

    def stop(self) -> None:
        """End the thread, bounded: a driver that blocks a listing is left behind."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(JOIN_S)
            if self._thread.is_alive():
                logger.warning("the cameras are still being listed; leaving that behind")

    def _run(self) -> None:
        seen: object = None
        while not self._stop.is_set():
            self._wake.clear()
            asked, self._asked = self._asked, False
            try:
                sign = self._sign()
                if asked or sign != seen:
                    self._news.put(self._list_cameras())
                seen = sign
            except Exception:  # the system may fail in any way; the next look may succeed
                logger.warning("cameras could not be listed", exc_info=True)
            self._wake.wait(LOOK_EVERY_S if self._waiting else None)
