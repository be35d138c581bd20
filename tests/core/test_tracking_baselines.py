"""Whose resting face is taken out of what is shown, and that nothing is kept of who has gone."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

import numpy as np
import pytest
from core_values import face, prediction, readable_crops
from fed_tracker import FPS, Sadder, feed, look_away, settle

from fer_desktop.core.tracking import CONFIRM_SIGHTINGS, FORGET_S, KNOWN_S, Tracker
from fer_desktop.core.types import Face, Prediction, Track


def test_a_baseline_is_taken_out_of_what_is_shown_and_undone() -> None:
    class AlwaysSad:
        def apply(self, read: Prediction) -> Prediction:
            return prediction("neutral")

    tracker = Tracker()
    (track,), at_s = settle(tracker, [face(10, 10, 50)])
    baseline = AlwaysSad()
    tracker.set_baseline(track.id, baseline)
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
    (before,) = feed(tracker, [face(10, 10, 50)], 0.9)
    forget(tracker)
    tracks = [feed(tracker, [face(10, 10, 50)], 5 + index / FPS) for index in range(CONFIRM_SIGHTINGS)]
    assert before.own_neutral and tracks[-1] and not tracks[-1][0].own_neutral


@pytest.mark.parametrize("away_s", [KNOWN_S * 0.7, KNOWN_S * 1.3, FORGET_S * 0.8])
@pytest.mark.parametrize("out", [(-8.0, 100.0), (562.0, 100.0), (300.0, -8.0), (300.0, 302.0), (300.0, 100.0)])
def test_who_comes_in_at_the_edge_where_another_went_out_has_no_resting_face_of_theirs(
    out: tuple[float, float], away_s: float
) -> None:
    """Who is back at once, or was unseen in the middle, is the same."""
    tracker, at_s = Tracker(), 0.0

    def look(*faces: Face) -> tuple[Track, ...]:
        nonlocal at_s
        at_s += 1 / FPS
        crops = readable_crops(len(faces))
        return tracker.update(faces, [prediction("sad") for _ in faces], crops, at_s, (640, 360))

    inside = face(min(max(out[0], 100.0), 460.0), min(max(out[1], 60.0), 240.0), 80)
    for index in range(31):
        part = index / 30
        at = [float(now + part * (then - now)) for now, then in zip((inside.box.x, inside.box.y), out, strict=True)]
        tracks = look(face(at[0], at[1], 80))
        if index == CONFIRM_SIGHTINGS:
            tracker.set_baseline(tracks[0].id, Sadder())
    (before,) = tracks
    assert before.own_neutral
    for _ in range(round(away_s * FPS)):
        look()
    for _ in range(CONFIRM_SIGHTINGS):
        tracks = look(face(out[0], out[1], 80))
    (after,) = tracks
    assert after.id == before.id
    assert after.own_neutral == (away_s < KNOWN_S or out == (300.0, 100.0))


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
    baseline = Sadder()
    tracker.set_baseline(tracks[0].id, baseline)
    number, crop, resting = tracks[0].id, weakref.ref(tracks[0].crop.base), weakref.ref(baseline)
    del baseline
    assert crop() is not None and resting() is not None
    del tracks
    look_away(tracker, at_s, FORGET_S * 1.1)
    gc.collect()
    assert crop() is None and tracker.known() == []
    assert resting() is None, "nor what the resting face was like"
    baseline = Sadder()
    resting = weakref.ref(baseline)
    tracker.set_baseline(number, baseline)
    del baseline
    assert resting() is None, "of who is gone nothing is taken up again"
