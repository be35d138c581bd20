"""Pictures of photos: small ones for the gallery, and a large one for who looks closer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage

from fer_desktop.core.types import CROP_SIDE, Frame, UInt8Array
from fer_desktop.gui.photos.reading import face_of
from fer_desktop.gui.photos.records import Records
from fer_desktop.gui.pictures import JOIN_S, Pictures
from fer_desktop.gui.task import Task
from fer_desktop.gui.video_view import image_of

KEPT_BYTES: Final = 64 * 1024 * 1024
MOST_ASKED: Final = 256
SMALLEST_LEVEL: Final = 800

Read = Callable[[str, int | None], Frame]
"""A photo by its path, at least so large in pixels where it may be smaller than it is. Raises InputError."""


class Thumbnails(Pictures[str, int]):
    """Of records, by the paths of their photos."""

    def __init__(self, parent: QObject, read: Read) -> None:
        super().__init__(parent, self._small, KEPT_BYTES, MOST_ASKED, "thumbnails")
        self._read_photo = read
        self.side = QSize(160, 120)
        """Pixels of the screen that a thumbnail fills at most."""

    def _small(self, path: str, record: int) -> QImage:
        side = self.side
        image = image_of(self._read_photo(path, max(side.width(), side.height())))
        if image.width() > side.width() or image.height() > side.height():
            aspect, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            image = image.scaled(side, aspect, smooth)
        return image


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
