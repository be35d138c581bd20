"""A live run: one source, one pipeline, and a window that asks for what is new.

The window calls from its own thread, with a timer: `turn`, `events`, `newest`, `painted`. Nothing here makes it wait,
except `stop`, which is bounded.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from fer_desktop.core.errors import FerError
from fer_desktop.core.ports import FrameSource
from fer_desktop.core.types import Analysis, Frame
from fer_desktop.live.analysis_worker import AnalysisWorker, Job, LivePipeline, ModelInfo
from fer_desktop.live.capture_worker import CaptureWorker, SourceInfo
from fer_desktop.live.events import Event, EventQueue, Kind
from fer_desktop.live.memory import peak_resident_mb, resident_mb
from fer_desktop.live.pairing import FramePairing, View
from fer_desktop.live.retired import RetiredWorkers, join_all
from fer_desktop.live.statistics import Meter, Statistics
from fer_desktop.live.timing import Timing
from fer_desktop.live.watchdog import Watchdog

logger = logging.getLogger(__name__)


class LiveSession:
    """Starts, feeds and ends the threads. `make_pipeline` is called on the analysis thread and may take seconds."""

    def __init__(self, make_pipeline: Callable[[], LivePipeline], timing: Timing | None = None) -> None:
        self._timing = timing or Timing()
        self._events = EventQueue()
        self._meter = Meter()
        self._analysis = AnalysisWorker(make_pipeline, self)
        # Guards all below. Held for microseconds only: never while anything is read, analysed, opened or closed.
        self._lock = threading.Lock()
        self._pairing = FramePairing(self._timing.hold)
        self._watchdog = Watchdog(self._timing.stall)
        self._active: CaptureWorker | None = None
        self._candidate: CaptureWorker | None = None
        self._candidate_since = 0.0
        self._retired = RetiredWorkers()
        self._source: SourceInfo | None = None
        self._model: ModelInfo | None = None
        self._paused = False
        self._stopped = False
        self._analysis_started = False
        self._sequence = 0
        self._epoch = 0
        self._complained: tuple[str, float] = ("", float("-inf"))
        self._memory_at = float("-inf")

    # For the window

    def start(self, make_source: Callable[[], FrameSource]) -> None:
        """Start both threads; returns at once. `make_source` gives a new, unopened source each time it is called.

        It is called on the capture thread, and again to reopen a lost camera. What it raises is told as an event.
        """
        self._sample_memory(time.monotonic())
        with self._lock:
            started, self._analysis_started = self._analysis_started, True
        if not started:
            self._analysis.start()
        self.switch(make_source)

    def switch(self, make_source: Callable[[], FrameSource]) -> None:
        """Change to another source; returns at once.

        The old source runs on until the new one has delivered a frame (`source_opened`), which also ends a pause.
        If the new one fails the old one stays, and `source_failed` tells why.
        """
        worker = CaptureWorker(make_source, self, self._timing.back_off_first, self._timing.back_off_longest)
        with self._lock:
            if self._stopped:
                raise RuntimeError("the session was stopped")
            self._drop_candidate()
            self._candidate = worker
            self._candidate_since = time.monotonic()
            worker.start()

    def pause(self) -> None:
        """Take no more frames: a file stays where it is, a camera stays open. `newest` gives nothing."""
        with self._lock:
            if self._paused:
                return
            self._paused = True
            if self._active is not None:
                self._active.pause()
            self._watchdog.sleep()
            self._forget_waiting()
        self._meter.interrupted()

    def resume(self) -> None:
        with self._lock:
            self._end_pause()

    @property
    def paused(self) -> bool:
        return self._paused

    @property
    def source(self) -> SourceInfo | None:
        """The source shown now; None before the first frame."""
        return self._source

    @property
    def running(self) -> bool:
        """True while a source is in use, be it paused or stalled; False before its first frame and after its end."""
        return self._active is not None

    @property
    def model(self) -> ModelInfo | None:
        """The model in use; None until `model_ready`, and after `model_failed`."""
        return self._model

    def newest(self) -> View | None:
        """What to show now, None if there is nothing new. Never waits. Rules: see `pairing`."""
        with self._lock:
            return None if self._paused or self._stopped else self._pairing.next()

    def events(self) -> list[Event]:
        """What happened since the last call. Also looks whether the source has gone quiet: call it with each turn."""
        self._look_after_source(time.monotonic())
        return self._events.drain()

    def turn(self, at_s: float) -> None:
        """The window's timer fired at `at_s` (time.monotonic()). For the gaps between turns, and memory."""
        self._meter.turn(at_s)
        if at_s - self._memory_at >= self._timing.memory:
            self._sample_memory(at_s)

    def painted(self, view: View, at_s: float) -> None:
        """`view` was painted at `at_s` (time.monotonic()). For latency and display rate."""
        self._meter.painted(view, at_s)

    def statistics(self) -> Statistics:
        """The run so far. May be called after `stop`."""
        source, model = self._source, self._model
        return self._meter.snapshot(
            time.monotonic(),
            source=source.name if source else None,
            device=model.device if model else None,
            model=model.id if model else None,
        )

    def stop(self) -> bool:
        """End all threads. Bounded, even where a read or an analysis never comes back. True if all have ended."""
        with self._lock:
            first_time, self._stopped = not self._stopped, True
            for worker in (self._active, self._candidate):
                if worker is not None:
                    self._retired.add(worker)
            self._active = self._candidate = None
            workers = self._retired.take_all()
            analysis_started = self._analysis_started
        self._analysis.signal_stop()
        capture_ended = join_all(workers, self._timing.join_capture)
        analysis_ended = not analysis_started or self._analysis.join(self._timing.join_analysis)
        if not analysis_ended:
            logger.error("the analysis thread did not end; leaving it behind")
        if first_time:
            self._sample_memory(time.monotonic())
            with self._lock:
                self._forget_waiting()
        return capture_ended and analysis_ended

    # From the capture threads

    def on_frame(self, worker: CaptureWorker, frame: Frame, first: SourceInfo | None) -> None:
        now = time.monotonic()
        with self._lock:
            if self._stopped:
                return
            chosen = worker is self._candidate
            if chosen:
                self._promote(worker)
            if worker is not self._active:
                return
            if first is not None:
                self._source = first
                self._epoch += 1
                self._forget_waiting()
                self._pairing.restart(self._sequence)
            if chosen:
                self._events.put(Event(Kind.SOURCE_OPENED, self._name))
            if self._watchdog.fed(now):
                self._events.put(Event(Kind.SOURCE_RESUMED, self._name))
            if self._paused:
                self._watchdog.sleep()
                return
            job = Job(frame, self._sequence, self._epoch)
            self._sequence += 1
            self._meter.captured(now)
            self._pairing.captured(job.sequence, frame)
            self._given_up(self._analysis.submit(job), now)

    def on_lost(self, worker: CaptureWorker, error: FerError) -> None:
        with self._lock:
            if worker is self._active and self._watchdog.told():
                self._events.put(Event(Kind.SOURCE_STALLED, error.what, error.remedy))

    def on_failed(self, worker: CaptureWorker, error: FerError) -> None:
        with self._lock:
            if self._let_go(worker):
                self._events.put(Event(Kind.SOURCE_FAILED, error.what, error.remedy))

    def on_ended(self, worker: CaptureWorker) -> None:
        with self._lock:
            was_candidate = worker is self._candidate
            if not self._let_go(worker):
                return
            if was_candidate:
                self._events.put(Event(Kind.SOURCE_FAILED, "There is no picture in it", "Choose another source"))
            else:
                self._events.put(Event(Kind.SOURCE_ENDED, self._name))

    def on_capture_defect(self, worker: CaptureWorker, report: str) -> None:
        self._defect("A defect in reading the source", report)

    # From the analysis thread

    def on_model_ready(self, model: ModelInfo) -> None:
        with self._lock:
            self._model = model
            self._pairing.start_analysing()
        self._events.put(Event(Kind.MODEL_READY, model.id))

    def on_analysed(self, job: Job, analysis: Analysis) -> None:
        with self._lock:
            self._pairing.analysed(job.sequence, analysis)
        self._meter.analysed(analysis, time.monotonic())

    def on_not_analysed(self, job: Job, error: FerError | None) -> None:
        now = time.monotonic()
        with self._lock:
            self._given_up(job, now)
            if error is None:
                return
            text, said_at = self._complained
            if str(error) == text and now - said_at < self._timing.repeat:
                return
            self._complained = (str(error), now)
        self._events.put(Event(Kind.ANALYSIS_FAILED, error.what, error.remedy))

    def on_analysis_defect(self, report: str) -> None:
        with self._lock:
            self._pairing.stop_analysing()
        self._defect("A defect in reading faces", report)

    def on_model_failed(self, error: FerError) -> None:
        with self._lock:
            self._model = None
            self._pairing.stop_analysing()
        self._events.put(Event(Kind.MODEL_FAILED, error.what, error.remedy))

    # With the lock held

    @property
    def _name(self) -> str:
        return self._source.name if self._source else ""

    def _promote(self, worker: CaptureWorker) -> None:
        if self._active is not None:
            self._retired.add(self._active)
        self._active, self._candidate = worker, None
        self._paused = False
        self._watchdog = Watchdog(self._timing.stall)
        self._meter.interrupted()

    def _drop_candidate(self) -> None:
        if self._candidate is not None:
            self._retired.add(self._candidate)
            self._candidate = None

    def _let_go(self, worker: CaptureWorker) -> bool:
        """The worker ends by itself. False if nobody waits for anything from it."""
        if worker is self._candidate:
            self._candidate = None
        elif worker is self._active:
            self._active = None
            self._watchdog.sleep()
        else:
            return False
        self._retired.add(worker)
        return True

    def _end_pause(self) -> None:
        if self._paused:
            self._paused = False
            self._watchdog.wake(time.monotonic())
            if self._active is not None:
                self._active.resume()

    def _given_up(self, job: Job | None, at_s: float) -> None:
        if job is not None:
            self._pairing.passed_over(job.sequence)
            self._meter.dropped(at_s)

    def _forget_waiting(self) -> None:
        self._given_up(self._analysis.give_up_waiting(), time.monotonic())
        self._pairing.drop_waiting()

    # Without it

    def _defect(self, text: str, report: str) -> None:
        logger.error("%s\n%s", text, report)
        self._events.put(Event(Kind.DEFECT, text, detail=report))

    def _look_after_source(self, now: float) -> None:
        with self._lock:
            active = self._active
            if active is not None and self._watchdog.stalled(now):
                self._events.put(Event(Kind.SOURCE_STALLED, f"{self._name} delivers no pictures"))
            late = self._candidate is not None and now - self._candidate_since > self._timing.first_frame
            if late:
                self._drop_candidate()
        if late:
            self._events.put(Event(Kind.SOURCE_FAILED, "No picture came", "Choose the source again, or another one"))
        if active is not None and active.reading_for_s(now) > self._timing.stuck:
            active.release()

    def _sample_memory(self, at_s: float) -> None:
        self._memory_at = at_s
        self._meter.memory(resident_mb(), peak_resident_mb())
