"""Work that would hold up the picture, on a thread of its own; what comes of it is told on the GUI thread."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QObject, QTimer, Signal

from fer_desktop.core.errors import FerError

POLL_MS: Final = 30


class Task(QObject):
    """Starts at once. `done`: what `work` returned; `failed`: why, where it raised FerError or OSError."""

    done = Signal(object)
    failed = Signal(str)

    def __init__(self, parent: QObject, work: Callable[[], Any]) -> None:
        super().__init__(parent)
        self._work = work
        self._results: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="task", daemon=True)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._look)
        self._thread.start()
        self._timer.start()

    def finish(self, longest_s: float | None = None) -> None:
        """Nothing is told any more. Waits for the work, at most so long: it goes on alone after that."""
        self._timer.stop()
        self._thread.join(longest_s)

    def _run(self) -> None:
        try:
            self._results.put((self._work(), None))
        except BaseException as error:  # raised again on the GUI thread
            self._results.put((None, error))

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
        elif isinstance(error, (FerError, OSError)):
            self.failed.emit(str(error))
        else:
            raise error
