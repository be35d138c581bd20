"""The mean head: how it stands is told by the faces, and not by the head that is measured against them."""

from __future__ import annotations

import measure_head
import numpy as np
import pytest
from turned_faces import rotation

from fer_desktop.core.head_pose import FACE


@pytest.mark.parametrize("up", [-12.0, 0.0, 9.0])
def test_straight_ahead_is_where_the_median_face_looks(rng: np.random.Generator, up: float) -> None:
    """Of people who all look `up` degrees as FACE has it, FACE looks as far down."""
    turns = np.stack([rng.uniform(-30, 30, 400), up + rng.uniform(-20, 20, 400), rng.uniform(-30, 30, 400)], axis=1)
    points = np.array([(FACE @ rotation(*turn).T)[:, :2] * rng.uniform(4, 12) for turn in turns])
    points += rng.normal(0, 0.1, points.shape)
    goal = FACE - FACE.mean(axis=0)
    form = measure_head.upright(measure_head.shape(points)[0], points)
    form *= np.ptp(goal[:, 0]) / np.ptp(form[:, 0])
    turned, told = measure_head.leant(form, goal)
    assert told == pytest.approx(-up, abs=2.5)
    assert np.abs(turned - goal).max() < 0.6, turned
    assert form[3, 1] > form[0, 1] and form[2, 2] > form[4, 2] and form[1, 0] > form[0, 0], "as a picture shows it"
