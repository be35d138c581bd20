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
from fer_desktop.detection.mediapipe_detector import LOOK_EVERY_S, LiveFaceDetector

WIDTH, HEIGHT = 640, 360

pytestmark = [pytest.mark.usefixtures("needs_detector_models"), pytest.mark.timeout(300)]


class Stage:
    """Detector and tracker as the window has them, and who is who: a track is a person's whose face it lies on."""

    def __init__(
        self,
        pictures: list[np.ndarray],
        sides: list[float],
        fps: float,
        rng: np.random.Generator,
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        self.pictures, self.sides, self.fps = pictures, sides, fps
        self.detector, self.tracker = LiveFaceDetector(look_every_s), Tracker()
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


def cross(
    pictures: list[np.ndarray],
    seconds: float,
    fps: float,
    rng: np.random.Generator,
    sides: tuple[float, float],
    crossings: int = 10,
    look_every_s: float = LOOK_EVERY_S,
) -> str:
    """Two who walk through one another, `seconds` from side to side, the first before the second; in words."""
    tilt = float(rng.uniform(-20, 20))
    left, right = (130.0, 180 - tilt), (510.0, 180 + tilt)
    ways = [to_and_fro(left, right, seconds), to_and_fro(right, left, seconds)]
    stage = Stage(pictures, list(sides), fps, rng, look_every_s)
    seen: list[set[int]] = [set(), set()]
    apart = named = hidden = met = 0
    before = -1.0
    try:
        for index in range(round(seconds * crossings * fps)):
            places = [way(index / fps) for way in ways]
            tracks = stage.look(places)
            hidden += stage.found == 1
            between = places[0][0] - places[1][0]
            met, before = met + (between * before < 0), between or before
            if abs(between) > 1.2 * max(sides) and index > fps / 2:
                for ids, place, side in zip(seen, places, sides, strict=True):
                    found = stage.whose(tracks, place, side)
                    ids |= found
                    apart, named = apart + 1, named + len(found)
    finally:
        stage.detector.close()
    swapped = len(seen[0] & seen[1])
    said = (
        f"{fps:.0f} fps, {380 / seconds:.0f} px/s, faces of {sides[0]:.0f} and {sides[1]:.0f} px: {met} crossings, "
        f"one hidden in {hidden} frames, {swapped} swaps, ids {seen}, shown in {named} of {apart} looks apart"
    )
    print(said)
    assert met == crossings, said
    assert hidden >= crossings, f"one hides the other each time: {said}"
    assert [len(ids) for ids in seen] == [1, 1] and seen[0] != seen[1], said
    assert named > 0.9 * apart, f"they are shown where they are apart: {said}"
    return said


@pytest.mark.parametrize(
    ("fps", "seconds", "sides", "look_every_s"),
    [
        (15, 2.4, (190.0, 170.0), LOOK_EVERY_S),
        (15, 1.3, (120.0, 130.0), LOOK_EVERY_S),
        (30, 1.2, (180.0, 160.0), LOOK_EVERY_S),
        (30, 1.4, (100.0, 115.0), LOOK_EVERY_S),
        (60, 0.9, (170.0, 190.0), LOOK_EVERY_S),
        (60, 0.7, (150.0, 110.0), LOOK_EVERY_S),
        (60, 1.0, (110.0, 100.0), LOOK_EVERY_S),
        (60, 1.0, (90.0, 80.0), LOOK_EVERY_S),
        # Files lose nothing: every look on every frame.
        (60, 0.7, (150.0, 110.0), 0.0),
    ],
)
def test_two_drawn_faces_cross_ten_times_and_keep_their_ids(
    fps: float, seconds: float, sides: tuple[float, float], look_every_s: float
) -> None:
    pictures, rng = [drawn_face(), drawn_face()[:, ::-1].copy()], np.random.default_rng(0)
    cross(pictures, seconds, fps, rng, sides, look_every_s=look_every_s)


@pytest.mark.parametrize("seed", [1, 2])
def test_two_real_faces_cross_ten_times_and_keep_their_ids(shared_dir: Path, seed: int) -> None:
    faces, rng = public_faces(shared_dir, 366), np.random.default_rng(seed)
    sides = float(rng.uniform(160, 200)), float(rng.uniform(160, 200))
    cross([faces[259], faces[365]] if seed == 1 else [faces[335], faces[215]], 1.0 + seed, 15, rng, sides)


@pytest.mark.parametrize(("fps", "away_s", "side"), [(15.0, 1.2, 170.0), (30.0, 1.2, 110.0), (60.0, 0.8, 140.0)])
def test_a_drawn_face_that_leaves_and_returns_keeps_its_id(fps: float, away_s: float, side: float) -> None:
    """Three times out over the edge and back; another stays where it is."""
    stage = Stage([drawn_face(), drawn_face()], [side, side], fps, np.random.default_rng(0))
    seen: list[set[int]] = [set(), set()]
    absences: list[int] = [0]
    round_s = 1.2 + 0.6 + away_s
    try:
        for index in range(round(3 * round_s * fps)):
            # In view, out in 0.3 s, away, back in 0.3 s.
            turn = index / fps % round_s
            gone = min(1.0, max(0.0, turn - 1.2) / 0.3, (round_s - turn) / 0.3)
            places = [(120 - 280 * gone, 180.0), (460.0, 180.0)]
            tracks = stage.look(places)
            for ids, place in zip(seen, places, strict=True):
                ids |= stage.whose(tracks, place, side)
            if stage.whose(tracks, places[0], side):
                absences.append(0)
            elif index > fps / 2:
                absences[-1] += 1
    finally:
        stage.detector.close()
    away = [f"{count / fps:.1f}" for count in absences if count > 0.5 * fps]
    said = f"{fps:.0f} fps, a face of {side:.0f} px: out of view for {' s, '.join(away)} s, ids {seen}"
    print(said)
    assert len(away) >= 2 and max(absences) / fps < 2.0, said
    assert max(absences) / fps >= away_s, said
    assert [len(ids) for ids in seen] == [1, 1] and seen[0] != seen[1], said
