"""The capture side of a session: which source is shown, what is wrong with it, whether its frames are wanted now."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from fer_desktop.core.errors import CameraError, Fault, FerError
from fer_desktop.core.ports import FrameSource
from fer_desktop.core.types import Frame
from fer_desktop.live.capture_worker import CaptureWorker, SourceInfo
from fer_desktop.live.events import Event, EventQueue, Kind
from fer_desktop.live.picture_watch import Picture
from fer_desktop.live.timing import Timing
from fer_desktop.live.watchdog import Watchdog
from fer_desktop.live.workers import CaptureWorkers, join_all

logger = logging.getLogger(__name__)

Deliver = Callable[[Frame, bool, float], None]
"""A frame that is wanted, whether it is the first of an opened source, and the time; with the lock held."""


class Capturing:
    """Hears from the capture threads, and hands what they deliver to `deliver`. `lock` is the session's.

    interrupted: the frames that wait are not wanted any more, and the next one is no successor; with the lock held.
    """

    def __init__(
        self,
        timing: Timing,
        lock: threading.Lock,
        events: EventQueue,
        deliver: Deliver,
        interrupted: Callable[[], None],
    ) -> None:
        self._timing, self._lock, self._events = timing, lock, events
        self._deliver, self._interrupted = deliver, interrupted
        self._watchdog = Watchdog(timing.stall)
        self._workers = CaptureWorkers()
        self._stopped = False
        self.source: SourceInfo | None = None
        """The source shown now; None before the first frame."""
        self.picture = Picture()
        self.paused = self.held = False
        self.resting = False
        """Paused or held: no frames are taken."""

    # For the session

    @property
    def running(self) -> bool:
        return self._workers.active is not None

    def switch(self, make_source: Callable[[], FrameSource], patient: bool) -> None:
        timing = self._timing
        worker = CaptureWorker(make_source, self, timing.back_off_first, timing.back_off_longest, patient)
        with self._lock:
            if self._stopped:
                raise RuntimeError("the session was stopped")
            self._workers.nominate(worker, time.monotonic())
            worker.start()

    def exchange(self, make_source: Callable[[], FrameSource]) -> None:
        with self._lock:
            active = self._workers.active
            if active is None or self._stopped:
                return
            active.exchange(make_source)
            if not self.resting:
                self._watchdog.wake(time.monotonic())

    def stay(self) -> None:
        with self._lock:
            self._workers.drop_candidate()

    def retry_now(self) -> None:
        with self._lock:
            for worker in (self._workers.active, self._workers.candidate):
                if worker is not None:
                    worker.retry_now()

    def rest(self, paused: bool | None = None, held: bool | None = None) -> None:
        """Pause, hold, or end either."""
        with self._lock:
            self.paused = self.paused if paused is None else paused
            self.held = self.held if held is None else held
            resting = self.paused or self.held
            if resting == self.resting:
                return
            self.resting, active = resting, self._workers.active
            if resting:
                if active is not None:
                    active.pause()
                self._watchdog.sleep()
                self._interrupted()
            else:
                self._watchdog.wake(time.monotonic())
                if active is not None:
                    active.resume()

    def look_after(self, now: float) -> None:
        """Whether the source has gone quiet, does not answer, or never delivered at all."""
        with self._lock:
            active = self._workers.active
            if active is not None and self._watchdog.stalled(now):
                self._stalled(Event(Kind.SOURCE_STALLED, f"{self._name} delivers no pictures", fault=Fault.SILENT))
            late = self._workers.candidate_for_s(now) > self._timing.first_frame
            if late:
                self._workers.drop_candidate()
        if late:
            self._events.put(Event(Kind.SOURCE_FAILED, "No picture came", "Choose the source again, or another one"))
        if active is not None and active.reading_for_s(now) > self._timing.stuck:
            active.release()

    def stop(self) -> list[CaptureWorker]:
        """Tell all threads to end; gives those that may not have ended yet, for `join`. With the lock held."""
        self._stopped = True
        return self._workers.dismiss_all()

    def join(self, workers: list[CaptureWorker]) -> bool:
        """Wait for them, bounded. True if all have ended."""
        return join_all(workers, self._timing.join_capture)

    # From the capture threads

    def on_frame(self, worker: CaptureWorker, frame: Frame, first: SourceInfo | None) -> None:
        now = time.monotonic()
        with self._lock:
            if self._stopped:
                return
            chosen = worker is self._workers.candidate
            if chosen:
                self._promote(worker)
            if worker is not self._workers.active:
                return
            if first is not None:
                self.source = first
            if chosen:
                self._events.put(Event(Kind.SOURCE_OPENED, self._name))
            if self._watchdog.fed(now):
                self._events.put(Event(Kind.SOURCE_RESUMED, self._name))
            if self.resting:
                self._watchdog.sleep()
            self._deliver(frame, first is not None, now)

    def on_picture(self, worker: CaptureWorker, picture: Picture) -> None:
        with self._lock:
            if worker is self._workers.active and not self._stopped:
                self._set_picture(picture)

    def on_lost(self, worker: CaptureWorker, error: FerError) -> None:
        fault = error.fault if isinstance(error, CameraError) else Fault.FAILED
        with self._lock:
            if worker is self._workers.active and self._watchdog.told(fault):
                self._stalled(Event(Kind.SOURCE_STALLED, error.what, error.remedy, fault=fault))

    def on_refused(self, worker: CaptureWorker, error: FerError) -> None:
        with self._lock:
            if worker is self._workers.active:
                self._events.put(_failed(error))

    def on_failed(self, worker: CaptureWorker, error: FerError) -> None:
        with self._lock:
            if self._ends(worker):
                self._events.put(_failed(error))

    def on_ended(self, worker: CaptureWorker) -> None:
        with self._lock:
            was_candidate = worker is self._workers.candidate
            if not self._ends(worker):
                return
            if was_candidate:
                self._events.put(Event(Kind.SOURCE_FAILED, "There is no picture in it", "Choose another source"))
            else:
                self._events.put(Event(Kind.SOURCE_ENDED, self._name))

    def on_capture_defect(self, worker: CaptureWorker, report: str) -> None:
        logger.error("a defect in reading the source\n%s", report)
        self._events.put(Event(Kind.DEFECT, "A defect in reading the source", detail=report))

    # With the lock held

    @property
    def _name(self) -> str:
        return self.source.name if self.source else ""

    def _promote(self, worker: CaptureWorker) -> None:
        self._workers.promote()
        self.paused, self.resting = False, self.held
        if self.resting:
            worker.pause()
        self._watchdog = Watchdog(self._timing.stall)
        self._set_picture(Picture())
        self._interrupted()

    def _stalled(self, event: Event) -> None:
        """Of a picture that does not come nothing else is wrong."""
        self._set_picture(Picture())
        self._events.put(event)

    def _set_picture(self, picture: Picture) -> None:
        if picture != self.picture:
            self.picture = picture
            self._events.put(Event(Kind.PICTURE_CHANGED, self._name))

    def _ends(self, worker: CaptureWorker) -> bool:
        """The worker ends by itself. False if nobody waits for anything from it."""
        if worker is self._workers.active:
            self._watchdog.sleep()
        return self._workers.let_go(worker)


def _failed(error: FerError) -> Event:
    fault = error.fault if isinstance(error, CameraError) else Fault.FAILED
    return Event(Kind.SOURCE_FAILED, error.what, error.remedy, fault=fault)
