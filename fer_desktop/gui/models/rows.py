"""What the list shows of each model: read from the disk, off the GUI thread."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fer_desktop.core.errors import ModelError
from fer_desktop.modelstore.store import CARD_FILE, ModelFolder, ModelStore

MAX_CARD_BYTES = 20_000

Signature = tuple[tuple[str, int, int], ...]
"""Of each file of a folder: name, bytes, time of the last change in nanoseconds."""


@dataclass(frozen=True, slots=True)
class Row:
    """A model, or a folder that was one: then `folder` is None and `problem` says what is wrong.

    origin: "shipped", "trained", "imported" or "". beside: what tells it from another of the same name; may be empty.
    active: the next start uses it. checked: every file's hash was looked at.
    """

    path: Path
    folder: ModelFolder | None
    name: str
    beside: str = ""
    origin: str = ""
    active: bool = False
    problem: str = ""
    checked: bool = False
    signature: Signature = field(default=(), repr=False)

    @property
    def size_bytes(self) -> int:
        return sum(size for _, size, _ in self.signature)

    @property
    def own(self) -> bool:
        """Whether it is the person's, to be renamed and deleted."""
        return self.origin != "shipped"


@dataclass(frozen=True, slots=True)
class Listing:
    """rows: the shipped one, this person's from the newest to the oldest, what cannot be read. previous: the model that
    Back leads to. problem: why the model in use is not the chosen one, or why there is none."""

    rows: tuple[Row, ...] = ()
    previous: ModelFolder | None = None
    problem: str = ""

    def find(self, path: Path | None) -> Row | None:
        return next((row for row in self.rows if row.path == path), None)


def read(store: ModelStore, known: Sequence[Row] = ()) -> Listing:
    """Reads manifests; of the files it looks only at size and time. known: rows of before, whose checks still hold
    where nothing has changed."""
    before = {row.path: row for row in known if row.checked}
    problem, used = "", None
    try:
        active = store.resolve()
    except ModelError as none:
        problem = none.what
    else:
        used, problem = active.folder.path, active.problem or ""
    folders = store.models()
    rows = []
    for folder, beside in zip(folders, _told_apart(folders), strict=True):
        origin, signature = store.origin(folder), _signature(folder.path)
        row = Row(folder.path, folder, folder.name, beside, origin, folder.path == used, signature=signature)
        same = before.get(folder.path)
        if same is not None and same.signature == signature:
            row = replace(row, problem=same.problem, checked=True)
        rows.append(row)
    rows.sort(key=lambda row: row.folder.manifest.created if row.folder else "", reverse=True)
    rows.sort(key=lambda row: row.own)
    for path, error in store.unreadable_folders():
        rows.append(Row(path, None, path.name, problem=error.what, checked=True, signature=_signature(path)))
    previous = store.previous()
    return Listing(tuple(rows), previous[0] if previous else None, problem)


def check(row: Row) -> Row:
    """With what is wrong with its files, if anything is: reads all of them."""
    if row.folder is None or row.checked:
        return row
    return replace(row, problem="; ".join(row.folder.verify()), checked=True)


def card(row: Row) -> str:
    """The text of its model card; empty where there is none that can be read. Read only where its hash is right, which
    also tells a file from a pipe."""
    if row.folder is None:
        return ""
    try:
        return row.folder.read(CARD_FILE)[:MAX_CARD_BYTES].decode("utf-8", "replace")
    except ModelError:
        return ""


def _told_apart(folders: Sequence[ModelFolder]) -> list[str]:
    """The id where it is not the name already; the folder's name where even the ids are the same."""
    ids = [folder.id for folder in folders]
    result = []
    for folder in folders:
        if ids.count(folder.id) > 1:
            result.append(folder.path.name)
        else:
            result.append("" if folder.name == folder.id else folder.id)
    return result


def _signature(path: Path) -> Signature:
    found = []
    with contextlib.suppress(OSError):
        for file in sorted(path.iterdir()):
            with contextlib.suppress(OSError):
                about = file.stat()
                found.append((file.name, about.st_size, about.st_mtime_ns))
    return tuple(found)
