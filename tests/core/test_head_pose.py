"""The pose of a head whose turn is known: the mean face itself, turned, and faces that differ from it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from core_values import face as upright_face
from turned_faces import rotation, seen

from fer_desktop.core.head_pose import FACE, head_pose
from fer_desktop.core.types import Box, Face


@pytest.mark.parametrize("yaw", [-60, -30, -10, 0, 20, 45, 70])
@pytest.mark.parametrize("pitch", [-30, 0, 25])
@pytest.mark.parametrize("roll", [-80, 0, 35])
def test_a_turned_mean_face_is_told_exactly(yaw: float, pitch: float, roll: float) -> None:
    pose = head_pose(seen(yaw, pitch, roll))
    assert (pose.yaw, pose.pitch) == pytest.approx((yaw, pitch), abs=0.01)
    straight = np.degrees(np.arccos(rotation(yaw, pitch, roll)[2, 2]))
    assert pose.turn == pytest.approx(straight, abs=0.01)


def test_the_signs() -> None:
    """The nose goes where the face looks: to the picture's right, and up."""
    towards_right, ahead = seen(30).keypoints, seen(0).keypoints
    assert towards_right[2, 0] - towards_right[:2, 0].mean() > ahead[2, 0] - ahead[:2, 0].mean() + 10
    assert head_pose(seen(30)).yaw > 29
    assert seen(0, 25).keypoints[2, 1] < ahead[2, 1]
    assert head_pose(seen(0, 25)).pitch > 24


def test_it_rises_with_the_turn_and_not_with_size_or_place() -> None:
    yaws = [head_pose(seen(yaw, 8)).yaw for yaw in range(-75, 76, 5)]
    assert all(one < after for one, after in itertools.pairwise(yaws))
    assert head_pose(seen(33, 5, scale=2.0)).turn == pytest.approx(head_pose(seen(33, 5, scale=40.0)).turn, abs=0.05)


def test_people_and_a_trembling_detector_differ_by_few_degrees(rng: np.random.Generator) -> None:
    """Points of other people lie half a centimetre elsewhere, the detector's tremble by a millimetre."""
    errors = []
    for _ in range(300):
        yaw, pitch = rng.uniform(-45, 45), rng.uniform(-20, 20)
        form = FACE + rng.normal(0, 0.5, FACE.shape)
        face = seen(yaw, pitch, rng.uniform(-30, 30), form)
        trembling = face.keypoints + rng.normal(0, 0.9, (6, 2)).astype(np.float32)
        pose = head_pose(Face(face.box, face.score, trembling))
        errors.append((pose.yaw - yaw, pose.pitch - pitch))
    spread = np.sqrt(np.mean(np.square(errors), axis=0))
    assert (spread < 6).all(), spread
    assert (np.abs(np.mean(errors, axis=0)) < 2).all(), "to neither side"


def test_a_face_as_the_detector_gives_it_looks_ahead() -> None:
    for roll in (-0.5, 0.0, 0.4):
        pose = head_pose(upright_face(100, 80, 120, roll=roll))
        assert abs(pose.yaw) < 1 and pose.turn < 8


@pytest.mark.parametrize("points", [np.zeros((6, 2)), np.outer(np.arange(6), (1, 2))])
def test_points_that_are_no_face_give_no_turn(points: np.ndarray) -> None:
    pose = head_pose(Face(Box(0, 0, 10, 10), 0.9, points.astype(np.float32)))
    assert (pose.yaw, pose.pitch, pose.turn) == (0, 0, 0)


def test_keypoints_that_no_face_has_are_turned_away() -> None:
    """A face's, upside down as a mirror on the floor shows it."""
    ahead = seen(0)
    mirrored = ahead.keypoints * (1, -1)
    assert head_pose(Face(ahead.box, ahead.score, mirrored.astype(np.float32))).turn > 90
