"""Warmth over a face: where its square is, how strong, beneath bars and pills, and a line that says what it is."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from fer_desktop.core import emotions
from fer_desktop.core.crop import crop_frame
from fer_desktop.core.smoothing import TIME_CONSTANT_S
from fer_desktop.core.types import Track
from fer_desktop.overlay import palette, why
from fer_desktop.overlay.layout import Placed, Rect
from fer_desktop.overlay.motion import Motion, still
from fer_desktop.overlay.painter import Look, Overlay
from tests import core_values
from tests.gui.fakes import analysis, frame, track

pytestmark = pytest.mark.usefixtures("qapp")
GREY = 128
SIZE = (640, 360)
BARE = Look(boxes=False, bars=False, why=True)
HAPPY = emotions.NAMES.index("happy")


def warm(
    place: tuple[int, int] | None = (2, 2),
    label: str | None = "happy",
    at: tuple[float, float] = (260, 90),
    side: float = 120,
    roll: float = 0.0,
) -> Track:
    """A face whose map for happy is all in one place of the six by six; None: alike in all of them."""
    maps = np.zeros((6, 6, 7), np.float32)
    maps[(slice(None), slice(None)) if place is None else place][..., HAPPY] = 2.0
    face = core_values.face(*at, side, roll=roll)
    prediction = replace(core_values.prediction("happy"), maps=maps)
    reason = None if label else "too small"
    return replace(track(label="happy"), face=face, prediction=prediction, label=label, reason=reason)


def paint(
    tracks: list[Track], look: Look = BARE, zoom: float = 1.0, ground: int = GREY
) -> tuple[np.ndarray, tuple[Placed, ...]]:
    """The painted picture as RGB int[h, w, 3], the legend cut off, and where things went."""
    width, height = round(SIZE[0] * zoom), round(SIZE[1] * zoom)
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(ground, ground, ground))
    painter = QPainter(image)
    placed = Overlay().paint(painter, still(analysis(frame(*SIZE), tracks)), SIZE, Rect(0, 0, width, height), look)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine() // 4, 4)
    return pixels[: height - 45, :width, 2::-1].astype(int), placed


def changed(pixels: np.ndarray) -> np.ndarray:
    return np.abs(pixels - GREY).sum(axis=2)


def centre_of(amount: np.ndarray) -> tuple[float, float]:
    rows, columns = np.indices(amount.shape)
    return float((columns * amount).sum() / amount.sum()), float((rows * amount).sum() / amount.sum())


@pytest.mark.parametrize("roll", [0.0, 0.5, -0.9])
@pytest.mark.parametrize("zoom", [1.0, 2.0])
def test_the_warmth_lies_where_the_place_is_in_the_turned_square(roll: float, zoom: float) -> None:
    face = warm((2, 3), roll=roll)
    x, y = centre_of(changed(paint([face], zoom=zoom)[0]))
    square = crop_frame(face.face)
    # Pixel 8 i + 7 of the crop's 48, from its middle, turned with it.
    across, down = ((8 * place + 7.5) / 48 - 0.5 for place in (3, 2))
    cos, sin = math.cos(square.roll), math.sin(square.roll)
    assert x / zoom == pytest.approx(square.centre_x + (across * cos - down * sin) * square.side, abs=1.5)
    assert y / zoom == pytest.approx(square.centre_y + (across * sin + down * cos) * square.side, abs=1.5)


def test_nothing_is_warm_outside_the_square_and_its_edge_is_soft() -> None:
    face = warm(None, roll=0.4, at=(260, 80))
    amount = changed(paint([face])[0])
    square = crop_frame(face.face)
    rows, columns = np.indices(amount.shape)
    x, y = columns + 0.5 - square.centre_x, rows + 0.5 - square.centre_y
    cos, sin = math.cos(square.roll), math.sin(square.roll)
    reach = np.maximum(np.abs(x * cos + y * sin), np.abs(y * cos - x * sin)) / (square.side / 2)
    assert (amount[reach > 1.01] == 0).all()
    assert (amount[reach < 0.7] > 60).all()
    at_edge = amount[(reach > 0.97) & (reach < 1)]
    assert at_edge.mean() < 0.05 * amount[reach < 0.7].mean()
    steps = np.abs(np.diff(amount, axis=1))
    assert steps.max() < 60, "no line is to be seen"


def test_a_mirrored_picture_has_mirrored_warmth() -> None:
    face = warm((3, 4), at=(100, 90), roll=0.3)
    plain, mirrored = (paint([face], replace(BARE, mirror=mirror))[0] for mirror in (False, True))
    assert np.abs(plain - mirrored[:, ::-1]).max() <= 2


def test_strength_weak_places_clear_never_opaque_and_half_without_a_label() -> None:
    looks = ((warm(), BARE), (warm(label=None), BARE), (warm(), replace(BARE, faded=True)))
    certain, unsure, stale = (changed(paint([face], look)[0]).max() for face, look in looks)
    assert unsure == pytest.approx(certain / 2, rel=0.05)
    assert stale == pytest.approx(certain * 0.4, rel=0.05)
    on_black, on_white = (paint([warm()], ground=value)[0] for value in (0, 255))
    # What is left of the ground is the same in each channel: 1 - opacity.
    opacity = 1 - (on_white - on_black).min() / 255
    assert 0.5 < opacity <= 0.61
    weak = np.full((6, 6), 0.3, np.float32)
    assert why.image(weak).convertToFormat(QImage.Format.Format_ARGB32).pixelColor(48, 48).alpha() == 0


def test_another_emotion_can_be_asked_for() -> None:
    face = warm((1, 1))
    maps = np.zeros((6, 6, 7), np.float32)
    maps[1, 1, HAPPY] = maps[4, 4, emotions.NAMES.index("fear")] = 1.0
    face = replace(face, prediction=replace(face.prediction, maps=maps))
    own = centre_of(changed(paint([face])[0]))
    fear = centre_of(changed(paint([face], replace(BARE, emotion=emotions.NAMES.index("fear")))[0]))
    assert fear[0] > own[0] + 30 and fear[1] > own[1] + 30


def test_bars_and_pills_stay_above() -> None:
    faces = [warm(None, at=(60, 60), side=150), warm(None, at=(330, 60), side=150)]
    faces[1] = replace(faces[1], id=1)
    look = Look(why=True)
    with_why, placed = paint(faces, look)
    without, _ = paint(faces, replace(look, why=False))
    assert not (with_why == without).all()
    for item in placed:
        for part in (item.pill, None if item.bars is None else item.bars.plate):
            if part is not None:
                rows, columns = (
                    slice(round(a) + 4, round(b) - 4) for a, b in ((part.y, part.bottom), (part.x, part.right))
                )
                # A plate lets a little of what is under it through.
                assert np.abs(with_why[rows, columns] - without[rows, columns]).max() <= 24
    inside = np.s_[round(placed[0].pill.y) + 3 : round(placed[0].pill.bottom) - 3, round(placed[0].pill.x) + 12]
    assert (with_why[inside] == without[inside]).all(), "a pill lets nothing through"


def test_without_maps_or_without_why_nothing_is_painted() -> None:
    plain = track(label="happy")
    assert (paint([plain])[0] == GREY).all()
    assert (paint([warm()], replace(BARE, why=False))[0] == GREY).all()


def whole(look: Look, tracks: list[Track], width: int = 640) -> np.ndarray:
    image = QImage(width, 360, QImage.Format.Format_RGB32)
    image.fill(QColor(GREY, GREY, GREY))
    painter = QPainter(image)
    Overlay().paint(painter, still(analysis(frame(width, 360), tracks)), (width, 360), Rect(0, 0, width, 360), look)
    painter.end()
    return np.frombuffer(image.constBits(), np.uint8).reshape(360, width, 4)[:, :, 2::-1].astype(int)


def test_a_line_at_the_lower_left_says_what_it_is() -> None:
    corner = np.s_[315:350, 12:300]
    assert (whole(BARE, [track()])[corner] == GREY).all(), "where no warmth is, there is no line"
    line = whole(BARE, [warm()])[corner]
    plate, letters = (
        (np.abs(line - [round(value * 255) for value in palette.rgb(colour)]).max(axis=2) < 40).mean()
        for colour in (palette.PLATE, palette.ON_PLATE)
    )
    assert plate > 0.4 and letters > 0.01
    fresh, stale = (whole(replace(BARE, faded=faded), [warm()])[corner] for faded in (False, True))
    assert (fresh == stale).all(), "the line is as true for a stale reading"
    narrow = whole(BARE, [warm(at=(20, 90), side=60)], width=160)
    assert (narrow[315:350] == GREY).all(), "where it does not fit, it is left out"
    assert "fear" in why.legend_text(emotions.NAMES.index("fear"))


def test_the_ramp_rises_in_lightness_so_that_it_reads_without_hue() -> None:
    light = [palette.luminance(colour) for _, colour in why.RAMP]
    assert all(later > 1.5 * before for before, later in itertools.pairwise(light))


def test_live_maps_are_steadied_and_jump_to_no_single_frame() -> None:
    motion = Motion()
    first, second = warm((1, 1)), warm((4, 4))
    one, other = (replace(analysis(frame(), [face]), captured_at=at) for face, at in ((first, 5.0), (second, 5.033)))
    assert motion.shown(one, 5.0)[0].prediction is first.prediction
    for _ in range(3):  # painted again, it stays as it is
        maps = motion.shown(other, 5.1)[0].prediction.maps
    assert maps[1, 1, HAPPY] == pytest.approx(2 * math.exp(-0.033 / TIME_CONSTANT_S), abs=1e-3)
    assert maps[1, 1, HAPPY] + maps[4, 4, HAPPY] == pytest.approx(2)
    gone = replace(second, prediction=replace(second.prediction, maps=None))
    assert motion.shown(replace(other, tracks=(gone,)), 5.2)[0].prediction.maps is None
    assert motion.shown(other, 5.3)[0].prediction is second.prediction
