"""Painting in substance: colour along the box, bars as long as their values, text unmirrored, one code at any scale."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtGui import QColor, QFont, QImage, QPainter

from fer_desktop.core import emotions
from fer_desktop.core.types import Box, Track
from fer_desktop.overlay import palette
from fer_desktop.overlay.layout import Placed, Rect
from fer_desktop.overlay.motion import still
from fer_desktop.overlay.painter import Look, Overlay, font, scale_for
from tests.gui.fakes import analysis, frame, track

pytestmark = pytest.mark.usefixtures("qapp")
GREY = 128


def paint(
    tracks: list[Track], look: Look | None = None, size: tuple[int, int] = (640, 360), zoom: float = 1.0
) -> tuple[np.ndarray, tuple[Placed, ...]]:
    """The painted picture as RGB uint8[h, w, 3], and where things went."""
    width, height = round(size[0] * zoom), round(size[1] * zoom)
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(GREY, GREY, GREY))
    painter = QPainter(image)
    faces = still(analysis(frame(*size), tracks))
    placed = Overlay().paint(painter, faces, size, Rect(0, 0, width, height), look or Look())
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine() // 4, 4)
    return pixels[:, :width, 2::-1].copy(), placed


def near(pixels: np.ndarray, colour: str, tolerance: int = 24) -> np.ndarray:
    wanted = np.array([round(value * 255) for value in palette.rgb(colour)])
    return (np.abs(pixels.astype(int) - wanted) <= tolerance).all(axis=-1)


@pytest.mark.parametrize("label", emotions.NAMES)
@pytest.mark.parametrize("zoom", [1.0, 2.0])
def test_the_box_is_drawn_in_its_colour_where_the_face_is(label: str, zoom: float) -> None:
    pixels, _ = paint([track(box=Box(200, 100, 150, 160), label=label)], zoom=zoom)
    hits = near(pixels, palette.of_label(label))
    rows = slice(round(130 * zoom), round(230 * zoom))
    for x in (200, 350):
        column = round(x * zoom)
        assert hits[rows, column - 2 : column + 3].any(axis=1).mean() > 0.98
    inside = hits[rows, round(220 * zoom) : round(330 * zoom)]
    assert not inside.any()


def test_without_boxes_neither_box_nor_pill_is_drawn() -> None:
    pixels, _ = paint([track(box=Box(200, 100, 150, 160))], Look(boxes=False, bars=False))
    assert (pixels == GREY).all()


def test_bars_are_as_long_as_their_values() -> None:
    pixels, placed = paint([track(box=Box(100, 80, 150, 160), label="happy", confidence=0.75)])
    bars = placed[0].bars
    assert bars is not None
    for emotion in emotions.EMOTIONS:
        middle = round(bars.first_row_y + (emotion.index + 0.5) * bars.row_height)
        groove = slice(round(bars.groove_x), round(bars.groove_x + bars.groove_width))
        length = near(pixels[middle, groove], emotion.colour_dark, 12).sum() / bars.groove_width
        assert length == pytest.approx(0.75 if emotion.name == "happy" else 0.25 / 6, abs=0.05)


def test_bars_off_leaves_the_pill() -> None:
    _, with_bars = paint([track(box=Box(100, 80, 150, 160))])
    pixels, without = paint([track(box=Box(100, 80, 150, 160))], Look(bars=False))
    plate = with_bars[0].bars.plate
    assert without[0].bars is None
    assert (
        pixels[round(plate.y) + 20 : round(plate.bottom) - 4, round(plate.x) + 8 : round(plate.right)] == GREY
    ).all()
    pill = without[0].pill
    inside = pixels[round(pill.y) + 3 : round(pill.bottom) - 3, round(pill.x) + 8 : round(pill.right) - 8]
    assert near(inside, palette.of_label("happy")).mean() > 0.4
    assert near(inside, palette.INK, 60).mean() > 0.05


def test_an_abstention_is_grey_and_dashed_with_its_reason() -> None:
    pixels, placed = paint([track(box=Box(200, 100, 150, 160), label=None, reason="too dark")])
    edge = near(pixels[130:230, 198:203], palette.ABSTAIN, 40).any(axis=1)
    assert 0.3 < edge.mean() < 0.9
    assert placed[0].bars is None and placed[0].pill is not None
    colours = [emotion.colour_dark for emotion in emotions.EMOTIONS if emotion.name != "neutral"]
    assert not any(near(pixels, colour, 12).any() for colour in colours)


def test_mirroring_moves_the_box_and_leaves_the_text_as_it_is() -> None:
    # Symmetric about the middle: both pictures have the pill in one place, so its text can be compared as it is.
    box = Box(245, 100, 150, 160)
    plain, at = paint([track(box=box)], Look(bars=False))
    mirrored, _ = paint([track(box=box)], Look(bars=False, mirror=True))
    pill = at[0].pill
    cut = np.s_[round(pill.y) : round(pill.bottom), round(pill.x) : round(pill.right)]
    assert (plain[cut] == mirrored[cut]).all()
    assert not (plain[cut] == plain[cut][:, ::-1]).all()
    _, moved = paint([track(box=Box(50, 100, 150, 160))], Look(mirror=True))
    assert moved[0].box.x == 640 - 50 - 150


def test_a_stale_reading_is_faded() -> None:
    fresh, _ = paint([track(box=Box(200, 100, 150, 160))])
    stale, _ = paint([track(box=Box(200, 100, 150, 160))], Look(faded=True))
    away = [np.abs(pixels.astype(int) - GREY).mean() for pixels in (fresh, stale)]
    assert 0.2 * away[0] < away[1] < 0.6 * away[0]


def test_several_faces_are_told_apart_by_numbers() -> None:
    _, one = paint([track(box=Box(60, 100, 80, 90))])
    _, two = paint([track(0, Box(60, 100, 80, 90)), track(1, Box(300, 100, 80, 90))])
    assert two[0].pill.width > one[0].pill.width


def test_large_files_get_larger_text() -> None:
    assert scale_for((640, 360)) == 1
    assert scale_for((3840, 2160)) == 3
    _, placed = paint([track(box=Box(1000, 600, 900, 1000))], Look(scale=3), size=(3840, 2160))
    assert placed[0].text_px == 60


def test_the_box_of_a_neutral_face_stands_out_from_a_grey_wall() -> None:
    """Its colour has no hue: a dark line two pixels wide carries it."""
    pixels, _ = paint([track(box=Box(200, 100, 150, 160), label="neutral")])
    row = pixels[170, 190:203].astype(int).mean(axis=1)
    assert (row < 60).sum() >= 2


def test_threads_share_no_font_and_paint_the_same_at_once() -> None:
    """Qt guards no font that several threads paint with."""
    faces = [
        track(box=Box(60 + 150 * number, 80, 90, 90), label=name) for number, name in enumerate(emotions.NAMES[:3])
    ]
    alone, _ = paint(faces)
    together = threading.Barrier(4)
    fonts: list[QFont] = []
    painted: list[np.ndarray] = []

    def work() -> None:
        together.wait(10)
        mine = font(12)
        fonts.append(mine)
        assert font(12) is mine, "made once"
        painted.extend(paint(faces)[0] for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len({id(one) for one in [font(12), *fonts]}) == 5
    assert len(painted) == 20
    assert all(np.array_equal(one, alone) for one in painted)


def test_the_faces_that_are_not_followed_step_back() -> None:
    """A thin grey box and a plain pill in place of colours and bars; the followed one is as it always is."""
    two = [track(7, Box(40, 80, 130, 160), "angry"), track(8, Box(440, 80, 130, 160), "happy")]
    both, all_of_them = paint(two)
    pixels, placed = paint(two, Look(followed=8))
    angry, happy = palette.of_label("angry"), palette.of_label("happy")
    assert near(both, angry).any() and not near(pixels[:, :320], angry, 12).any()
    assert placed[0].bars is None and placed[0].text_px == 12 and all_of_them[0].bars is not None
    pill = placed[0].pill
    inside = pixels[round(pill.y) + 3 : round(pill.bottom) - 3, round(pill.x) + 8 : round(pill.right) - 8]
    assert near(inside, palette.PLATE, 40).mean() > 0.4 and near(inside, palette.ON_PLATE_MUTED, 60).any()
    assert (pixels[130:200, 39:41] != GREY).any(axis=(1, 2)).mean() > 0.98, "where it is can still be seen"
    assert placed[1].bars is not None and near(pixels[:, 320:], happy).sum() >= near(both[:, 320:], happy).sum()


def test_while_the_followed_face_is_away_nobody_stands_for_it() -> None:
    pixels, placed = paint([track(7, Box(40, 80, 130, 160), "angry")], Look(followed=8))
    assert placed[0].bars is None and not near(pixels, palette.of_label("angry"), 12).any()
