"""Snapshots: the frame at its own resolution with the overlays of the window, as a PNG."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QObject, Signal
from PySide6.QtGui import QImage, QImageWriter, QPainter

from fer_desktop import atomic_file
from fer_desktop.core.types import Frame
from fer_desktop.gui.video_view import image_of
from fer_desktop.overlay.layout import Rect
from fer_desktop.overlay.motion import Shown
from fer_desktop.overlay.painter import Look, Overlay, scale_for


def compose(frame: Frame, faces: tuple[Shown, ...], look: Look) -> QImage:
    """The frame with its overlays, in the frame's own pixels; mirrored where the window is."""
    image = image_of(frame)
    if look.mirror:
        image = image.mirrored(True, False)
    width, height = frame.size
    painter = QPainter(image)
    own_scale = replace(look, scale=scale_for(frame.size))
    Overlay().paint(painter, faces, frame.size, Rect(0, 0, width, height), own_scale)
    painter.end()
    return image


def write_png(image: QImage, path: Path) -> str:
    """Write the whole file or none of it. Returns what went wrong, in the system's words, or an empty text."""
    encoded = QBuffer()
    encoded.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(encoded, b"png")
    if not writer.write(image):
        return writer.errorString()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Not QSaveFile: of a full disk it says "Unknown error".
        atomic_file.write(path, bytes(encoded.data().data()))
    except OSError as error:
        return error.strerror or str(error)
    return ""


def free_name(folder: Path, now: datetime.datetime, reserved: Collection[Path] = ()) -> Path:
    """A file name that is not taken: "FER 2026-01-31 at 14.05.09.png". `reserved`: files that are still to come."""
    stem = now.strftime("FER %Y-%m-%d at %H.%M.%S")
    candidate, number = folder / f"{stem}.png", 2
    while candidate in reserved or candidate.exists():
        candidate, number = folder / f"{stem} ({number}).png", number + 1
    return candidate


class SnapshotSaver(QObject):
    """Encodes on a thread: a PNG of a large frame takes longer than the window may stand still."""

    saved = Signal(str, str)
    """Path, and what went wrong (empty: nothing)."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._writing: dict[threading.Thread, Path] = {}

    def save(self, image: QImage, folder: Path) -> None:
        self._writing = {thread: path for thread, path in self._writing.items() if thread.is_alive()}
        path = free_name(folder, datetime.datetime.now(), self._writing.values())
        thread = threading.Thread(target=self._run, args=(image, path), name="snapshot")
        self._writing[thread] = path
        thread.start()

    def finish(self, timeout_s: float = 5.0) -> None:
        for thread in self._writing:
            thread.join(timeout_s)

    def _run(self, image: QImage, path: Path) -> None:
        problem = write_png(image, path)
        self.saved.emit(str(path), problem)
