"""Which samples are kept back: about a third, always the same, and no near copy on both sides where that can be."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.samples import COLLECTED, Sample
from fer_desktop.training import finetune_split

BEGUN = datetime(2026, 11, 22, 16, tzinfo=timezone.utc)
_counter = iter(range(1_000_000))


def taken(emotion: str, burst: str, count: int) -> list[Sample]:
    """Samples a second apart, after all those made before."""
    found = []
    for number in range(count):
        at = next(_counter)
        path = Path(emotion) / f"{at:09}-{burst}-{number}.png"
        found.append(Sample(path, emotion, burst, BEGUN + timedelta(seconds=at), COLLECTED))
    return found


def divide(samples: list[Sample], seed: int) -> tuple[list[Sample], list[Sample]]:
    parts = finetune_split.divide(samples, seed)
    return parts.learnt, parts.held


def of(samples: list[Sample], emotion: str) -> list[Sample]:
    return [sample for sample in samples if sample.emotion == emotion]


@pytest.mark.parametrize("sizes", [(5, 5, 5), (3, 3, 3, 3, 3), (1,) * 9, (8, 7), (2, 12), (4, 5, 3, 2)])
def test_bursts_stay_whole_and_about_a_third_is_kept_back(sizes: tuple[int, ...]) -> None:
    samples = [
        one
        for name in emotions.NAMES
        for index, size in enumerate(sizes)
        for one in taken(name, f"{name}{index}", size)
    ]
    learnt, held = divide(samples, seed=1)
    assert {one.burst for one in learnt}.isdisjoint({one.burst for one in held})
    assert len(learnt) + len(held) == len(samples)
    for name in emotions.NAMES:
        assert 1 <= len(of(held, name)) <= sum(sizes) / 2
        assert of(learnt, name)


def test_one_burst_is_cut_in_time_with_a_gap() -> None:
    samples = taken("happy", "a", 15) + taken("sad", "b", 4)
    learnt, held = divide(samples, seed=1)
    assert (len(of(learnt, "happy")), len(of(held, "happy"))) == (9, 5)
    gap = min(one.taken_at for one in of(held, "happy")) - max(one.taken_at for one in of(learnt, "happy"))
    assert gap == timedelta(seconds=2), "the picture between them is on neither side"
    assert (len(of(learnt, "sad")), len(of(held, "sad"))) == (3, 1)


def test_a_burst_that_was_relabelled_in_part_stays_on_one_side() -> None:
    samples = []
    for index in range(6):
        burst = f"hold{index}"
        samples += taken("angry", burst, 3) + taken("disgust", burst, 2)
    for seed in range(10):
        learnt, held = divide(samples, seed)
        assert {one.burst for one in learnt}.isdisjoint({one.burst for one in held})
        assert of(held, "angry")
        assert of(held, "disgust")


def test_the_same_samples_are_divided_alike_in_any_order_and_by_the_seed() -> None:
    samples = [one for name in emotions.NAMES for index in range(5) for one in taken(name, f"{name}{index}", 3)]
    first = finetune_split.divide(samples, seed=1)
    mixed = samples.copy()
    random.Random(3).shuffle(mixed)
    assert finetune_split.divide(mixed, seed=1) == first
    assert finetune_split.divide(samples, seed=2) != first


def test_few_of_an_emotion_are_all_learnt() -> None:
    samples = taken("happy", "a", 2) + taken("sad", "b", 2) + taken("fear", "c", 3)
    learnt, held = divide(samples, seed=1)
    assert [one.emotion for one in held] == ["fear"]
    assert len(learnt) == 6


@pytest.mark.parametrize(
    ("samples", "says"),
    [
        ([], "no faces of you"),
        (taken("happy", "a", 2) + taken("sad", "b", 2), "4 faces of you"),
        (taken("happy", "a", 30), "show happy"),
        ([one for name in emotions.NAMES for one in taken(name, name, 2)], "too few faces of you of any one"),
    ],
)
def test_too_few_are_refused_with_what_is_needed(samples: list[Sample], says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        finetune_split.divide(samples, seed=1)
    assert "5 or more" in caught.value.remedy


def test_the_only_burst_of_two_emotions_is_cut_once() -> None:
    samples = taken("angry", "a", 15) + taken("happy", "b", 15)
    disgust = {3, 6, 9, 11, 12, 13}
    samples = [replace(one, emotion="disgust") if index in disgust else one for index, one in enumerate(samples)]
    learnt, held = divide(samples, seed=1)
    assert len(of(held, "disgust")) <= 3
    first = min(one.taken_at for one in held if one.burst == "a")
    assert all(first - one.taken_at >= timedelta(seconds=2) for one in learnt if one.burst == "a")


def test_the_last_picture_of_a_burst_alone_of_its_emotion_is_no_near_copy_on_the_other_side() -> None:
    samples = taken("angry", "a", 10) + taken("happy", "b", 10)
    samples[9] = replace(samples[9], emotion="fear")
    learnt, held = divide(samples, seed=1)
    assert of(held, "angry")
    assert not of(learnt, "fear") and not of(held, "fear")
    # Where a later cut lets it be learnt from as well, that is taken.
    samples[7] = replace(samples[7], emotion="fear")
    samples[8] = replace(samples[8], emotion="fear")
    learnt, held = divide(samples, seed=1)
    assert of(learnt, "fear") and of(held, "fear")


@pytest.mark.parametrize("seed", range(6))
def test_no_emotion_loses_more_than_half_to_a_burst_that_another_holds_out(seed: int) -> None:
    shared = taken("angry", "b", 1) + taken("angry", "c", 2) + taken("happy", "b", 20) + taken("happy", "d", 2)
    learnt, held = divide(shared, seed)
    assert len(of(held, "angry")) >= 1
    assert 1 <= len(of(held, "happy")) <= 11 <= len(of(learnt, "happy"))


def test_it_says_how_many_are_from_a_hold_that_was_learnt() -> None:
    one_take_each = taken("happy", "a", 15) + taken("sad", "b", 15)
    parts = finetune_split.divide(one_take_each, seed=1)
    assert parts.same_hold == len(parts.held) == 10
    more = [*one_take_each, *taken("happy", "c", 12), *taken("sad", "d", 12)]
    assert finetune_split.divide(more, seed=1).same_hold == 0
    gone = finetune_split.divide(more, seed=1, known_bursts={one.burst for one in more})
    assert gone.same_hold == len(gone.held) > 0


@pytest.mark.parametrize("takes", [1, 2])
def test_what_was_learnt_before_never_measures(takes: int) -> None:
    rng = random.Random(takes)

    def sitting() -> list[Sample]:
        return [one for name in emotions.NAMES for one in taken(name, f"{rng.getrandbits(32):08x}", 15)]

    for _ in range(20):
        samples = [one for _ in range(takes) for one in sitting()]
        before = finetune_split.divide(samples, seed=1)
        again = finetune_split.divide(samples, 1, before.learnt)
        assert set(again.held).isdisjoint(before.learnt)
        after = finetune_split.divide(samples + sitting(), 1, before.learnt)
        assert set(after.held).isdisjoint(before.learnt)
        assert {one.emotion for one in after.held} == set(emotions.NAMES)
        assert after.same_hold == 0
    assert finetune_split.divide(samples, 1, samples).held == []
