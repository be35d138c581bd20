"""Reads photos on a thread of its own. The window asks, and takes what has come."""

from __future__ import annotations

import logging
import os
import queue
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fer_desktop.core.errors import FerError, InputError
from fer_desktop.core.ports import EmotionClassifier, FaceDetector
from fer_desktop.core.types import Frame, Prediction, UInt8Array
from fer_desktop.gui.composition import Composition
from fer_desktop.gui.photos.reading import Reading, compact
from fer_desktop.gui.task import joined
from fer_desktop.offline.find import Found
from fer_desktop.offline.image_result import ImageResult

if TYPE_CHECKING:
    from fer_desktop.offline.batch import Batch

logger = logging.getLogger(__name__)

JOIN_S: Final = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Came:
    """What came of a photo."""

    epoch: int
    record: int
    reading: Reading


@dataclass(frozen=True, slots=True, eq=False)
class Maps:
    """The predictions of one photo's faces, with maps where the model has them."""

    token: object
    predictions: tuple[Prediction, ...]


@dataclass(frozen=True, slots=True)
class Stopped:
    """Nothing more comes until it is asked for. why: what is wrong; report: a traceback, for the program's fault."""

    why: str
    report: str = ""


News = Came | Maps | Stopped


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """A photo that has no file; `picture` is called on the reading thread."""

    path: str
    picture: Callable[[], Frame]


class Reader:
    """Its thread starts with the first thing asked for. What is asked returns at once; `news` never waits.

    `epoch` rises where what is on its way is not wanted any more: another model, or the list is cleared.
    """

    def __init__(self, composition: Composition, photo_of: Callable[[int], Found | Memory]) -> None:
        """photo_of: what stands behind a record; called on the reading thread, and not after `forget` for what was
        asked for before it."""
        self._composition, self._photo_of = composition, photo_of
        self.epoch = 0
        self.news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._wake = threading.Condition()
        self._todo: deque[int] = deque()
        self._maps: deque[tuple[object, UInt8Array]] = deque()
        self._change: Callable[[], EmotionClassifier] | None = None
        self._workers = os.cpu_count() or 1
        self._interrupted = self._stopping = self._reading = False
        self._cancellations = 0
        self._thread: threading.Thread | None = None
        self.first_read = threading.Event()
        """Set once something was read, or nothing will be."""
        # Of the reading thread
        self._classifier: EmotionClassifier | None = None
        self._detector: FaceDetector | None = None
        self._batch: Batch | None = None
        self._hired = 0

    # Asked on the GUI thread

    def read(self, records: Sequence[int], first: bool = False) -> None:
        """Read these photos after all others that wait, or before them."""
        with self._wake:
            if first:
                self._todo.extendleft(reversed(records))
            else:
                self._todo.extend(records)
        self._start()

    def explain(self, token: object, crops: UInt8Array) -> None:
        """Read crops uint8[n, 48, 48] once more, with maps; of what was asked so, the newest alone is answered."""
        with self._wake:
            self._maps.clear()
            self._maps.append((token, crops))
        self._start()

    def cancel(self) -> None:
        """What is not begun is not read; what is done is told."""
        with self._wake:
            self._drop()

    def forget(self) -> None:
        """The list is cleared: nothing of it is wanted any more, nor what was to be found."""
        with self._wake:
            self.epoch += 1
            self._drop()

    def _drop(self) -> None:
        self._todo.clear()
        self._cancellations += 1
        self._interrupted = True

    def change_model(self, make_classifier: Callable[[], EmotionClassifier]) -> None:
        """Read with another model, made when the next photo is; what was asked for before is to be asked for again."""
        with self._wake:
            self._change = make_classifier
        self.forget()

    def use_workers(self, count: int) -> None:
        """On how many threads photos are looked at; from the next photo on."""
        with self._wake:
            if count != self._workers:
                self._workers = count
                self._interrupted = True

    @property
    def at_work(self) -> bool:
        with self._wake:
            return bool(self._todo) or self._reading

    def stop(self) -> bool:
        """End the thread. False if it did not within JOIN_S."""
        self.forget()
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        self.first_read.set()
        ended = joined(self._thread, JOIN_S)
        self._thread = None
        return ended

    def _start(self) -> None:
        if self._stopping:
            return
        with self._wake:
            self._wake.notify_all()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="photos", daemon=True)
            self._thread.start()

    # On the reading thread

    def _run(self) -> None:
        try:
            while self._something_to_do():
                try:
                    self._take_change()
                    self._answer_maps()
                    self._read_files()
                except FerError as error:
                    self._gave_up(Stopped(str(error)))
                except Exception as error:
                    logger.exception("reading photos failed")
                    self._gave_up(Stopped(str(error), traceback.format_exc()))
        finally:
            self._close_batch()
            for part in (self._detector, self._classifier):
                if part is not None:
                    part.close()

    def _something_to_do(self) -> bool:
        """Waits. False once it is to end."""
        with self._wake:
            self._reading = self._interrupted = False
            self._wake.wait_for(lambda: self._stopping or self._todo or self._maps)
            self._reading = bool(self._todo)
            return not self._stopping

    def _gave_up(self, why: Stopped) -> None:
        self._close_batch()
        with self._wake:
            self._todo.clear()
            self._maps.clear()
        self.news.put(why)

    def _take_change(self) -> None:
        with self._wake:
            change, self._change = self._change, None
        if change is None:
            return
        classifier = change()
        self._close_batch()  # it holds the one before
        old, self._classifier = self._classifier, classifier
        if old is not None:
            old.close()

    def _answer_maps(self) -> None:
        """Of the photo that is looked at now: it does not wait for all the others."""
        with self._wake:
            asked = self._maps.popleft() if self._maps else None
        if asked is not None:
            token, crops = asked
            self.news.put(Maps(token, self._ready_classifier().classify(crops, maps=True)))

    def _read_files(self) -> None:
        """All there is to do, each told as soon as it is known, until it is interrupted. What was handed out then and
        did not come back is done again, unless it was cancelled."""
        cancellations = self._cancellations
        if not self._todo:
            return
        classifier = self._ready_classifier()
        if self._hired != self._workers:
            self._close_batch()
        if self._batch is None:
            from fer_desktop.offline.batch import Batch

            self._hired = self._workers
            self._batch = Batch(self._composition.make_photo_detector, classifier, self._hired)
        out: list[tuple[int, int, str]] = []
        coming = self._coming(out)
        try:
            for result in self._batch.results(coming, cancelled=lambda: self._interrupted, in_order=False):
                # At most a few dozen are out.
                epoch, record, _ = out.pop([path for _, _, path in out].index(result.path))
                self.first_read.set()
                self.news.put(Came(epoch, record, compact(result)))
                self._answer_maps()
        finally:
            # What it was given and did not give back would come with the next results.
            if self._interrupted or out:
                self._close_batch()
        with self._wake:
            if cancellations == self._cancellations:
                self._todo.extendleft(record for _, record, _ in reversed(out))

    def _coming(self, out: list[tuple[int, int, str]]) -> Iterator[Found]:
        """What is to be read; `out` is told of each its epoch, record and path."""
        while True:
            with self._wake:
                if self._interrupted or not self._todo:
                    return
                epoch, record = self.epoch, self._todo.popleft()
                photo = self._photo_of(record)
            if isinstance(photo, Memory):
                self._read_memory(epoch, record, photo)
                continue
            out.append((epoch, record, photo.path))
            yield photo

    def _read_memory(self, epoch: int, record: int, photo: Memory) -> None:
        """A photo that was pasted: no file, so no work for the batch."""
        from fer_desktop.core import pipeline

        try:
            frame = photo.picture()
        except InputError as error:
            self.news.put(Came(epoch, record, compact(ImageResult(photo.path, None, None, str(error), None))))
            return
        if self._detector is None:
            self._detector = self._composition.make_photo_detector()
        finding = pipeline.find(self._detector, frame, in_order=True)
        analysis = pipeline.read_photos([finding], self._ready_classifier())[0]
        self.news.put(Came(epoch, record, compact(ImageResult(photo.path, *frame.size, None, analysis))))

    def _ready_classifier(self) -> EmotionClassifier:
        if self._classifier is None:
            self._classifier = self._composition.make_classifier(None)
        return self._classifier

    def _close_batch(self) -> None:
        if self._batch is not None:
            self._batch.close()
            self._batch = None
