"""What the records of two models say, beside each other."""

from __future__ import annotations

from typing import Final

from fer_desktop.gui.models import words
from fer_desktop.gui.models.rows import Row
from fer_desktop.gui.models.words import tr
from fer_desktop.gui.training.words import percent

RECORDS: Final = 9


def names_of(first: Row, second: Row) -> tuple[str, str]:
    """What the two are called, told apart."""
    if first.name != second.name:
        return first.name, second.name
    return full_name(first), full_name(second)


def full_name(row: Row) -> str:
    return f"{row.name} ({row.beside})" if row.beside else row.name


def records(first: Row, second: Row) -> list[tuple[str, str, str]]:
    """(what, of the first, of the second), RECORDS of them."""
    columns = [_record(row) for row in (first, second)]
    titles = (
        tr("From"),
        tr("Made"),
        tr("Accuracy"),
        tr("Measured on"),
        tr("Mean of the recalls"),
        tr("Calibration error (0 is best)"),
        tr("Network"),
        tr("Learnt from"),
        tr("Size"),
    )
    return list(zip(titles, *columns, strict=True))


def _record(row: Row) -> list[str]:
    assert row.folder is not None
    manifest = row.folder.manifest
    found = words.figures(manifest)
    figures = ["–"] * 4
    if found is not None:
        ece = "–" if found.ece is None else f"{found.ece:.3f}"
        figures = [percent(found.accuracy), words.faces(found), percent(found.balanced), ece]
    made = [words.origin_sentence(row), words.date(manifest.created)]
    return [*made, *figures, words.network(manifest), words.learnt_from(manifest), words.size(row.size_bytes)]


def note(first: Row, second: Row) -> str:
    """How far the figures of two records can be held against each other."""
    said = [tr("Each model's own record says so.")]
    pair = zip((first, second), names_of(first, second), strict=True)
    imported = [name for row, name in pair if row.origin == "imported"]
    if len(imported) == 2:
        said.append(tr("Both were imported: their figures come with them and were not measured on this computer."))
    elif imported:
        text = tr("{name} was imported: its figures come with it and were not measured on this computer.")
        said.append(text.format(name=imported[0]))
    said.append(tr("Only figures on the same faces tell which one is better."))
    return " ".join(said)
