"""What comes of a photo. By itself, since the window needs the forms of results before anything slow is imported."""

from __future__ import annotations

from dataclasses import dataclass

from fer_desktop.core.types import Analysis


@dataclass(frozen=True, slots=True)
class ImageResult:
    """What became of one image. `width` and `height` are pixels of the upright image, None where it was not read.

    Either `analysis` or `error` is set. `defect` marks an error that is the program's fault, not the file's.
    """

    path: str
    width: int | None
    height: int | None
    error: str | None
    analysis: Analysis | None
    defect: bool = False
