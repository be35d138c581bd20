"""What several parts of the page say: faces, times, moments."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from fer_desktop.offline.moments import Moment
from fer_desktop.offline.time_left import time_left
from fer_desktop.overlay import words

SURE_AFTER_S: Final = 2.0


def tr(text: str) -> str:
    return QCoreApplication.translate("Recordings", text)


def face_name(face: int, name: str) -> str:
    """What a person called it, or "Face 3": the number that stands on the picture and in files."""
    return name or tr("Face {number}").format(number=face)


def percent(share: float) -> str:
    return words.percent(round(share * 100))


def progress(done: str, part: float | None, spent_s: float) -> str:
    """ "Reading 0:12.0 of 0:40.0, about 20 s left". part: 0 to 1, None where it is not known."""
    if not part or spent_s < SURE_AFTER_S:
        return done
    return tr("{done}, {left}").format(done=done, left=time_left(spent_s * max(1 - part, 0.0) / part, tr))


def moment(one: Moment) -> str:
    """→ Happy", "Happy peak 97 %", or what a marker says."""
    if one.text is not None:
        return one.text
    if one.confidence is not None:
        text = tr("{emotion} peak {percent}")
        return text.format(emotion=words.label(one.emotion), percent=percent(one.confidence))
    if one.before is None:
        return words.label(one.emotion)
    return tr("{before} → {after}").format(before=words.label(one.before), after=words.label(one.emotion))
