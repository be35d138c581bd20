"""Tells from time alone when a source has gone quiet. Pure: the caller says what time it is."""

from __future__ import annotations

from fer_desktop.core.errors import Fault


class Watchdog:
    """Seconds of time.monotonic() throughout. Asleep until the first `fed`."""

    def __init__(self, stall_s: float = 2.0) -> None:
        self._stall_s = stall_s
        self._fed_at: float | None = None
        self._told: Fault | None = None

    def fed(self, at_s: float) -> bool:
        """A frame came. True if that ends a silence that was told of."""
        was_told, self._told = self._told is not None, None
        self._fed_at = at_s
        return was_told

    def told(self, fault: Fault) -> bool:
        """The silence is known from elsewhere (a read failed). True if this was not told of before."""
        news, self._told = fault is not self._told, fault
        return news

    def sleep(self) -> None:
        """Nothing is expected (paused, ended) until the next `fed` or `wake`."""
        self._fed_at = None

    def wake(self, at_s: float) -> None:
        """Frames are expected again, from now on."""
        self._fed_at = at_s

    def stalled(self, at_s: float) -> bool:
        """True once for each silence longer than `stall_s`."""
        if self._told is not None or self._fed_at is None or at_s - self._fed_at <= self._stall_s:
            return False
        self._told = Fault.SILENT
        return True
