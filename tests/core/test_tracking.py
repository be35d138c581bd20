from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

import numpy as np
import pytest
from core_values import face, prediction, readable_crops
from moving_faces import Person, follow, looks, to_and_fro

from fer_desktop.core import emotions
from fer_desktop.core.tracking import COAST_S, CONFIRM_SCORE, CONFIRM_SIGHTINGS, FORGET_S, KNOWN_S, Tracker
from fer_desktop.core.types import Face, Prediction, Track

FPS = 30


def feed(tracker: Tracker, faces: list[Face], at_s: float, label: str = "happy") -> tuple[Track, ...]:
    crops = readable_crops(len(faces))
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


def look_away(tracker: Tracker, from_s: float, seconds: float) -> float:
    """Frames without a face; gives the time of the last."""
    for index in range(1, round(seconds * FPS) + 1):
        feed(tracker, [], from_s + index / FPS)
    return from_s + round(seconds * FPS) / FPS


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


@pytest.mark.parametrize("pause_s", [FORGET_S * 1.1, 3600.0, -50.0])
def test_a_pause_is_no_absence(pause_s: float) -> None:
    """Nobody looked; and a clock that goes back tells nothing either."""
    tracker = Tracker()
    (before,), at_s = settle(tracker, [face(10, 10, 50)])
    (after,) = feed(tracker, [face(20, 10, 50)], at_s + pause_s)
    assert after.id == before.id
    at_s = look_away(tracker, at_s + pause_s, FORGET_S * 1.1)
    assert feed(tracker, [face(20, 10, 50)], at_s + 1 / FPS) == (), "time goes on after it"


@pytest.mark.parametrize("fps", [1.0, 5.0, 15.0, 60.0, 240.0])
def test_a_face_is_followed_at_any_rate(fps: float) -> None:
    followed = follow(
        Tracker(), looks([Person(to_and_fro((100, 100), (300, 120), 8.0), 90)], 20, fps, np.random.default_rng(0))
    )
    assert followed.ids == {0: {1}}
    assert followed.shown[0] >= 20 * fps - CONFIRM_SIGHTINGS


def test_frames_that_come_irregularly_change_nothing() -> None:
    rng = np.random.default_rng(0)
    frames = list(looks([Person(to_and_fro((100, 100), (500, 120), 2.0), 90)], 20, 60, rng))
    kept = np.cumsum(rng.integers(1, 12, len(frames)))
    followed = follow(Tracker(), (frames[index] for index in kept[kept < len(frames)]))
    assert followed.ids == {0: {1}}


def test_the_detector_is_told_of_faces_it_missed_only_for_a_while() -> None:
    tracker = Tracker()
    _, at_s = settle(tracker, [face(10, 10, 50)])
    feed(tracker, [], at_s + KNOWN_S * 0.9)
    assert tracker.known() == [face(10, 10, 50).box], "as it was found"
    feed(tracker, [], at_s + KNOWN_S * 1.1)
    assert tracker.known() == []


def crossing(seed: int) -> None:
    """Two who walk through one another ten times, at speeds, angles, distances, sizes and rates as `seed` has it.

    Their faces pass at 0.8 to 4.5 widths a second, and the detector misses each about once a second for one to five
    frames, besides all that is hidden.
    """
    rng = np.random.default_rng(seed)
    side, ratio = rng.uniform(50, 160), np.exp(rng.uniform(-0.3, 0.3))
    span, angle, lift = rng.uniform(3, 6) * side, rng.uniform(-0.5, 0.5), rng.uniform(-0.6, 0.6) * side
    seconds = 2 * span / side / rng.uniform(0.8, 4.5)
    fps = float(rng.choice([15, 24, 30, 60]))
    half, middle = np.array([np.cos(angle), np.sin(angle)]) * span / 2, np.array([900.0, 500.0])
    above = np.array([0.0, lift])
    one = Person(to_and_fro(tuple(middle - half), tuple(middle + half), seconds), side, rng.choice([-1, 1]))
    other = Person(to_and_fro(tuple(middle + half + above), tuple(middle - half + above), seconds), side * ratio)
    followed = follow(Tracker(), looks([one, other], seconds * 10, fps, rng, misses_a_second=1.0))
    assert all(len(people) == 1 for people in followed.people.values()), f"seed {seed}: swapped, {followed.people}"
    assert all(len(ids) == 1 for ids in followed.ids.values()), f"seed {seed}: lost, {followed.ids}"
    assert sorted(followed.ids) == [0, 1]


@pytest.mark.parametrize("seed", range(16))
def test_two_who_cross_ten_times_keep_their_ids(seed: int) -> None:
    crossing(seed)


@pytest.mark.parametrize("seed", range(8))
def test_who_leaves_at_the_edge_and_returns_is_the_same(seed: int) -> None:
    """Ten times, unseen for up to 1.9 s with the detector's misses, while another stays in view."""
    rng = np.random.default_rng(seed)
    side, fps = rng.uniform(60, 160), float(rng.choice([15, 30, 60]))
    away_s, leaving_s = rng.uniform(0.2, 0.9), rng.uniform(0.2, 0.6)
    round_s = 1.5 + away_s + 2 * leaving_s

    def way(at_s: float) -> tuple[float, float]:
        turn = at_s % round_s
        out = min(1.0, max(0.0, turn - 1.5) / leaving_s, (round_s - turn) / leaving_s)
        return side * (0.9 - 1.6 * out), 300.0

    stays = Person(lambda at_s: (side * 4 + 10 * np.sin(at_s), 300.0), side)
    followed = follow(Tracker(), looks([Person(way, side), stays], round_s * 10, fps, rng, misses_a_second=0.5))
    assert [len(ids) for ids in followed.ids.values()] == [1, 1]
    assert followed.ids[0] != followed.ids[1]


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


def test_a_baseline_is_taken_out_of_what_is_shown_and_undone() -> None:
    class AlwaysSad:
        def apply(self, read: Prediction) -> Prediction:
            return prediction("neutral")

    tracker = Tracker()
    (track,), at_s = settle(tracker, [face(10, 10, 50)])
    baseline = AlwaysSad()
    tracker.set_baseline(track.id, baseline)
    assert tracker.baseline(track.id) is baseline
    (track,) = feed(tracker, [face(10, 10, 50)], at_s + 1 / FPS, "sad")
    assert track.label == "neutral", "at once"
    assert track.prediction.probabilities.argmax() == prediction("sad").probabilities.argmax(), "as it was read"
    tracker.set_baseline(track.id, None)
    (track,) = feed(tracker, [face(10, 10, 50)], at_s + 2 / FPS, "sad")
    assert track.label == "sad"


@pytest.mark.parametrize("forget", [Tracker.reset, Tracker.restart_smoothing, lambda one: look_away(one, 1.0, 3.0)])
def test_a_baseline_goes_with_its_track_and_its_model(forget: Callable[[Tracker], object]) -> None:
    class Nothing:
        def apply(self, read: Prediction) -> Prediction:
            return read

    tracker = Tracker()
    (track,), _ = settle(tracker, [face(10, 10, 50)])
    tracker.set_baseline(track.id, Nothing())
    forget(tracker)
    assert tracker.baseline(track.id) is None


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


class Sadder:
    """Somebody's resting face: half of what is read as sad is taken for neutral."""

    def apply(self, read: Prediction) -> Prediction:
        values, sad = read.probabilities.copy(), emotions.NAMES.index("sad")
        values[emotions.NAMES.index("neutral")] += values[sad] / 2
        values[sad] /= 2
        return Prediction(values, np.log(np.maximum(values, 1e-9)))


def test_readings_history_and_baseline_of_one_face_are_its_own(rng: np.random.Generator) -> None:
    """Three faces in one picture are shown as each is alone, to the last bit; one of them has a baseline."""
    frames, places = 90, [face(10, 10, 50), face(200, 10, 60), face(400, 10, 70)]
    reads = rng.dirichlet(np.full(7, 0.5), (frames, 3)).astype(np.float32)
    together, alone = Tracker(), [Tracker() for _ in places]
    for index in range(frames):
        found = [face(*(np.array([one.box.x, one.box.y]) + rng.normal(0, 0.5, 2)), one.box.width) for one in places]
        read = [Prediction(values.copy(), np.log(np.maximum(values, 1e-9))) for values in reads[index]]
        crops, order = readable_crops(3), rng.permutation(3)
        tracks = together.update(
            [found[at] for at in order], [read[at] for at in order], crops[order], index / FPS, (640, 360)
        )
        single = [
            one.update([found[at]], [read[at]], crops[at : at + 1], index / FPS, (640, 360))
            for at, one in enumerate(alone)
        ]
        for own in (track for tracks_of_one in single for track in tracks_of_one):
            (same,) = (track for track in tracks if track.face is own.face)
            assert np.array_equal(same.smoothed, own.smoothed)
            assert (same.label, same.reason, same.shown_box) == (own.label, own.reason, own.shown_box)
            assert same.own_neutral == own.own_neutral == (index > 30 and own.face is found[1])
        if index == 30:
            (whose,) = (track.id for track in tracks if track.face is found[1])
            together.set_baseline(whose, Sadder())
            alone[1].set_baseline(1, Sadder())
    assert len(tracks) == 3


def test_nothing_of_a_face_that_has_gone_is_kept() -> None:
    tracker = Tracker()
    tracks, at_s = settle(tracker, [face(10, 10, 50)])
    tracker.set_baseline(tracks[0].id, Sadder())
    number, crop = tracks[0].id, weakref.ref(tracks[0].crop.base)
    assert crop() is not None
    del tracks
    look_away(tracker, at_s, FORGET_S * 1.1)
    gc.collect()
    assert crop() is None and tracker.baseline(number) is None and tracker.known() == []
    tracker.set_baseline(number, Sadder())
    assert tracker.baseline(number) is None, "of who is gone nothing is taken up again"
