from __future__ import annotations

import numpy as np
from core_values import face, prediction

from fer_desktop.core.tracking import COAST_S, CONFIRM_SCORE, CONFIRM_SIGHTINGS, FORGET_S, Tracker
from fer_desktop.core.types import Face, Track

FPS = 30


def feed(tracker: Tracker, faces: list[Face], at_s: float, label: str = "happy") -> tuple[Track, ...]:
    crops = np.zeros((len(faces), 48, 48), np.uint8)
    return tracker.update(faces, [prediction(label) for _ in faces], crops, at_s)


def settle(tracker: Tracker, faces: list[Face]) -> tuple[tuple[Track, ...], float]:
    for index in range(CONFIRM_SIGHTINGS):
        tracks = feed(tracker, faces, index / FPS)
    return tracks, (CONFIRM_SIGHTINGS - 1) / FPS


def test_a_face_is_shown_once_it_was_seen_a_few_times() -> None:
    tracker = Tracker()
    for index in range(CONFIRM_SIGHTINGS - 1):
        assert feed(tracker, [face(10, 10, 50)], index / FPS) == ()
    (track,) = feed(tracker, [face(10, 10, 50)], CONFIRM_SIGHTINGS / FPS)
    assert track.label == "happy"


def test_a_detection_that_flickers_is_never_shown(rng: np.random.Generator) -> None:
    tracker = Tracker()
    for index in range(60):
        x, y = rng.uniform(0, 2000, 2)
        assert feed(tracker, [face(x, y, 40)], index / FPS) == ()


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
    _, at_s = settle(tracker, [face(10, 10, 50)])
    assert len(feed(tracker, [], at_s + COAST_S * 0.9)) == 1
    assert feed(tracker, [], at_s + COAST_S * 1.1) == ()
    assert len(feed(tracker, [face(12, 10, 50)], at_s + FORGET_S * 0.9)) == 1, "it came back in time"


def test_a_face_gone_for_long_comes_back_as_another() -> None:
    tracker = Tracker()
    (track,), at_s = settle(tracker, [face(10, 10, 50)])
    feed(tracker, [], at_s + FORGET_S * 1.1)
    for index in range(CONFIRM_SIGHTINGS):
        tracks = feed(tracker, [face(10, 10, 50)], at_s + 2 + index / FPS)
    assert tracks[0].id != track.id


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


def test_who_can_wait_is_given_faces_from_their_first_sighting() -> None:
    early, live = Tracker(early=True), Tracker()
    for index in range(CONFIRM_SIGHTINGS):
        assert early.confirmed == live.confirmed == set()
        assert [track.id for track in feed(early, [face(10, 10, 50)], index / FPS)] == [1]
        known = [track.id for track in feed(live, [face(10, 10, 50)], index / FPS)]
    assert early.confirmed == live.confirmed == set(known) == {1}
    early.reset()
    assert early.confirmed == set()
