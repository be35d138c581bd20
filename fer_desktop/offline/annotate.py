"""Pictures with boxes, labels and bars, written into a folder of their own. The originals are never touched.

The drawing is the overlay's, the one that the window uses, at the picture's full size.
"""

# With pathlib, paths would not be kept as given.
# ruff: noqa: PTH100, PTH103, PTH106, PTH113, PTH114, PTH118, PTH119, PTH120, PTH122, PTH123

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from typing import Final, Literal

from fer_desktop.core.errors import InputError
from fer_desktop.core.types import Analysis, Frame
from fer_desktop.offline.files import output
from fer_desktop.offline.names import shown

MARK: Final = "FER Desktop"
"""Stands in every file written here, so that only such files are ever replaced."""
_JPEG: Final = frozenset((".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"))


class AnnotatedFolder:
    """Writes one annotated picture an image: JPEG for JPEGs, PNG for all else, under the name of the original.

    Images of one name get -2, -3, … in the order of `inputs` and then of `target`, so a second run replaces what the
    first one wrote. A file that is not of this program's making is never replaced.
    """

    def __init__(self, folder: str, inputs: Iterable[str] = ()) -> None:
        """Makes the folder if need be. Raises InputError where that fails."""
        self._made = _missing(folder)
        try:
            os.makedirs(folder, exist_ok=True)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            what = f"the folder {shown(folder)} for annotated pictures cannot be made ({reason.lower()})"
            raise InputError(what, "Name another folder") from error
        self._folder = folder
        self._names: dict[str, str] = {}
        """By the input's path, the name in the folder."""
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}
        """By name, the number from which on none is taken: many folders may hold an image of one name."""
        for path in inputs:
            self.target(path)

    def target(self, path: str) -> str:
        """Where the annotated picture of an input goes."""
        if path not in self._names:
            self._names[path] = self._free(os.path.basename(path))
        return os.path.join(self._folder, self._names[path])

    def write(self, frame: Frame, analysis: Analysis) -> None:
        """Annotate a frame whose `source` is one of the inputs. Raises InputError where the file cannot be written."""
        from fer_desktop.overlay.picture import annotated_file

        self.put(frame.source, lambda form: annotated_file(frame, analysis, form, MARK))

    def put(self, path: str, encode: Callable[[Literal["jpeg", "png"]], bytes]) -> None:
        """The annotated picture of an input, as `encode` makes it. Raises InputError where it cannot be written."""
        target = self.target(path)
        jpeg = os.path.splitext(target)[1].lower() in _JPEG
        data = encode("jpeg" if jpeg else "png")
        with output(target) as write:
            write(data)

    def leave(self) -> None:
        """At the end: where no picture was written, the folders that were made for them go."""
        for folder in self._made:
            with contextlib.suppress(OSError, ValueError):
                os.rmdir(folder)

    def _free(self, original: str) -> str:
        """A name in the folder that no other input has and that no file of someone else's has."""
        stem, suffix = os.path.splitext(original)
        if suffix.lower() not in _JPEG:
            suffix = ".png"
        # Without regard to case: some file systems do not tell a.jpg from A.jpg.
        plain = f"{stem}{suffix}".casefold()
        number = self._numbers.get(plain, 1)
        while True:
            name = f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}"
            number += 1
            path = os.path.join(self._folder, name)
            if name.casefold() not in self._taken and (not os.path.lexists(path) or _ours(path)):
                self._taken.add(name.casefold())
                self._numbers[plain] = number
                return name


def _missing(folder: str) -> list[str]:
    """The folder and those around it that do not exist, the innermost first."""
    missing = []
    around = os.path.abspath(folder)
    while not os.path.lexists(around) and around != os.path.dirname(around):
        missing.append(around)
        around = os.path.dirname(around)
    return missing


def _ours(path: str) -> bool:
    if os.path.islink(path) or not os.path.isfile(path):
        return False
    try:
        with open(path, "rb") as file:
            head = file.read(4096)
    except OSError:
        return False
    # As Qt writes it: a JPEG comment, a PNG text chunk.
    return f"Software: {MARK}".encode() in head or f"Software\0{MARK}".encode() in head
