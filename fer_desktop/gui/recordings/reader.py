"""Reads a recording on threads of its own; what comes of it is taken by a timer on the GUI thread."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from fer_desktop.core.errors import Cancelled, FerError
from fer_desktop.offline.video import Beginning, FrameResult, Recording, VideoPipeline, VideoReading

logger = logging.getLogger(__name__)

TURN_MS: Final = 40
TURN_S: Final = 0.004
"""So long at most are results put away in one turn: the picture goes on beside it."""
AHEAD: Final = 256
JOIN_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class _Over:
    """Nothing comes after it. problem: why it ended early, for people; report: a traceback, where it is a defect."""

    problem: str = ""
    report: str = ""


_Item = Beginning | FrameResult | _Over


class Reader(QObject):
    """`begun` (Beginning), then `came` (list of FrameResults), then `over` (problem, report): both empty where it was
    read to its end or cancelled, report a traceback for a fault of the program's own."""

    begun = Signal(object)
    came = Signal(object)
    over = Signal(str, str)

    def __init__(self, parent: QObject, recording: Recording, make_pipeline: Callable[[], VideoPipeline]) -> None:
        super().__init__(parent)
        self.recording = recording
        self.reached_s = 0.0
        self.running = True
        self.cancelled = False
        self._stop, self._left = threading.Event(), threading.Event()
        self._items: queue.Queue[_Item] = queue.Queue(AHEAD)
        work = (recording, make_pipeline, self._items, self._stop, self._left)
        # The thread knows nothing of this object, which may go before it.
        self._thread = threading.Thread(target=_run, args=work, name="recording", daemon=True)
        self._began_s = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(TURN_MS)
        self._timer.timeout.connect(self._turn)
        self._thread.start()
        self._timer.start()

    @property
    def part(self) -> float | None:
        """How much of the recording was read, 0 to 1; None where the file does not say how long it is."""
        length = self.recording.duration_s
        return min(self.reached_s / length, 1.0) if length else None

    @property
    def spent_s(self) -> float:
        return time.monotonic() - self._began_s

    def cancel(self) -> None:
        """Read no further; what was read still comes."""
        self.cancelled = True
        self._stop.set()

    def leave(self) -> None:
        """Nothing comes any more, and the threads end by themselves: one that loads the model takes its time."""
        self._left.set()
        self.cancel()
        self._timer.stop()

    def stop(self) -> None:
        """The same, and wait for the threads, bounded."""
        self.leave()
        self._thread.join(JOIN_S)

    @property
    def ended(self) -> bool:
        """Whether its thread is gone."""
        return not self._thread.is_alive()

    def _turn(self) -> None:
        until_s = time.monotonic() + TURN_S
        results: list[FrameResult] = []
        over: _Over | None = None
        # Putting them away costs as much again: a few a turn are enough.
        while time.monotonic() < until_s and len(results) < AHEAD // 4 and over is None:
            try:
                item = self._items.get_nowait()
            except queue.Empty:
                break
            if isinstance(item, FrameResult):
                results.append(item)
            elif isinstance(item, Beginning):
                self.begun.emit(item)
            else:
                over = item
        if results:
            self.reached_s = results[-1].time_s
            self.came.emit(results)
        if over is not None:
            self._timer.stop()
            self._thread.join(JOIN_S)
            self.running = False
            self.over.emit(over.problem, over.report)


def _run(
    recording: Recording,
    make_pipeline: Callable[[], VideoPipeline],
    items: queue.Queue[_Item],
    stop: threading.Event,
    left: threading.Event,
) -> None:
    over = _Over()
    try:
        with VideoReading(recording, make_pipeline) as reading:
            _put(items, reading.begin(stop.is_set), left)
            for result in reading.results(stop.is_set):
                _put(items, result, left)
    except Cancelled:
        pass
    except FerError as error:
        over = _Over(str(error))
    except Exception as error:
        logger.exception("reading %s failed", recording.name)
        over = _Over(str(error) or type(error).__name__, traceback.format_exc())
    if not over.problem and not stop.is_set() and recording.loss:
        over = _Over(recording.loss)
    _put(items, over, left)


def _put(items: queue.Queue[_Item], item: _Item, left: threading.Event) -> None:
    """Whoever reads no further still takes what was read; nobody waits for one who went away."""
    while not left.is_set():
        with contextlib.suppress(queue.Full):
            items.put(item, timeout=0.1)
            return
