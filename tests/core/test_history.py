"""What is kept of the last minutes: thinned by time, cut where a face was away, bounded, and told again as it was."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from fer_desktop.core import emotions, marks
from fer_desktop.core.band import ABSENT, NO_LABEL, Band, whole_percents
from fer_desktop.core.history import KEPT_S, History
from fer_desktop.core.history_rows import MOST_ROWS
from fer_desktop.core.marks import MARKER, MODEL, NEUTRAL, SOURCE, Mark
from fer_desktop.core.types import Analysis, Box, Face, Prediction, Track

HAPPY, SAD = emotions.NAMES.index("happy"), emotions.NAMES.index("sad")
START_S = 5000.0


def track(
    number: int, label: str | None = "happy", sure: float = 0.8, reason: str = "too dark", own: bool = False
) -> Track:
    values = np.full(emotions.COUNT, (1 - sure) / 6, np.float32)
    values[emotions.NAMES.index(label or "neutral")] = sure
    face = Face(Box(10.25 * number + 1, 20, 80, 90), 0.9, np.zeros((6, 2), np.float32))
    crop = np.zeros((48, 48), np.uint8)
    read = Prediction(values[::-1].copy(), np.log(values[::-1]))
    return Track(number, face, read, values, label, None if label else reason, crop, own_neutral=own)


def analysis(at_s: float, *tracks: Track, model: str = "one") -> Analysis:
    return Analysis(round(at_s * 60), START_S + at_s, (640, 480), tracks, model)


def filled(fps: float, seconds: float, tracks_at: object, history: History | None = None) -> History:
    history = History() if history is None else history
    for number in range(round(fps * seconds)):
        history.add(analysis(number / fps, *tracks_at(number / fps)), "Camera")  # type: ignore[operator]
    return history


def used(history: History, kind: str, at_s: float) -> str:
    (name,) = history.marks.in_use(kind, [at_s])
    return name


def seconds(history: History, number: int, from_s: float = 0.0, to_s: float = KEPT_S) -> dict[str, float]:
    return history.band(number, START_S + from_s, START_S + to_s).seconds


def test_fifteen_and_sixty_a_second_are_kept_alike() -> None:
    def moving(at_s: float) -> tuple[Track, ...]:
        return (track(1, "happy" if at_s % 4 < 2.5 else "sad", 0.6 + 0.3 * np.sin(at_s)),)

    slow, fast = filled(15, 40, moving), filled(60, 40, moving)
    for history in (slow, fast):
        assert 400 <= len(history.rows) <= 400 + 20, "ten a second, and the changes of label"
    edges = START_S + np.arange(1, 39.5, 0.25)
    of_slow, of_fast = (one.band(1, START_S, START_S + 40).curves(edges) for one in (slow, fast))
    middles = (edges[1:] + edges[:-1]) / 2 - START_S
    turns = np.abs(middles[:, np.newaxis] - [4 * turn + after for turn in range(11) for after in (0, 2.5)]).min(1) < 0.4
    np.testing.assert_allclose(of_slow[~turns], of_fast[~turns], atol=0.02)
    for name, spent_s in seconds(fast, 1).items():
        assert seconds(slow, 1)[name] == pytest.approx(spent_s, abs=10 / 15), "a change is seen a picture later"
    assert seconds(fast, 1)["happy"] == pytest.approx(25, abs=0.2)


def test_every_change_of_label_is_kept_at_its_time() -> None:
    changes = (0.0, 0.41, 0.43, 0.97)
    history = filled(100, 2, lambda at_s: (track(1, ("happy", "sad")[sum(at_s >= one for one in changes) % 2]),))
    times = [round(one.from_s - START_S, 3) for one in history.stretches(1, START_S, START_S + 2)]
    assert times == pytest.approx(list(changes), abs=1e-6)


def test_two_faces_and_where_one_was_away() -> None:
    history = filled(30, 10, lambda at_s: (track(1), track(2, "sad")) if not 4 <= at_s < 6 else (track(2, "sad"),))
    one, other = history.seen(START_S, START_S + 10)
    assert (one.track, other.track) == (1, 2)
    assert [(round(each.from_s - START_S, 2), round(each.to_s - START_S, 2)) for each in gaps_of(history, 1)] == [
        (0.0, 4.0),
        (6.0, 9.97),
    ]
    assert len(gaps_of(history, 2)) == 1 and set(other.band.seconds) == {"sad"}
    edges = START_S + np.arange(0, 10, 0.5)
    values = one.band.curves(edges)
    away = np.isnan(values).all(axis=1)
    assert [float(edge - START_S) for edge in edges[:-1][away]] == [4.0, 4.5, 5.0, 5.5]
    assert not history.band(1, START_S + 4.2, START_S + 5.8).seconds
    assert [face.track for face in history.seen(START_S + 4.2, START_S + 5.8)] == [2]
    assert history.reading(1, START_S + 5) is None and history.reading(1, START_S + 7) is not None


def gaps_of(history: History, number: int) -> list:
    return history.stretches(number, START_S, START_S + KEPT_S)


def test_what_has_no_label_is_kept_with_its_reason() -> None:
    history = filled(30, 4, lambda at_s: (track(1, None if 1 <= at_s < 3 else "happy"),))
    band = history.band(1, START_S, START_S + 4)
    assert band.unlabelled_s == pytest.approx(2, abs=0.04) and band.seconds["happy"] == pytest.approx(2, abs=0.08)
    read = history.reading(1, START_S + 2)
    assert read is not None and read.label is None and read.reason == "too dark"
    assert [one.label for one in gaps_of(history, 1)] == [HAPPY, NO_LABEL, HAPPY]


def test_a_pause_and_a_stall_are_gaps() -> None:
    history = filled(30, 3, lambda _: (track(1),))
    for number in range(90):
        history.add(analysis(60 + number / 30, track(1)), "Camera")
    first, second = gaps_of(history, 1)
    assert first.to_s - START_S == pytest.approx(3, abs=0.05) and second.from_s - START_S == pytest.approx(60)
    assert seconds(history, 1)["happy"] == pytest.approx(6, abs=0.1)


def test_two_models_and_two_sources_are_told_apart() -> None:
    history = filled(20, 2, lambda _: (track(1),))
    for number in range(40, 80):
        history.add(analysis(number / 20, track(1), model="two"), "Camera")
    for number in range(80, 120):
        history.add(analysis(number / 20, track(1), model="two"), "film.mp4")
    assert history.marks.between(START_S, START_S + 10) == [
        Mark(START_S + 2, MODEL, "two"),
        Mark(START_S + 4, SOURCE, "film.mp4"),
    ]
    assert len(gaps_of(history, 1)) == 3, "the line is broken where what was read is another's"
    for at_s, model, source in ((1, "one", "Camera"), (3, "two", "Camera"), (5, "two", "film.mp4")):
        assert (used(history, MODEL, START_S + at_s), used(history, SOURCE, START_S + at_s)) == (
            model,
            source,
        )


def test_markers_and_the_own_neutral_are_marks() -> None:
    history = filled(20, 3, lambda at_s: (track(1, own=1 <= at_s < 2),))
    history.mark("Marker 1")
    kinds = [(mark.kind, mark.text, mark.track) for mark in history.marks.between(START_S, START_S + 3)]
    assert kinds == [(NEUTRAL, "on", 1), (NEUTRAL, "", 1), (MARKER, "Marker 1", -1)]
    read = history.reading(1, START_S + 1.5)
    assert read is not None and read.own_neutral


def test_a_row_is_the_reading_it_was() -> None:
    history, read = History(), track(3, "fear", 0.7)
    history.add(analysis(0, read), "Camera", {3: 2})
    back = history.track(history.rows[0])
    assert (back.id, back.label, back.reason, back.face.box) == (3, "fear", None, read.face.box)
    np.testing.assert_array_equal(back.smoothed, read.smoothed)
    np.testing.assert_array_equal(back.prediction.probabilities, read.prediction.probabilities)
    assert history.rows["number"].tolist() == [2]


def test_the_same_picture_again_changes_nothing() -> None:
    history = filled(30, 1, lambda _: (track(1),))
    before = history.rows.copy()
    history.add(analysis(29 / 30, track(1, "sad")), "Camera")
    history.add(analysis(0.2), "Camera")
    assert np.array_equal(history.rows, before) and set(seconds(history, 1)) == {"happy"}


def test_it_is_bounded_in_time_and_memory() -> None:
    history = History()
    faces = [track(number) for number in range(1, 9)]
    for number in range(15 * 700):
        history.add(analysis(number / 15, *faces), "Camera")
    assert history.until_s - KEPT_S <= history.from_s <= history.until_s - KEPT_S + 0.2
    assert len(history.rows) == pytest.approx(48_000, rel=0.01) and history.nbytes <= 5.4e6
    assert np.all(np.diff(history.rows["time"]) >= 0)
    spent = history.band(8, history.from_s, history.until_s).seconds["happy"]
    assert spent == pytest.approx(KEPT_S, abs=0.3)


def test_labels_that_never_rest_keep_it_bounded() -> None:
    history = History()
    names = itertools.cycle(("happy", "sad"))
    for number in range(60 * 150):
        name = next(names)
        history.add(analysis(number / 60, *(track(one, name) for one in range(8))), "Camera")
        if number % 9 == 0:
            history.mark("again")
    assert len(history.rows) <= MOST_ROWS and history.nbytes <= 5.4e6
    assert history.from_s > START_S + 5, "the oldest went"
    assert len(history.marks.between(0, START_S + 1e6)) == marks.MOST


def test_what_was_in_use_is_known_after_its_mark_is_forgotten() -> None:
    history = History()
    for at_s in np.arange(0, 1300, 0.5):
        model = "one" if at_s < 100 else "two"
        history.add(analysis(float(at_s), track(1), model=model), "Camera")
    assert history.marks.between(0, START_S + 1e6) == []
    assert used(history, MODEL, history.from_s) == "two" and used(history, SOURCE, history.from_s) == "Camera"


def test_cleared_it_is_empty_and_begins_anew() -> None:
    history = filled(30, 5, lambda _: (track(1),))
    history.clear()
    assert not len(history.rows) and history.seen(0, START_S + 1e6) == ()
    assert history.until_s == 0
    history.add(analysis(9, track(1)), "Camera")
    assert history.from_s == history.until_s == START_S + 9 and history.marks.between(0, START_S + 99) == []


def test_a_column_has_the_label_that_stood_longest_however_many_rows_another_has() -> None:
    many = [0.7 + number / 60 for number in range(18)]
    for starts, labels, wanted, sure in (
        ([0.0, 0.95], [SAD, HAPPY], SAD, 0.95 * 0.8 + 0.05 * 0.1),
        ([0.0, *many], [SAD, *[HAPPY] * 18], SAD, 0.7 * 0.8 + 0.3 * 0.1),
    ):
        smoothed = np.where(np.arange(emotions.COUNT) == np.array(labels)[:, np.newaxis], 0.8, 0.1).astype(np.float32)
        band = Band(np.array(starts), np.array([*starts[1:], 1.0]), np.array(labels, np.int8), smoothed)
        codes, found = band.columns(np.array([0.0, 1.0]))
        assert codes.tolist() == [wanted] and found[0] == pytest.approx(sure, abs=1e-5)
        assert band.curves(np.array([0.0, 1.0]))[0, wanted] == pytest.approx(sure, abs=1e-5)
        # Only what lies within the column counts, and nothing beyond its ends.
        assert band.columns(np.array([-2.0, -1.0, 0.1, 1.5, 2.0]))[0].tolist() == [ABSENT, SAD, SAD, ABSENT]


def test_columns_are_the_sums_over_time(rng: np.random.Generator) -> None:
    starts = np.sort(rng.uniform(0, 10, 40))
    ends = starts + np.append(np.diff(starts), 0.5) * rng.choice([0.4, 1.0], 40)
    labels = rng.integers(NO_LABEL, emotions.COUNT, 40).astype(np.int8)
    band = Band(starts, ends, labels, rng.dirichlet(np.ones(emotions.COUNT), 40).astype(np.float32))
    edges = np.linspace(-1, 12, 60)
    codes, _ = band.columns(edges)
    values = band.curves(edges)
    for number, code in enumerate(codes.tolist()):
        within = np.clip(np.minimum(ends, edges[number + 1]) - np.maximum(starts, edges[number]), 0, None)
        if within.sum() < 1e-6:
            assert code == ABSENT and np.isnan(values[number]).all()
            continue
        spent = {one: within[labels == one].sum() for one in set(labels.tolist())}
        assert spent[code] == pytest.approx(max(spent.values()), abs=1e-6)
        np.testing.assert_allclose(values[number], within @ band.smoothed / within.sum(), atol=1e-4)


def test_after_the_computer_slept_times_before_it_are_those_that_they_were() -> None:
    history = History()
    for number in range(100):
        ahead_s = 1e9 if number < 50 else 1e9 + 3600
        history.add(analysis(number / 10, track(1)), "Camera", {}, ahead_s + 0.3 * (number % 2))
    assert history.wall_s(START_S + 4.9) == pytest.approx(1e9 + START_S + 4.9)
    assert history.wall_s(START_S + 5.0) == pytest.approx(1e9 + 3600 + START_S + 5.0)
    first, second = gaps_of(history, 1)
    assert first.to_s == pytest.approx(START_S + 4.9) and second.from_s == pytest.approx(START_S + 5.0)
    assert history.copy().wall_s(START_S + 1) == history.wall_s(START_S + 1)
    for number in range(60, 7000, 9):
        history.add(analysis(number / 10, track(1)), "Camera", {}, 1e9 + 3600)
    assert len(history._clock._since_s) == 1 and history.wall_s(history.until_s) == pytest.approx(
        1e9 + 3600 + history.until_s
    )


def test_whole_percents_sum_to_a_hundred(rng: np.random.Generator) -> None:
    assert whole_percents([1, 1, 1]) == [34, 33, 33] and whole_percents([0.0, 0.0]) == [0, 0]
    assert whole_percents([]) == [] and whole_percents([0.0, 3.0]) == [0, 100]
    for _ in range(50):
        parts = rng.uniform(0, 10, 7)
        found = np.array(whole_percents(parts.tolist()))
        assert found.sum() == 100 and np.abs(found - 100 * parts / parts.sum()).max() < 1


def test_a_copy_goes_its_own_way() -> None:
    history = filled(30, 2, lambda _: (track(1, None),))
    history.mark("Marker 1")
    copy = history.copy()
    history.clear()
    assert copy.rows.shape == (20,) and copy.track(copy.rows[0]).reason == "too dark"
    assert used(copy, SOURCE, copy.from_s) == "Camera" and len(copy.marks.between(0, START_S + 9)) == 1


def test_what_was_taken_comes_back_before_what_was_read_since() -> None:
    def moving(at_s: float) -> tuple[Track, ...]:
        return (track(1, "happy" if at_s < 7 else None), *((track(2, "sad"),) if at_s < 3.05 else ()))

    whole, history = filled(10, 10, moving), filled(10, 5, moving)
    history.mark("laughs")
    taken = history.take()
    assert not len(history.rows) and history.until_s == 0 and history.marks.between(0, START_S + 99) == []
    for number in range(50, 100):
        history.add(analysis(number / 10, *moving(number / 10), model="two"), "Camera", {}, 3600.0)
    history.begin_with(taken)
    for one in (1, 2):
        # The picture between the two is nobody's.
        for name, spent_s in seconds(whole, one).items():
            assert seconds(history, one)[name] == pytest.approx(spent_s, abs=0.11)
    read = history.reading(1, START_S + 9)
    assert read is not None and read.reason == "too dark"
    kinds = [(mark.kind, mark.text) for mark in history.marks.between(START_S, START_S + 10)]
    assert kinds == [(MARKER, "laughs"), (MODEL, "two")], "another model reads since then"
    numbers = [number for number, _ in history.marks.numbered(0, START_S + 10)]
    assert numbers == [0, 1] and history.marks.numbered(START_S + 5, START_S + 10)[0][0] == 1
    assert (used(history, MODEL, START_S + 1), used(history, MODEL, START_S + 9)) == ("one", "two")
    assert history.wall_s(START_S + 1) == START_S + 1 and history.wall_s(START_S + 9) == START_S + 3609
    assert np.all(np.diff(history.rows["time"]) >= 0)
    history.add(analysis(10, track(1, "sad")), "Camera", {}, 3600.0)
    assert history.rows["time"][-1] == START_S + 10, "and it goes on"


def test_what_was_taken_in_a_pause_comes_back_as_it_was() -> None:
    history = filled(10, 5, lambda _: (track(1, None),))
    before, until_s = history.stretches(1, START_S, START_S + 9), history.until_s
    taken = history.take()
    history.begin_with(taken)
    assert (history.until_s, history.stretches(1, START_S, START_S + 9)) == (until_s, before)


def test_random_runs_agree_with_the_pictures(rng: np.random.Generator) -> None:
    """How long each label stood, against a sum over all pictures."""
    for _ in range(5):
        fps = float(rng.uniform(8, 60))
        state: dict[int, str | None] = {}
        history, truth, times = History(), {1: 0.0, 2: 0.0}, []
        label_s: dict[tuple[int, str | None], float] = {}
        for number in range(300):
            for one in (1, 2):
                if rng.random() < 0.05:
                    state[one] = rng.choice(["happy", "sad", None, "away"])
            there = [track(one, label) for one, label in sorted(state.items()) if label != "away"]
            history.add(analysis(number / fps, *there), "Camera")
            times.append(START_S + number / fps)
            if number < 299:
                for one in there:
                    label_s[one.id, one.label] = label_s.get((one.id, one.label), 0.0) + 1 / fps
                    truth[one.id] += 1 / fps
        for one in (1, 2):
            band = history.band(one, times[0], times[-1])
            assert float((band.ends - band.starts).sum()) == pytest.approx(truth[one], abs=1e-6)
            assert band.unlabelled_s == pytest.approx(label_s.get((one, None), 0.0), abs=1e-6)
            for name, spent_s in band.seconds.items():
                assert spent_s == pytest.approx(label_s[one, name], abs=1e-6)
