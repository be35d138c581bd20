"""Bars glide for 120 ms, numbers change at most five times a second, and faces keep their numbers."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from fer_desktop.core.types import Box
from fer_desktop.overlay.motion import EASE_S, Motion, still
from tests.gui.fakes import analysis, frame, track


def test_bars_glide_to_a_new_value_and_arrive() -> None:
    motion = Motion()
    first = analysis(frame(), [track(label="happy", confidence=0.3)])
    second = analysis(frame(), [track(label="happy", confidence=0.9)])
    assert motion.shown(first, 10.0)[0].bars[3] == pytest.approx(0.3)
    assert not motion.moving(10.0)
    assert motion.shown(second, 11.0)[0].bars[3] == pytest.approx(0.3)
    assert motion.moving(11.0)
    half = motion.shown(second, 11.0 + EASE_S / 2)[0].bars[3]
    assert 0.5 < half < 0.9
    assert motion.shown(second, 11.001 + EASE_S)[0].bars[3] == pytest.approx(0.9)
    assert not motion.moving(11.001 + EASE_S)


def test_with_reduced_motion_they_jump() -> None:
    motion = Motion(smooth=False)
    motion.shown(analysis(frame(), [track(confidence=0.3)]), 10.0)
    assert motion.shown(analysis(frame(), [track(confidence=0.9)]), 10.5)[0].bars[3] == pytest.approx(0.9)
    assert not motion.moving(10.5)


def test_numbers_change_at_most_five_times_a_second() -> None:
    motion = Motion()
    seen = []
    for step in range(100):
        confidence = 0.30 + step * 0.005
        face = motion.shown(analysis(frame(), [track(confidence=confidence)]), 10.0 + step / 30)[0]
        seen.append(face.percent)
    changes = sum(a != b for a, b in itertools.pairwise(seen))
    assert 10 <= changes <= 17


def test_a_new_label_comes_with_its_number_at_once() -> None:
    motion = Motion()
    motion.shown(analysis(frame(), [track(label="happy", confidence=0.9)]), 10.0)
    face = motion.shown(analysis(frame(), [track(label="sad", confidence=0.8)]), 10.01)[0]
    assert (face.label, face.percent) == ("sad", 80)


def test_the_percent_shown_is_the_labels_even_where_another_leads() -> None:
    values = track(label="happy", confidence=0.4)
    held = track(label="sad", confidence=0.6)
    shown = still(analysis(frame(), [values]))[0]
    assert shown.percent == 40
    smoothed = np.array(held.smoothed)
    assert still(analysis(frame(), [held]))[0].percent == round(float(smoothed[4]) * 100)


def test_faces_keep_small_numbers_that_are_given_again() -> None:
    motion = Motion()
    both = [track(17), track(42)]
    assert [face.number for face in motion.shown(analysis(frame(), both), 1.0)] == [1, 2]
    assert [face.number for face in motion.shown(analysis(frame(), both[1:]), 1.1)] == [2]
    three = motion.shown(analysis(frame(), [track(99), both[1]]), 1.2)
    assert [(face.number, face.track_id) for face in three] == [(1, 99), (2, 42)]
    assert motion.shown(None, 1.3) == ()


def test_a_face_is_painted_where_it_is_shown_not_where_it_was_found() -> None:
    steady = Box(203.0, 121.0, 158.0, 199.0)
    moved = replace(track(), steady=steady, own_neutral=True)
    for shown in (Motion().shown(analysis(frame(), [moved]), 0.0)[0], still(analysis(frame(), [moved]))[0]):
        assert shown.box == steady and shown.face.box == moved.face.box
    assert Motion().shown(analysis(frame(), [moved]), 0.0)[0].own_neutral
