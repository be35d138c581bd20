from __future__ import annotations

from dataclasses import astuple

import numpy as np
import pytest
from core_values import face

from fer_desktop.core.types import Box
from fer_desktop.detection.tiling import OVERLAP, Region, around, merge, tiles

SIZES = [(640, 480), (1280, 720), (1920, 1080), (480, 640), (1800, 300), (37, 41), (1, 1)]


@pytest.mark.parametrize("size", SIZES)
def test_tiles_lie_inside_the_frame_and_cover_it(size: tuple[int, int]) -> None:
    width, height = size
    covered = np.zeros((height, width), bool)
    for tile in tiles(width, height):
        assert tile.x >= 0
        assert tile.y >= 0
        assert tile.x + tile.width <= width
        assert tile.y + tile.height <= height
        covered[tile.y : tile.y + tile.height, tile.x : tile.x + tile.width] = True
    assert covered.all()


@pytest.mark.parametrize("size", [(32000, 3), (1, 32000), (50_000, 400)])
def test_a_strip_of_any_length_is_bounded_work(size: tuple[int, int]) -> None:
    assert len(tiles(*size)) <= 24


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (1920, 1080), (480, 640)])
def test_any_face_up_to_the_overlap_is_whole_in_some_tile(size: tuple[int, int], rng: np.random.Generator) -> None:
    looks = tiles(*size)
    for _ in range(300):
        side = rng.uniform(0.1, 0.9) * OVERLAP * looks[0].width
        box = Box(rng.uniform(0, size[0] - side), rng.uniform(0, size[1] - side), side, side)
        assert any(box.intersection(Box(*astuple(tile))) > 0.9999 * box.area for tile in looks), f"{box} of {size}"


def test_a_look_around_a_face_stays_inside_the_frame_and_holds_the_face(rng: np.random.Generator) -> None:
    for _ in range(300):
        side = rng.uniform(5, 200)
        box = Box(rng.uniform(0, 640 - side), rng.uniform(0, 480 - side), side, side)
        region = around(box, 640, 480)
        assert 0 <= region.x <= 640 - region.width
        assert 0 <= region.y <= 480 - region.height
        assert box.intersection(Box(region.x, region.y, region.width, region.height)) > 0.95 * box.area


def test_a_tile_cuts_a_face_only_at_its_inner_edges() -> None:
    tile = Region(0, 0, 100, 100)
    assert not tile.cuts(Box(0, 0, 30, 30), 300, 300)
    assert tile.cuts(Box(80, 40, 20, 20), 300, 300)
    assert not tile.cuts(Box(80, 40, 20, 20), 100, 300)


def test_merging_keeps_the_best_of_doubles_and_all_neighbours() -> None:
    best, double, inside, neighbour = (
        face(0, 0, 100, 0.9),
        face(8, 5, 95, 0.8),
        face(20, 20, 40, 0.95),
        face(110, 0, 100, 0.6),
    )
    assert merge([double, neighbour, best]) == (best, neighbour)
    assert merge([best, inside]) == (inside,)
    assert merge([]) == ()
