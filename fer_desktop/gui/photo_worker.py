"""Reads photos on a thread of its own, so that the window never waits for one."""

from __future__ import annotations

import logging
import queue
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fer_desktop.core.errors import FerError
from fer_desktop.core.ports import EmotionClassifier
from fer_desktop.core.types import Analysis, Frame
from fer_desktop.gui.composition import Composition
from fer_desktop.live.analysis_worker import PipelineLike
from fer_desktop.live.latest import LatestSlot

logger = logging.getLogger(__name__)

JOIN_S: Final = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class PhotoResult:
    """Of one photo. `analysis` is None in the first result, which carries the picture alone, and after an error."""

    path: Path
    frame: Frame | None
    analysis: Analysis | None
    error: str = ""
    report: str = ""
    """A traceback, where the fault is the program's own."""


class PhotoWorker:
    """Made with the window; its thread starts with the first photo and keeps its pipeline for the next ones.

    Of the photos asked for while one is read, the newest is read next, and the others never.
    """

    def __init__(self, composition: Composition) -> None:
        self._composition = composition
        self._asked: LatestSlot[Path] = LatestSlot()
        self._changes: LatestSlot[Callable[[], EmotionClassifier]] = LatestSlot()
        self._stop = threading.Event()
        self._done: queue.SimpleQueue[PhotoResult] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def read(self, path: Path) -> None:
        self._asked.put(path)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="photos", daemon=True)
            self._thread.start()

    def change_model(self, make_classifier: Callable[[], EmotionClassifier]) -> None:
        """Read the photos that are asked for from now on with another model; it is made, on the thread, with the next.

        While it cannot be made, each photo's result says why.
        """
        self._changes.put(make_classifier)

    def results(self) -> list[PhotoResult]:
        """What is ready since the last call; never waits."""
        found = []
        while True:
            try:
                found.append(self._done.get_nowait())
            except queue.Empty:
                return found

    def stop(self) -> bool:
        """End the thread. False if it did not within JOIN_S; it is a daemon, so the program ends all the same."""
        if self._thread is None:
            return True
        self._stop.set()
        self._asked.close()
        self._thread.join(JOIN_S)
        stopped = not self._thread.is_alive()
        self._thread = None
        return stopped

    def _run(self) -> None:
        pipeline: PipelineLike | None = None
        chosen: Callable[[], EmotionClassifier] | None = None
        try:
            while not self._stop.is_set():
                path = self._asked.take(timeout_s=60.0)
                if path is None:
                    continue
                frame: Frame | None = None
                try:
                    frame = self._composition.read_image(path)
                    self._done.put(PhotoResult(path, frame, None))
                    if pipeline is None:
                        pipeline = self._composition.make_photo_pipeline()
                    chosen = self._changes.take() or chosen
                    if chosen is not None:
                        pipeline.exchange_classifier(chosen())
                        chosen = None
                    self._done.put(PhotoResult(path, frame, pipeline.analyse(frame)))
                except FerError as error:
                    self._done.put(PhotoResult(path, frame, None, str(error)))
                except Exception as error:
                    logger.exception("reading %s failed", path)
                    self._done.put(PhotoResult(path, frame, None, str(error), traceback.format_exc()))
        finally:
            if pipeline is not None:
                pipeline.close()
