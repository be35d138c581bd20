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


def test_where_a_label_is_held_the_bars_tell_that_another_leads() -> None:
    """The label waits until the other has led for a moment; bars, numbers and percent are what was read."""
    smoothed = np.array([0.02, 0.02, 0.02, 0.4, 0.5, 0.02, 0.02], np.float32)
    held = replace(track(label="happy"), smoothed=smoothed)
    for shown in (still(analysis(frame(), [held]))[0], Motion().shown(analysis(frame(), [held]), 0.0)[0]):
        assert np.array_equal(shown.bars, smoothed) and shown.numbers == (2, 2, 2, 40, 50, 2, 2)
        assert shown.label == "happy" and shown.leading == 3 and shown.percent == 40


def test_a_face_without_a_label_has_its_bars_all_the_same() -> None:
    unsure = track(label=None, reason="not sure", confidence=0.3)
    shown = Motion().shown(analysis(frame(), [unsure]), 0.0)[0]
    assert shown.label is None and np.array_equal(shown.bars, unsure.smoothed) and max(shown.numbers) == 30


def test_bars_reach_what_was_read_and_no_more() -> None:
    motion = Motion()
    motion.shown(analysis(frame(), [track(label="happy", confidence=0.9)]), 10.0)
    later = track(label="sad", confidence=0.7)
    for passed_s in (0.0, EASE_S / 2, EASE_S):
        shown = motion.shown(analysis(frame(), [later]), 10.1 + passed_s)[0]
    assert np.allclose(shown.bars, later.smoothed) and not motion.moving(10.1 + EASE_S * 1.01)


def test_faces_keep_small_numbers_that_are_given_again() -> None:
    motion = Motion()
    both = [track(17), track(42)]
    assert [face.number for face in motion.shown(analysis(frame(), both), 1.0)] == [1, 2]
    assert [face.number for face in motion.shown(analysis(frame(), both[1:]), 1.1)] == [2]
    three = motion.shown(analysis(frame(), [track(99), both[1]]), 1.2)
    assert [(face.number, face.track_id) for face in three] == [(1, 99), (2, 42)]
    assert motion.shown(None, 1.3) == ()


def test_a_face_that_is_away_for_a_moment_keeps_its_number() -> None:
    motion, both = Motion(), [track(17), track(42)]
    motion.shown(analysis(frame(), both), 1.0)
    without = replace(analysis(frame(), [both[1], track(99)]), away=(17,))
    assert [(face.number, face.track_id) for face in motion.shown(without, 1.5)] == [(2, 42), (3, 99)]
    back = analysis(frame(), [*both, track(99)])
    assert [(face.number, face.track_id) for face in motion.shown(back, 2.5)] == [(1, 17), (2, 42), (3, 99)]
    motion.shown(analysis(frame(), [both[1]]), 3.0)
    assert [face.number for face in motion.shown(analysis(frame(), [track(100), both[1]]), 3.5)] == [1, 2]


def test_a_face_is_painted_where_it_is_shown_not_where_it_was_found() -> None:
    steady = Box(203.0, 121.0, 158.0, 199.0)
    moved = replace(track(), steady=steady, own_neutral=True)
    for shown in (Motion().shown(analysis(frame(), [moved]), 0.0)[0], still(analysis(frame(), [moved]))[0]):
        assert shown.box == steady and shown.face.box == moved.face.box
    assert Motion().shown(analysis(frame(), [moved]), 0.0)[0].own_neutral
