"""Each reason on both sides of its limit, which of several is named, and what the quality follows."""

from __future__ import annotations

import itertools
import timeit
from dataclasses import replace

import cv2
import numpy as np
import pytest
from core_values import demo_frame, face, prediction
from turned_faces import seen

from fer_desktop.core import emotions, quality
from fer_desktop.core.crop import crop_face, crop_frame
from fer_desktop.core.quality import Cues, cues, judge, reason_not_to_label
from fer_desktop.core.reasons import NOT_SURE
from fer_desktop.core.types import Face, Float32Array, UInt8Array

FRAME = (640, 480)
SURE = prediction("happy", 0.95).probabilities
GOOD = Cues(size=150, out_of_view=0.0, light=130, glare=0.0, sharpness=0.9, turn=5, contrast=40)
LIMIT_FIELDS = ("size", "out_of_view", "light", "glare", "sharpness", "turn")


def even(most: float) -> Float32Array:
    """`most` for one emotion, the rest spread evenly."""
    return prediction("sad", most).probabilities


def pattern(rng: np.random.Generator, mean: float = 130, spread: float = 40) -> UInt8Array:
    """uint8[48, 48] with details of every size, as faces have them, and the given mean and spread of grey."""
    layers = [cv2.GaussianBlur(rng.standard_normal((48, 48)), (0, 0), sigma) * sigma for sigma in (0.7, 1.5, 3, 6)]
    values = np.sum(layers, axis=0)
    values = (values - values.mean()) / values.std() * spread + mean
    return np.clip(values, 0, 255).astype(np.uint8)


def test_a_good_face_is_labelled(rng: np.random.Generator) -> None:
    assert reason_not_to_label(face(200, 150, 150), pattern(rng), FRAME, SURE) is None


@pytest.mark.parametrize(("side", "reason"), [(quality.MIN_FACE_PX - 0.5, "too small"), (quality.MIN_FACE_PX, None)])
def test_too_small(side: float, reason: str | None, rng: np.random.Generator) -> None:
    assert reason_not_to_label(face(200, 150, side), pattern(rng), FRAME, SURE) == reason
    assert reason_not_to_label(face(200, 150, side)) == reason, "without a crop its size is judged"


@pytest.mark.parametrize(("light", "reason"), [(13, "too dark"), (22, None), (130, None)])
def test_too_dark(light: float, reason: str | None, rng: np.random.Generator) -> None:
    crop = pattern(rng, light, light * 0.35)
    assert reason_not_to_label(face(200, 150, 150), crop, FRAME, SURE) == reason


@pytest.mark.parametrize(("share", "reason"), [(0.8, "too bright"), (0.55, None)])
def test_too_bright(share: float, reason: str | None, rng: np.random.Generator) -> None:
    crop = pattern(rng)
    # The share of the face, not of the crop: a pattern may be brighter in its middle.
    crop[crop >= np.quantile(crop[quality._FACE > 0], 1 - share)] = 255
    assert reason_not_to_label(face(200, 150, 150), crop, FRAME, SURE) == reason


@pytest.mark.parametrize(("grey", "reason"), [(90, "too dark"), (190, "too bright")])
def test_a_face_of_a_few_grey_levels(grey: float, reason: str, rng: np.random.Generator) -> None:
    faint = pattern(rng, grey, quality.MIN_CONTRAST * 0.8)
    assert reason_not_to_label(face(200, 150, 150), faint, FRAME, SURE) == reason
    assert reason_not_to_label(face(200, 150, 150), pattern(rng, grey, 10), FRAME, SURE) is None


@pytest.mark.parametrize(("sigma", "reason"), [(4.5, "blurred"), (0.8, None)])
def test_blurred(sigma: float, reason: str | None, rng: np.random.Generator) -> None:
    crop = cv2.GaussianBlur(pattern(rng), (0, 0), sigma)
    assert reason_not_to_label(face(200, 150, 150), crop, FRAME, SURE) == reason


@pytest.mark.parametrize("turn", [(42, 0), (-42, 0), (0, 42), (32, -30)])
def test_turned_away(turn: tuple[float, float], rng: np.random.Generator) -> None:
    assert reason_not_to_label(seen(*turn), pattern(rng), FRAME, SURE) == "turned away"
    less = seen(turn[0] * 0.85, turn[1] * 0.85)
    assert reason_not_to_label(less, pattern(rng), FRAME, SURE) is None


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
@pytest.mark.parametrize(("share", "reason"), [(0.32, "half out of view"), (0.25, None)])
def test_half_out_of_view(side: str, share: float, reason: str | None, rng: np.random.Generator) -> None:
    middle = cues(face(200, 150, 150), pattern(rng), FRAME)
    assert middle.out_of_view == pytest.approx(0, abs=1e-9)
    square = crop_frame(face(200, 150, 150))
    over, half = share * square.side, square.side / 2
    x, y = {
        "left": (half - over - square.centre_x, 0.0),
        "right": (FRAME[0] - half + over - square.centre_x, 0.0),
        "top": (0.0, half - over - square.centre_y),
        "bottom": (0.0, FRAME[1] - half + over - square.centre_y),
    }[side]
    leaving = face(200 + x, 150 + y, 150)
    assert cues(leaving, pattern(rng), FRAME).out_of_view == pytest.approx(share, abs=0.01)
    assert reason_not_to_label(leaving, pattern(rng), FRAME, SURE) == reason
    assert reason_not_to_label(leaving, pattern(rng), None, SURE) is None, "without a frame's size it is not known"


def test_a_corner_counts_both_sides() -> None:
    square = crop_frame(face(200, 150, 150))
    middle_on_the_corner = face(200 - square.centre_x, 150 - square.centre_y, 150)
    got = cues(middle_on_the_corner, np.full((48, 48), 90, np.uint8), FRAME).out_of_view
    assert got == pytest.approx(0.75, abs=0.001)


def test_not_sure() -> None:
    assert judge(GOOD, even(0.25)).reason == NOT_SURE
    assert judge(GOOD, even(0.6)).reason is None
    scores = [judge(GOOD, even(most)).score for most in np.arange(0.2, 0.99, 0.05)]
    assert all(one < after for one, after in itertools.pairwise(scores))
    assert all(0 < one < 1 for one in scores)


def test_whoever_is_sure_of_one_thing_or_torn_between_two_differs_from_knowing_nothing() -> None:
    torn = np.array((0, 0, 0, 0.45, 0, 0.45, 0.1), np.float32)
    assert judge(GOOD, torn).score > judge(GOOD, even(0.45)).score


@pytest.mark.parametrize("field", LIMIT_FIELDS)
def test_where_the_reading_is_unsure_the_limit_it_is_nearest_to_is_named(field: str) -> None:
    limit = quality.LIMITS[LIMIT_FIELDS.index(field)]
    near = replace(GOOD, **{field: limit.fine + 0.8 * (limit.last - limit.fine)})
    assert judge(near, SURE).reason is None, "no limit is passed"
    assert judge(near, even(0.22)).reason == limit.reason
    assert judge(near, SURE).score <= judge(GOOD, SURE).score


def test_which_of_several_is_named() -> None:
    bad = Cues(size=10, out_of_view=0.9, light=5, glare=0.9, sharpness=0.05, turn=80, contrast=1)
    told = []
    for name, limit in zip(LIMIT_FIELDS, quality.LIMITS, strict=True):
        told.append(judge(bad, SURE).reason)
        assert told[-1] == limit.reason
        bad = replace(bad, **{name: getattr(GOOD, name)}, **({"contrast": GOOD.contrast} if name == "light" else {}))
    assert len(set(told)) == len(quality.LIMITS)
    assert judge(bad, SURE).reason is None


@pytest.mark.parametrize("emotion", emotions.NAMES)
def test_extremes_of_probability_are_judged(emotion: str) -> None:
    certain = np.zeros(7, np.float32)
    certain[emotions.NAMES.index(emotion)] = 1
    assert judge(GOOD, certain) == quality.Quality(pytest.approx(1, abs=0.01), None)
    assert judge(GOOD, np.full(7, 1 / 7, np.float32)).reason == NOT_SURE


def test_a_picture_without_anything_in_it_is_judged() -> None:
    for grey in (0, 255):
        blank = np.full((48, 48), grey, np.uint8)
        assert reason_not_to_label(face(200, 150, 150), blank, FRAME, SURE) in ("too dark", "too bright")


def test_the_demos_face_is_good() -> None:
    frame = demo_frame()
    drawn: Face = face(240, 80, 165)
    got = cues(drawn, crop_face(frame.bgr, drawn), frame.size)
    assert max(got.badness()) == 0, got


def test_it_costs_little(rng: np.random.Generator) -> None:
    one, crop = face(200, 150, 150), pattern(rng)
    times = timeit.repeat(lambda: reason_not_to_label(one, crop, FRAME, SURE), number=50, repeat=21)
    # 0.03 ms; the best of many, since others may be at work on the machine.
    assert min(times) / 50 * 1e3 < 0.15
