"""Pictures that are read on a thread of their own: first those that were asked for last, for they are in view."""

from __future__ import annotations

import queue
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from fer_desktop.core.errors import FerError
from fer_desktop.gui.task import joined

POLL_MS: Final = 30
JOIN_S: Final = 5.0

Key = TypeVar("Key", bound=Hashable)
Item = TypeVar("Item")


class Pictures(QObject, Generic[Key, Item]):
    """`came` (items): these are there now. What cannot be read is a null image. What is neither FerError nor OSError, a
    fault of the program's own, is raised once more on the GUI thread, for the report of it: the first one, since the
    others may well be the same."""

    came = Signal(object)

    def __init__(
        self, parent: QObject, read: Callable[[Key, Item], QImage], most_bytes: int, most_asked: int, name: str
    ) -> None:
        """read: called on the thread, which is called `name`; most_bytes: so many are kept, those that were shown last;
        most_asked: what was asked for before so many others has been scrolled out of view."""
        super().__init__(parent)
        self._read, self._name = read, name
        self.most_bytes, self.most_asked = most_bytes, most_asked
        self._there: OrderedDict[Key, QImage] = OrderedDict()
        self._bytes = 0
        self._asked: OrderedDict[Key, Item] = OrderedDict()
        self._wake = threading.Condition()
        self._stopped = self._reading = self._told_of_fault = False
        self._done: queue.SimpleQueue[tuple[Key, Item, QImage, Exception | None]] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._look)

    def of(self, key: Key, item: Item) -> QImage | None:
        """None where it is not there yet: then it is on its way."""
        image = self._there.get(key)
        if image is not None:
            self._there.move_to_end(key)
            return image
        if self._stopped:
            return None
        with self._wake:
            self._asked[key] = item
            self._asked.move_to_end(key)
            if len(self._asked) > self.most_asked:
                self._asked.popitem(last=False)
            self._wake.notify()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()
        if not self._timer.isActive():
            self._timer.start()
        return None

    def forget(self) -> None:
        """Nothing of what was asked for is wanted any more."""
        with self._wake:
            self._asked.clear()
        self._there.clear()
        self._bytes = 0
        self._told_of_fault = False

    def stop(self) -> bool:
        """End the thread. False if it did not within JOIN_S."""
        self._timer.stop()
        with self._wake:
            self._stopped = True
            self._wake.notify()
        return joined(self._thread, JOIN_S)

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._stopped or bool(self._asked))
                if self._stopped:
                    return
                key, item = self._asked.popitem()
                self._reading = True
            image, fault = QImage(), None
            try:
                image = self._read(key, item)
            except (FerError, OSError, MemoryError):
                pass
            except Exception as error:  # raised again on the GUI thread; the others are still to be shown
                fault = error
            self._done.put((key, item, image, fault))
            with self._wake:
                self._reading = False

    def _look(self) -> None:
        with self._wake:
            at_rest = not self._asked and not self._reading
        came: list[Item] = []
        faults: list[Exception] = []
        while True:
            try:
                key, item, image, fault = self._done.get_nowait()
            except queue.Empty:
                break
            if key not in self._there:
                self._there[key] = image
                self._bytes += image.sizeInBytes()
            came.append(item)
            if fault is not None:
                faults.append(fault)
        while self._bytes > self.most_bytes and len(self._there) > 1:
            self._bytes -= self._there.popitem(last=False)[1].sizeInBytes()
        if came:
            self.came.emit(came)
        elif at_rest:
            self._timer.stop()
        if faults and not self._told_of_fault:
            self._told_of_fault = True
            raise faults[0]
