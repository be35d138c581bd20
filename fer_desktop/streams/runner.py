"""Each stream on a thread of its own, so that none holds up the live view or another. What fails is told, and over."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from fer_desktop.core.errors import FerError
from fer_desktop.core.types import Analysis, Frame
from fer_desktop.streams.sink import AnalysisSink

logger = logging.getLogger(__name__)

BACKLOG: Final = 16
"""Analyses that may wait for a stream: a quarter of a second at 60 a second. Of pictures only the newest waits."""
STOP_S: Final = 2.0

Tell = Callable[[str], None]
"""Takes a sentence for the person; called on a stream's thread."""


@dataclass(frozen=True, slots=True)
class StreamState:
    """What a window or a log may say of a stream.

    sent: analyses that somebody was given. dropped: given up, since the stream was slower than they came. clients:
    None where that cannot be known. problem: why it ended, None while it has not.
    """

    name: str
    open: bool
    sent: int
    dropped: int
    clients: int | None
    caution: str | None
    problem: str | None


class SinkRunner:
    """Opens, feeds and closes one sink. `put` and `state` may be called by any thread and never wait for the sink."""

    def __init__(self, sink: AnalysisSink, tell: Tell = lambda text: None) -> None:
        self._sink, self._tell = sink, tell
        self._waiting: deque[tuple[Frame | None, Analysis]] = deque()
        self._backlog = 1 if sink.wants_frames else BACKLOG
        self._changed = threading.Condition()
        self._stop = self._open = False
        self._sent = self._dropped = 0
        self._problem: str | None = None
        self._thread = threading.Thread(target=self._run, name="stream", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def put(self, frame: Frame | None, analysis: Analysis) -> None:
        """Leave it for the sink; the oldest that still waits is given up where there are too many."""
        with self._changed:
            if not self._open:
                return
            if len(self._waiting) >= self._backlog:
                self._waiting.popleft()
                self._dropped += 1
            self._waiting.append((frame if self._sink.wants_frames else None, analysis))
            self._changed.notify()

    def state(self) -> StreamState:
        clients = self._sink.clients
        with self._changed:
            return StreamState(
                self._sink.name, self._open, self._sent, self._dropped, clients, self._sink.caution, self._problem
            )

    def signal_stop(self) -> None:
        """Ask the thread to end; returns at once. What waits is given up."""
        with self._changed:
            self._stop = True
            self._open = False
            self._changed.notify()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread. True if it has ended, or was never started."""
        if self._thread.ident is None:
            return True
        self._thread.join(max(timeout_s, 0.0))
        return not self._thread.is_alive()

    # On the stream's thread

    def _run(self) -> None:
        try:
            self._sink.open()
            self._opened()
            while (one := self._next()) is not None:
                sent = self._sink.put(*one)
                with self._changed:
                    self._sent += sent
        except FerError as error:
            self._failed(str(error))
        except Exception:
            logger.exception("a defect in a stream")
            self._failed(f"The stream {self._sink.name} ended by a defect. The log has the details")
        finally:
            try:
                self._sink.close()
            except Exception:
                logger.exception("closing a stream failed")

    def _opened(self) -> None:
        with self._changed:
            self._open = not self._stop
        if self._sink.caution is not None:
            self._tell(self._sink.caution)

    def _next(self) -> tuple[Frame | None, Analysis] | None:
        """Waits for the next one; None if the thread is to end."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stop)
            return None if self._stop else self._waiting.popleft()

    def _failed(self, text: str) -> None:
        with self._changed:
            self._open = False
            self._problem = text
            self._waiting.clear()
        self._tell(text)


class Streams:
    """All the streams of one run. `put` is for `LiveSession.add_listener`."""

    def __init__(self, sinks: Sequence[AnalysisSink], tell: Tell = lambda text: None) -> None:
        self._runners = [SinkRunner(sink, tell) for sink in sinks]

    def start(self) -> None:
        """Returns at once: opening happens on the streams' threads."""
        for runner in self._runners:
            runner.start()

    def put(self, frame: Frame | None, analysis: Analysis) -> None:
        """Never waits, never raises."""
        for runner in self._runners:
            runner.put(frame, analysis)

    def states(self) -> tuple[StreamState, ...]:
        return tuple(runner.state() for runner in self._runners)

    def stop(self, within_s: float = STOP_S) -> bool:
        """End all threads. Bounded, even where a device never comes back. True if all have ended."""
        deadline = time.monotonic() + within_s
        for runner in self._runners:
            runner.signal_stop()
        ended = [runner.join(deadline - time.monotonic()) for runner in self._runners]
        if not all(ended):
            logger.error("%d stream(s) did not end; leaving them behind", ended.count(False))
        return all(ended)
