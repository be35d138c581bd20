"""Pictures of photos: small ones for the gallery, the newest asked for first, and a large one for who looks closer."""

from __future__ import annotations

import logging
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage

from fer_desktop.core.errors import FerError
from fer_desktop.core.types import CROP_SIDE, Frame, UInt8Array
from fer_desktop.gui.photos.reading import face_of
from fer_desktop.gui.photos.records import Records
from fer_desktop.gui.task import Task
from fer_desktop.gui.video_view import image_of

logger = logging.getLogger(__name__)

KEPT_BYTES: Final = 64 * 1024 * 1024
MOST_ASKED: Final = 256
"""What was asked for before that has been scrolled out of view."""
POLL_MS: Final = 30
JOIN_S: Final = 5.0
SMALLEST_LEVEL: Final = 800

Read = Callable[[str, int | None], Frame]
"""A photo by its path, at least so large in pixels where it may be smaller than it is. Raises InputError."""


class Thumbnails(QObject):
    """`came` (records): these are there now. A photo that cannot be read is a null image."""

    came = Signal(object)

    def __init__(self, parent: QObject, read: Read) -> None:
        super().__init__(parent)
        self._read_photo = read
        self.side = QSize(160, 120)
        """Pixels of the screen that a thumbnail fills at most."""
        self._there: OrderedDict[str, QImage] = OrderedDict()
        self._bytes = 0
        self._asked: OrderedDict[str, int] = OrderedDict()
        self._wake = threading.Condition()
        self._stopped = self._reading = False
        self._read: queue.SimpleQueue[tuple[int, str, QImage]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._look)

    def of(self, path: str, record: int) -> QImage | None:
        """None where it is not there yet: then it is on its way."""
        image = self._there.get(path)
        if image is not None:
            self._there.move_to_end(path)
            return image
        if self._stopped:
            return None
        with self._wake:
            self._asked[path] = record
            self._asked.move_to_end(path)
            if len(self._asked) > MOST_ASKED:
                self._asked.popitem(last=False)
            self._wake.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="thumbnails", daemon=True)
            self._thread.start()
        if not self._timer.isActive():
            self._timer.start()
        return None

    def forget(self) -> None:
        """The list is cleared."""
        with self._wake:
            self._asked.clear()
        self._there.clear()
        self._bytes = 0

    def stop(self) -> bool:
        self._timer.stop()
        with self._wake:
            self._stopped = True
            self._wake.notify()
        if self._thread is None:
            return True
        self._thread.join(JOIN_S)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._stopped or bool(self._asked))
                if self._stopped:
                    return
                path, record = self._asked.popitem()
                self._reading = True
            try:
                image = self._small(path)
            except (FerError, OSError, MemoryError):
                image = QImage()
            except Exception:
                # Whoever reads the photo tells of it; the others are still to be shown.
                logger.exception("a thumbnail failed")
                image = QImage()
            self._read.put((record, path, image))
            with self._wake:
                self._reading = False

    def _small(self, path: str) -> QImage:
        side = self.side
        image = image_of(self._read_photo(path, max(side.width(), side.height())))
        if image.width() > side.width() or image.height() > side.height():
            aspect, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            image = image.scaled(side, aspect, smooth)
        return image

    def _look(self) -> None:
        with self._wake:
            at_rest = not self._asked and not self._reading
        came = []
        while True:
            try:
                record, path, image = self._read.get_nowait()
            except queue.Empty:
                break
            if path not in self._there:
                self._there[path] = image
                self._bytes += image.sizeInBytes()
            came.append(record)
        while self._bytes > KEPT_BYTES and len(self._there) > 1:
            self._bytes -= self._there.popitem(last=False)[1].sizeInBytes()
        if came:
            self.came.emit(came)
        elif at_rest:
            self._timer.stop()


@dataclass(frozen=True, slots=True, eq=False)
class Large:
    """A photo to look at: `levels` the picture and each time half of it; `crops` uint8[n, 48, 48] of its faces."""

    record: int
    frame: Frame
    levels: tuple[QImage, ...]
    crops: UInt8Array


class Loader(QObject):
    """Reads one photo at a time; of those asked for meanwhile, the newest. `came` (Large); `failed` (record, why)."""

    came = Signal(object)
    failed = Signal(int, str)

    def __init__(self, parent: QObject, read: Read) -> None:
        super().__init__(parent)
        self._read = read
        self._task: Task | None = None
        self._waiting: Callable[[], None] | None = None

    def ask(self, record: int, records: Records) -> None:
        # What the thread needs is copied here: the columns belong to this thread.
        path, size, faces = records.paths[record], records.size_of(record), records.faces_of(record).copy()

        def work() -> Large:
            frame = self._read(path, None)
            return Large(record, frame, levels_of(image_of(frame)), crops_of(frame, size, faces))

        def begin() -> None:
            self._task = task = Task(self, work)
            task.done.connect(self._done)
            task.failed.connect(lambda why: self._failed(record, why))

        if self._task is None:
            begin()
        else:
            self._waiting = begin

    def stop(self) -> None:
        self._waiting = None
        if self._task is not None:
            self._task.finish(JOIN_S)
            self._task = None

    def _done(self, large: Large) -> None:
        self._next()
        self.came.emit(large)

    def _failed(self, record: int, why: str) -> None:
        self._next()
        self.failed.emit(record, why)

    def _next(self) -> None:
        self._task = None
        if self._waiting is not None:
            begin, self._waiting = self._waiting, None
            begin()


def levels_of(image: QImage) -> tuple[QImage, ...]:
    """The picture, and each time half of it: shown far smaller than it is, bilinear sampling alone would skip
    pixels."""
    levels = [image]
    while max(levels[-1].width(), levels[-1].height()) > SMALLEST_LEVEL:
        last = levels[-1]
        half = QSize(max(last.width() // 2, 1), max(last.height() // 2, 1))
        aspect, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        levels.append(last.scaled(half, aspect, smooth))
    return tuple(levels)


def crops_of(frame: Frame, size: tuple[int, int], faces: NDArray[np.void]) -> UInt8Array:
    """uint8[n, 48, 48]: what the network saw. Black where the file has changed its size since it was read."""
    from fer_desktop.core.crop import crop_face

    crops = np.zeros((len(faces), CROP_SIDE, CROP_SIDE), np.uint8)
    if size == frame.size:
        for crop, row in zip(crops, faces, strict=True):
            crop[:] = crop_face(frame.bgr, face_of(row))
    return crops
