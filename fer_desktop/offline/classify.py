"""Photos through the pipeline, one after the other. A bad file costs its own result and no other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from fer_desktop.core.errors import FerError, InputError
from fer_desktop.core.types import Analysis, Frame
from fer_desktop.offline.find import Found
from fer_desktop.offline.images import read_image
from fer_desktop.offline.names import shown

log = logging.getLogger(__name__)


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


class Analyser(Protocol):
    """The part of core's Pipeline that is used here."""

    def analyse(self, frame: Frame) -> Analysis: ...


def classify_images(
    found: Iterable[Found],
    pipeline: Analyser,
    *,
    on_analysed: Callable[[Frame, Analysis], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[ImageResult]:
    """One result for each path, in order, each as soon as it is known; ends early, between two images, on `cancelled`.

    `on_analysed` is given each frame with its analysis, before its result is; what it raises is not caught, and
    neither are the pipeline's own FerErrors (a damaged model): they concern every image.
    """
    for image in found:
        if cancelled():
            return
        yield _classify_one(image, pipeline, on_analysed)


def _classify_one(
    image: Found, pipeline: Analyser, on_analysed: Callable[[Frame, Analysis], None] | None
) -> ImageResult:
    if image.error is not None:
        return ImageResult(image.path, None, None, str(image.error), None)
    try:
        frame = read_image(image.path)
    except InputError as error:
        return ImageResult(image.path, None, None, str(error), None)
    width, height = frame.size
    try:
        analysis = pipeline.analyse(frame)
    except FerError:
        raise
    except Exception as error:  # the other images' results must not be lost with this one's
        log.debug("analysis of %s failed", shown(image.path), exc_info=True)
        reason = (
            f"{shown(image.path)} could not be analysed, a defect of this program ({type(error).__name__}: {error})"
        )
        return ImageResult(image.path, width, height, " ".join(reason.split()), None, defect=True)
    if on_analysed is not None:
        on_analysed(frame, analysis)
    return ImageResult(image.path, width, height, None, analysis)
