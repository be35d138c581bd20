"""What a person asks of a run while it works: to pause, to go on, to stop. Safe between threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

POLL_S = 0.2


@dataclass(slots=True, eq=False)
class Control:
    """`cancel` is set where the run is to stop; the other requests are methods."""

    cancel: threading.Event = field(default_factory=threading.Event)
    _go: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._go.set()

    def pause(self) -> None:
        self._go.clear()

    def resume(self) -> None:
        self._go.set()

    @property
    def paused(self) -> bool:
        return not self._go.is_set()

    def wait_while_paused(self) -> float:
        """Returns when the run may go on or is to stop; gives the seconds waited."""
        started_s = time.monotonic()
        while not self._go.wait(POLL_S) and not self.cancel.is_set():
            continue
        return time.monotonic() - started_s

    def requests(self) -> Mapping[str, Callable[[], None]]:
        """By the line on stdin that asks for it."""
        return {"cancel": self.cancel.set, "pause": self.pause, "resume": self.resume}
