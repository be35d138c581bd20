from __future__ import annotations

import numpy as np
import pytest
from core_values import demo_frame

from fer_desktop.core import crop
from fer_desktop.detection.mediapipe_detector import LiveFaceDetector
from fer_desktop.training.scenes import compose, find, scene_crops


def portrait() -> np.ndarray:
    """The demo's face framed as FER2013 frames a face: uint8[48, 48]."""
    frame = demo_frame()
    detector = LiveFaceDetector()
    (face,) = detector.detect(frame)
    detector.close()
    return crop.crop_face(frame.bgr, face)


def test_the_face_is_pasted_where_the_scene_says(rng: np.random.Generator) -> None:
    for side in (96, 200, 400):
        scene = compose(np.full((48, 48), 255, np.uint8), rng, side)
        assert scene.bgr.shape == (480, 640, 3)
        assert scene.frame.width == side
        x, y = (int(value) for value in scene.frame.centre)
        assert scene.bgr[y, x].min() > 230


def test_a_crop_out_of_a_scene_is_the_face_again(needs_detector_models: None) -> None:
    face, detector = portrait(), LiveFaceDetector()
    try:
        crops, found = scene_crops(np.stack([face] * 12), detector, seed=3)
        scene = compose(face, np.random.default_rng(3), 200)
        assert find(scene, detector) is not None
    finally:
        detector.close()
    assert found >= 11
    likeness = [np.corrcoef(one.ravel().astype(float), face.ravel().astype(float))[0, 1] for one in crops]
    upside_down = [np.corrcoef(one[::-1].ravel().astype(float), face.ravel().astype(float))[0, 1] for one in crops]
    assert np.mean(likeness) > 0.6
    assert min(likeness) > max(upside_down)


def test_scenes_are_the_same_for_the_same_seed(rng: np.random.Generator) -> None:
    face = rng.integers(0, 255, (48, 48), dtype=np.uint8)
    one, other = compose(face, np.random.default_rng(5)), compose(face, np.random.default_rng(5))
    np.testing.assert_array_equal(one.bgr, other.bgr)
    assert one.frame == other.frame
    assert pytest.approx(one.frame.width) == other.frame.height
