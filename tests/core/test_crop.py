from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from core_values import demo_frame, face

from fer_desktop.core import crop

GOLDEN = Path(__file__).parent.parent / "data" / "golden_crop.png"


def drawn_face(width: int, height: int, where: crop.CropFrame, bgr_background: int = 120) -> np.ndarray:
    """A picture in which three dots stand where a 48×48 crop of `where` must show them: two eyes and a mouth."""
    picture = np.full((height, width, 3), bgr_background, np.uint8)
    for x, y in ((-0.2, -0.15), (0.2, -0.15), (0.0, 0.25)):
        turned_x = x * math.cos(where.roll) - y * math.sin(where.roll)
        turned_y = x * math.sin(where.roll) + y * math.cos(where.roll)
        centre = (where.centre_x + turned_x * where.side, where.centre_y + turned_y * where.side)
        shifted = tuple(round((value - 0.5) * 16) for value in centre)
        cv2.circle(picture, shifted, round(where.side * 0.05 * 16), (0, 0, 0), -1, cv2.LINE_AA, 4)
    return picture


def dots(grey: np.ndarray) -> list[tuple[float, float]]:
    """Centres of the dark dots, left to right, in shares of the crop's side from its middle."""
    count, _, _, centres = cv2.connectedComponentsWithStats((grey < 70).astype(np.uint8))
    return sorted(((x + 0.5) / 48 - 0.5, (y + 0.5) / 48 - 0.5) for x, y in centres[1:count])


@pytest.mark.parametrize("side", [30, 48, 96, 131, 384, 400, 800])
@pytest.mark.parametrize("degrees", [0, 17, -40])
def test_a_crop_shows_the_face_upright_wherever_it_was(side: int, degrees: int) -> None:
    where = crop.CropFrame(501.3, 498.6, side, math.radians(degrees))
    grey = crop.cut(drawn_face(1000, 1000, where), where)
    assert grey.shape == (48, 48)
    assert grey.dtype == np.uint8
    expected = [(-0.2, -0.15), (0.0, 0.25), (0.2, -0.15)]
    tolerance = 0.02 if side >= 48 else 0.035
    assert np.abs(np.array(dots(grey)) - expected).max() < tolerance


def test_a_frame_of_48_pixels_is_cut_pixel_by_pixel(rng: np.random.Generator) -> None:
    picture = rng.integers(0, 256, (80, 90, 1), dtype=np.uint8).repeat(3, axis=2)
    grey = crop.cut(picture, crop.CropFrame(20 + 24, 10 + 24, 48, 0.0))
    np.testing.assert_array_equal(grey, picture[10:58, 20:68, 0])


@pytest.mark.parametrize("side", [384, 385, 600, 900])
def test_a_large_face_is_averaged_and_does_not_alias(side: int) -> None:
    stripes = np.zeros((1000, 1000, 3), np.uint8)
    stripes[:, ::2] = 255
    grey = crop.cut(stripes, crop.CropFrame(500, 500, side, 0.0))
    assert abs(float(grey.mean()) - 127.5) < 2
    # An odd number of stripes to a pixel cannot come out even: one of 13 is 10 grey levels.
    assert grey.std() < 6


def test_beyond_the_picture_its_edge_is_repeated() -> None:
    picture = np.full((100, 100, 3), 200, np.uint8)
    for x, y in ((0, 0), (100, 50), (-30, 120), (-5000, 4000)):
        for side in (60, 3000):
            assert (crop.cut(picture, crop.CropFrame(x, y, side, 0.2)) == 200).all()


def test_the_frame_is_wider_than_the_box_and_upright_by_the_eyes() -> None:
    level = crop.crop_frame(face(100, 100, 50))
    assert level.side == pytest.approx(crop.SCALE * 50)
    assert level.roll == pytest.approx(0)
    assert level.centre_y < 125, "FER2013's frame stands higher than the box"
    turned = crop.crop_frame(face(100, 100, 50, roll=math.radians(25)))
    assert math.degrees(turned.roll) == pytest.approx(25, abs=0.01)


def test_a_profile_is_hardly_turned() -> None:
    profile = face(100, 100, 50)
    keypoints = profile.keypoints.copy()
    keypoints[1] = keypoints[0] + (0.5, 2.0)
    turned = crop.crop_frame(type(profile)(profile.box, profile.score, keypoints))
    assert abs(math.degrees(turned.roll)) < 15


def test_the_golden_crop() -> None:
    """The first frame of the demo, cut where its face is: a change here changes what every model sees."""
    grey = crop.crop_face(demo_frame().bgr, face(231, 100, 170, roll=0.1))
    golden = cv2.imread(str(GOLDEN), cv2.IMREAD_GRAYSCALE)
    assert golden is not None
    assert np.abs(grey.astype(int) - golden.astype(int)).mean() < 0.5
