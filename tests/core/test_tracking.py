from __future__ import annotations

import numpy as np
import pytest
from core_values import face
from fed_tracker import FPS, Sadder, feed, look_away, settle

from fer_desktop.core.tracking import (
    COAST_S,
    CONFIRM_SCORE,
    CONFIRM_SIGHTINGS,
    FORGET_S,
    KNOWN_S,
    LONGEST_STEP_S,
    Tracker,
)
from fer_desktop.core.types import Face


def test_a_face_is_shown_once_it_was_seen_a_few_times() -> None:
    tracker = Tracker()
    for index in range(CONFIRM_SIGHTINGS - 1):
        assert feed(tracker, [face(10, 10, 50)], index / FPS) == ()
    (track,) = feed(tracker, [face(10, 10, 50)], CONFIRM_SIGHTINGS / FPS)
    assert track.label == "happy"


def test_a_detection_that_flickers_is_never_shown(rng: np.random.Generator) -> None:
    """Now here, now there, never twice within reach of one place."""
    tracker = Tracker()
    for index, place in enumerate(rng.permutation(60)):
        assert feed(tracker, [face(200 * (place % 10), 200 * (place // 10), 40)], index / FPS) == ()


def test_what_the_detector_is_never_sure_of_is_never_shown() -> None:
    tracker = Tracker()
    for index in range(60):
        assert feed(tracker, [face(10, 10, 50, score=CONFIRM_SCORE - 0.05)], index / FPS) == ()
    assert len(feed(tracker, [face(10, 10, 50, score=CONFIRM_SCORE)], 2.0)) == 1
    assert len(feed(tracker, [face(10, 10, 50, score=0.3)], 2.1)) == 1, "a face once sure of keeps its place"


def test_ids_stay_while_two_faces_move() -> None:
    tracker = Tracker()
    tracks, _ = settle(tracker, [face(0, 0, 50), face(300, 0, 50)])
    ids = {track.face.box.x < 150: track.id for track in tracks}
    for index in range(30):
        moved = [face(300 - index * 3, index, 50), face(index * 3, index, 50)]
        tracks = feed(tracker, moved, (CONFIRM_SIGHTINGS + index) / FPS)
        assert len(tracks) == 2
    assert {track.id for track in tracks} == set(ids.values())
    left = min(tracks, key=lambda track: track.face.box.x)
    assert left.id == ids[True]


def test_a_face_missed_for_a_moment_is_still_shown_and_then_not() -> None:
    tracker = Tracker()
    (before,), at_s = settle(tracker, [face(10, 10, 50)])
    assert len(feed(tracker, [], at_s + COAST_S * 0.9)) == 1
    assert feed(tracker, [], at_s + COAST_S * 1.1) == ()
    (after,) = feed(tracker, [face(12, 10, 50)], at_s + KNOWN_S * 0.9)
    assert after.id == before.id, "it came back in time"


def test_a_face_that_comes_back_within_two_seconds_is_the_same_and_is_confirmed_again() -> None:
    tracker = Tracker()
    (before,), at_s = settle(tracker, [face(10, 10, 50)])
    at_s = look_away(tracker, at_s, FORGET_S * 0.9)
    for index in range(1, CONFIRM_SIGHTINGS):
        assert feed(tracker, [face(30, 10, 50)], at_s + index / FPS) == ()
        assert tracker.away == (before.id,)
    (after,) = feed(tracker, [face(30, 10, 50)], at_s + CONFIRM_SIGHTINGS / FPS, "sad")
    assert after.id == before.id and tracker.away == ()
    assert after.label == "happy", "what it shows since it is back"


def test_a_face_the_detector_doubts_since_it_went_further_away_comes_back() -> None:
    tracker = Tracker()
    (before,), at_s = settle(tracker, [face(10, 10, 50)])
    far = face(10, 10, 50, score=CONFIRM_SCORE - 0.1)
    at_s = look_away(tracker, at_s, KNOWN_S * 1.3)
    shown = [feed(tracker, [far], at_s + index / FPS) for index in range(1, 31)]
    assert [len(tracks) for tracks in shown[: CONFIRM_SIGHTINGS - 1]] == [0] * (CONFIRM_SIGHTINGS - 1)
    assert all(tracks and tracks[0].id == before.id for tracks in shown[CONFIRM_SIGHTINGS - 1 :])


def test_a_track_tells_whether_it_was_seen_in_this_frame() -> None:
    tracker = Tracker()
    (seen,), at_s = settle(tracker, [face(10, 10, 50)])
    (missed,) = feed(tracker, [], at_s + 1 / FPS)
    (again,) = feed(tracker, [face(10, 10, 50)], at_s + 2 / FPS)
    assert (seen.seen, missed.seen, again.seen) == (True, False, True)
    assert missed.face is seen.face and missed.prediction is seen.prediction


def test_ids_go_on_where_another_tracker_left_off() -> None:
    tracker = Tracker()
    tracker.number_from(8)
    (track,), at_s = settle(tracker, [face(10, 10, 50)])
    assert track.id == 8
    tracker.number_from(3)
    for index in range(1, CONFIRM_SIGHTINGS + 1):
        tracks = feed(tracker, [face(10, 10, 50), face(200, 10, 50)], at_s + index / FPS)
    assert [one.id for one in tracks] == [8, 9], "never back"


def test_a_face_gone_for_long_comes_back_as_another() -> None:
    tracker = Tracker()
    (track,), at_s = settle(tracker, [face(10, 10, 50)])
    look_away(tracker, at_s, FORGET_S * 0.9)
    assert tracker.away == (track.id,)
    at_s = look_away(tracker, at_s, FORGET_S * 1.1)
    assert tracker.away == ()
    for index in range(1, CONFIRM_SIGHTINGS + 1):
        tracks = feed(tracker, [face(10, 10, 50)], at_s + index / FPS)
    assert tracks[0].id != track.id


def test_who_appears_elsewhere_is_somebody_else() -> None:
    tracker = Tracker()
    (track,), at_s = settle(tracker, [face(10, 10, 50)])
    at_s = look_away(tracker, at_s, 0.5)
    for index in range(1, CONFIRM_SIGHTINGS + 1):
        tracks = feed(tracker, [face(110, 10, 50)], at_s + index / FPS)
    assert tracks[0].id != track.id
    (back,) = (one for one in feed(tracker, [face(10, 10, 50), face(110, 10, 50)], at_s + 0.1) if one.face.box.x < 50)
    assert back.id == track.id


@pytest.mark.parametrize(
    "pause_s", [LONGEST_STEP_S * 2, FORGET_S * 0.5, FORGET_S * 0.95, FORGET_S * 1.1, 3600.0, -50.0]
)
def test_a_pause_is_no_absence(pause_s: float) -> None:
    """Nobody looked: that the first frame after it has no face says little. A clock that goes back tells nothing."""
    tracker = Tracker()
    (before,), at_s = settle(tracker, [face(10, 10, 50)])
    tracker.set_baseline(before.id, Sadder())
    at_s += pause_s
    feed(tracker, [], at_s)
    assert tracker.known() == [before.face.box], "it is still looked for"
    at_s = look_away(tracker, at_s, 0.1)
    (after,) = feed(tracker, [face(20, 10, 50)], at_s + 1 / FPS)
    assert after.id == before.id and after.own_neutral, "at once, with all that is its own"
    at_s = look_away(tracker, at_s + 1 / FPS, FORGET_S * 1.1)
    assert feed(tracker, [face(20, 10, 50)], at_s + 1 / FPS) == (), "time goes on after it"


def test_the_detector_is_told_of_faces_it_missed_only_for_a_while() -> None:
    tracker = Tracker()
    _, at_s = settle(tracker, [face(10, 10, 50)])
    at_s = look_away(tracker, at_s, KNOWN_S * 0.9)
    assert tracker.known() == [face(10, 10, 50).box], "as it was found"
    look_away(tracker, at_s, KNOWN_S * 0.2)
    assert tracker.known() == []


def test_reset_forgets() -> None:
    tracker = Tracker()
    settle(tracker, [face(10, 10, 50)])
    tracker.reset()
    assert tracker.known() == []
    assert feed(tracker, [face(10, 10, 50)], 1.0) == ()


def test_a_face_too_small_is_shown_without_a_label() -> None:
    (track,), _ = settle(Tracker(), [face(10, 10, 15)])
    assert track.label is None
    assert track.reason == "too small"
    assert track.smoothed.sum() > 0.99


def test_another_model_begins_smoothing_anew_and_keeps_the_faces() -> None:
    tracker = Tracker()
    (before,), at_s = settle(tracker, [face(10, 10, 50)])
    (mixed,) = feed(tracker, [face(10, 10, 50)], at_s + 1 / FPS, "sad")
    assert mixed.label == "happy", "one frame does not change a settled label"
    tracker.restart_smoothing()
    (after,) = feed(tracker, [face(10, 10, 50)], at_s + 2 / FPS, "sad")
    assert after.id == before.id and after.label == "sad"
    assert np.array_equal(after.smoothed, after.prediction.probabilities)


def test_a_missed_face_is_not_shown_with_the_reading_of_a_model_that_is_gone() -> None:
    tracker = Tracker()
    (before,), at_s = settle(tracker, [face(10, 10, 50)])
    assert len(feed(tracker, [], at_s + COAST_S / 3)) == 1
    tracker.restart_smoothing()
    assert feed(tracker, [], at_s + COAST_S / 2) == ()
    (after,) = feed(tracker, [face(10, 10, 50)], at_s + COAST_S)
    assert after.id == before.id


def test_the_shown_box_is_steady_and_the_cut_one_is_the_detectors() -> None:
    rng = np.random.default_rng(0)
    found: list[Face] = []
    shown: list[tuple[float, float]] = []
    tracker = Tracker()
    for index in range(60):
        found.append(face(100 + rng.standard_normal(), 100 + rng.standard_normal(), 150))
        for track in feed(tracker, [found[-1]], index / FPS):
            assert track.face is found[-1]
            shown.append(track.shown_box.centre)
    assert tracker.known() == [found[-1].box]
    trembles = [np.abs(np.diff(centres[-40:], axis=0)).mean() for centres in ([one.box.centre for one in found], shown)]
    assert trembles[1] < 0.2 * trembles[0]


def test_a_missed_face_is_shown_where_it_is_expected() -> None:
    tracker = Tracker()
    for index in range(30):
        feed(tracker, [face(100 + 10 * index, 100, 100)], index / FPS)
    tracks = [feed(tracker, [], (30 + index) / FPS) for index in range(3)]
    for index, (track,) in enumerate(tracks):
        assert track.shown_box.centre[0] == pytest.approx(450 + 10 * index, abs=8)


def test_without_strength_each_frame_is_shown_as_it_is_read() -> None:
    tracker = Tracker(strength=0.0)
    settle(tracker, [face(10, 10, 50)])
    (track,) = feed(tracker, [face(14, 10, 50)], 3 / FPS, "sad")
    assert track.label == "sad" and track.shown_box == track.face.box
    assert np.array_equal(track.smoothed, track.prediction.probabilities)
    tracker.strength = 1.0
    (track,) = feed(tracker, [face(10, 10, 50)], 4 / FPS, "happy")
    assert track.label == "sad", "from one frame to the next"


def test_who_can_wait_is_given_faces_from_their_first_sighting() -> None:
    early, live = Tracker(early=True), Tracker()
    for index in range(CONFIRM_SIGHTINGS):
        assert early.confirmed == set()
        assert [track.id for track in feed(early, [face(10, 10, 50)], index / FPS)] == [1]
        known = [track.id for track in feed(live, [face(10, 10, 50)], index / FPS)]
    assert early.confirmed == set(known) == {1}
    assert not live.confirmed, "a live source may go on for weeks"
    early.reset()
    assert early.confirmed == set()
