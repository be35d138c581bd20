"""Photos in a batch are read as they are one by one: the same faces in the same places, the same probabilities.

FER_PHOTOS=1000 in the environment compares as many; FER_PHOTOS_IN=FOLDER takes them from there, where it holds photos
of people (packaging/make_photos.py makes such), in place of drawn faces.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest

from fer_desktop import app
from fer_desktop.core import emotions
from fer_desktop.core.pipeline import Pipeline
from fer_desktop.offline.batch import Batch
from fer_desktop.offline.find import Found, find_images
from fer_desktop.offline.images import read_image
from tests import lit_faces
from tests.conftest import ROOT

PHOTOS = int(os.environ.get("FER_PHOTOS", "0")) or 40
FOLDER = os.environ.get("FER_PHOTOS_IN")
ROUNDING = 1e-4
"""Of probabilities: a larger batch is summed up in another order."""


def make_photos() -> ModuleType:
    """packaging/make_photos.py, which is in no package."""
    spec = importlib.util.spec_from_file_location("make_photos", ROOT / "packaging" / "make_photos.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def photos(tmp_path: Path) -> Iterator[list[Found]]:
    if FOLDER:
        yield list(itertools.islice(find_images([FOLDER]), PHOTOS))
        return
    rng, maker = np.random.default_rng(5), make_photos()
    known = np.stack([lit_faces.draw(name, rng) for name in emotions.NAMES for _ in range(6)])
    for number in range(PHOTOS):
        boxes = maker.places(int(rng.integers(1, maker.MOST_FACES + 1)), rng)
        picture = maker.photo(known[rng.integers(0, len(known), len(boxes))], boxes, rng)
        cv2.imwrite(str(tmp_path / f"{number}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 90])
    yield list(find_images([str(tmp_path)]))
    for path in tmp_path.iterdir():
        path.unlink()


@pytest.mark.timeout(120 + PHOTOS // 2)
def test_the_same_as_one_by_one(photos: list[Found], needs_detector_models: None) -> None:
    reader = app.classifier()
    with Batch(app.photo_detector, reader) as batch:
        together = list(batch.results(photos))
    reader.close()
    pipeline = Pipeline(app.photo_detector(), app.classifier())
    equal = count = 0
    largest = 0.0
    for result in together:
        assert result.analysis is not None
        alone = pipeline.analyse(read_image(result.path))
        here, there = result.analysis.tracks, alone.tracks
        count += len(there)
        same = [(one.face.box, one.label, one.reason) for one in here] == [
            (one.face.box, one.label, one.reason) for one in there
        ]
        equal += same
        for one, other in zip(here, there, strict=False):
            difference = np.abs(one.prediction.probabilities - other.prediction.probabilities)
            largest = max(largest, float(difference.max()))
    pipeline.close()
    print(f"{equal} of {len(photos)} photos the same, {count} faces, largest difference {largest:.1e}")
    assert count >= PHOTOS // 2, "faces are found at all"
    assert equal == len(photos)
    assert largest < ROUNDING
