"""Photos a second, as `classify` reads them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from fer_desktop import app
from fer_desktop.bench import scenes
from fer_desktop.bench.figures import MORE, Figure
from fer_desktop.bench.plan import FACES, Plan
from fer_desktop.core.errors import InputError
from fer_desktop.offline.batch import Batch
from fer_desktop.offline.find import Found

_SIZE: Final = (1600, 1200)
_PASSES: Final = 3


def batch(plan: Plan) -> Iterable[Figure]:
    """Drawn photos of one and of four faces in turn. Raises InputError, ModelError."""
    plan.tell("drawing photos")
    photos = [
        scenes.write_photo(plan.folder / f"{number}.jpg", _SIZE, FACES[number % len(FACES)], number / 4)
        for number in range(plan.amount.photos)
    ]
    cores = os.cpu_count() or 1
    for workers in sorted({1, cores} if plan.amount.variants else {cores}):
        on = "1 core" if workers == 1 else f"{workers} cores"
        plan.tell(f"photos, on {on}")
        name = "all" if workers == cores else "1"
        what = f"photos of {_SIZE[0]}×{_SIZE[1]}, on {on}"
        yield Figure(f"batch.{name}", what, "photos/s", MORE, tuple(_rates(photos, workers)))


def _rates(photos: list[Path], workers: int) -> Iterable[float]:
    """Of some passes over the photos, after one over a few of them in which the detectors are made."""
    reader = app.classifier()
    try:
        with Batch(app.photo_detector, reader, workers) as work:
            _read(work, photos[: 2 * workers])
            for _ in range(_PASSES):
                started = time.perf_counter()
                _read(work, photos)
                yield len(photos) / (time.perf_counter() - started)
    finally:
        reader.close()


def _read(work: Batch, photos: list[Path]) -> None:
    for result in work.results([Found(str(photo)) for photo in photos]):
        if result.error is not None:
            raise InputError(f"a drawn photo could not be read ({result.error})", "See fer-desktop doctor")
