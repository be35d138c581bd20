"""Sums of the zoom."""

from __future__ import annotations

import numpy as np
import pytest

from fer_desktop.gui.photos.viewport import LARGEST, Viewport


def some(rng: np.random.Generator) -> Viewport:
    view = (float(rng.uniform(200, 1500)), float(rng.uniform(150, 1200)))
    return Viewport(view, (int(rng.integers(20, 6000)), int(rng.integers(20, 6000))))


def test_at_first_the_whole_picture_is_seen_in_the_middle(rng: np.random.Generator) -> None:
    for _ in range(100):
        port = some(rng)
        left, top, width, height = port.rect
        assert width <= port.view[0] + 1e-6 and height <= port.view[1] + 1e-6
        assert left * 2 + width == pytest.approx(port.view[0]) and top * 2 + height == pytest.approx(port.view[1])


def test_what_is_under_the_pointer_stays_there(rng: np.random.Generator) -> None:
    """As long as the picture is larger than the view both ways: a smaller one stays in the middle."""
    for _ in range(300):
        port = some(rng)
        start = max(port.view[0] / port.picture[0], port.view[1] / port.picture[1]) * 1.05
        if start * 1.5 > LARGEST:
            continue
        port = port.scaled(start).moved(float(rng.uniform(-900, 900)), float(rng.uniform(-900, 900)))
        at = (float(rng.uniform(0, port.view[0])), float(rng.uniform(0, port.view[1])))
        before = port.to_picture(*at)
        assert port.scaled(port.now * 1.4, at).to_picture(*at) == pytest.approx(before, abs=1e-6)


def test_no_gap_where_there_need_be_none(rng: np.random.Generator) -> None:
    for _ in range(300):
        port = some(rng)
        for _ in range(5):
            port = port.scaled(port.now * float(rng.uniform(0.4, 3)), (float(rng.uniform(0, 500)), 50.0))
            port = port.moved(float(rng.uniform(-3000, 3000)), float(rng.uniform(-3000, 3000)))
            port = port.resized(float(rng.uniform(200, 1500)), float(rng.uniform(150, 1200)))
        left, top, width, height = port.rect
        for at, size, room in ((left, width, port.view[0]), (top, height, port.view[1])):
            if size > room:
                assert at <= 1e-6 and at + size >= room - 1e-6
            else:
                assert at * 2 + size == pytest.approx(room)


def test_zooming_has_ends() -> None:
    port = Viewport((800, 600), (1600, 1200))
    assert port.scaled(1e9).now == LARGEST
    assert port.scaled(1e-9).now == port.fit == 0.5
    small = Viewport((800, 600), (100, 50))
    assert small.fit == 4.0 and small.scaled(0.01).now == 1.0


def test_a_face_is_brought_into_view() -> None:
    port = Viewport((800, 600), (4000, 3000)).scaled(1.0).moved(9999, 9999)
    assert port.to_picture(0, 0) == (0, 0)
    port = port.showing(3000, 2000, 3200, 2300)
    left, top = port.to_picture(0, 0)
    right, bottom = port.to_picture(800, 600)
    assert left <= 3000 and right >= 3200 and top <= 2000 and bottom >= 2300
    assert port.showing(3000, 2000, 3200, 2300) == port
