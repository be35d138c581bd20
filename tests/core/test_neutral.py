"""My neutral: what is taken off and given back, and when a recording is refused."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from core_values import face, prediction

from fer_desktop.core import emotions, neutral
from fer_desktop.core.neutral import ADDED, MOST, SECONDS, STANDS_S, TAKEN, USUAL, Baseline, NeutralRecorder
from fer_desktop.core.probability import softmax
from fer_desktop.core.types import Face, Float32Array, Prediction

SAD, NEUTRAL, HAPPY = (emotions.NAMES.index(name) for name in ("sad", "neutral", "happy"))
FACE = face(200, 150, 120)


def read(logits: Float32Array, temperature: float = 1.0) -> Prediction:
    values = np.asarray(logits, np.float32)
    return Prediction(softmax(values, temperature), values)


def more(emotion: int, nats: float) -> Float32Array:
    """A usual resting face in which one emotion is read by so much more."""
    return np.asarray(USUAL + nats * np.eye(emotions.COUNT)[emotion], np.float32)


def baseline_of(logits: Float32Array) -> Baseline:
    return Baseline(neutral.offset(read(logits).probabilities[None]))


def test_a_resting_face_read_as_others_are_changes_nothing() -> None:
    baseline = baseline_of(USUAL)
    assert np.allclose(baseline.offset, 0, atol=1e-5)
    one = prediction("sad", 0.7)
    assert np.allclose(baseline.apply(one).probabilities, one.probabilities, atol=1e-6)


def test_an_always_sad_face_becomes_neutral_and_still_can_be_happy() -> None:
    resting = more(SAD, 2.5)
    assert read(resting).probabilities.argmax() == SAD
    baseline = baseline_of(resting)
    assert baseline.apply(read(resting)).probabilities.argmax() == NEUTRAL
    happy = np.array(resting)
    happy[HAPPY] += 7
    assert baseline.apply(read(happy)).probabilities.argmax() == HAPPY
    sad_indeed = more(SAD, 2.5 + 3)
    assert baseline.apply(read(sad_indeed)).probabilities.argmax() == SAD


def test_more_is_taken_off_than_added_and_never_more_than_most() -> None:
    assert neutral.offset(read(more(SAD, 1.0)).probabilities[None])[SAD] == pytest.approx(TAKEN, abs=1e-4)
    assert neutral.offset(read(more(SAD, -1.0)).probabilities[None])[SAD] == pytest.approx(-ADDED, abs=1e-4)
    assert neutral.offset(read(more(SAD, 20.0)).probabilities[None])[SAD] == MOST
    assert (np.abs(neutral.offset(np.eye(7, dtype=np.float32)[[NEUTRAL]])) <= MOST).all()
    assert neutral.offset(read(more(SAD, 1.0)).probabilities[None])[NEUTRAL] == 0


@pytest.mark.parametrize("temperature", [0.7, 1.0, 2.5])
def test_odds_move_by_the_offsets_whatever_the_models_temperature(rng: np.random.Generator, temperature: float) -> None:
    for _ in range(50):
        one, offset = read(rng.normal(0, 2, 7), temperature), rng.uniform(-MOST, MOST, 7).astype(np.float32)
        applied = Baseline(offset).apply(one)
        assert applied.probabilities.sum() == pytest.approx(1, abs=1e-5)
        assert applied.logits is one.logits, "the network's own"
        before, after = (np.log(two.probabilities) - np.log(two.probabilities[NEUTRAL]) for two in (one, applied))
        assert np.allclose(before - after, offset - offset[NEUTRAL], atol=1e-4)


def test_a_probability_of_nothing_stays_finite() -> None:
    certain = Prediction(np.eye(7, dtype=np.float32)[SAD], np.eye(7, dtype=np.float32)[SAD])
    got = Baseline(np.full(7, MOST, np.float32)).apply(certain).probabilities
    assert np.isfinite(got).all() and got.argmax() == SAD


@pytest.mark.parametrize("offset", [np.zeros(6, np.float32), np.array([np.nan] * 7, np.float32)])
def test_what_is_no_baseline_is_refused(offset: Float32Array) -> None:
    with pytest.raises(ValueError, match="seven finite"):
        Baseline(offset)


def test_persons_off_by_a_constant_are_read_better(rng: np.random.Generator) -> None:
    """Made-up faces of known emotion, read with noise, of persons whose every logit is off by a constant."""
    gains, costs = [], []
    for _ in range(60):
        truth = rng.integers(0, 7, 200)
        clear = USUAL + rng.normal(0, 1, (200, 7)) + 3.5 * np.eye(7)[truth] * (truth != NEUTRAL)[:, None]
        resting = USUAL + rng.normal(0, 0.5, (45, 7))
        for spread, kept in ((1.5, gains), (0.0, costs)):
            person = rng.normal(0, spread, 7)
            offset = neutral.offset(softmax((resting + person).astype(np.float32)))
            without = (clear + person).argmax(axis=1) == truth
            having = neutral.shifted(clear + person, offset).argmax(axis=1) == truth
            kept.append(having.mean() - without.mean())
    assert np.mean(gains) > 0.04, np.mean(gains)
    assert np.mean(costs) > -0.01, np.mean(costs)


@dataclass
class Recording:
    """Feeds a recorder at `fps` frames a second and tells how it ended."""

    fps: float = 30.0
    recorder: NeutralRecorder | None = None

    def feed(self, logits_at, face_at=lambda s: FACE, reason_at=lambda s: None) -> NeutralRecorder:  # type: ignore[no-untyped-def]
        """logits_at(seconds) float32[7] or None where the face is not seen."""
        self.recorder = recorder = NeutralRecorder(started_s=100.0)
        for index in range(round((SECONDS + 0.2) * self.fps) + 2):
            at_s = index / self.fps
            logits = logits_at(at_s)
            if logits is None:
                recorder.miss(100.0 + at_s)
            else:
                recorder.add(face_at(at_s), read(logits), reason_at(at_s), 100.0 + at_s)
        return recorder


def moved(x: float = 0.0, side: float = 120.0) -> Face:
    return face(200 + x, 150, side)


@pytest.mark.parametrize("fps", [5, 15, 60])
def test_three_seconds_make_a_baseline(fps: float, rng: np.random.Generator) -> None:
    done = Recording(fps).feed(lambda s: more(SAD, 2.0) + rng.normal(0, 0.3, 7))
    assert done.refusal is None and done.baseline is not None and done.progress == 1
    assert done.baseline.offset[SAD] == pytest.approx(2 * TAKEN, abs=0.5)


def test_progress_rises_with_time() -> None:
    recorder, told = NeutralRecorder(started_s=5.0), []
    for index in range(11):
        told.append(recorder.progress)
        recorder.add(FACE, read(USUAL), None, 5.0 + index * 0.3)
    assert told == sorted(told) and told[0] == 0 and told[6] == pytest.approx(0.5)
    assert recorder.done


def test_blinks_do_not_count() -> None:
    def blinking(s: float) -> Float32Array:
        return more(HAPPY, 8) if s % 1.5 < 0.2 else more(SAD, 1.0)

    steady, blinked = Recording().feed(lambda s: more(SAD, 1.0)), Recording().feed(blinking)
    assert steady.baseline is not None and blinked.baseline is not None
    assert np.allclose(steady.baseline.offset, blinked.baseline.offset, atol=1e-5)


@pytest.mark.parametrize("to", [moved(x=70), moved(side=200), moved(side=60)])
def test_a_face_that_moves_is_refused(to: Face) -> None:
    assert Recording().feed(lambda s: USUAL, lambda s: FACE if s < 1 else to).refusal == neutral.MOVED


def test_a_nod_is_no_move() -> None:
    assert Recording().feed(lambda s: USUAL, lambda s: moved(x=25 * np.sin(4 * s))).baseline is not None


def test_a_face_lost_is_refused_and_a_gap_of_a_moment_is_not() -> None:
    assert Recording().feed(lambda s: None if 1 < s < 1.8 else USUAL).refusal == neutral.LOST
    assert Recording().feed(lambda s: None if 1 < s < 1.3 else USUAL).baseline is not None
    assert Recording().feed(lambda s: None).refusal == neutral.LOST
    assert Recording().feed(lambda s: USUAL if s < 2 else None).refusal == neutral.LOST
    assert Recording().feed(lambda s: USUAL if s < 2.9 else None).baseline is not None, "the end comes all the same"


@pytest.mark.parametrize("name", ["happy", "surprise"])
def test_a_smile_or_a_gape_is_refused(name: str) -> None:
    smile = more(emotions.NAMES.index(name), 7)
    assert Recording().feed(lambda s: smile).refusal == neutral.NOT_AT_REST
    assert Recording().feed(lambda s: smile if 1 < s < 1.5 else USUAL).baseline is not None, "a moment of it passes"


def test_an_expression_that_changes_is_refused() -> None:
    assert Recording().feed(lambda s: USUAL if s < 1.5 else more(SAD, 4)).refusal == neutral.CHANGED_FACE


@pytest.mark.parametrize("name", ["angry", "sad", "fear", "disgust"])
def test_a_face_that_always_looks_so_is_not_refused(name: str) -> None:
    number = emotions.NAMES.index(name)
    done = Recording().feed(lambda s: more(number, 6))
    assert done.baseline is not None and done.baseline.offset[number] == MOST


def test_a_face_that_cannot_be_read_is_refused_with_the_reason() -> None:
    assert Recording().feed(lambda s: USUAL, reason_at=lambda s: "too dark").refusal == "too dark"
    assert Recording().feed(lambda s: USUAL, reason_at=lambda s: "not sure").baseline is not None
    mostly = Recording().feed(lambda s: USUAL, reason_at=lambda s: "blurred" if s % 1 < 0.3 else None)
    assert mostly.baseline is not None


def test_too_few_readings_are_refused() -> None:
    assert Recording(fps=3).feed(lambda s: USUAL).refusal == neutral.RARELY_SEEN


def test_pictures_that_come_unevenly_are_enough_if_there_are_enough() -> None:
    """The camera stands still for nearly a second, twice."""
    recorder = NeutralRecorder(started_s=100.0)
    for index in range(100):
        at_s = index / 30
        if not (0.5 < at_s < 1.4 or 2.0 < at_s < 2.9):
            recorder.add(FACE, read(more(SAD, 2.0)), None, 100.0 + at_s)
    assert recorder.baseline is not None


def test_without_pictures_it_ends() -> None:
    recorder = NeutralRecorder(started_s=100.0)
    recorder.add(FACE, read(USUAL), None, 100.1)
    recorder.wait(100.1 + STANDS_S - 0.1)
    assert not recorder.done, "who feeds it may be late"
    recorder.wait(100.1 + STANDS_S + 0.1)
    assert recorder.refusal == neutral.RARELY_SEEN


def test_what_comes_after_the_end_changes_nothing() -> None:
    done = Recording().feed(lambda s: USUAL)
    before = done.baseline
    done.add(moved(x=400), prediction("happy"), None, 200.0)
    done.miss(300.0)
    assert done.baseline is before and done.refusal is None and done.progress == 1
