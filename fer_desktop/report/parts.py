"""What a report is made of, whatever it becomes: a page of HTML or a PDF. Texts are not escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; `quiet` for what is read second."""

    text: str
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    items: Sequence[str]


@dataclass(frozen=True, slots=True)
class Tiles:
    """Figures side by side: (what it is, the figure, a note)."""

    items: Sequence[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Drawing:
    """An SVG drawing without its colours: its elements' classes name them, as in report.style. `size` in CSS pixels at
    which its letters have the page's size; `told` is for those who cannot see it."""

    size: tuple[int, int]
    body: str
    told: str


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    drawing: Drawing
    note: str = ""


@dataclass(frozen=True, slots=True)
class Charts:
    """Two side by side; one alone has the place of one of the two, or the whole width where it was drawn so wide."""

    items: Sequence[Chart]

    @property
    def wide(self) -> bool:
        return len(self.items) == 1 and self.items[0].drawing.size[0] > 600


@dataclass(frozen=True, slots=True)
class Column:
    """Of a table. `number`: set flush right; `emotion`: its cells name emotions or are empty; `long`: its texts may be
    broken anywhere, as file names must be."""

    title: str
    number: bool = False
    emotion: bool = False
    long: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    note: str = ""
    """What is not in it."""


@dataclass(frozen=True, slots=True)
class Face:
    """`jpeg`: a small square picture. `emotion`: None where it has no label."""

    jpeg: bytes
    emotion: str | None
    reading: str
    where: str


@dataclass(frozen=True, slots=True)
class Faces:
    items: Sequence[Face]
    note: str = ""


Part = Heading | Text | Points | Tiles | Charts | Table | Faces


@dataclass(frozen=True, slots=True)
class Report:
    """`made`: when and with what, at the end of it."""

    title: str
    parts: Sequence[Part]
    made: str
