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

from fer_desktop.core.ports import EmotionClassifier, FrameSource
from fer_desktop.core.types import Frame
from fer_desktop.live.analysis_worker import Job, ModelInfo, PipelineLike
from fer_desktop.live.capture_worker import SourceInfo
from fer_desktop.live.capturing import Capturing
from fer_desktop.live.events import Event, EventQueue
from fer_desktop.live.following import Follower, Following
from fer_desktop.live.memory import cpu_seconds, handles, peak_resident_mb, resident_mb, threads
from fer_desktop.live.pairing import FramePairing, View
from fer_desktop.live.picture_watch import Picture
from fer_desktop.live.readings import Listener, Readings
from fer_desktop.live.statistics import Meter, Statistics
from fer_desktop.live.timing import Timing

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
        self._capturing = Capturing(self._timing, self._lock, self._events, self._deliver, self._interrupted)
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

    def switch(self, make_source: Callable[[], FrameSource], patient: bool = False) -> None:
        """Change to another source; returns at once.

        The old source runs on until the new one has delivered a frame (`source_opened`), which also ends a pause.
        If the new one fails the old one stays, and `source_failed` tells why. patient: then a camera is tried again
        and again instead, and nothing is told of it, until it delivers or another source is asked for.
        """
        self._capturing.switch(make_source, patient)

    def exchange(self, make_source: Callable[[], FrameSource]) -> None:
        """Open the device that is shown anew, in another way; returns at once.

        A device can be open only once: it is closed first, while its last picture stays. If the new way fails,
        `source_failed` tells why, and it is opened as before. In a pause it is done when the pause ends.
        """
        self._capturing.exchange(make_source)

    def stay(self) -> None:
        """Give up the change to another source that may be on its way; returns at once."""
        self._capturing.stay()

    def retry_now(self) -> None:
        """Something was plugged in: a source that is waited for is tried at once."""
        self._capturing.retry_now()

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
            if on and self._capturing.resting and self._shown is not None and self._shown.analysis is not None:
                self._again = self._shown.frame
                self._submit(self._again, time.monotonic())

    def set_strength(self, strength: float) -> None:
        """How calm readings, labels and boxes are from the next frame on: see core.tracking.Tracker."""
        self._readings.set_strength(strength)

    def set_baseline(self, track_id: int, baseline: Baseline | None, model_id: str) -> None:
        """Read a face against its own resting face from the next frame on, or (None) as others' again.

        model_id: the model that read the resting face; where another reads by then, nothing is done. The face's tracks
        tell by `own_neutral` that it is so; it ends with the face, the source and the model.
        """
        self._readings.set_baseline(track_id, baseline, model_id)

    def add_listener(self, listener: Listener) -> None:
        """Hand every analysis to `listener`, with its frame, as soon as it is made."""
        with self._lock:
            self._readings.listeners += (listener,)

    def remove_listener(self, listener: Listener) -> None:
        """It may be in a call that began before."""
        with self._lock:
            self._readings.listeners = tuple(one for one in self._readings.listeners if one != listener)

    def follow(self, follower: Follower | None) -> None:
        """Hand every frame from now on to `follower`, in order, with what was read of it; None: to nobody."""
        with self._lock:
            self._readings.following = None if follower is None else Following(follower)

    def pause(self) -> None:
        """Take no more frames: a file stays where it is, a camera stays open. Another source ends the pause."""
        self._capturing.rest(paused=True)

    def resume(self) -> None:
        """End the pause."""
        self._capturing.rest(paused=False)

    def hold(self) -> None:
        """Something else is on the picture: take no more frames until `let_go`, whatever is paused or opened."""
        self._capturing.rest(held=True)

    def let_go(self) -> None:
        """End the hold. A pause goes on."""
        self._capturing.rest(held=False)

    @property
    def paused(self) -> bool:
        """By `pause`; a hold is no pause."""
        return self._capturing.paused

    @property
    def held(self) -> bool:
        return self._capturing.held

    @property
    def source(self) -> SourceInfo | None:
        """The source shown now, with the size of its newest frame; None before the first one."""
        return self._capturing.source

    @property
    def running(self) -> bool:
        """A source is shown that delivers, or is waited for until it does again."""
        return self._capturing.running

    @property
    def picture(self) -> Picture:
        """What is wrong with the pictures that come now; `picture_changed` tells that it is something else."""
        return self._capturing.picture

    @property
    def model(self) -> ModelInfo | None:
        """The model in use; None until `model_ready`, and after `model_failed`."""
        return self._readings.model

    def news(self) -> tuple[list[Event], View | None]:
        """What happened since the last call, and what to show now, None if there is nothing new. Never waits.

        The view is of the source that was opened last by these events and all before. Which frame it is: see `pairing`.
        Also looks whether the source has gone quiet: call it with each turn.
        """
        self._capturing.look_after(time.monotonic())
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
            # Not when all has ended: the share is of the time in which pictures were shown.
            self._meter.processor(at_s, cpu_seconds())

    def painted(self, view: View, at_s: float) -> None:
        """`view` was painted at `at_s` (time.monotonic()). For latency and display rate."""
        # Painted again, long after it was captured: that is no latency.
        if view.frame is not self._again:
            self._meter.painted(view, at_s)

    def statistics(self) -> Statistics:
        """The run so far. May be called after `stop`."""
        source, model = self.source, self.model
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
            workers = self._capturing.stop()
        self._readings.signal_stop()
        capture_ended = self._capturing.join(workers)
        analysis_ended = self._readings.join(self._timing.join_analysis)
        if not analysis_ended:
            logger.error("the analysis thread did not end; leaving it behind")
        if first_time:
            self._sample_memory(time.monotonic())
            with self._lock:
                self._readings.forget_waiting(time.monotonic())
        return capture_ended and analysis_ended

    # With the lock held

    def _deliver(self, frame: Frame, first: bool, now: float) -> None:
        """See capturing.Deliver."""
        if first:
            self._epoch += 1
            self._readings.forget_waiting(now)
            self._pairing.restart(self._sequence)
        if not self._capturing.resting:
            self._meter.captured(now)
            self._submit(frame, now)

    def _interrupted(self) -> None:
        """See capturing.Capturing."""
        self._readings.forget_waiting(time.monotonic())
        self._meter.interrupted()

    def _submit(self, frame: Frame, at_s: float) -> None:
        job = Job(frame, self._sequence, self._epoch)
        self._sequence += 1
        self._readings.submit(job, at_s)

    # Without it

    def _sample_memory(self, at_s: float) -> None:
        self._memory_at = at_s
        self._meter.memory(resident_mb(), peak_resident_mb())
        self._meter.held(threads(), handles())
