"""A live run: one source, one pipeline, and a window that asks for what is new.

The window calls from its own thread, with a timer: `turn`, `news`, `painted`. Nothing here makes it wait,
except `stop`, which is bounded.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from fer_desktop.core.errors import FerError
from fer_desktop.core.ports import EmotionClassifier, FrameSource
from fer_desktop.core.types import Frame
from fer_desktop.live.analysis_worker import Job, ModelInfo, PipelineLike
from fer_desktop.live.capture_worker import CaptureWorker, SourceInfo
from fer_desktop.live.events import Event, EventQueue, Kind
from fer_desktop.live.memory import peak_resident_mb, resident_mb
from fer_desktop.live.pairing import FramePairing, View
from fer_desktop.live.readings import Listener, Readings
from fer_desktop.live.statistics import Meter, Statistics
from fer_desktop.live.timing import Timing
from fer_desktop.live.watchdog import Watchdog
from fer_desktop.live.workers import CaptureWorkers, join_all

if TYPE_CHECKING:
    from fer_desktop.core.tracking import Baseline

logger = logging.getLogger(__name__)


class LiveSession:
    """Starts, feeds and ends the threads. `make_pipeline` is called on the analysis thread and may take seconds."""

    def __init__(self, make_pipeline: Callable[[], PipelineLike], timing: Timing | None = None) -> None:
        self._timing = timing or Timing()
        self._events = EventQueue()
        self._meter = Meter()
        # Guards all below. Held for microseconds only: never while anything is read, analysed, opened or closed.
        self._lock = threading.Lock()
        self._pairing = FramePairing(self._timing.hold)
        self._readings = Readings(
            make_pipeline, self._pairing, self._lock, self._events, self._meter, self._timing.repeat
        )
        self._watchdog = Watchdog(self._timing.stall)
        self._workers = CaptureWorkers()
        self._source: SourceInfo | None = None
        self._paused = self._held = self._resting = False
        self._stopped = False
        self._maps = False
        self._shown: View | None = None
        # The frame that is read once more in a pause.
        self._again: Frame | None = None
        self._sequence = 0
        self._epoch = 0
        self._memory_at = float("-inf")

    # For the window

    def start(self, make_source: Callable[[], FrameSource]) -> None:
        """Start both threads; returns at once. `make_source` gives a new, unopened source each time it is called.

        It is called on the capture thread, and again to reopen a lost camera. What it raises is told as an event.
        """
        self._sample_memory(time.monotonic())
        self._readings.start()
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
            self._workers.nominate(worker, time.monotonic())
            worker.start()

    def change_model(self, make_classifier: Callable[[], EmotionClassifier]) -> None:
        """Read with another model, whether running, paused or not started yet; returns at once.

        `make_classifier` is called on a thread of its own, and again if the pipeline has to be made anew. The model
        before reads on until the new one is made and warm; between two frames they are exchanged, smoothing begins anew
        and `model_ready` tells the id. If it fails, `model_change_failed` tells why. Of models asked for meanwhile only
        the newest counts: nothing is told of the others.
        """
        with self._lock:
            if self._stopped:
                raise RuntimeError("the session was stopped")
        self._readings.change_model(make_classifier)

    def ask_for_maps(self, on: bool) -> None:
        """Whether predictions carry maps (core.why) from now on; returns at once.

        Asked for in a pause, the frame that was shown last is read once more, and comes as news.
        """
        with self._lock:
            if self._stopped or on == self._maps:
                return
            self._maps = on
            self._readings.ask_for_maps(on)
            if on and self._resting and self._shown is not None and self._shown.analysis is not None:
                self._again = self._shown.frame
                self._submit(self._again, time.monotonic())

    def set_strength(self, strength: float) -> None:
        """How calm readings, labels and boxes are from the next frame on: see core.tracking.Tracker."""
        self._readings.set_strength(strength)

    def set_baseline(self, track_id: int, baseline: Baseline | None) -> None:
        """Read a face against its own resting face from the next frame on, or (None) as others' again.

        Its tracks tell by `own_neutral` that it is so; it ends with the face, the source and the model.
        """
        self._readings.set_baseline(track_id, baseline)

    def add_listener(self, listener: Listener) -> None:
        """Hand every analysis to `listener`, with its frame, as soon as it is made."""
        with self._lock:
            self._readings.listeners += (listener,)

    def remove_listener(self, listener: Listener) -> None:
        """It may be in a call that began before."""
        with self._lock:
            self._readings.listeners = tuple(one for one in self._readings.listeners if one != listener)

    def pause(self) -> None:
        """Take no more frames: a file stays where it is, a camera stays open. Another source ends the pause."""
        with self._lock:
            self._paused = True
            self._rest_or_go_on()

    def resume(self) -> None:
        """End the pause."""
        with self._lock:
            self._paused = False
            self._rest_or_go_on()

    def hold(self) -> None:
        """Something else is on the picture: take no more frames until `let_go`, whatever is paused or opened."""
        with self._lock:
            self._held = True
            self._rest_or_go_on()

    def let_go(self) -> None:
        """End the hold. A pause goes on."""
        with self._lock:
            self._held = False
            self._rest_or_go_on()

    @property
    def paused(self) -> bool:
        """By `pause`; a hold is no pause."""
        return self._paused

    @property
    def held(self) -> bool:
        return self._held

    @property
    def source(self) -> SourceInfo | None:
        """The source shown now; None before the first frame."""
        return self._source

    @property
    def model(self) -> ModelInfo | None:
        """The model in use; None until `model_ready`, and after `model_failed`."""
        return self._readings.model

    def news(self) -> tuple[list[Event], View | None]:
        """What happened since the last call, and what to show now, None if there is nothing new. Never waits.

        The view is of the source that was opened last by these events and all before. Which frame it is: see `pairing`.
        Also looks whether the source has gone quiet: call it with each turn.
        """
        self._look_after_source(time.monotonic())
        with self._lock:
            # In a pause nothing waits to be shown, or a frame that was shown before and is read again.
            view = None if self._stopped else self._pairing.next()
            self._shown = view or self._shown
            return self._events.drain(), view

    def turn(self, at_s: float) -> None:
        """The window's timer fired at `at_s` (time.monotonic()). For the gaps between turns, and memory."""
        self._meter.turn(at_s)
        if at_s - self._memory_at >= self._timing.memory:
            self._sample_memory(at_s)

    def painted(self, view: View, at_s: float) -> None:
        """`view` was painted at `at_s` (time.monotonic()). For latency and display rate."""
        # Painted again, long after it was captured: that is no latency.
        if view.frame is not self._again:
            self._meter.painted(view, at_s)

    def statistics(self) -> Statistics:
        """The run so far. May be called after `stop`."""
        source, model = self._source, self.model
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
            workers = self._workers.dismiss_all()
        self._readings.signal_stop()
        capture_ended = join_all(workers, self._timing.join_capture)
        analysis_ended = self._readings.join(self._timing.join_analysis)
        if not analysis_ended:
            logger.error("the analysis thread did not end; leaving it behind")
        if first_time:
            self._sample_memory(time.monotonic())
            with self._lock:
                self._readings.forget_waiting(time.monotonic())
        return capture_ended and analysis_ended

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
                self._source = first
                self._epoch += 1
                self._readings.forget_waiting(now)
                self._pairing.restart(self._sequence)
            if chosen:
                self._events.put(Event(Kind.SOURCE_OPENED, self._name))
            if self._watchdog.fed(now):
                self._events.put(Event(Kind.SOURCE_RESUMED, self._name))
            if self._resting:
                self._watchdog.sleep()
                return
            self._meter.captured(now)
            self._submit(frame, now)

    def on_lost(self, worker: CaptureWorker, error: FerError) -> None:
        with self._lock:
            if worker is self._workers.active and self._watchdog.told():
                self._events.put(Event(Kind.SOURCE_STALLED, error.what, error.remedy))

    def on_failed(self, worker: CaptureWorker, error: FerError) -> None:
        with self._lock:
            if self._ends(worker):
                self._events.put(Event(Kind.SOURCE_FAILED, error.what, error.remedy))

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

    def _submit(self, frame: Frame, at_s: float) -> None:
        job = Job(frame, self._sequence, self._epoch)
        self._sequence += 1
        self._readings.submit(job, at_s)

    @property
    def _name(self) -> str:
        return self._source.name if self._source else ""

    def _promote(self, worker: CaptureWorker) -> None:
        self._workers.promote()
        self._paused, self._resting = False, self._held
        if self._resting:
            worker.pause()
        self._watchdog = Watchdog(self._timing.stall)
        self._meter.interrupted()

    def _ends(self, worker: CaptureWorker) -> bool:
        """The worker ends by itself. False if nobody waits for anything from it."""
        if worker is self._workers.active:
            self._watchdog.sleep()
        return self._workers.let_go(worker)

    def _rest_or_go_on(self) -> None:
        resting = self._paused or self._held
        if resting == self._resting:
            return
        self._resting, active, now = resting, self._workers.active, time.monotonic()
        if resting:
            if active is not None:
                active.pause()
            self._watchdog.sleep()
            self._readings.forget_waiting(now)
            self._meter.interrupted()
        else:
            self._watchdog.wake(now)
            if active is not None:
                active.resume()

    # Without it

    def _look_after_source(self, now: float) -> None:
        with self._lock:
            active = self._workers.active
            if active is not None and self._watchdog.stalled(now):
                self._events.put(Event(Kind.SOURCE_STALLED, f"{self._name} delivers no pictures"))
            late = self._workers.candidate_for_s(now) > self._timing.first_frame
            if late:
                self._workers.drop_candidate()
        if late:
            self._events.put(Event(Kind.SOURCE_FAILED, "No picture came", "Choose the source again, or another one"))
        if active is not None and active.reading_for_s(now) > self._timing.stuck:
            active.release()

    def _sample_memory(self, at_s: float) -> None:
        self._memory_at = at_s
        self._meter.memory(resident_mb(), peak_resident_mb())
