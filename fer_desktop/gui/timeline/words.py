"""What several parts of the timeline say: faces, marks, times of day."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from fer_desktop.core.history import History
from fer_desktop.core.marks import MODEL, NEUTRAL, SOURCE, Mark
from fer_desktop.gui.timeline.sight import DAY_S
from fer_desktop.overlay import words


def tr(text: str) -> str:
    return QCoreApplication.translate("Timeline", text)


def face_name(number: int) -> str:
    """As on its card."""
    return tr("Face {number}").format(number=number)


def mark_text(mark: Mark, model_name: Callable[[str], str]) -> str:
    """model_name: of an id, as people call it."""
    if mark.kind == MODEL:
        return tr("model: {name}").format(name=model_name(mark.text))
    if mark.kind == SOURCE:
        return tr("source: {name}").format(name=mark.text)
    if mark.kind == NEUTRAL:
        return words.own_neutral() if mark.text else tr("my neutral undone")
    return mark.text


def day_s(history: History, at_s: float) -> float:
    """A time of the history's as seconds of the day, where the person is."""
    wall_s = history.wall_s(at_s)
    return (wall_s + time.localtime(wall_s).tm_gmtoff) % DAY_S
