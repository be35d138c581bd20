"""The analysis thread: makes, warms, uses and closes the pipeline."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from fer_desktop.core.errors import FerError
from fer_desktop.core.ports import EmotionClassifier
from fer_desktop.core.types import CROP_SIDE, Analysis, Frame
from fer_desktop.live.latest import LatestSlot

logger = logging.getLogger(__name__)

_MOST_DEFECTS = 3
_DEFECTS_WITHIN_S = 60.0


class PipelineLike(Protocol):
    """What threads need of `fer_desktop.core.pipeline.Pipeline`."""

    @property
    def classifier(self) -> EmotionClassifier: ...

    def analyse(self, frame: Frame) -> Analysis: ...

    def reset(self) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A frame to analyse. `sequence` is unique over all sources; `epoch` changes when frames come from elsewhere."""

    frame: Frame
    sequence: int
    epoch: int


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """`device`: what the model runs on, for people ("CPU, 2 threads")."""

    id: str
    device: str


class AnalysisListener(Protocol):
    """Who hears from the analysis worker. All are called on its thread and must return at once."""

    def on_model_ready(self, model: ModelInfo) -> None:
        """A pipeline is made and warm: the next frame is analysed without delay."""

    def on_analysed(self, job: Job, analysis: Analysis) -> None: ...

    def on_not_analysed(self, job: Job, error: FerError | None) -> None:
        """This frame has no analysis. `error` is None if a defect is the cause (`on_analysis_defect` follows)."""

    def on_analysis_defect(self, report: str) -> None:
        """Something unexpected was raised; `report` is the traceback. The pipeline is thrown away."""

    def on_model_failed(self, error: FerError) -> None:
        """The worker gave up and ends."""


class AnalysisWorker:
    """One thread, one pipeline at a time. After a defect the pipeline is made anew, three times in a minute at most."""

    def __init__(self, make_pipeline: Callable[[], PipelineLike], listener: AnalysisListener) -> None:
        self._make_pipeline = make_pipeline
        self._listener = listener
        self._jobs: LatestSlot[Job] = LatestSlot()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="analysis", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def submit(self, job: Job) -> Job | None:
        """Ask for an analysis; never waits. Returns the job that is given up for it, if any."""
        return self._jobs.put(job)

    def give_up_waiting(self) -> Job | None:
        """Take back the job that was not begun, if any."""
        return self._jobs.clear()

    def signal_stop(self) -> None:
        """Ask the thread to end; returns at once."""
        self._stop.set()
        self._jobs.close()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread. True if it has ended."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        defects: deque[float] = deque(maxlen=_MOST_DEFECTS + 1)
        while not self._stop.is_set():
            pipeline = self._build()
            if pipeline is None:
                return
            try:
                self._serve(pipeline)
                return
            except Exception:
                defects.append(time.monotonic())
                self._listener.on_analysis_defect(traceback.format_exc())
            finally:
                _close(pipeline)
            if len(defects) > _MOST_DEFECTS and defects[-1] - defects[0] < _DEFECTS_WITHIN_S:
                self._listener.on_model_failed(
                    FerError("Reading faces failed several times and was switched off", "Start the program again")
                )
                return

    def _build(self) -> PipelineLike | None:
        """A warm pipeline; None if there can be none or it is no longer wanted."""
        pipeline: PipelineLike | None = None
        try:
            pipeline = self._make_pipeline()
            _warm(pipeline)
            model = ModelInfo(pipeline.classifier.model_id, pipeline.classifier.device)
        except Exception as error:
            if pipeline is not None:
                _close(pipeline)
            if self._stop.is_set():
                return None
            if not isinstance(error, FerError):
                self._listener.on_analysis_defect(traceback.format_exc())
                error = FerError("The model could not be loaded", "Run `fer-desktop doctor` to see what is wrong")
            self._listener.on_model_failed(error)
            return None
        if not self._stop.is_set():
            self._listener.on_model_ready(model)
        return pipeline

    def _serve(self, pipeline: PipelineLike) -> None:
        """Analyse until told to stop. Raises what the pipeline raises, except a FerError: that concerns one frame."""
        epoch: int | None = None
        while not self._stop.is_set():
            job = self._jobs.take(timeout_s=1.0)
            if job is None:
                continue
            if epoch is not None and job.epoch != epoch:
                pipeline.reset()
            epoch = job.epoch
            try:
                analysis = pipeline.analyse(job.frame)
            except FerError as error:
                self._listener.on_not_analysed(job, error)
            except Exception:
                self._listener.on_not_analysed(job, None)
                raise
            else:
                self._listener.on_analysed(job, analysis)


def _warm(pipeline: PipelineLike) -> None:
    """Run every stage once, so that the first real frame does not pay for what libraries do on first use."""
    blank = np.zeros((480, 640, 3), np.uint8)
    pipeline.analyse(Frame(blank, index=0, captured_at=0.0, source=""))
    pipeline.classifier.classify(np.zeros((1, CROP_SIDE, CROP_SIDE), np.uint8))
    pipeline.reset()


def _close(pipeline: PipelineLike) -> None:
    try:
        pipeline.close()
    except Exception:
        logger.exception("closing the pipeline failed")
