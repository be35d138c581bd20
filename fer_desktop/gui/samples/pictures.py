"""Pictures of samples, read on a thread of their own: first those that were asked for last, for they are in view."""

from __future__ import annotations

import queue
import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from fer_desktop.core.errors import FerError
from fer_desktop.gui.samples.parts import image_of

if TYPE_CHECKING:
    from fer_desktop.samples import Sample

MOST_KEPT: Final = 4096
"""2.3 KB each."""
MOST_ASKED: Final = 512
"""What was asked for before that has been scrolled out of view."""
POLL_MS: Final = 30
JOIN_S: Final = 5.0


class Pictures(QObject):
    """`came` (paths): these are there now. A picture that cannot be read is a null image."""

    came = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._there: OrderedDict[Path, QImage] = OrderedDict()
        self._asked: OrderedDict[Path, Sample] = OrderedDict()
        self._wake = threading.Condition()
        self._stopped = self._reading = False
        self._read: queue.SimpleQueue[tuple[Path, QImage]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._look)

    def of(self, sample: Sample) -> QImage | None:
        """None where it is not there yet: then it is on its way."""
        image = self._there.get(sample.path)
        if image is not None:
            self._there.move_to_end(sample.path)
            return image
        if self._stopped:
            return None
        with self._wake:
            self._asked[sample.path] = sample
            self._asked.move_to_end(sample.path)
            if len(self._asked) > MOST_ASKED:
                self._asked.popitem(last=False)
            self._wake.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="sample pictures", daemon=True)
            self._thread.start()
        if not self._timer.isActive():
            self._timer.start()
        return None

    def stop(self) -> None:
        self._timer.stop()
        with self._wake:
            self._stopped = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(JOIN_S)
            self._thread = None

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._stopped or bool(self._asked))
                if self._stopped:
                    return
                path, sample = self._asked.popitem()
                self._reading = True
            try:
                image = image_of(sample.read())
            except (FerError, OSError):
                image = QImage()
            self._read.put((path, image))
            with self._wake:
                self._reading = False

    def _look(self) -> None:
        with self._wake:
            at_rest = not self._asked and not self._reading
        came = []
        while True:
            try:
                path, image = self._read.get_nowait()
            except queue.Empty:
                break
            self._there[path] = image
            came.append(path)
        while len(self._there) > MOST_KEPT:
            self._there.popitem(last=False)
        if came:
            self.came.emit(came)
        elif at_rest:
            self._timer.stop()
