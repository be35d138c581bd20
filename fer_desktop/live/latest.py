"""The one thing that stands between two threads: a slot that holds only the newest value."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class LatestSlot(Generic[T]):
    """Holds at most one value. Whoever puts never waits; whoever takes gets each value at most once, always the newest.

    `None` stands for "nothing there" and cannot be put.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._value: T | None = None
        self._closed = False
        self._woken = False

    def put(self, value: T) -> T | None:
        """Leave `value` for the taker. Returns the value it overwrote, which nobody will see, or None."""
        with self._condition:
            overwritten = self._value
            self._value = value
            self._condition.notify()
            return overwritten

    def take(self, timeout_s: float = 0.0) -> T | None:
        """The value put since the last take, waiting up to `timeout_s` seconds for one; None if none came."""
        with self._condition:
            if timeout_s > 0:
                self._condition.wait_for(lambda: self._value is not None or self._closed or self._woken, timeout_s)
            self._woken = False
            value, self._value = self._value, None
            return value

    def clear(self) -> T | None:
        """Throw away what waits to be taken, and return it."""
        with self._condition:
            value, self._value = self._value, None
            return value

    def wake(self) -> None:
        """The `take` that waits now, or else the next one, does not wait: its thread is to look at something else."""
        with self._condition:
            self._woken = True
            self._condition.notify_all()

    def close(self) -> None:
        """From now on `take` never waits: its thread is to end."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()
