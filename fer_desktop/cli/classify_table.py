"""What `classify` shows people while it works and in place of a file: a table and a line of progress."""

# With pathlib, a name too long would raise.
# ruff: noqa: PTH119

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from fer_desktop.cli.common import ProgressLine
from fer_desktop.offline.names import shown

if TYPE_CHECKING:
    from fer_desktop.offline.files import Write
    from fer_desktop.offline.find import Listing
    from fer_desktop.offline.image_result import ImageResult

WIDEST: Final = 60


class TableWriter:
    """For people: one line a face. Images that failed are told of on stderr.

    paths: the first ones, as wide as the column of names is made; a longer one that comes later makes it wider.
    """

    def __init__(self, write: Write, paths: Iterable[str]) -> None:
        self._write = write
        self._width = min(max((len(shown(path)) for path in paths), default=0), WIDEST)

    def add(self, result: ImageResult) -> None:
        if result.analysis is None:
            return
        name = shown(result.path)
        self._width = min(max(self._width, len(name)), WIDEST)
        path = name.ljust(self._width)
        lines = []
        for number, track in enumerate(result.analysis.tracks, start=1):
            reading = (
                f"{track.label:<8}  {track.confidence * 100:>3.0f} %" if track.label else f"no label: {track.reason}"
            )
            lines.append(f"{path}  face {number}  {reading}")
        text = "".join(line + "\n" for line in lines or [f"{path}  no face found"])
        self._write(text.encode(sys.stdout.encoding or "utf-8", "replace"))

    def finish(self) -> None:
        pass


class Progress(ProgressLine):
    """How many are done; of how many, once they have all been found."""

    def __init__(self, listing: Listing, wanted: bool) -> None:
        super().__init__(wanted)
        self._listing = listing

    def show(self, done: int, path: str) -> None:
        total = self._listing.total
        so_far = f"{done:,} done" if total is None else f"{done:,}/{total:,}"
        self.tell(f"{so_far}  {shown(os.path.basename(path))[:50]}")
