"""What the page says of a photo and of how far it is."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QLocale

from fer_desktop.core import emotions
from fer_desktop.gui.photos.reading import NO_LABEL
from fer_desktop.gui.photos.records import PROBLEM, READ, Records
from fer_desktop.offline.names import shown
from fer_desktop.overlay import words

MOST_LINES: Final = 12


def tr(text: str) -> str:
    return QCoreApplication.translate("Photos", text)


KEYS: Final = (
    ("Arrows", "Go through the photos"),
    ("Enter, Esc", "Show one large, and all again"),
    ("Delete", "Take it out of the list; the file stays"),
    ("Left, Right", "Large: the one before, the next one"),
    ("Tab", "Large: choose a face"),
    ("+  −  0", "Large: larger, smaller, the whole photo"),
    ("Shift+Arrows", "Large: move it"),
    ("E", "Large: why, for the next emotion"),
)
"""What the page's own keys do: (keys, what)."""


def count(number: int) -> str:
    """ "1,204", as people there write it."""
    return QLocale().toString(number)


def name_of(records: Records, record: int) -> str:
    path = records.paths[record]
    return shown(os.path.basename(path) or path)  # noqa: PTH119


def problem_of(records: Records, record: int) -> str:
    """Why it cannot be read, with its name instead of the whole path."""
    path, text = records.paths[record], records.errors.get(record, "")
    return text.replace(shown(path), name_of(records, record), 1)


def faces_text(number: int) -> str:
    if number == 0:
        return tr("No face")
    return tr("1 face") if number == 1 else tr("{n} faces").format(n=count(number))


def all_photos(number: int) -> str:
    return tr("The one photo") if number == 1 else tr("All {n} photos").format(n=count(number))


def shown_photos(number: int) -> str:
    return tr("The one that is shown") if number == 1 else tr("The {n} that are shown").format(n=count(number))


def not_in_it(number: int, again: str) -> str:
    """Of an export, which photos it leaves out. again: the name of the model that is to read them."""
    if again:
        text = tr("{n} photos are not read yet with {model} and are not in it.")
        if number == 1:
            text = tr("One photo is not read yet with {model} and is not in it.")
    else:
        text = tr("{n} photos are not read yet and are not in it.")
        if number == 1:
            text = tr("One photo is not read yet and is not in it.")
    return text.format(n=count(number), model=again)


def pictures_written(number: int, folder: Path) -> str:
    text = tr("One picture written into {path}") if number == 1 else tr("{n} pictures written into {path}")
    return text.format(n=count(number), path=folder)


def readings_of(records: Records, record: int) -> list[tuple[int | None, str]]:
    """Of each face, from left to right: its label's index, None where it has none, and its reading in words."""
    result: list[tuple[int | None, str]] = []
    for face in records.faces_of(record):
        percent = round(float(face["probabilities"].max()) * 100)
        if face["label"] == NO_LABEL:
            result.append((None, words.reading(None, percent, records.reason(face))))
        else:
            result.append((int(face["label"]), words.reading(emotions.NAMES[face["label"]], percent, None)))
    return result


def reading(emotion: int, percent: int) -> str:
    """ "Happy 87 %", of an emotion's index."""
    return words.reading(emotions.NAMES[emotion], percent, None)


def tool_tip(records: Records, record: int) -> str:
    """Where it lies, and all its faces or why it cannot be read."""
    lines = [shown(records.paths[record])]
    if record in records.errors:
        lines.append(problem_of(records, record))
    lines += [text for _, text in readings_of(records, record)][:MOST_LINES]
    return "".join(f"<div>{escape(line)}</div>" for line in lines)


def summary(records: Records, record: int) -> str:
    """One photo in a sentence, for who hears the page instead of seeing it."""
    state, name = records.photos[record]["state"], name_of(records, record)
    if state == PROBLEM:
        return problem_of(records, record)
    if state != READ:
        return tr("{name}: not read yet").format(name=name)
    texts = [text for _, text in readings_of(records, record)]
    listed = ", ".join(texts[:8]) + (" …" if len(texts) > 8 else "")
    faces = faces_text(len(texts))
    return f"{name}: {faces}, {listed}" if texts else f"{name}: {faces}"
