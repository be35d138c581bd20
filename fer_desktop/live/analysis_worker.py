"""The analysis thread: makes, warms, uses and closes the pipeline, and exchanges its model."""

from __future__ import annotations

import logging
import queue
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from fer_desktop.core.errors import FerError
from fer_desktop.core.ports import EmotionClassifier
from fer_desktop.core.types import Analysis, Frame
from fer_desktop.live.latest import LatestSlot
from fer_desktop.live.model_loader import Loaded, MakeClassifier, ModelLoader, Refusal, close_quietly, load, warm

if TYPE_CHECKING:
    from fer_desktop.core.tracking import Baseline

logger = logging.getLogger(__name__)

_MOST_DEFECTS = 3
_DEFECTS_WITHIN_S = 60.0


class PipelineLike(Protocol):
    """What threads need of `fer_desktop.core.pipeline.Pipeline`."""

    maps: bool
    strength: float

    @property
    def classifier(self) -> EmotionClassifier: ...

    def analyse(self, frame: Frame) -> Analysis: ...

    def set_baseline(self, track_id: int, baseline: Baseline | None) -> None: ...

    def number_from(self, first_id: int) -> None: ...

    def reset(self) -> None: ...

    def exchange_classifier(self, classifier: EmotionClassifier) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A frame to analyse. `sequence` is unique over all sources; `epoch` changes when frames come from elsewhere."""

    frame: Frame
    sequence: int
    epoch: int


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """`device`: what the model runs on, for people ("CPU, 2 threads"). `has_maps`: it can tell why (core.why)."""

    id: str
    device: str
    has_maps: bool


class AnalysisListener(Protocol):
    """Who hears from the analysis worker. All are called on its thread and must return at once."""

    def on_model_ready(self, model: ModelInfo) -> None:
        """A pipeline is made, or its model was exchanged, and it is warm: the next frame is analysed without delay."""

    def on_analysed(self, job: Job, analysis: Analysis) -> None: ...

    def on_not_analysed(self, job: Job, error: FerError | None) -> None:
        """This frame has no analysis. `error` is None if a defect is the cause (`on_analysis_defect` follows)."""

    def on_analysis_defect(self, report: str) -> None:
        """Something unexpected was raised; `report` is the traceback. The pipeline is thrown away."""

    def on_model_failed(self, error: FerError) -> None:
        """The worker gave up, until it is asked for another model."""

    def on_model_change_failed(self, why: Refusal) -> None:
        """The model that was asked for cannot be used; the pipeline, if there is one, goes on as it was."""


class AnalysisWorker:
    """One thread, one pipeline at a time. After a defect the pipeline is made anew, three times in a minute at most."""

    def __init__(self, make_pipeline: Callable[[], PipelineLike], listener: AnalysisListener) -> None:
        self._make_pipeline = make_pipeline
        self._listener = listener
        self._jobs: LatestSlot[Job] = LatestSlot()
        self._changes: LatestSlot[MakeClassifier] = LatestSlot()
        self._loader = ModelLoader(self._look_again)
        # What a pipeline made anew reads with; None: what it is made with.
        self._chosen: MakeClassifier | None = None
        # Loaded while there was no pipeline, for the next one.
        self._next: Loaded | None = None
        self._maps = False
        self._strength = 1.0
        self._baselines: queue.SimpleQueue[tuple[int, Baseline | None, str]] = queue.SimpleQueue()
        self._last_id = 0
        """The largest id of a track that was told of: a pipeline made anew begins after it."""
        self._looked_for = threading.Event()
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

    def change_model(self, make_classifier: MakeClassifier) -> None:
        """Ask for another model; never waits. It takes the place of one that was asked for and is not in use yet."""
        self._changes.put(make_classifier)
        self._look_again()

    def ask_for_maps(self, on: bool) -> None:
        """Whether the predictions of frames not begun yet carry maps; never waits."""
        self._maps = on

    def set_strength(self, strength: float) -> None:
        """How calm readings, labels and boxes of frames not begun yet are (core.tracking); never waits."""
        self._strength = strength

    def set_baseline(self, track_id: int, baseline: Baseline | None, model_id: str) -> None:
        """Read the face against its own resting face from the next frame on, or (None) do so no more; never waits.

        model_id: whose readings this is about. Where another model reads by then, nothing is done: it sees faces
        differently, and nothing of the one before is left to undo.
        """
        self._baselines.put((track_id, baseline, model_id))

    def signal_stop(self) -> None:
        """Ask the threads to end; returns at once."""
        self._stop.set()
        self._jobs.close()
        self._loader.signal_stop()
        self._look_again()

    def join(self, timeout_s: float) -> bool:
        """Wait for the threads. True if they have ended."""
        deadline = time.monotonic() + timeout_s
        self._thread.join(timeout_s)
        return self._loader.join(max(0.0, deadline - time.monotonic())) and not self._thread.is_alive()

    def _look_again(self) -> None:
        """Whatever the thread waits for, there is news of a model."""
        self._looked_for.set()
        self._jobs.wake()

    def _run(self) -> None:
        defects: deque[float] = deque(maxlen=_MOST_DEFECTS + 1)
        while not self._stop.is_set():
            if not self._one_pipeline(defects):
                self._wait_for_another_model()
                defects.clear()
        if self._next is not None:
            self._next.close()

    def _one_pipeline(self, defects: deque[float]) -> bool:
        """From its making to its closing. False if another one would fare no better."""
        pipeline = self._build()
        if pipeline is None:
            return False
        try:
            self._serve(pipeline)
        except Exception:
            defects.append(time.monotonic())
            self._listener.on_analysis_defect(traceback.format_exc())
        finally:
            close_quietly(pipeline)
        if len(defects) <= _MOST_DEFECTS or defects[-1] - defects[0] >= _DEFECTS_WITHIN_S:
            return True
        remedy = "Choose another model, or start the program again"
        self._listener.on_model_failed(FerError("Reading faces failed several times and was switched off", remedy))
        return False

    def _wait_for_another_model(self) -> None:
        while not self._stop.is_set():
            loaded = self._newly_loaded()
            if loaded is None:
                self._looked_for.wait(60.0)
                self._looked_for.clear()
            elif isinstance(loaded.result, Refusal):
                self._listener.on_model_change_failed(loaded.result)
            else:
                self._next = loaded
                return

    def _newly_loaded(self) -> Loaded | None:
        # Taken before the requests are looked at: one that came meanwhile overtakes what was loaded.
        loaded = self._loader.take()
        # Not handed over in `change_model`: while the first pipeline is made, one thread imports libraries, not two.
        chosen = self._changes.take()
        if chosen is None:
            return loaded
        if loaded is not None:
            loaded.close()
        self._loader.ask(chosen)
        return None

    def _build(self) -> PipelineLike | None:
        """A warm pipeline; None if there can be none or it is no longer wanted."""
        pipeline: PipelineLike | None = None
        loaded, self._next = self._next, None
        try:
            pipeline = self._make_pipeline()
            if loaded is None and self._chosen is not None:
                loaded = load(self._chosen)
            refusal = None if loaded is None else self._exchange(pipeline, loaded)
            loaded = None
            _warm(pipeline)
            model = _model_of(pipeline)
        except Exception as error:
            if loaded is not None:
                loaded.close()
            if pipeline is not None:
                close_quietly(pipeline)
            if self._stop.is_set():
                return None
            why = Refusal.of(error)
            if why.report:
                self._listener.on_analysis_defect(why.report)
            self._listener.on_model_failed(why.error)
            return None
        if not self._stop.is_set():
            self._listener.on_model_ready(model)
            if refusal is not None:
                self._chosen = None
                self._listener.on_model_change_failed(refusal)
        return pipeline

    def _serve(self, pipeline: PipelineLike) -> None:
        """Analyse until told to stop. Raises what the pipeline raises, except a FerError: that concerns one frame."""
        epoch: int | None = None
        # A pipeline made anew does not know the faces of the one before: nobody takes over another's id, and what the
        # window and the log have under it.
        pipeline.number_from(self._last_id + 1)
        while not self._stop.is_set():
            loaded = self._newly_loaded()
            if loaded is not None:
                refusal = self._exchange(pipeline, loaded)
                if refusal is not None:
                    self._listener.on_model_change_failed(refusal)
                else:
                    self._listener.on_model_ready(_model_of(pipeline))
                    self._loader.tidy_up()
            job = self._jobs.take(timeout_s=1.0)
            if job is None:
                continue
            if epoch is not None and job.epoch != epoch:
                pipeline.reset()
            epoch = job.epoch
            pipeline.maps, pipeline.strength = self._maps, self._strength
            self._pass_on_baselines(pipeline)
            try:
                analysis = pipeline.analyse(job.frame)
            except FerError as error:
                self._listener.on_not_analysed(job, error)
            except Exception:
                self._listener.on_not_analysed(job, None)
                raise
            else:
                self._last_id = max([self._last_id, *(track.id for track in analysis.tracks)])
                self._listener.on_analysed(job, analysis)

    def _pass_on_baselines(self, pipeline: PipelineLike) -> None:
        """What was asked for since the last call, in order."""
        for _ in range(self._baselines.qsize()):
            track_id, baseline, model_id = self._baselines.get()
            if model_id == pipeline.classifier.model_id:
                pipeline.set_baseline(track_id, baseline)

    def _exchange(self, pipeline: PipelineLike, loaded: Loaded) -> Refusal | None:
        """The pipeline reads with the loaded model. Or gives why there is none, and the pipeline is as it was."""
        if isinstance(loaded.result, Refusal):
            return loaded.result
        self._chosen = loaded.make
        try:
            pipeline.exchange_classifier(loaded.result)
        except Exception:
            # The new one is in use by now.
            logger.exception("closing the model before failed")
        return None


def _model_of(pipeline: PipelineLike) -> ModelInfo:
    classifier = pipeline.classifier
    return ModelInfo(classifier.model_id, classifier.device, classifier.has_maps)


def _warm(pipeline: PipelineLike) -> None:
    """Run every stage once, so that the first real frame does not pay for what libraries do on first use."""
    blank = np.zeros((480, 640, 3), np.uint8)
    pipeline.analyse(Frame(blank, index=0, captured_at=0.0, source=""))
    warm(pipeline.classifier)
    pipeline.reset()
