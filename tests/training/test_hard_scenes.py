"""Scenes made hard to read: as large as before, as hard as asked, and seen through by the program's own measures."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from core_values import demo_frame
from training_data import draw

from fer_desktop import app
from fer_desktop.core import crop, quality
from fer_desktop.detection.mediapipe_detector import LiveFaceDetector
from fer_desktop.training import hard_scenes, scenes

NAMES = [kind.name for kind in hard_scenes.KINDS]


@pytest.fixture
def drawn(rng: np.random.Generator) -> np.ndarray:
    """uint8[48, 48]"""
    return draw("happy", rng)


@pytest.mark.parametrize("kind", hard_scenes.KINDS, ids=NAMES)
def test_a_scene_is_a_picture_with_the_face_where_it_says(
    kind: hard_scenes.Kind, drawn: np.ndarray, rng: np.random.Generator
) -> None:
    for _ in range(4):
        scene, how = kind.compose(drawn, rng)
        assert 0 <= how <= kind.most
        assert scene.bgr.dtype == np.uint8 and scene.bgr.shape[2] == 3
        height, width = scene.bgr.shape[:2]
        assert scene.frame.intersection(scenes.Box(0, 0, width, height)) >= 0.49 * scene.frame.area


@pytest.mark.parametrize("kind", hard_scenes.KINDS, ids=NAMES)
def test_the_same_seed_makes_the_same_scene(kind: hard_scenes.Kind, drawn: np.ndarray) -> None:
    (one, how), (other, as_hard) = (kind.compose(drawn, np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(one.bgr, other.bgr)
    assert (one.frame, how) == (other.frame, as_hard)


def test_each_kind_does_what_it_says(drawn: np.ndarray) -> None:
    def made(name: str, how: float) -> scenes.Scene:
        return hard_scenes.KINDS[NAMES.index(name)].make(drawn, how, np.random.default_rng(2))

    def spread(scene: scenes.Scene) -> float:
        return float(np.abs(np.diff(scene.bgr[..., 0].astype(float), axis=1)).mean())

    clean = made("clean", 0)
    assert made("dark", 5).bgr.mean() < 0.4 * clean.bgr.mean()
    assert (made("bright", 4).bgr == 255).mean() > 0.5 > (clean.bgr == 255).mean()
    assert made("small", 2).frame.width == 16 and made("small", 0).frame.width == 64
    assert spread(made("blurred", 3)) < spread(made("blurred", 0))
    out = made("half out", 0.5)
    height, width = out.bgr.shape[:2]
    seen = out.frame.intersection(scenes.Box(0, 0, width, height)) / out.frame.area
    assert seen == pytest.approx(0.5, abs=0.02)


def test_a_face_turned_by_nothing_stays_and_turned_by_much_goes_to_its_side(drawn: np.ndarray) -> None:
    whole = hard_scenes.turned(drawn, 0, 0)
    assert whole.shape == (hard_scenes.RENDER_SIDE, hard_scenes.RENDER_SIDE)
    small = whole.reshape(48, 2, 48, 2).mean(axis=(1, 3))
    assert np.corrcoef(small.ravel(), drawn.ravel())[0, 1] > 0.97
    # Left turned is the mirror of the mirrored face turned right.
    left, right = hard_scenes.turned(drawn, -40, 0), hard_scenes.turned(drawn[:, ::-1].copy(), 40, 0)[:, ::-1]
    assert np.corrcoef(left.ravel().astype(float), right.ravel().astype(float))[0, 1] > 0.95
    dot = np.full((48, 48), 128, np.uint8)
    dot[24:28, 22:26] = 255
    across = [np.argwhere(hard_scenes.turned(dot, yaw, 0) > 190)[:, 1].mean() for yaw in (-30, 0, 30)]
    assert across[0] < across[1] - 8 and across[2] > across[1] + 8
    down = [np.argwhere(hard_scenes.turned(dot, 0, pitch) > 190)[:, 0].mean() for pitch in (-20, 0, 20)]
    assert down[0] > down[1] > down[2]


def test_the_programs_measures_see_what_was_done(needs_detector_models: None) -> None:
    """The demo's face through scene, detector, crop and model: labelled as it is, refused with the right word."""
    detector, classifier = LiveFaceDetector(), app.classifier()
    frame = demo_frame()
    (face,) = detector.detect(frame)
    portrait = crop.crop_face(frame.bgr, face)
    told: dict[str, Counter[str | None]] = {}
    for name, how in (("clean", 0), ("small", 2), ("bright", 3.5), ("blurred", 4), ("dark", 8), ("half out", 0.45)):
        told[name] = Counter()
        rng = np.random.default_rng(0)
        for _ in range(6):
            scene = hard_scenes.KINDS[NAMES.index(name)].make(portrait, how, rng)
            found = scenes.find(scene, detector, hint=True)
            if found is not None:
                seen = crop.crop_face(scene.bgr, found)
                (prediction,) = classifier.classify(seen[None])
                size = scene.bgr.shape[1], scene.bgr.shape[0]
                told[name][quality.reason_not_to_label(found, seen, size, prediction.probabilities)] += 1
    detector.close()
    assert told["clean"] == {None: 6}
    assert set(told["small"]) == {"too small"}
    assert set(told["bright"]) == {"too bright"}
    assert set(told["blurred"]) == {"blurred"}
    assert set(told["dark"]) <= {"too dark"}, "where it is found at all"
    assert told["half out"]["half out of view"] >= 1, "the box shrinks to what is in view; not all are told"
