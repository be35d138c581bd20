"""Properties of the layout, over many random crowds: they hold for every picture, not for chosen ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fer_desktop.core import emotions
from fer_desktop.overlay import layout
from fer_desktop.overlay.layout import Placed, Rect, Request

PICTURE = Rect(20, 40, 980, 551)


def measure(text: str, size_px: float) -> float:
    return len(text) * size_px * 0.6


def place(requests: list[Request], picture: Rect = PICTURE, **more: object) -> tuple[Placed, ...]:
    return layout.place(picture, requests, measure, emotions.NAMES, **more)  # type: ignore[arg-type]


def face(x: float, y: float, width: float, height: float | None = None, key: int = 0, bars: bool = True) -> Request:
    return Request(key, Rect(x, y, width, height or width * 1.1), "Surprise 100 %", bars)


def crowd(rng: np.random.Generator) -> list[Request]:
    requests = []
    for key in range(int(rng.integers(1, 12))):
        width = float(rng.uniform(20, 320))
        # Some reach outside the picture, as faces at its edge do.
        x = float(rng.uniform(PICTURE.x - width / 2, PICTURE.right - width / 2))
        y = float(rng.uniform(PICTURE.y - width / 2, PICTURE.bottom - width / 2))
        requests.append(face(x, y, width, width * float(rng.uniform(0.8, 1.4)), key))
    return requests


@pytest.mark.parametrize("part", range(10))
def test_nothing_leaves_the_picture_or_covers_another_face_or_other_bars(part: int, rng: np.random.Generator) -> None:
    for _ in range(15):
        requests = crowd(rng)
        placed = place(requests)
        assert [item.key for item in placed] == [request.key for request in requests]
        _check(requests, placed)


def _check(requests: list[Request], placed: tuple[Placed, ...]) -> None:
    plates = [item.bars.plate for item in placed if item.bars is not None]
    for item, request in zip(placed, requests, strict=True):
        others = [other.box for other in requests if other is not request]
        parts = [item.pill, item.bars.plate if item.bars is not None else None]
        for part in (part for part in parts if part is not None):
            assert part.within(PICTURE)
            assert not any(part.meets(other) for other in others)
        if item.bars is not None:
            assert not item.bars.plate.meets(request.box)
            assert sum(item.bars.plate.meets(plate) for plate in plates) == 1
            assert not any(item.bars.plate.meets(other.pill) for other in placed if other.pill is not None)
            assert request.box.width >= layout.NARROWEST_FOR_BARS
        assert layout.TEXT_SMALLEST <= item.row_text_px <= item.text_px <= layout.TEXT_LARGEST


def test_bars_stand_to_the_right_where_there_is_room_else_to_the_left_else_nowhere() -> None:
    assert place([face(200, 150, 200)])[0].bars.side == "right"
    assert place([face(750, 150, 200)])[0].bars.side == "left"
    assert place([face(60, 60, 900, 500)])[0].bars is None


def test_bars_stand_beside_their_box_and_level_with_it() -> None:
    item = place([face(200, 150, 200, 240)])[0]
    assert item.bars.plate.x - item.box.right == pytest.approx(layout.GAP)
    assert item.bars.plate.y == pytest.approx(item.box.y)


def test_a_narrow_face_keeps_its_pill_only() -> None:
    narrow, wide = place([face(200, 100, 109)])[0], place([face(200, 100, 111)])[0]
    assert narrow.bars is None and narrow.pill is not None
    assert wide.bars is not None


def test_faces_side_by_side_fall_back_to_pills() -> None:
    row = place([face(60 + 185 * index, 200, 170, key=index) for index in range(5)])
    assert all(item.pill is not None for item in row)
    assert all(item.bars is None for item in row[1:-1])


def test_the_pill_is_under_its_box_or_over_it_at_the_lower_edge() -> None:
    assert place([face(300, 100, 150)])[0].pill.y > 100 + 150
    low = place([face(300, PICTURE.bottom - 150, 140, 150)])[0]
    assert low.pill.bottom < low.box.y


def test_a_face_as_large_as_the_picture_has_its_pill_inside() -> None:
    item = place([face(PICTURE.x - 5, PICTURE.y - 5, PICTURE.width + 10, PICTURE.height + 10)])[0]
    assert item.pill is not None and item.pill.within(PICTURE)


def test_without_bars_asked_for_there_are_none() -> None:
    assert place([face(200, 150, 200, bars=False)])[0].bars is None


def test_bars_stay_on_their_side_while_it_fits_and_do_not_flicker_at_the_limit() -> None:
    middle = [face(450, 150, 160)]
    assert place(middle, before={0: "right"})[0].bars.side == "right"
    assert place(middle, before={0: "left"})[0].bars.side == "left"
    assert place([face(200, 150, 105)], before={0: "right"})[0].bars is not None
    assert place([face(200, 150, 105)], before={0: None})[0].bars is None
    assert place([face(200, 150, 105)])[0].bars is None


def test_text_grows_with_the_face_between_its_limits() -> None:
    sizes = [layout.text_size(height) for height in (40, 150, 230, 260, 800)]
    assert sizes[0] == sizes[1] == 12
    assert 12 < sizes[2] < sizes[3] < 20
    assert sizes[4] == 20
    assert layout.text_size(800, scale=3) == pytest.approx(56)


def test_a_layout_three_times_as_large_is_the_same_layout() -> None:
    """A snapshot of a large frame looks as the window does, at the picture's edges too."""

    def grown(rect: Rect) -> Rect:
        return Rect(rect.x * 3, rect.y * 3, rect.width * 3, rect.height * 3)

    requests = [face(150, PICTURE.y + 1, 200, 220), face(700, PICTURE.bottom - 60, 200, 220, key=1)]
    large = [Request(request.key, grown(request.box), request.pill_text, True) for request in requests]
    for small, big in zip(place(requests), place(large, grown(PICTURE), scale=3.0), strict=True):
        assert small.bars is not None and big.bars is not None
        assert big.bars.plate.y == pytest.approx(small.bars.plate.y * 3, abs=3)
    top, bottom = (item.bars.plate for item in place(large, grown(PICTURE), scale=3.0) if item.bars is not None)
    assert top.y - grown(PICTURE).y == pytest.approx(3 * layout.CLEAR)
    assert grown(PICTURE).bottom - bottom.bottom == pytest.approx(3 * layout.CLEAR)


def test_a_quiet_face_leaves_the_room_to_the_other() -> None:
    """Between two faces there is room for the bars of one: the larger one's, or those of the one that is followed."""
    large, small = face(50, 100, 200, key=1), face(540, 120, 180, key=2)
    narrow = Rect(45, 40, 700, 500)
    assert [item.bars is not None for item in place([large, small], narrow)] == [True, False]
    quiet, followed = place([replace(large, wants_bars=False, quiet=True), small], narrow)
    assert quiet.bars is None and followed.bars is not None
    assert quiet.text_px == layout.TEXT_SMALLEST < followed.text_px
    assert quiet.pill is not None and followed.pill is not None and not quiet.pill.meets(followed.bars.plate)
