"""What is wrong with pictures that come, told from the pictures and their times alone."""

from __future__ import annotations

import numpy as np
import pytest

from fer_desktop.live.picture_watch import Picture, PictureWatch

WELL = Picture()


def shown(
    watch: PictureWatch, images: list[np.ndarray], fps: float, from_s: float = 0.0
) -> list[tuple[float, Picture]]:
    """Each change of what is wrong, with its time."""
    changes = []
    for number, image in enumerate(images):
        at_s = from_s + number / fps
        if watch.look(image, at_s):
            changes.append((at_s, watch.picture))
    return changes


def moving(count: int, size: tuple[int, int] = (64, 48)) -> list[np.ndarray]:
    images = [np.full((size[1], size[0], 3), 100, np.uint8) for _ in range(count)]
    for number, image in enumerate(images):
        image[:, number % size[0]] = 255
    return images


def test_nothing_is_wrong_with_what_moves() -> None:
    watch = PictureWatch(30)
    assert shown(watch, moving(300), 30) == [] and watch.picture == WELL


def test_a_still_is_told_with_its_beginning_and_is_over_at_once() -> None:
    watch = PictureWatch(30)
    images = moving(30) + [np.full((48, 64, 3), 90, np.uint8)] * 90 + moving(10)
    (told_at, still), (over_at, after) = shown(watch, images, 30)
    assert still.still_since == pytest.approx(1.0, abs=0.11)
    assert 1.2 < told_at - 1.0 < 1.6
    assert over_at - 4.0 < 0.15 and after == WELL


def test_a_single_pixel_that_changes_is_a_change() -> None:
    images = [np.full((720, 1280, 3), 90, np.uint8) for _ in range(60)]
    for number, image in enumerate(images):
        image[7, number, 1] = 200
    assert shown(PictureWatch(None), images, 20) == []


@pytest.mark.parametrize("noise", [1, 14])
def test_a_covered_camera_is_black(noise: int) -> None:
    random = np.random.default_rng(1)
    images = [random.integers(0, noise, (48, 64, 3), np.uint8) for _ in range(60)]
    watch = PictureWatch(30)
    changes = shown(watch, images, 30)
    assert changes[0][1].black and 0.9 < changes[0][0] < 1.2
    assert shown(watch, moving(5), 30, from_s=2.0)[-1][1] == WELL


def test_a_dark_room_with_a_lamp_is_not_black() -> None:
    images = [image // 20 for image in moving(90)]
    for image in images:
        image[10:20, 10:20] = 180
    assert shown(PictureWatch(30), images, 30) == []


def test_few_pictures_are_told_and_enough_of_them_too() -> None:
    watch = PictureWatch(30)
    changes = shown(watch, moving(90), 30)
    changes += shown(watch, moving(18), 6, from_s=3.0)
    changes += shown(watch, moving(90), 30, from_s=6.0)
    (told_at, slow), (over_at, after) = changes
    assert slow.slow_fps == pytest.approx(6) and 3.0 < told_at < 5.0
    assert after == WELL and over_at < 8.0


@pytest.mark.parametrize("fps", [None, 10.0])
def test_a_rate_that_is_as_it_was_said_is_not_slow(fps: float | None) -> None:
    assert shown(PictureWatch(fps), moving(40), 6) == []


def test_a_silence_is_not_called_slow() -> None:
    watch = PictureWatch(30)
    assert shown(watch, moving(60), 30) + shown(watch, moving(60), 30, from_s=9.0) == []


def test_another_size_is_a_change() -> None:
    watch = PictureWatch(30)
    images = [np.full((48 + number // 20 % 2, 64, 3), 90, np.uint8) for number in range(90)]
    assert shown(watch, images, 30) == []
