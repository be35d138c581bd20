"""Many photos at once: decoding and finding faces on every core, and their faces through the network together.

Memory stays flat: only so many photos are on the way at a time as keep the cores busy, and a photo's pixels are let go
of as soon as its faces are cut out.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from fer_desktop.core import pipeline
from fer_desktop.core.errors import FerError, InputError
from fer_desktop.core.pipeline import Finding
from fer_desktop.core.ports import EmotionClassifier, FaceDetector
from fer_desktop.core.types import Analysis, Frame
from fer_desktop.offline.find import Found
from fer_desktop.offline.image_result import ImageResult
from fer_desktop.offline.images import read_image
from fer_desktop.offline.names import shown

log = logging.getLogger(__name__)

PATIENCE_S: Final = 30.0
"""A file that keeps a thread for longer is given up, and the thread with it."""
AHEAD: Final = 8
"""So many photos for each worker are on the way or wait for one before them in the order."""
AHEAD_WITH_PICTURES: Final = 2
"""The same where their pixels are kept until they are drawn on."""
WATCH_S: Final = 0.5
JOIN_S: Final = 2.0


def refused(image: Found) -> ImageResult:
    """Of a path that is known to lead to no file: why it cannot be read."""
    try:
        if image.error is not None:
            raise image.error
        read_image(image.path)
    except InputError as error:
        return ImageResult(image.path, None, None, str(error), None)
    reason = InputError(f"{shown(image.path)} was not there a moment ago", "Start again")
    return ImageResult(image.path, None, None, str(reason), None)


@dataclass(slots=True, eq=False)
class _Job:
    """One file on its way. The worker that has it fills in `result` or `finding`; `failure` concerns every file."""

    number: int
    found: Found
    result: ImageResult | None = None
    finding: Finding | None = None
    frame: Frame | None = None
    failure: Exception | None = None


@dataclass(slots=True, eq=False)
class _Worker:
    """A thread with a detector of its own. `job` and `since_s`: what it works on, and since when."""

    thread: threading.Thread | None = None
    job: _Job | None = None
    since_s: float = 0.0
    given_up: threading.Event = field(default_factory=threading.Event)


class Batch:
    """Reads photos with `workers` threads (default: one a core); to be used in a `with` block, by one thread.

    make_detector is called on each worker's own thread. The classifier is the caller's, who closes it.
    """

    def __init__(
        self,
        make_detector: Callable[[], FaceDetector],
        classifier: EmotionClassifier,
        workers: int | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._make_detector, self._classifier = make_detector, classifier
        self._count = workers or os.cpu_count() or 1
        self._patience_s = patience_s
        self._keep_frames = False
        self._waiting: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._looked_at: queue.SimpleQueue[tuple[_Worker, _Job]] = queue.SimpleQueue()
        self._workers: list[_Worker] = []

    def __enter__(self) -> Batch:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the workers end; those that a file holds up end by themselves."""
        while True:  # what waits is not begun any more
            try:
                self._waiting.get_nowait()
            except queue.Empty:
                break
        for _ in self._workers:
            self._waiting.put(None)
        deadline_s = time.monotonic() + JOIN_S
        for worker in self._workers:
            if worker.thread is not None:
                worker.thread.join(max(0.0, deadline_s - time.monotonic()))
        self._workers = []

    def results(
        self,
        found: Iterable[Found],
        *,
        on_analysed: Callable[[Frame, Analysis], None] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
        in_order: bool = True,
    ) -> Iterator[ImageResult]:
        """One result for each path, in order, each as soon as it and those before it are known; ends early on
        `cancelled`. Not in_order: each as soon as it is known, so that a large photo holds up no other.

        `on_analysed` is given each frame with its analysis, before its result is; what it raises is not caught, and
        neither are FerErrors of detector and classifier (a damaged model): they concern every image.
        """
        self._keep_frames = on_analysed is not None
        ahead = AHEAD_WITH_PICTURES if self._keep_frames else AHEAD
        self._hire()
        coming, done = enumerate(found), dict[int, _Job]()
        given = given_out = 0
        exhausted = False
        while True:
            while not exhausted and given_out - given < ahead * self._count:
                one = next(coming, None)
                if one is None:
                    exhausted = True
                    break
                given_out += 1
                self._waiting.put(_Job(*one))
            if given == given_out:
                return
            done |= {job.number: job for job in self._collect()}
            while (following := given if in_order else next(iter(done), -1)) in done:
                if cancelled():
                    return
                job = done.pop(following)
                given += 1
                if job.failure is not None:
                    raise job.failure
                assert job.result is not None
                if on_analysed is not None and job.frame is not None and job.result.analysis is not None:
                    on_analysed(job.frame, job.result.analysis)
                yield job.result
            if cancelled():
                return

    # Within

    def _hire(self) -> None:
        while len(self._workers) < self._count:
            worker = _Worker()
            # A daemon: a file that holds it up must not keep the program from ending.
            worker.thread = threading.Thread(target=self._work, args=(worker,), name="photo worker", daemon=True)
            self._workers.append(worker)
            worker.thread.start()

    def _collect(self) -> list[_Job]:
        """Wait for news, take all there is, and read the faces in it together."""
        jobs = []
        try:
            jobs.append(self._looked_at.get(timeout=WATCH_S))
            while True:
                jobs.append(self._looked_at.get_nowait())
        except queue.Empty:
            pass
        finished = [job for worker, job in jobs if not worker.given_up.is_set()]
        found = [job for job in finished if job.finding is not None]
        findings = [job.finding for job in found if job.finding is not None]
        for job, analysis in zip(found, pipeline.read_photos(findings, self._classifier), strict=True):
            job.result = ImageResult(job.found.path, *analysis.size, None, analysis)
        return finished + self._give_up()

    def _give_up(self) -> list[_Job]:
        """Files that have kept their worker for too long, each with its result; another worker takes the place."""
        late = []
        for worker in list(self._workers):
            job = worker.job
            if job is None or time.monotonic() - worker.since_s < self._patience_s:
                continue
            worker.given_up.set()
            self._workers.remove(worker)
            reason = f"{shown(job.found.path)} took longer than {self._patience_s:.0f} s and was given up"
            error = InputError(reason, "Save it anew with another program, or make it smaller")
            late.append(_Job(job.number, job.found, ImageResult(job.found.path, None, None, str(error), None)))
        self._hire()
        return late

    def _work(self, worker: _Worker) -> None:
        detector: FaceDetector | None = None
        try:
            while not worker.given_up.is_set():
                job = self._waiting.get()
                if job is None:
                    return
                worker.since_s, worker.job = time.monotonic(), job
                try:
                    if detector is None and job.found.error is None:
                        detector = self._make_detector()
                        worker.since_s = time.monotonic()
                    self._look(job, detector)
                except Exception as error:
                    job.failure = error
                worker.job = None
                self._looked_at.put((worker, job))
        finally:
            if detector is not None:
                detector.close()

    def _look(self, job: _Job, detector: FaceDetector | None) -> None:
        """Fill in the job. Raises what concerns every file."""
        path = job.found.path
        if job.found.error is not None or detector is None:
            job.result = ImageResult(path, None, None, str(job.found.error), None)
            return
        try:
            frame = read_image(path)
        except InputError as error:
            job.result = ImageResult(path, None, None, str(error), None)
            return
        try:
            job.finding = pipeline.find(detector, frame, in_order=True)
        except FerError:
            raise
        except Exception as error:  # the other images' results must not be lost with this one's
            log.debug("analysis of %s failed", shown(path), exc_info=True)
            reason = f"{shown(path)} could not be analysed, a defect of this program ({type(error).__name__}: {error})"
            job.result = ImageResult(path, *frame.size, " ".join(reason.split()), None, defect=True)
            return
        if self._keep_frames:
            job.frame = frame
