"""Each face of a recording, cut out where its reading is surest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from fer_desktop.core import crop
from fer_desktop.core.errors import Cancelled
from fer_desktop.core.types import Frame
from fer_desktop.offline import face_crops
from fer_desktop.offline.edits import Edits
from tests.readings import SIZE, filled, result, track


class Pictures:
    """Each of its own noise; number 2 cannot be decoded any more."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def frame(self, number: int, at_s: float, given_up: Callable[[], bool] = bool) -> Frame | None:
        self.asked.append(number)
        noise = np.random.default_rng(number).integers(1, 256, (SIZE[1], SIZE[0], 3), np.uint8)
        return None if number == 2 else Frame(noise, number, at_s, "noise")

    def close(self) -> None:
        """Nothing to let go of."""


READINGS = filled(
    [
        result(0, 0.0, track(1, sure=0.6), track(3, None)),
        result(1, 0.1, track(1, sure=0.9), track(2, "sad", 0.5), track(3, None)),
        result(2, 0.2, track(1, sure=0.9), track(2, "sad", 0.4), track(4, sure=0.8)),
        result(3, 0.3, track(1, None, sure=0.95)),
    ]
)


def never() -> bool:
    return False


def test_each_face_where_it_is_surest() -> None:
    faces, pictures, parts = READINGS.faces(Edits()), Pictures(), list[float]()
    crops = face_crops.surest(pictures, READINGS, faces, parts.append, never)
    # Face 3 never had a label; the picture of face 4 is not to be had.
    assert set(crops) == {(1, 1), (1, 2)}
    assert pictures.asked == [1, 1, 2], "in the order of the recording"
    assert parts == sorted(parts) and parts[-1] == 1.0
    picture = Pictures().frame(1, 0.1)
    assert picture is not None
    assert np.array_equal(crops[1, 1], crop.crop_face(picture.bgr, READINGS.track(faces[0], 1).face))


def test_the_surest_faces_are_shown_where_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face_crops, "MOST_FACES", 1)
    assert set(face_crops.surest(Pictures(), READINGS, READINGS.faces(Edits()), lambda _: None, never)) == {(1, 1)}


def test_they_are_in_their_results_alone() -> None:
    cut = np.full((48, 48), 7, np.uint8)
    results = [face_crops.added(one, {(1, 2): cut}) for one in READINGS.results(READINGS.faces(Edits()))]
    held = {(one.index, seen.id) for one in results if one.analysis for seen in one.analysis.tracks if seen.crop.any()}
    assert held == {(1, 2)}


def test_cancelled() -> None:
    with pytest.raises(Cancelled):
        face_crops.surest(Pictures(), READINGS, READINGS.faces(Edits()), lambda _: None, lambda: True)
