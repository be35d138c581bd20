"""A picture without a file, kept small however many are pasted."""

from __future__ import annotations

import threading
import time

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage

from fer_desktop.core.types import Frame

_QUALITY = 80
"""For PNG: compressed a little, and three times as fast as by default."""


class Pasted:
    def __init__(self, name: str, image: QImage) -> None:
        """image: not to be changed any more."""
        self.name = name
        self._image: QImage | None = image
        self._data = b""
        self._lock = threading.Lock()

    def frame(self) -> Frame:
        """Its pixels, on any thread but the GUI's: the first time it is compressed, which of a large picture takes a
        second. Raises InputError."""
        from fer_desktop.offline.images import decode_image

        with self._lock:
            if self._image is not None:
                buffer = QBuffer()
                buffer.open(QIODevice.OpenModeFlag.WriteOnly)
                self._image.save(buffer, "PNG", _QUALITY)  # type: ignore[call-overload]
                self._data, self._image = bytes(buffer.data().data()), None
        return Frame(decode_image(self._data, self.name), 0, time.monotonic(), self.name)
