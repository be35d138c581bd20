"""What painting takes: Qt, offscreen, with the program's own drawing code."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

from fer_desktop import opencv_environment
from fer_desktop.bench.figures import milliseconds
from fer_desktop.core.types import Analysis, Frame

_VIEW: Final = (960, 540)
"""The picture's size in a window as it first opens."""


def overlay(frames: Sequence[Frame], analyses: Sequence[Analysis], calls: int) -> tuple[float, ...]:
    """Boxes, labels and bars over a picture of the frame's size: milliseconds, means of blocks."""
    _application()
    from PySide6.QtGui import QImage, QPainter

    from fer_desktop.overlay.layout import Rect
    from fer_desktop.overlay.motion import still
    from fer_desktop.overlay.painter import Look, Overlay

    width, height = frames[0].size
    image = QImage(width, height, QImage.Format.Format_RGB32)
    painted, look, where = Overlay(), Look(), Rect(0, 0, width, height)
    faces = [still(analysis) for analysis in analyses]

    def paint(at: int) -> None:
        painter = QPainter(image)
        painted.paint(painter, faces[at % len(faces)], (width, height), where, look)
        painter.end()

    return milliseconds(paint, calls)


def window(frames: Sequence[Frame], analyses: Sequence[Analysis], calls: int) -> tuple[float, ...]:
    """A new picture with its overlay in the window's own view: milliseconds, means of blocks."""
    _application()
    from fer_desktop.gui.video_view import VideoView
    from fer_desktop.overlay.motion import still
    from fer_desktop.overlay.painter import Look

    view = VideoView()
    view.resize(*_VIEW)
    faces, look = [still(analysis) for analysis in analyses], Look()

    def paint(at: int) -> None:
        view.set_frame(frames[at % len(frames)])
        view.set_faces(faces[at % len(faces)], look)
        view.grab()

    try:
        return milliseconds(paint, calls)
    finally:
        view.deleteLater()


_KEPT: list[object] = []


def _application() -> None:
    """Widgets need one; made once, and never shown on a screen."""
    from PySide6.QtWidgets import QApplication

    if QApplication.instance() is None:
        opencv_environment.forget_qt_paths()
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        _KEPT.append(QApplication(["fer-desktop"]))
