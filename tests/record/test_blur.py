"""Nobody is recognised in a blurred recording, and nothing else of it is touched."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from fer_desktop.core.types import Box, Frame, Track, UInt8Array
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


def seen(at_s: float, picture: UInt8Array, *boxes: Box) -> object:
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


def test_a_face_is_covered_where_it_is(picture: UInt8Array) -> None:
    blurring = FaceBlur()
    other = Box(30, 40, 80, 80)
    blurring.learn(seen(10.0, picture, BOX, other))
    frame = shot(picture, 10.0, index=7)
    done = blurring.blurred(frame)
    assert hidden(done.bgr, picture) and hidden(done.bgr, picture, other)
    assert np.array_equal(frame.bgr, picture), "a copy"
    assert (done.index, done.captured_at, done.source) == (7, 10.0, "test")
    away = Box(450, 250, 100, 100)
    assert detail(done.bgr, away) == detail(picture, away)


def test_a_face_that_is_missed_stays_covered_for_a_moment(picture: UInt8Array) -> None:
    blurring = FaceBlur()
    blurring.learn(seen(10.0, picture, BOX))
    for step in range(1, 40):
        at_s = 10.0 + step / 30
        blurring.learn(seen(at_s, picture))
        done = blurring.blurred(shot(picture, at_s))
        assert hidden(done.bgr, picture) == (at_s - 10.0 <= blur.LINGER_S)
    assert np.array_equal(done.bgr, picture)


def test_a_face_is_covered_before_it_is_known(picture: UInt8Array) -> None:
    blurring = FaceBlur()
    blurring.learn(seen(10.0, picture))
    blurring.learn(seen(10.2, picture, BOX))
    assert hidden(blurring.blurred(shot(picture, 10.0)).bgr, picture)
    assert hidden(blurring.blurred(shot(picture, 10.1)).bgr, picture)


def test_between_two_places_all_is_covered(picture: UInt8Array) -> None:
    """A face goes 200 pixels while it is missed."""
    blurring = FaceBlur()
    blurring.learn(seen(10.0, picture, Box(160, 110, 110, 120)))
    blurring.learn(seen(10.1, picture))
    blurring.learn(seen(10.2, picture, Box(360, 110, 110, 120)))
    assert hidden(blurring.blurred(shot(picture, 10.1)).bgr, picture)


def test_where_nothing_looked_all_is_blurred(picture: UInt8Array) -> None:
    everything = Box(0, 0, 640, 360)
    blurring = FaceBlur()
    assert hidden(blurring.blurred(shot(picture, 10.0)).bgr, picture, everything), "no model yet"
    blurring.learn(seen(10.0, picture))
    assert np.array_equal(blurring.blurred(shot(picture, 10.5)).bgr, picture), "nobody was there just now"
    assert hidden(blurring.blurred(shot(picture, 11.5)).bgr, picture, everything), "nobody looks any more"
    blurring.learn(seen(11.5, picture[:100]))
    assert hidden(blurring.blurred(shot(picture, 11.5)).bgr, picture, everything), "it looked at another source"


def test_readings_that_come_again_are_one(picture: UInt8Array) -> None:
    blurring = FaceBlur()
    for at_s in (10.0, 10.0, 9.9):
        blurring.learn(seen(at_s, picture, BOX))
    assert len(blurring._seen) == 1
    for step in range(300):
        blurring.learn(seen(10.0 + step / 30, picture, BOX))
        blurring.blurred(shot(picture[:10], 10.0 + step / 30))
    assert len(blurring._seen) < 40, "what is long ago is forgotten"
