"""Each stream on a thread of its own, so that none holds up the live view or another. What fails is told, and over."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from fer_desktop.core.errors import FerError
from fer_desktop.core.types import Analysis, Frame
from fer_desktop.streams.sink import AnalysisSink
from fer_desktop.streams.spec import StreamSpec

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
    """Makes, opens, feeds and closes one sink, all on its own thread. `put` and `state` may be called by any thread and
    never wait for the sink. after: what has to end first, since it may hold the same place."""

    def __init__(
        self,
        name: str,
        make_sink: Callable[[], AnalysisSink],
        tell: Tell = lambda text: None,
        after: Sequence[SinkRunner] = (),
    ) -> None:
        self._name, self._make_sink, self._tell, self._after = name, make_sink, tell, tuple(after)
        self._sink: AnalysisSink | None = None
        self._waiting: deque[tuple[Frame | None, Analysis]] = deque()
        self._wants_frames = False
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
            if len(self._waiting) >= (1 if self._wants_frames else BACKLOG):
                self._waiting.popleft()
                self._dropped += 1
            self._waiting.append((frame if self._wants_frames else None, analysis))
            self._changed.notify()

    def state(self) -> StreamState:
        sink = self._sink
        name, clients, caution = (self._name, None, None) if sink is None else (sink.name, sink.clients, sink.caution)
        with self._changed:
            return StreamState(name, self._open, self._sent, self._dropped, clients, caution, self._problem)

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
        for runner in self._after:
            runner.join(STOP_S)
        self._after = ()
        try:
            if self._stop:
                return
            self._sink = sink = self._make_sink()
            self._wants_frames = sink.wants_frames
            sink.open()
            self._opened(sink)
            while (one := self._next()) is not None:
                sent = sink.put(*one)
                with self._changed:
                    self._sent += sent
        except FerError as error:
            self._failed(str(error))
        except Exception:
            logger.exception("a defect in a stream")
            name = self._name if self._sink is None else self._sink.name
            self._failed(f"The stream {name} ended by a defect. The log has the details")
        finally:
            try:
                if self._sink is not None:
                    self._sink.close()
            except Exception:
                logger.exception("closing a stream failed")

    def _opened(self, sink: AnalysisSink) -> None:
        with self._changed:
            self._open = not self._stop
        if sink.caution is not None:
            self._tell(sink.caution)

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
    """All the streams of one run, by what was asked for. `put` is for `LiveSession.add_listener`; `begin`, `end` and
    `stop` are called by one thread. make_sink is called on the stream's own thread."""

    def __init__(self, make_sink: Callable[[StreamSpec], AnalysisSink], tell: Tell = lambda text: None) -> None:
        self._make_sink, self._tell = make_sink, tell
        self._runners: Mapping[StreamSpec, SinkRunner] = {}
        """Never changed in place: the analysis thread goes through it."""
        self._leaving: list[SinkRunner] = []
        self.followed: int | None = None
        """The id of the face that is chosen, for a stream of one face; None where none is."""

    def begin(self, spec: StreamSpec) -> None:
        """Start it, anew where it was there; returns at once."""
        self.end(spec)
        runner = SinkRunner(str(spec), partial(self._make_sink, spec), self._tell, self._leaving)
        self._runners = {**self._runners, spec: runner}
        runner.start()

    def end(self, spec: StreamSpec) -> None:
        """Have it end, if it is there; returns at once."""
        runner = self._runners.get(spec)
        self._leaving = [one for one in self._leaving if not one.join(0.0)]
        if runner is not None:
            self._runners = {key: one for key, one in self._runners.items() if key != spec}
            self._leaving.append(runner)
            runner.signal_stop()

    def put(self, frame: Frame | None, analysis: Analysis) -> None:
        """Never waits, never raises."""
        for runner in self._runners.values():
            runner.put(frame, analysis)

    def states(self) -> dict[StreamSpec, StreamState]:
        """In the order in which they were begun."""
        return {spec: runner.state() for spec, runner in self._runners.items()}

    def stop(self, within_s: float = STOP_S) -> bool:
        """End all threads. Bounded, even where a device never comes back. True if all have ended."""
        deadline = time.monotonic() + within_s
        runners = [*self._runners.values(), *self._leaving]
        for runner in runners:
            runner.signal_stop()
        ended = [runner.join(deadline - time.monotonic()) for runner in runners]
        if not all(ended):
            logger.error("%d stream(s) did not end; leaving them behind", ended.count(False))
        return all(ended)
