"""A lane's columns and runs against sums over every picture, and the moments by their rules."""

from __future__ import annotations

import numpy as np
import pytest

from fer_desktop.core import emotions
from fer_desktop.core.band import ABSENT, NO_LABEL
from fer_desktop.offline.edits import Edits
from fer_desktop.offline.lanes import Lane
from fer_desktop.offline.moments import changes, marker, moments, peaks
from fer_desktop.offline.video_summary import Story
from tests.readings import filled, random_results, result, track


def lanes_of(results: list) -> list[Lane]:
    readings = filled(results)
    return [Lane(readings, face) for face in readings.faces(Edits())]


def labelled(spans: list[tuple[str | None, float, float]], fps: int = 20) -> Lane:
    """One face with each label for so many seconds, so sure of it; `None`: no label; "": not there."""
    results = []
    for label, seconds, sure in spans:
        for _ in range(round(seconds * fps)):
            tracks = [] if label == "" else [track(1, label, sure)]
            results.append(result(len(results), len(results) / fps, *tracks))
    return lanes_of(results)[0]


def test_columns_at_any_zoom(rng: np.random.Generator) -> None:
    results = random_results(rng)
    readings = filled(results)
    ends = readings.ends()
    for lane in lanes_of(results):
        for columns in (1, 7, 50, 900):
            from_s = float(rng.uniform(0, readings.until_s / 2))
            edges = np.linspace(from_s, from_s + float(rng.uniform(0.3, readings.until_s)), columns + 1)
            codes, sure = lane.columns(edges)
            for number in range(columns):
                spent = np.zeros(emotions.COUNT + 1)
                sums = np.zeros(emotions.COUNT)
                for one in results:
                    seconds = min(ends[one.index], edges[number + 1]) - max(one.time_s, edges[number])
                    if seconds <= 0:
                        continue
                    for face in one.analysis.tracks if one.analysis else ():
                        if face.id == lane.face.id:
                            label = emotions.COUNT if face.label is None else emotions.NAMES.index(face.label)
                            spent[label] += seconds
                            sums += face.smoothed * seconds
                if spent.sum() < 1e-6:
                    assert codes[number] == ABSENT or spent.any()
                    continue
                label = emotions.COUNT if codes[number] == NO_LABEL else int(codes[number])
                assert spent[label] == pytest.approx(spent.max(), abs=1e-6), "as long as any other, or longer"
                mean = sums / spent.sum()
                assert sure[number] == pytest.approx(mean.max() if label == emotions.COUNT else mean[label], abs=1e-3)


def test_seconds_and_changes_are_those_of_the_summary(rng: np.random.Generator) -> None:
    results = random_results(rng, count=800)
    story = Story()
    for one in results:
        story.add(one)
    story.end()
    found = []
    for lane in lanes_of(results):
        assert lane.seconds == pytest.approx(story.faces[lane.face.id].labels)
        found += [(one.at_s, one.face, one.before, one.emotion) for one in changes(lane)]
    wanted = [(change.at_s, change.track, change.before, change.after) for change in story.changes]
    assert sorted(found, key=str) == sorted(wanted, key=str)
    assert wanted, "the seed makes some"


def test_runs(rng: np.random.Generator) -> None:
    for lane in lanes_of(random_results(rng)):
        runs = lane.runs()
        assert [row for run in runs for row in range(run.first, run.last)] == list(range(len(lane.labels)))
        for run in runs:
            assert set(lane.labels[run.first : run.last].tolist()) == {run.label}
            assert (run.reason is None) == (run.label != NO_LABEL)
            assert np.array_equal(np.diff(lane.face.frames[run.first : run.last]), np.ones(run.last - run.first - 1))


def test_a_label_counts_when_it_stands_for_half_a_second() -> None:
    lane = labelled([("sad", 2, 0.9), ("fear", 0.4, 0.9), ("sad", 1, 0.9), ("happy", 0.6, 0.9)])
    assert [(one.before, one.emotion, round(one.at_s, 2)) for one in changes(lane)] == [
        (None, "sad", 0.0),
        ("sad", "happy", 3.4),
    ]


def test_an_emotion_peaks_once_between_rising_and_falling() -> None:
    sad = [("sad", 1, sure) for sure in (0.7, 0.9, 0.5, 0.8, 0.35, 0.65)]
    lane = labelled([*sad, ("happy", 0.3, 0.99), (None, 1, 0.95), ("", 1, 0), ("surprise", 1, 0.62)])
    assert [
        (one.emotion, round(one.at_s, 2), round(one.confidence or 0, 2)) for one in moments([lane]) if one.confidence
    ] == [
        ("sad", 1.0, 0.9),
        ("sad", 5.0, 0.65),
        ("surprise", 8.3, 0.62),
    ]
    assert all(lane.starts[np.searchsorted(lane.face.frames, one.frame)] == one.at_s for one in peaks(lane))


def test_moments_come_in_the_order_of_time() -> None:
    results = [
        result(
            number, number / 20, track(1, "sad" if number < 40 else "happy"), track(2, "fear" if number < 20 else "sad")
        )
        for number in range(80)
    ]
    found = [one for one in moments(lanes_of(results)) if one.confidence is None]
    assert [(one.face, one.emotion, one.frame) for one in found] == [
        (1, "sad", 0),
        (2, "fear", 0),
        (2, "sad", 20),
        (1, "happy", 40),
    ]


def test_a_reason_is_told_where_there_is_no_label() -> None:
    lane = labelled([("sad", 1, 0.9), (None, 1, 0.5), ("", 1, 0), ("sad", 1, 0.9)])
    assert [lane.reason_at(at_s) for at_s in (0.5, 1.5, 2.5, 3.5, 99)] == [None, "too small", None, None, None]
    assert lane.unlabelled_s == pytest.approx(1)


def test_a_face_that_is_nowhere_has_an_empty_lane() -> None:
    lane = labelled([("sad", 1, 0.9)])
    codes, _ = lane.columns(np.linspace(5, 6, 10))
    assert set(codes.tolist()) == {ABSENT}
    assert np.isnan(lane.curves(np.linspace(5, 6, 10))).all()


def test_markers_stand_among_the_moments_in_the_order_of_time() -> None:
    lane = labelled([("happy", 1.0, 0.8), ("sad", 1.0, 0.8)])
    mark = marker(0.5, 10, "laughs")
    found = moments([lane], [mark])
    assert [one.at_s for one in found] == sorted(one.at_s for one in found)
    assert mark in found and [one for one in found if one is not mark] == moments([lane])
