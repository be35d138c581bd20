"""Faces that cross and leave in composed pictures, through the real detector."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from composed_faces import Painter, drawn_face, public_faces
from core_values import prediction, readable_crops
from moving_faces import to_and_fro

from fer_desktop.core.tracking import Tracker
from fer_desktop.core.types import Track
from fer_desktop.detection.mediapipe_detector import LiveFaceDetector

WIDTH, HEIGHT = 640, 360

pytestmark = [pytest.mark.usefixtures("needs_detector_models"), pytest.mark.timeout(300)]


class Stage:
    """Detector and tracker, and who is who: a track is a person's whose face it lies on."""

    def __init__(self, pictures: list[np.ndarray], sides: list[float], fps: float, rng: np.random.Generator) -> None:
        self.pictures, self.sides, self.fps = pictures, sides, fps
        self.detector, self.tracker = LiveFaceDetector(), Tracker()
        self.painter = Painter(WIDTH, HEIGHT, rng)
        self.index = self.found = 0

    def look(self, places: list[tuple[float, float]]) -> tuple[Track, ...]:
        at_s = self.index / self.fps
        faces = list(zip(self.pictures, places, self.sides, strict=True))
        frame = self.painter.paint(faces, self.index, at_s)
        found = self.detector.detect(frame, self.tracker.known())
        self.index, self.found = self.index + 1, len(found)
        crops = readable_crops(len(found))
        return self.tracker.update(found, [prediction("happy") for _ in found], crops, at_s)

    def whose(self, tracks: tuple[Track, ...], place: tuple[float, float], side: float) -> set[int]:
        return {one.id for one in tracks if np.hypot(*np.subtract(one.face.box.centre, place)) < side * 0.35}


def cross(pictures: list[np.ndarray], seconds: float, crossings: int, fps: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    sides = [float(rng.uniform(160, 200)), float(rng.uniform(160, 200))]
    tilt = float(rng.uniform(-20, 20))
    left, right = (130.0, 180 - tilt), (510.0, 180 + tilt)
    ways = [to_and_fro(left, right, seconds), to_and_fro(right, left, seconds)]
    stage = Stage(pictures, sides, fps, rng)
    seen: list[set[int]] = [set(), set()]
    apart = named = hidden = 0
    try:
        for index in range(round(seconds * crossings * fps)):
            places = [way(index / fps) for way in ways]
            tracks = stage.look(places)
            hidden += stage.found == 1
            if abs(places[0][0] - places[1][0]) > 1.2 * max(sides) and index > fps / 2:
                for ids, place, side in zip(seen, places, sides, strict=True):
                    found = stage.whose(tracks, place, side)
                    ids |= found
                    apart, named = apart + 1, named + len(found)
    finally:
        stage.detector.close()
    assert hidden > 3 * crossings, "one hides the other each time"
    assert [len(ids) for ids in seen] == [1, 1], f"ids of the two: {seen}"
    assert seen[0] != seen[1]
    assert named > 0.9 * apart, "they are shown where they are apart"


def test_two_drawn_faces_cross_ten_times_and_keep_their_ids() -> None:
    cross([drawn_face(), drawn_face()[:, ::-1].copy()], seconds=2.4, crossings=10, fps=15, seed=0)


@pytest.mark.parametrize("seed", [1, 2])
def test_two_real_faces_cross_ten_times_and_keep_their_ids(shared_dir: Path, seed: int) -> None:
    faces = public_faces(shared_dir, 366)
    cross([faces[259], faces[365]] if seed == 1 else [faces[335], faces[215]], 1.0 + seed, 10, 15, seed)


def test_a_drawn_face_that_leaves_and_returns_keeps_its_id() -> None:
    """Five times out over the edge for a second and more and back; another stays where it is."""
    fps, side = 15.0, 170.0
    stage = Stage([drawn_face(), drawn_face()], [side, side], fps, np.random.default_rng(0))
    seen: list[set[int]] = [set(), set()]
    absent = longest = 0
    try:
        for index in range(round(15 * fps)):
            # Three seconds a round: 1.5 in view, in 0.3 s out of it, 1.2 s away.
            turn = index / fps % 3.0
            x = 120.0 if turn < 1.2 else 120 - 280 * min(1.0, (turn - 1.2) / 0.3, max(0.0, (3.0 - turn) / 0.3))
            places = [(x, 180.0), (460.0, 180.0)]
            tracks = stage.look(places)
            for ids, place in zip(seen, places, strict=True):
                ids |= stage.whose(tracks, place, side)
            absent = 0 if stage.whose(tracks, places[0], side) else absent + 1
            longest = max(longest, absent)
    finally:
        stage.detector.close()
    assert longest > fps, "it was away for more than a second"
    assert [len(ids) for ids in seen] == [1, 1], f"ids of the two: {seen}"
    assert seen[0] != seen[1]
