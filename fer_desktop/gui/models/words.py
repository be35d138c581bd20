"""What a model's record says, in words. A record may come from elsewhere: nothing in it is taken for granted."""

from __future__ import annotations

import datetime
import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from fer_desktop.core import emotions
from fer_desktop.core.errors import FerError
from fer_desktop.gui.models.rows import Row
from fer_desktop.gui.training.words import SPACE, percent
from fer_desktop.modelstore.manifest import Manifest

LONGEST: Final = 60
SOURCES: Final = 4
_COMMAND: Final = "fer-desktop "


def tr(text: str) -> str:
    return QCoreApplication.translate("Models", text)


@dataclass(frozen=True, slots=True)
class Figures:
    """How good a model is, as its record says: shares from 0 to 1, None where it says nothing of that."""

    split: str
    n: int | None
    accuracy: float
    balanced: float | None
    ece: float | None
    recall: dict[str, float | None] = field(default_factory=dict)


def figures(manifest: Manifest) -> Figures | None:
    """Of the first split that has any."""
    for split, values in manifest.metrics.items():
        accuracy = _share(values.get("accuracy")) if isinstance(values, Mapping) else None
        if accuracy is not None:
            recall = values.get("recall")
            known = recall if isinstance(recall, Mapping) else {}
            recalls = {name: _share(known.get(name)) for name in emotions.NAMES}
            balanced, ece = _share(values.get("balanced_accuracy")), _share(values.get("ece"))
            return Figures(text(split), _count(values.get("n")), accuracy, balanced, ece, recalls)
    return None


def reason(error: FerError) -> str:
    """For the window: whole sentences, without the advice that is for the command line."""
    remedy = "" if _COMMAND in error.remedy else error.remedy
    return f"{error.what}. {remedy}".strip().removesuffix(".") + "."


def origin(row: Row) -> str:
    return {"shipped": tr("Shipped"), "trained": tr("Trained here"), "imported": tr("Imported")}.get(row.origin, "")


def origin_sentence(row: Row) -> str:
    if row.origin == "shipped":
        return tr("Came with the program")
    if row.folder is None or row.origin != "imported":
        return origin(row)
    imported = row.folder.manifest.imported
    return tr("Imported on {date} from {file}").format(
        date=date(imported.get("at")), file=text(imported.get("file")) or tr("a file")
    )


def trouble(row: Row) -> str:
    """What is wrong with it, beginning with how bad that is; its folder goes without saying."""
    why = row.problem.replace(f"{row.path}{os.sep}", "")
    return (tr("Damaged: {why}") if row.folder is not None else tr("Cannot be read: {why}")).format(why=why)


def accuracy(row: Row) -> str:
    """One line: how good, on what, and who says so."""
    if row.folder is None:
        return ""
    found, own = figures(row.folder.manifest), own_samples(row.folder.manifest)
    if own is not None:
        whose = tr("its maker's samples: {change}") if row.origin == "imported" else tr("your samples: {change}")
        line = whose.format(change=own)
    elif found is not None:
        line = tr("{n} right on {split}").format(n=percent(found.accuracy), split=found.split)
    else:
        return tr("Accuracy not known")
    if row.origin != "imported":
        return line[0].upper() + line[1:]
    return tr("By its own account {line}").format(line=line) if row.origin == "imported" else line


def own_samples(manifest: Manifest) -> str | None:
    """ "12.5 → 18.8 %": right of a person's own samples that it did not learn from, before it was fine-tuned to them
    and since; None where that was not measured."""
    values = manifest.training.get("samples")
    if not isinstance(values, Mapping):
        return None
    before, after = _share(values.get("before")), _share(values.get("after"))
    if before is None or after is None:
        return None
    return tr("{before} → {after}").format(before=f"{100 * before:.1f}", after=percent(after))


def faces(found: Figures) -> str:
    if found.n is None:
        return found.split
    return tr("{split}, {n} faces").format(split=found.split, n=f"{found.n:,}")


def date(value: object) -> str:
    """From ISO 8601."""
    try:
        day = datetime.datetime.fromisoformat(str(value)[:19]).date()
    except ValueError:
        return tr("unknown date")
    return QLocale().toString(QDate(day.year, day.month, day.day), "d MMM yyyy")


def size(count: int) -> str:
    """Bytes, in kB or MB of powers of ten."""
    if count < 1000:
        return tr("under 1{space}kB").format(space=SPACE)
    return f"{count / 1e6:.1f}{SPACE}MB" if count >= 1e5 else f"{count / 1e3:.1f}{SPACE}kB"


def network(manifest: Manifest) -> str:
    """ "resnet-64, 2,220,615 weights"."""
    name, weights = text(manifest.architecture.get("name")), _count(manifest.architecture.get("parameters"))
    parts = [name] if name else []
    if weights is not None:
        parts.append(tr("{n} weights").format(n=f"{weights:,}"))
    return ", ".join(parts) or tr("not known")


def learnt_from(manifest: Manifest) -> str:
    """ "28,358 faces of fer2013.csv and fer2013new.csv"."""
    sources, count = manifest.data.get("sources"), _count(manifest.data.get("trained_on"))
    names = [text(name) for name in list(sources)[:SOURCES]] if isinstance(sources, Mapping) else []
    if isinstance(sources, Mapping) and len(sources) > SOURCES:
        names.append(tr("{n} more").format(n=len(sources) - SOURCES))
    of = ", ".join(name for name in names if name)
    if count is None:
        return of or tr("not known")
    said = tr("{n} faces").format(n=f"{count:,}")
    return tr("{faces} of {names}").format(faces=said, names=of) if of else said


def trained_for(manifest: Manifest) -> str:
    """ "74 epochs, 113 min", "about 24 s"; empty where the record says nothing of it."""
    epochs, minutes = _count(manifest.training.get("epochs")), _number(manifest.training.get("minutes"))
    parts = [tr("{n} epochs").format(n=epochs)] if epochs is not None else []
    if minutes is not None and 0 <= minutes < 1e6:
        # A record counts in tenths of a minute.
        seconds = round(60 * minutes)
        if minutes >= 1:
            parts.append(tr("{n} min").format(n=round(minutes)))
        else:
            parts.append(tr("about {n} s").format(n=seconds) if seconds else tr("a few seconds"))
    return ", ".join(parts)


def summary(row: Row) -> str:
    """The row as a sentence, for a screen reader."""
    parts = [row.name, row.beside, row.problem]
    if row.folder is not None:
        parts += [accuracy(row), origin(row), date(row.folder.manifest.created)]
    return ", ".join(part for part in [*parts, size(row.size_bytes)] if part)


def text(value: object) -> str:
    """As much of it as is fit to be shown; empty where it is no text."""
    if not isinstance(value, str):
        return ""
    shown = "".join(sign if sign.isprintable() else "?" for sign in value[: LONGEST + 1])
    return f"{shown[:LONGEST]}…" if len(shown) > LONGEST else shown


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _share(value: Any) -> float | None:
    number = _number(value)
    return number if number is not None and 0 <= number <= 1 else None


def _count(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value < 1 << 53 else None
