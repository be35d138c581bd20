"""Readings in columns give back what went in, and what a person edited is as a plain list of faces would have it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fer_desktop.core.types import Box, Track
from fer_desktop.offline.edits import Edits
from fer_desktop.offline.readings import ROW, Readings
from fer_desktop.offline.video import FrameResult
from tests.readings import BEGINNING, filled, random_results, result, track


def told(one: Track) -> tuple[object, ...]:
    """All of a track but its crop and its logits."""
    return (
        one.id,
        one.face.box,
        one.face.score,
        one.face.keypoints.tolist(),
        one.prediction.probabilities.tolist(),
        one.smoothed.tolist(),
        one.label,
        one.reason,
    )


def by_frame(results: list[FrameResult]) -> list[tuple[object, ...]]:
    return [
        (
            one.index,
            one.time_s,
            one.error,
            {track.id: told(track) for track in (one.analysis.tracks if one.analysis else ())},
        )
        for one in results
    ]


def test_what_went_in_comes_out(rng: np.random.Generator) -> None:
    results = random_results(rng)
    readings = filled(results)
    assert readings.count == len(results)
    assert by_frame(list(readings.results(readings.faces(Edits())))) == by_frame(results)


def test_where_a_face_is_painted_is_kept_beside_where_it_was_found() -> None:
    steady = Box(7.25, 5.5, 48.0, 60.5)
    readings = filled([result(0, 0.0, replace(track(1), steady=steady), track(2))])
    back, plain = readings.faces(Edits())
    one = readings.track(back, 0)
    assert one.shown_box == steady and one.face.box == track(1).face.box
    assert readings.track(plain, 0).shown_box.x == pytest.approx(track(2).face.box.x)


def test_edited_faces_are_those_of_a_plain_list(rng: np.random.Generator) -> None:
    """Merged, named and taken out at random, against sums over a list of tracks a picture."""
    for _ in range(8):
        results = random_results(rng, count=150, faces=6)
        readings = filled(results)
        edits = Edits()
        groups = {
            number: (number,) for number in {t.id for one in results if one.analysis for t in one.analysis.tracks}
        }
        for _ in range(4):
            ids = sorted(groups)
            if len(ids) > 2 and rng.random() < 0.6:
                first, second = (int(one) for one in rng.choice(ids, 2, replace=False))
                edits = edits.with_merged([first, second])
                groups[first] = groups[first] + groups.pop(second)
            elif len(ids) > 1:
                gone = int(rng.choice(ids))
                edits = edits.without([gone])
                del groups[gone]
        faces = readings.faces(edits)
        assert {face.id: face.tracks for face in faces} == groups
        wanted = []
        for one in results:
            tracks = {} if one.analysis is None else {track.id: track for track in one.analysis.tracks}
            kept = {}
            for face, group in groups.items():
                winner = next((tracks[number] for number in group if number in tracks), None)
                if winner is not None:
                    kept[face] = (face, *told(winner)[1:])
            wanted.append((one.index, one.time_s, one.error, kept))
        assert by_frame(list(readings.results(faces))) == wanted


def test_names() -> None:
    edits = Edits().with_name(2, "Ada").with_name(3, "Bert")
    merged = edits.with_merged([1, 2])
    assert merged.name(merged.tracks(1)) == "Ada"
    assert merged.with_name(1, "Eve").name((1, 2)) == "Eve"
    assert merged.with_name(1, "").name((1, 2)) == ""
    assert merged.name((3,)) == "Bert"
    assert edits.name((2,)) == "Ada", "the value before is as it was"


def test_merging_a_merged_face_keeps_all_its_tracks() -> None:
    edits = Edits().with_merged([2, 1]).with_merged([3, 2])
    assert edits.merged == ((3, 2, 1),)
    assert edits.without([3]).grouped([1, 2, 3, 4]) == [(4,)]


def test_what_was_given_out_does_not_change_when_more_comes() -> None:
    """A file is written on a thread while the page goes on."""
    readings = Readings(BEGINNING)
    for index in range(200):
        readings.add(result(index, index / 25, track(1)))
    face, times = readings.faces(Edits())[0], readings.times
    frames, rows = face.frames.copy(), face.rows.copy()
    for index in range(200, 2000):
        readings.add(result(index, index / 25, track(1, "sad", x=99.0)))
    assert len(times) == 200
    assert np.array_equal(face.frames, frames)
    assert np.array_equal(face.rows, rows)
    assert len(readings.faces(Edits())[0].frames) == 2000


def test_two_faces_of_forty_minutes_fit() -> None:
    assert 2 * 40 * 60 * 30 * (ROW.itemsize + 4) < 40e6


def test_where_a_time_is() -> None:
    readings = filled([result(number, at_s) for number, at_s in enumerate((0.0, 0.1, 0.5, 0.6))])
    assert [readings.frame_at(at_s) for at_s in (-1, 0, 0.09, 0.1, 0.49, 0.5, 9)] == [0, 0, 0, 1, 1, 2, 3]
    assert readings.until_s == 0.7
    assert np.allclose(readings.ends(), [0.1, 0.5, 0.6, 0.7])
