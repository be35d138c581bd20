from __future__ import annotations

import numpy as np
import pytest
from core_values import face, frame, prediction

from fer_desktop.core import emotions
from fer_desktop.core.types import Box, Face, Frame, Prediction, Track


def test_a_frame_cannot_be_written_to() -> None:
    one = frame()
    with pytest.raises(ValueError, match="read-only"):
        one.bgr[0, 0, 0] = 1


@pytest.mark.parametrize(
    "bgr",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
    ],
    ids=["grey", "four channels", "float", "empty"],
)
def test_a_frame_must_be_a_picture(bgr: np.ndarray) -> None:
    with pytest.raises(ValueError, match="frame"):
        Frame(bgr, 0, 0.0, "test")


@pytest.mark.parametrize("values", [(0, 0, 0, 5), (0, 0, 5, -1), (float("nan"), 0, 5, 5)])
def test_a_box_has_an_area(values: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="box"):
        Box(*values)


def test_overlap_of_boxes() -> None:
    one = Box(0, 0, 10, 10)
    assert one.iou(one) == 1
    assert one.iou(Box(5, 0, 10, 10)) == pytest.approx(50 / 150)
    assert one.iou(Box(20, 20, 5, 5)) == 0


def test_a_prediction_sums_to_one() -> None:
    flat = np.full(7, 0.2, np.float32)
    with pytest.raises(ValueError, match="sum to 1"):
        Prediction(flat, flat)
    with pytest.raises(ValueError, match="finite"):
        Prediction(np.full(7, np.nan, np.float32), flat)


def test_a_face_has_six_keypoints_and_a_score() -> None:
    with pytest.raises(ValueError, match="keypoints"):
        Face(Box(0, 0, 5, 5), 0.5, np.zeros((5, 2), np.float32))
    with pytest.raises(ValueError, match="score"):
        Face(Box(0, 0, 5, 5), 1.5, np.zeros((6, 2), np.float32))


@pytest.mark.parametrize(("label", "reason"), [(None, None), ("happy", "too small"), ("joyful", None)])
def test_a_track_has_a_label_or_a_reason(label: str | None, reason: str | None) -> None:
    one = prediction("happy")
    with pytest.raises(ValueError, match="label"):
        Track(1, face(0, 0, 40), one, one.probabilities.copy(), label, reason, np.zeros((48, 48), np.uint8))


def test_the_emotions_stand_in_the_order_of_fer2013() -> None:
    assert emotions.NAMES == ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
    assert [emotion.index for emotion in emotions.EMOTIONS] == list(range(emotions.COUNT))
