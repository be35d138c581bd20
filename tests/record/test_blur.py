"""Nobody is recognised in a blurred recording, and nothing else of it is touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from fer_desktop.core.pipeline import Pipeline
from fer_desktop.core.tracking import Tracker
from fer_desktop.core.types import Analysis, Box, Face, Frame, Prediction, Track, UInt8Array
from fer_desktop.record import blur
from fer_desktop.record.blur import FaceBlur
from tests.core_values import demo_frame
from tests.record.pictures import analysis, face_at

BOX = Box(260, 110, 110, 120)


@pytest.fixture(scope="module")
def picture() -> UInt8Array:
    """The drawn face, with a pattern over all so that nothing is even."""
    noise = np.random.default_rng(3).integers(0, 50, (360, 640, 3), np.uint8)
    return np.asarray(cv2.add(demo_frame().bgr // 2, noise), np.uint8)


def shot(picture: UInt8Array, at_s: float, index: int = 0) -> Frame:
    return Frame(picture.copy(), index, at_s, "test")


def detail(picture: UInt8Array, box: Box) -> float:
    """The variance of high frequencies inside the box."""
    x, y, width, height = (round(value) for value in (box.x, box.y, box.width, box.height))
    part = cv2.cvtColor(picture[max(y, 0) : y + height, max(x, 0) : x + width], cv2.COLOR_BGR2GRAY)
    return float(cv2.Laplacian(part, cv2.CV_64F).var())


def hidden(picture: UInt8Array, original: UInt8Array, box: Box = BOX) -> bool:
    return detail(picture, box) < 0.005 * detail(original, box)


def blurred(picture: UInt8Array, place: Box) -> UInt8Array:
    done = picture.copy()
    blur.blur(done, [place])
    return done


def seen(at_s: float, picture: UInt8Array, *boxes: Box) -> Analysis:
    tracks: list[Track] = [face_at(box, number) for number, box in enumerate(boxes, start=1)]
    return analysis(shot(picture, at_s), tracks)


@pytest.mark.parametrize(
    "box",
    [
        BOX,
        Box(-60, -50, 140, 150),
        Box(600, 300, 90, 100),
        Box(5, 100, 1, 1),
        Box(-300, 10, 1000, 900),
        Box(0, 0, 12, 9),
    ],
)
def test_inside_the_box_nothing_is_left_and_outside_nothing_changes(picture: UInt8Array, box: Box) -> None:
    place = blur.covering(box)
    done = blurred(picture, place)
    if box.width > 5:
        assert hidden(done, picture, box)
        # The whole box, corners too: what is left is a slope between a few means.
        x, y = max(int(box.x), 0), max(int(box.y), 0)
        right, below = int(box.x + box.width), int(box.y + box.height)
        assert (done != picture)[y:below, x:right].any(axis=2).mean() > 0.95
    rows, columns = np.indices(picture.shape[:2]) + 0.5
    centre_x, centre_y = place.centre
    outside = ((columns - centre_x) / place.width * 2) ** 2 + ((rows - centre_y) / place.height * 2) ** 2 > 1
    assert np.array_equal(done[outside], picture[outside])


def test_the_whole_box_lies_inside(picture: UInt8Array) -> None:
    place = blur.covering(BOX)
    x, y = place.centre
    corners = [(BOX.x + across * BOX.width, BOX.y + down * BOX.height) for across in (0, 1) for down in (0, 1)]
    assert all(((a - x) / place.width * 2) ** 2 + ((b - y) / place.height * 2) ** 2 < 1 for a, b in corners)


def test_few_values_are_left_of_a_face(picture: UInt8Array) -> None:
    """Whatever is done to bring it back: of a face only as many means are left as there are cells."""
    done = blurred(picture, blur.covering(BOX)).astype(float)
    x, y, width, height = (int(value) for value in (BOX.x, BOX.y, BOX.width, BOX.height))
    face = done[y : y + height, x : x + width, 1]
    again = cv2.resize(cv2.resize(face, (6, 6), interpolation=cv2.INTER_AREA), (width, height))
    lost = np.abs(again - face)[12:-12, 12:-12]
    assert lost.mean() < 3, "36 numbers say all that can be seen"


def test_places_outside_the_picture_are_passed_over(picture: UInt8Array) -> None:
    for box in (Box(-500, 0, 100, 100), Box(5000, 0, 100, 100), Box(0, -500, 10, 10)):
        assert np.array_equal(blurred(picture, box), picture)


def learn(blurring: FaceBlur, *analyses: Analysis, source: str = "test") -> None:
    for one in analyses:
        blurring.learn(one, source)


def empty(picture: UInt8Array, *times_s: float) -> list[Analysis]:
    """Nobody was found then."""
    return [seen(at_s, picture) for at_s in times_s]


def test_a_face_is_covered_where_it_is(picture: UInt8Array) -> None:
    blurring = FaceBlur()
    other = Box(30, 40, 80, 80)
    learn(blurring, seen(10.0, picture, BOX, other), *empty(picture, 10.3))
    frame = shot(picture, 10.0, index=7)
    done = blurring.blurred(frame)
    assert hidden(done.bgr, picture) and hidden(done.bgr, picture, other)
    assert np.array_equal(frame.bgr, picture), "a copy"
    assert (done.index, done.captured_at, done.source) == (7, 10.0, "test")
    away = Box(450, 250, 100, 100)
    assert detail(done.bgr, away) == detail(picture, away)


def test_a_face_that_is_missed_stays_covered_for_a_moment(picture: UInt8Array) -> None:
    blurring = FaceBlur()
    learn(blurring, seen(10.0, picture, BOX), *empty(picture, *(10.0 + step / 30 for step in range(1, 50))))
    for step in range(1, 40):
        at_s = 10.0 + step / 30
        done = blurring.blurred(shot(picture, at_s))
        assert hidden(done.bgr, picture) == (at_s - 10.0 <= blur.LINGER_S)
    assert np.array_equal(done.bgr, picture)


def test_a_face_is_covered_before_it_is_known(picture: UInt8Array) -> None:
    blurring = FaceBlur()
    learn(blurring, *empty(picture, 10.0), seen(10.2, picture, BOX), *empty(picture, 10.4))
    assert hidden(blurring.blurred(shot(picture, 10.0)).bgr, picture)
    assert hidden(blurring.blurred(shot(picture, 10.1)).bgr, picture)


def test_between_two_places_all_is_covered(picture: UInt8Array) -> None:
    """A face goes 200 pixels while it is missed."""
    blurring = FaceBlur()
    learn(blurring, seen(10.0, picture, Box(160, 110, 110, 120)), *empty(picture, 10.1))
    learn(blurring, seen(10.2, picture, Box(360, 110, 110, 120)), *empty(picture, 10.4))
    assert hidden(blurring.blurred(shot(picture, 10.1)).bgr, picture)


def test_what_no_track_has_is_covered_too(picture: UInt8Array) -> None:
    """A face that the detector finds now and then, and the tracker never takes for one: between the two sightings it
    went on, and at 60 pictures a second a small one is not looked for in every picture."""
    blurring = FaceBlur()
    for step in range(60):
        at_s = 10.0 + step / 60
        found = (Box(BOX.x + 2 * step, BOX.y, BOX.width, BOX.height),) if step % 2 == 0 else ()
        learn(blurring, replace(seen(at_s, picture), found=found))
    for step in range(40):
        done = blurring.blurred(shot(picture, 10.0 + step / 60)).bgr
        assert hidden(done, picture, Box(BOX.x + 2 * step, BOX.y, BOX.width, BOX.height)), step
        away = Box(20, 250, 100, 100)
        assert detail(done, away) == detail(picture, away), "the rest is left alone"


def test_of_a_face_of_which_a_part_is_seen_for_a_moment_all_is_covered(picture: UInt8Array) -> None:
    blurring = FaceBlur()
    for step in range(30):
        part = Box(BOX.x + 5, BOX.y, BOX.width * 0.6, BOX.height * 0.6)
        found = part if step in (8, 9) else BOX
        learn(blurring, replace(seen(10.0 + step / 30, picture), found=(found,)))
    for step in range(20):
        assert hidden(blurring.blurred(shot(picture, 10.0 + step / 30)).bgr, picture), step


def test_a_face_that_was_not_found_is_covered_where_it_is_expected(picture: UInt8Array) -> None:
    blurring = FaceBlur()
    coasting = replace(face_at(Box(20, 20, 60, 60)), steady=BOX, seen=False)
    learn(blurring, analysis(shot(picture, 10.0), [coasting]), *empty(picture, 10.3))
    done = blurring.blurred(shot(picture, 10.0)).bgr
    assert hidden(done, picture) and detail(done, Box(20, 20, 60, 60)) == detail(picture, Box(20, 20, 60, 60))


@pytest.mark.parametrize("a_second", [30, 15, 8, 5, 3])
def test_a_face_that_comes_in_is_covered_however_seldom_it_is_looked(picture: UInt8Array, a_second: int) -> None:
    """It comes in from the left at 250 pixels a second, and is found once half of it is in view."""
    blurring = FaceBlur()

    def place(at_s: float) -> Box:
        return Box(-110 + 250 * (at_s - 10.0), 110, 110, 120)

    for number in range(3 * a_second):
        at_s = 10.0 + number / a_second
        found = (place(at_s),) if place(at_s).x > -55 else ()
        learn(blurring, replace(seen(at_s, picture), found=found))
    for step in range(60):
        at_s = 10.0 + step / 30
        box = place(at_s)
        if box.x > -55:
            visible = Box(max(box.x, 0.0), box.y, min(box.width, box.x + box.width), box.height)
            assert hidden(blurring.blurred(shot(picture, at_s)).bgr, picture, visible), step


def test_of_what_it_is_not_known_what_was_before_and_comes_after_all_is_blurred(picture: UInt8Array) -> None:
    everything = Box(0, 0, 640, 360)

    def whole(blurring: FaceBlur, at_s: float) -> bool:
        return hidden(blurring.blurred(shot(picture, at_s)).bgr, picture, everything)

    blurring = FaceBlur()
    assert whole(blurring, 10.0), "no model yet"
    learn(blurring, *empty(picture, 10.0))
    assert whole(blurring, 10.0), "what comes next is not known"
    learn(blurring, *empty(picture, 10.3))
    assert np.array_equal(blurring.blurred(shot(picture, 10.0)).bgr, picture), "nobody was there"
    assert whole(blurring, 10.1), "who comes in at 10.35 is not known"
    learn(blurring, *empty(picture, 10.8, 11.1, 11.4))
    assert whole(blurring, 10.5), "half a second passed between two readings"
    assert not whole(blurring, 10.9)
    other = FaceBlur()
    learn(other, *empty(picture, 10.0))
    learn(other, *empty(picture, 10.1, 10.2, 10.5), source="another camera of the same size")
    assert whole(other, 10.05), "what the other camera saw says nothing"
    learn(other, *empty(picture[:100], 10.6, 11.0))
    assert whole(other, 10.65), "it looked at another size"


def test_readings_that_come_again_are_one(picture: UInt8Array) -> None:
    blurring = FaceBlur()
    learn(blurring, *(seen(at_s, picture, BOX) for at_s in (10.0, 10.0, 9.9)))
    assert len(blurring._seen) == 1
    for step in range(300):
        learn(blurring, seen(10.0 + step / 30, picture, BOX))
        blurring.blurred(shot(picture[:10], 10.0 + step / 30))
    assert len(blurring._seen) < 40, "what is long ago is forgotten"


def test_the_pipeline_tells_of_what_the_tracker_does_not_take_for_a_face(picture: UInt8Array) -> None:
    """A face that is turned away is found at a low score: no track is made of it, and it is covered all the same."""
    found = Face(BOX, 0.55, np.full((6, 2), 200, np.float32))

    class Detector:
        def detect(self, frame: Frame, known: Sequence[Box] = ()) -> tuple[Face, ...]:
            return (found,)

        def close(self) -> None: ...

    class Classifier:
        model_id, device = "test", "none"

        def classify(self, crops: UInt8Array, maps: bool = False) -> tuple[Prediction, ...]:
            return tuple(face_at(BOX).prediction for _ in crops)

        def close(self) -> None: ...

    pipeline, blurring = Pipeline(Detector(), Classifier(), Tracker()), FaceBlur()
    for number in range(20):
        read = pipeline.analyse(shot(picture, 10.0 + number / 30, number))
        assert read.tracks == () and read.found == (BOX,)
        learn(blurring, read)
    for number in range(10):
        assert hidden(blurring.blurred(shot(picture, 10.0 + number / 30)).bgr, picture)
