"""The analysis side of a session: gives frames to the analysis thread, and brings back what it makes of them."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from fer_desktop.core.errors import FerError
from fer_desktop.core.types import Analysis, Frame
from fer_desktop.live.analysis_worker import AnalysisWorker, Job, ModelInfo, PipelineLike
from fer_desktop.live.events import Event, EventQueue, Kind
from fer_desktop.live.following import Following
from fer_desktop.live.model_loader import MakeClassifier, Refusal
from fer_desktop.live.pairing import FramePairing
from fer_desktop.live.statistics import Meter

if TYPE_CHECKING:
    from fer_desktop.core.tracking import Baseline

logger = logging.getLogger(__name__)

Listener = Callable[[Frame, Analysis], None]
"""Is handed each analysis on the analysis thread; has to return at once and to raise nothing."""


class Readings:
    """Pairs frames with their analyses in `pairing`, which `lock`, the session's, guards."""

    def __init__(
        self,
        make_pipeline: Callable[[], PipelineLike],
        pairing: FramePairing,
        lock: threading.Lock,
        events: EventQueue,
        meter: Meter,
        repeat_s: float,
    ) -> None:
        self._worker = AnalysisWorker(make_pipeline, self)
        self._pairing, self._lock, self._events, self._meter = pairing, lock, events, meter
        self._repeat_s = repeat_s
        self._complained: tuple[str, float] = ("", float("-inf"))
        self._started = False
        self.listeners: tuple[Listener, ...] = ()
        self.following: Following | None = None
        self.model: ModelInfo | None = None
        """The model in use; None until `model_ready`, and after `model_failed`."""

    def start(self) -> None:
        """Start the thread, once."""
        with self._lock:
            started, self._started = self._started, True
        if not started:
            self._worker.start()

    def change_model(self, make_classifier: MakeClassifier) -> None:
        """Ask for another model, and start the thread if it is not running; returns at once."""
        self._worker.change_model(make_classifier)
        self.start()

    def ask_for_maps(self, on: bool) -> None:
        """Whether predictions carry maps from the next frame on."""
        self._worker.ask_for_maps(on)

    def set_strength(self, strength: float) -> None:
        """How calm what is shown is from the next frame on."""
        self._worker.set_strength(strength)

    def set_baseline(self, track_id: int, baseline: Baseline | None, model_id: str) -> None:
        """Whose resting face is taken out from the next frame on, or is no more, where that model reads by then."""
        self._worker.set_baseline(track_id, baseline, model_id)

    def signal_stop(self) -> None:
        """Ask the thread to end; returns at once."""
        self._worker.signal_stop()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread. True if it has ended, or was never started."""
        return not self._started or self._worker.join(timeout_s)

    # With the lock held

    def submit(self, job: Job, at_s: float) -> None:
        """A frame to show and to analyse; the one that still waits to be analysed is given up for it."""
        self._pairing.captured(job.sequence, job.frame)
        if self.following is not None:
            self.following.captured(job)
        self._given_up(self._worker.submit(job), at_s)

    def forget_waiting(self, at_s: float) -> None:
        """Frames that are not shown yet will not be."""
        self._given_up(self._worker.give_up_waiting(), at_s)
        self._pairing.drop_waiting()

    def _given_up(self, job: Job | None, at_s: float) -> None:
        if job is not None:
            self._pairing.passed_over(job.sequence)
            if self.following is not None:
                self.following.settled(job, None)
            self._meter.dropped(at_s)

    # From the analysis thread

    def on_model_ready(self, model: ModelInfo) -> None:
        with self._lock:
            self.model = model
            self._pairing.start_analysing()
        self._events.put(Event(Kind.MODEL_READY, model.id))

    def on_analysed(self, job: Job, analysis: Analysis) -> None:
        with self._lock:
            self._pairing.analysed(job.sequence, analysis)
            if self.following is not None:
                self.following.settled(job, analysis)
        self._meter.analysed(analysis, time.monotonic())
        for listener in self.listeners:
            listener(job.frame, analysis)

    def on_not_analysed(self, job: Job, error: FerError | None) -> None:
        now = time.monotonic()
        with self._lock:
            self._given_up(job, now)
        if error is None:
            return
        text, said_at = self._complained
        if str(error) != text or now - said_at >= self._repeat_s:
            self._complained = (str(error), now)
            self._events.put(Event(Kind.ANALYSIS_FAILED, error.what, error.remedy))

    def on_analysis_defect(self, report: str) -> None:
        with self._lock:
            self._pairing.stop_analysing()
        self._defect("A defect in reading faces", report)

    def on_model_failed(self, error: FerError) -> None:
        with self._lock:
            self.model = None
            self._pairing.stop_analysing()
        self._events.put(Event(Kind.MODEL_FAILED, error.what, error.remedy))

    def on_model_change_failed(self, why: Refusal) -> None:
        if why.report:
            self._defect("A defect in loading a model", why.report)
        self._events.put(Event(Kind.MODEL_CHANGE_FAILED, why.error.what, why.error.remedy))

    def _defect(self, text: str, report: str) -> None:
        logger.error("%s\n%s", text, report)
        self._events.put(Event(Kind.DEFECT, text, detail=report))
