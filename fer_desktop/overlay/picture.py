"""One picture with its analysis painted on, as a file's bytes. Needs no display."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final, Literal

import cv2  # noqa: F401 - its wheel sets variables for Qt when imported: before they are removed here, not after
import numpy as np
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter, QPainter

from fer_desktop import opencv_environment
from fer_desktop.core.errors import InputError
from fer_desktop.core.types import Analysis, Frame, UInt8Array
from fer_desktop.overlay.layout import Rect
from fer_desktop.overlay.motion import Motion, Shown, still
from fer_desktop.overlay.painter import Look, Overlay, scale_for

_JPEG_QUALITY: Final = 92


def annotated_file(frame: Frame, analysis: Analysis, form: Literal["jpeg", "png"], software: str) -> bytes:
    """The frame with its analysis painted on, in the frame's size, with `software` in the file's metadata.

    Where no Qt application runs yet, to be called on the main thread. Raises InputError where it cannot be encoded.
    """
    ensure_application()
    return encoded(_annotated(frame, still(analysis), Overlay()), form, software)


def encoded(image: QImage, form: Literal["jpeg", "png"], software: str) -> bytes:
    """As a file, with `software` in its metadata. On any thread. Raises InputError where it cannot be encoded."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, form.encode())
    writer.setText("Software", software)
    if form == "jpeg":
        writer.setQuality(_JPEG_QUALITY)
    if not writer.write(image):
        raise InputError(
            f"an annotated picture could not be encoded ({writer.errorString()})", "Make the image smaller"
        )
    return bytes(buffer.data().data())


class Film:
    """Paints the pictures of one video, in order: numbers, and the side a face's bars are on, stay as they were.

    To be made and used on one thread: where no Qt application runs yet, the main thread.
    """

    def __init__(self) -> None:
        ensure_application()
        self._overlay = Overlay()
        # Each picture with its own values: they are steadied already.
        self._motion = Motion(smooth=False)

    def painted(self, frame: Frame, analysis: Analysis | None) -> UInt8Array:
        """uint8[h, w, 3] BGR: the frame with its analysis painted on."""
        image = _annotated(frame, self._motion.shown(analysis, frame.captured_at), self._overlay)
        width, height = frame.size
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
        return rows[:, : width * 3].reshape(height, width, 3).copy()


def _annotated(frame: Frame, faces: Sequence[Shown], overlay: Overlay) -> QImage:
    width, height = frame.size
    # Copied: QImage does not own the bytes it is given.
    image = QImage(frame.bgr.tobytes(), width, height, width * 3, QImage.Format.Format_BGR888).copy()
    painter = QPainter(image)
    try:
        look = Look(scale=scale_for(frame.size))
        overlay.paint(painter, faces, frame.size, Rect(0, 0, width, height), look)
    finally:
        painter.end()
    return image


@functools.cache
def ensure_application() -> QGuiApplication:
    """Fonts need an application object; where there is none yet, one without a display will do."""
    running = QGuiApplication.instance()
    if isinstance(running, QGuiApplication):
        return running
    opencv_environment.forget_qt_paths()
    return QGuiApplication(["fer-desktop", "-platform", "offscreen"])
