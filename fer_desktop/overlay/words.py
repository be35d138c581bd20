"""Emotions and figures in words for people. The names in files and on the command line stay those of core.emotions."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

NO_BREAK: Final = "\u00a0"

OUT_OF_VIEW: Final = "out of view"
"""In place of a reading, of a face that is followed and not there."""

_CONTEXT: Final = "emotions"
_MARKED = (
    QT_TRANSLATE_NOOP("emotions", "angry"),
    QT_TRANSLATE_NOOP("emotions", "disgust"),
    QT_TRANSLATE_NOOP("emotions", "fear"),
    QT_TRANSLATE_NOOP("emotions", "happy"),
    QT_TRANSLATE_NOOP("emotions", "sad"),
    QT_TRANSLATE_NOOP("emotions", "surprise"),
    QT_TRANSLATE_NOOP("emotions", "neutral"),
)
_MARKED_REASONS = (
    QT_TRANSLATE_NOOP("reasons", "too small"),
    QT_TRANSLATE_NOOP("reasons", "half out of view"),
    QT_TRANSLATE_NOOP("reasons", "too dark"),
    QT_TRANSLATE_NOOP("reasons", "too bright"),
    QT_TRANSLATE_NOOP("reasons", "blurred"),
    QT_TRANSLATE_NOOP("reasons", "turned away"),
    QT_TRANSLATE_NOOP("reasons", "not sure"),
    QT_TRANSLATE_NOOP("reasons", "out of view"),
)


def emotion(name: str) -> str:
    """ "happy", in the person's language."""
    return QCoreApplication.translate(_CONTEXT, name)


def label(name: str) -> str:
    """ "Happy": an emotion that stands alone."""
    word = emotion(name)
    return word[:1].upper() + word[1:]


def reason(text: str) -> str:
    """Why a face has no label, in the person's language."""
    return QCoreApplication.translate("reasons", text)


def own_neutral() -> str:
    """That a face is read against its own resting face."""
    return QCoreApplication.translate("readings", "my neutral")


def percent(value: int) -> str:
    """ "87 %", never broken over two lines."""
    return f"{value}{NO_BREAK}%"


def reading(name: str | None, value: int, why: str | None) -> str:
    """ "Happy 87 %", or the reason for no reading."""
    if name is None:
        return reason(why or "")
    return f"{label(name)}{NO_BREAK}{percent(value)}"
