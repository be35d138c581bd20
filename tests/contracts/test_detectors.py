"""One suite for every FaceDetector, run on faces that the demo draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
import pytest
from core_values import demo_frame, prediction

from fer_desktop.core.ports import FaceDetector
from fer_desktop.core.tracking import Tracker
from fer_desktop.core.types import Box, Face, Frame
from fer_desktop.detection import mediapipe_detector, model_files
from fer_desktop.detection.mediapipe_detector import (
    LOOK_EVERY_S,
    LiveFaceDetector,
    PhotoFaceDetector,
    WholeFrameDetector,
)
from fer_desktop.detection.tiling import Region, tiles

MAKERS: dict[str, Callable[[], FaceDetector]] = {
    "live": LiveFaceDetector,
    "photo": PhotoFaceDetector,
    "short range": lambda: WholeFrameDetector(model_files.SHORT_RANGE),
}

pytestmark = pytest.mark.usefixtures("needs_detector_models")


@pytest.fixture(scope="module", params=list(MAKERS))
def detector(request: pytest.FixtureRequest) -> Iterator[FaceDetector]:
    made = MAKERS[request.param]()
    yield made
    made.close()
    made.close()


@pytest.fixture(scope="module")
def portrait() -> np.ndarray:
    """The demo's face and shoulders, uint8[360, 360, 3]."""
    return demo_frame().bgr[:, 140:500].copy()


def scene(portrait: np.ndarray, places: list[tuple[int, int, int]], width: int = 1280, height: int = 720) -> Frame:
    """Portraits of the given side at (x, y) on grey."""
    picture = np.full((height, width, 3), 128, np.uint8)
    for x, y, side in places:
        picture[y : y + side, x : x + side] = cv2.resize(portrait, (side, side), interpolation=cv2.INTER_AREA)
    return Frame(picture, 0, 0.0, "test")


def test_a_face_is_found_once_where_it_is(detector: FaceDetector, portrait: np.ndarray) -> None:
    (face,) = detector.detect(scene(portrait, [(500, 150, 400)]))
    assert 500 < face.box.x < 900
    assert 150 < face.box.y < 550
    assert face.box.width == pytest.approx(400 * 0.48, rel=0.3)
    right_eye, left_eye, nose, mouth = face.keypoints[:4]
    assert right_eye[0] < nose[0] < left_eye[0]
    assert right_eye[1] < nose[1] < mouth[1]


def test_no_face_no_result(detector: FaceDetector) -> None:
    assert detector.detect(scene(np.zeros((1, 1, 3), np.uint8), [])) == ()


def test_two_faces_are_two(detector: FaceDetector, portrait: np.ndarray) -> None:
    faces = detector.detect(scene(portrait, [(50, 100, 420), (750, 150, 420)]))
    assert sorted(face.box.centre[0] > 640 for face in faces) == [False, True]
    assert [face.score for face in faces] == sorted((face.score for face in faces), reverse=True)


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3), (64, 48)])
def test_any_size_of_picture_is_taken(detector: FaceDetector, size: tuple[int, int]) -> None:
    assert detector.detect(scene(np.zeros((1, 1, 3), np.uint8), [], *size)) == ()


def test_a_small_face_is_found_live_within_a_round_of_tiles(portrait: np.ndarray) -> None:
    detector, frame = LiveFaceDetector(), scene(portrait, [(40, 430, 130)])
    try:
        assert any(detector.detect(frame) for _ in tiles(1280, 720))
    finally:
        detector.close()


def test_a_known_small_face_is_found_in_every_frame(portrait: np.ndarray) -> None:
    detector, frame = LiveFaceDetector(), scene(portrait, [(40, 430, 130)])
    try:
        known: list[Box] = [Box(80, 460, 60, 60)]
        for _ in range(12):
            (face,) = detector.detect(frame, known)
            known = [face.box]
    finally:
        detector.close()


def test_five_faces_of_a_photo_are_five(shared_dir, needs_detector_models) -> None:  # type: ignore[no-untyped-def]
    detector = PhotoFaceDetector()
    try:
        picture = cv2.imdecode(np.fromfile(shared_dir / "media" / "five_faces.jpg", np.uint8), cv2.IMREAD_COLOR)
        faces = detector.detect(Frame(picture, 0, 0.0, "five"))
    finally:
        detector.close()
    assert len(faces) == 5
    assert all(one.box.iou(other.box) < 0.1 for one in faces for other in faces if one is not other)


def test_small_faces_keep_their_boxes_while_they_are_followed(portrait: np.ndarray) -> None:
    """More small faces than close looks a frame: none may fall back to the rough box of the whole frame."""
    places = [(20, 20, 190), (300, 30, 190), (620, 20, 190), (950, 40, 190), (150, 400, 190), (700, 420, 190)]
    detector, tracker = LiveFaceDetector(), Tracker()
    picture = scene(portrait, places).bgr
    widths: dict[int, list[float]] = {}
    try:
        for index in range(30):
            faces = detector.detect(Frame(picture.copy(), index, index / 30, "test"), tracker.known())
            crops = np.zeros((len(faces), 48, 48), np.uint8)
            tracks = tracker.update(faces, [prediction("happy") for _ in faces], crops, index / 30)
            if index >= 15:
                assert len(tracks) == len(places)
                for track in tracks:
                    widths.setdefault(track.id, []).append(track.face.box.width)
    finally:
        detector.close()
    assert len(widths) == len(places)
    for one in widths.values():
        assert max(one) < 1.25 * min(one)


@pytest.mark.parametrize(("fps", "looks"), [(15, 1.0), (30, 1.0), (45, 0.67), (60, 0.5), (120, 0.25)])
def test_faces_are_looked_at_closely_by_time_not_by_frames(portrait: np.ndarray, fps: float, looks: float) -> None:
    """One small face and a tile: with the whole frame, up to three looks a frame. Frames come unevenly."""
    rng = np.random.default_rng(int(fps))
    detector, made = LiveFaceDetector(LOOK_EVERY_S), 0
    model = detector._model.look

    def counted(*where: object) -> list[Face]:
        nonlocal made
        made += len(where) > 1
        return model(*where)  # type: ignore[arg-type]

    detector._model.look = counted  # type: ignore[method-assign]
    picture, found = scene(portrait, [(40, 430, 130)]).bgr, 0
    try:
        for index in range(60):
            at_s = (index + rng.uniform(-0.1, 0.1)) / fps
            found += len(detector.detect(Frame(picture, index, at_s, "test"), [Box(80, 460, 60, 60)]))
    finally:
        detector.close()
    assert made / 120 == pytest.approx(looks, abs=0.04)
    assert found / 60 == pytest.approx(looks, abs=0.1)


class Scripted:
    """In the place of a model: what it finds of faces that stand still. On the whole frame boxes are a tenth larger."""

    def __init__(self, boxes: list[Box]) -> None:
        self.boxes = boxes

    def look(self, bgr: np.ndarray, region: Region | None = None) -> list[Face]:
        height, width = bgr.shape[:2]
        seen = region or Region(0, 0, width, height)
        rough = 1.0 if region else 1.1
        return [
            Face(Box(box.x, box.y, box.width * rough, box.height * rough), 0.9, np.zeros((6, 2), np.float32))
            for box in self.boxes
            if box.x >= seen.x
            and box.y >= seen.y
            and box.x + box.width * 1.1 <= seen.x + seen.width
            and box.y + box.height * 1.1 <= seen.y + seen.height
        ]

    def close(self) -> None:
        pass


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[Box]], LiveFaceDetector]:
    def make(boxes: list[Box]) -> LiveFaceDetector:
        monkeypatch.setattr(mediapipe_detector, "_Model", lambda _: Scripted(boxes))
        return LiveFaceDetector(LOOK_EVERY_S)

    return make


def test_a_small_face_that_waits_does_not_cost_its_neighbour_its_find(
    scripted: Callable[[list[Box]], LiveFaceDetector],
) -> None:
    """The larger one is found on the whole frame alone."""
    boxes = [Box(200, 200, 205, 205), Box(340, 200, 240, 240)]
    assert boxes[0].iou(boxes[1]) > 0.1
    detector, found = scripted(boxes), 0
    for index in range(60):
        faces = detector.detect(Frame(np.zeros((720, 1280, 3), np.uint8), index, index / 60, "test"), boxes)
        found += any(face.box.iou(boxes[1]) > 0.7 for face in faces)
    assert found == 60


@pytest.mark.parametrize("fps", [8, 12, 15, 30, 60])
@pytest.mark.parametrize("count", [4, 10, 20])
def test_a_group_of_small_faces_does_not_blink(
    scripted: Callable[[list[Box]], LiveFaceDetector], fps: int, count: int
) -> None:
    boxes = [Box(20 + 120 * (index % 10), 100 + 300 * (index // 10), 70, 70) for index in range(count)]
    detector, tracker = scripted(boxes), Tracker()
    shown = []
    for index in range(3 * fps):
        frame = Frame(np.zeros((720, 1280, 3), np.uint8), index, index / fps, "test")
        faces = detector.detect(frame, tracker.known())
        crops = np.zeros((len(faces), 48, 48), np.uint8)
        readings = [prediction("happy") for _ in faces]
        shown.append(len(tracker.update(faces, readings, crops, frame.captured_at, frame.size)))
    assert min(shown[2 * fps :]) == count
