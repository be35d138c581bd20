"""The last layer alone: it learns what the lesson says, and stays where other faces hold it."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy", reason="the training component is not installed")

from fer_desktop.core import emotions
from fer_desktop.training.finetune_head import Head, Lesson, expected_loss, fit, moved

WIDTH = 20


@pytest.fixture
def world() -> tuple[Head, np.ndarray, np.ndarray]:
    """An old head, and faces that it reads: features around a middle for each emotion, with their labels."""
    rng = np.random.default_rng(1)
    middles = rng.normal(0, 1, (emotions.COUNT, WIDTH))
    labels = np.arange(700) % emotions.COUNT
    faces = np.maximum(middles[labels] + rng.normal(0, 0.8, (len(labels), WIDTH)) + 1, 0)
    eye = np.eye(emotions.COUNT)
    start = Head(np.zeros((WIDTH, emotions.COUNT)), np.zeros(emotions.COUNT), 0.7)
    old = fit(start, Lesson.of(faces[::2], eye[labels[::2]], labels[::2]), faces[:0], 0.0)
    return old, faces[1::2], labels[1::2]


def own(faces: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The same faces as of someone whom the old head reads badly."""
    rng = np.random.default_rng(2)
    return np.maximum(faces[:, rng.permutation(WIDTH)] * 0.5 + 0.5 * faces + 1.5 * rng.random(WIDTH), 0)


def accuracy(head: Head, faces: np.ndarray, labels: np.ndarray) -> float:
    return float((head.read(faces) == labels).mean())


def test_the_closer_it_is_held_the_less_it_learns_and_loses(world: tuple[Head, np.ndarray, np.ndarray]) -> None:
    old, faces, labels = world
    mine = own(faces, labels)
    lesson = Lesson.of(mine[:70], np.eye(emotions.COUNT)[labels[:70]], labels[:70])
    heads = [fit(old, lesson, faces[:200], closeness) for closeness in (1000.0, 30.0, 0.0)]
    gained = [accuracy(head, mine[70:], labels[70:]) for head in heads]
    lost = [expected_loss(old, head, faces[200:]) for head in heads]
    assert accuracy(old, mine, labels) < gained[0] + 0.02 < gained[2]
    assert 0 <= lost[0] <= lost[1] < lost[2]
    assert lesson.loss(old) > lesson.loss(heads[0]) > lesson.loss(heads[1]) > lesson.loss(heads[2])


def test_the_expected_loss_agrees_with_the_labels(world: tuple[Head, np.ndarray, np.ndarray]) -> None:
    old, faces, labels = world
    mine = own(faces, labels)
    head = fit(old, Lesson.of(mine[:70], np.eye(emotions.COUNT)[labels[:70]], labels[:70]), faces[:0], 0.0)
    lost = accuracy(old, faces, labels) - accuracy(head, faces, labels)
    assert expected_loss(old, head, faces) == pytest.approx(lost, abs=0.1)
    assert expected_loss(old, old, faces) == 0


def test_it_begins_where_another_ended_and_finds_the_same(world: tuple[Head, np.ndarray, np.ndarray]) -> None:
    old, faces, labels = world
    lesson = Lesson.of(own(faces, labels)[:70], np.eye(emotions.COUNT)[labels[:70]], labels[:70])
    near = fit(old, lesson, faces, 100.0)
    one, other = fit(old, lesson, faces, 30.0), fit(old, lesson, faces, 30.0, begin=near)
    np.testing.assert_allclose(one.probabilities(faces), other.probabilities(faces), atol=0.02)
    half = old.towards(one, 0.5)
    np.testing.assert_allclose(half.kernel, (old.kernel + one.kernel) / 2)


def test_emotions_count_alike_however_many_show_them() -> None:
    labels = np.array([0] * 9 + [3])
    lesson = Lesson.of(np.ones((10, WIDTH)), np.eye(emotions.COUNT)[labels], labels)
    assert lesson.weights.sum() == pytest.approx(1)
    assert lesson.weights[9] == pytest.approx(lesson.weights[:9].sum())
    half = Lesson.of(lesson.features, lesson.targets, labels, np.array([1, 1, 1, 0.5, 1, 1, 1]))
    assert half.weights[9] == pytest.approx(half.weights[:9].sum() / 2)


def test_emotions_never_shown_are_guessed_from_others(world: tuple[Head, np.ndarray, np.ndarray]) -> None:
    old, faces, labels = world
    mine = faces + 2.0  # someone set apart from all others in one way
    shown = labels >= 4
    guessed = moved(faces, labels, mine[shown], labels[shown], 1, old)
    right = faces[(labels == 1) & (old.read(faces) == 1)]
    assert len(guessed) == len(right) > 10
    np.testing.assert_allclose(guessed.mean(axis=0), right.mean(axis=0) + 2, atol=1e-9)
    assert len(moved(faces, labels, mine[shown], labels[shown], 1, Head(old.kernel * 0, old.bias * 0, 1.0))) == 0
