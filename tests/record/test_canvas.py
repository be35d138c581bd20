"""Pictures of other sizes in the video's, and boxes that lie where the picture went."""

from __future__ import annotations

import numpy as np
import pytest

from fer_desktop.core.types import Box
from fer_desktop.record.canvas import Canvas


def test_the_first_size_stays_as_it_is() -> None:
    picture = np.random.default_rng(1).integers(0, 255, (48, 64, 3), np.uint8)
    canvas = Canvas((64, 48))
    assert canvas.fitted(picture) is picture
    assert canvas.fit((64, 48)).box(Box(1, 2, 3, 4)) == Box(1, 2, 3, 4)


def test_an_odd_size_gets_one_more_row_and_column() -> None:
    picture = np.random.default_rng(1).integers(0, 255, (47, 63, 3), np.uint8)
    canvas = Canvas((63, 47))
    assert canvas.size == (64, 48)
    fitted = canvas.fitted(picture)
    assert np.array_equal(fitted[:47, :63], picture)
    assert np.array_equal(fitted[47, :63], picture[46]) and np.array_equal(fitted[:47, 63], picture[:, 62])


@pytest.mark.parametrize("size", [(320, 240), (48, 64), (65, 31), (7, 3), (4000, 3), (1, 1)])
@pytest.mark.parametrize("first", [(64, 48), (63, 47)])
def test_another_size_lies_between_black_bars(first: tuple[int, int], size: tuple[int, int]) -> None:
    canvas = Canvas(first)
    fitted = canvas.fitted(np.full((size[1], size[0], 3), 200, np.uint8))
    assert fitted.shape == (48, 64, 3)
    lit = fitted[..., 0] > 100
    fit = canvas.fit(size)
    across, down = fit.size
    assert lit[fit.top : fit.top + down, fit.left : fit.left + across].all()
    assert lit.sum() == across * down or fit.size == first, "and nothing else"
    assert across == first[0] or down == first[1], "as large as it can be"
    whole = fit.box(Box(0, 0, *size))
    assert (whole.x, whole.y) == (fit.left, fit.top)
    assert (whole.width, whole.height) == pytest.approx(fit.size)
