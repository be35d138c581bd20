"""Work that would hold up the picture, on a thread of its own; what comes of it is told on the GUI thread."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from fer_desktop.core.errors import FerError

POLL_MS: Final = 30
NAME: Final = "task"
"""Of the threads."""

_Results = queue.SimpleQueue[tuple[Any, BaseException | None]]


class Task(QObject):
    """Starts at once. `done`: what `work` returned; `failed`: why, where it raised anything. It goes by itself then.
    What is neither FerError nor OSError, a fault of the program's own, is raised once more, for the report of it."""

    done = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject, work: Callable[[], Any]) -> None:
        super().__init__(parent)
        self._results: _Results = queue.SimpleQueue()
        # The thread knows nothing of this object, which may go before it.
        self._thread = threading.Thread(target=_run, args=(work, self._results), name=NAME, daemon=True)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._look)
        self._thread.start()
        self._timer.start()

    def finish(self, longest_s: float = 0.0) -> None:
        """Nothing is told any more, and the work goes on alone. What only reads is not waited for; what changes
        something is, at most so long. May be called when it is over."""
        if not isValid(self):
            return
        self._timer.stop()
        self._thread.join(longest_s)
        self.deleteLater()

    def _look(self) -> None:
        try:
            result, error = self._results.get_nowait()
        except queue.Empty:
            return
        self._timer.stop()
        self._thread.join()
        self.deleteLater()
        if error is None:
            self.done.emit(result)
            return
        self.failed.emit(str(error) or type(error).__name__)
        if not isinstance(error, (FerError, OSError)):
            raise error


def joined(thread: threading.Thread | None, longest_s: float) -> bool:
    """Whether a thread that was told to end has. One that did not is a daemon: the program ends all the same."""
    if thread is None:
        return True
    thread.join(longest_s)
    return not thread.is_alive()


def _run(work: Callable[[], Any], results: _Results) -> None:
    try:
        results.put((work(), None))
    except BaseException as error:  # raised again on the GUI thread
        results.put((None, error))
