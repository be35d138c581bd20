"""What commands that work for a while share: a line of progress, and Ctrl+C that keeps what is done."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Iterator


class ProgressLine:
    """One line on stderr that is written over, only where a person is looking."""

    def __init__(self, wanted: bool = True) -> None:
        self._active = wanted and sys.stderr.isatty()
        self._shown = False

    def tell(self, text: str) -> None:
        if self._active:
            print(f"\r{text}\x1b[K", end="", file=sys.stderr, flush=True)
            self._shown = True

    def clear(self) -> None:
        if self._shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
            self._shown = False


@contextlib.contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Ctrl+C ends the work after what is at hand; a second one at once. Gives a function that tells of the first."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():  # signals reach no other
        yield stop.is_set
        return

    def interrupt(signum: int, _frame: object) -> None:
        stop.set()
        signal.signal(signum, signal.default_int_handler)

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
