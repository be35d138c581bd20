"""What a face is taught: its label, the network's own earlier answers, a teacher's answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("keras", reason="the training component is not installed")

from fer_desktop.training.batches import Batches
from fer_desktop.training.config import TrainingConfig
from fer_desktop.training.lesson import MEMORY, Lesson

keras = pytest.importorskip("keras")

COUNT = 12
CONFIG = TrainingConfig(
    epochs=10, batch_size=COUNT, label_smoothing=0.0, self_teaching=0.5, distillation=0.5, scene_sets=0
)


def network(favourite: int) -> Any:
    """Answers every face with the same logits, where `favourite` leads."""
    inputs = keras.Input((48, 48, 1))
    dense = keras.layers.Dense(7, kernel_initializer="zeros")
    outputs = dense(keras.layers.Flatten()(inputs))
    dense.bias.assign(np.eye(7)[favourite] * 3)
    return keras.Model(inputs, outputs)


def batch(config: TrainingConfig, rng: np.random.Generator) -> dict[str, Any]:
    faces, targets = rng.integers(0, 255, (COUNT, 48, 48), np.uint8), np.eye(7, dtype=np.float32)[np.arange(COUNT) % 7]
    made = Batches(faces, targets, np.ones(COUNT, np.float32), config)
    return {name: keras.ops.convert_to_tensor(values) for name, values in made.batch(1, 0).items()}


def cross_entropy(targets: np.ndarray, favourite: int) -> float:
    logits = np.eye(7)[favourite] * 3
    return float(-(targets * (logits - np.log(np.exp(logits).sum()))).sum(axis=1).mean())


def loss(lesson: Lesson, one: dict[str, Any]) -> float:
    lesson(one, training=True)
    return float(sum(lesson.losses))


def test_its_own_answers_come_in_as_it_learns(rng: np.random.Generator) -> None:
    lesson, one = Lesson(network(2), CONFIG, COUNT), batch(CONFIG, rng)
    labels = keras.ops.convert_to_numpy(one["targets"])
    lesson.begin_epoch(1)
    assert loss(lesson, one) == pytest.approx(cross_entropy(labels, 2), rel=1e-4)
    answers = lesson.answers
    np.testing.assert_allclose(answers, np.tile(np.exp(np.eye(7)[2] * 3) / (6 + np.exp(3)), (COUNT, 1)), rtol=1e-4)
    lesson.begin_epoch(6)  # half-way: half of the half
    assert loss(lesson, one) == pytest.approx(cross_entropy(0.75 * labels + 0.25 * answers, 2), rel=1e-4)


def test_answers_are_averaged_and_stay_those_of_their_face(rng: np.random.Generator) -> None:
    lesson, one = Lesson(network(0), CONFIG, COUNT), batch(CONFIG, rng)
    earlier = np.full((COUNT, 7), 1 / 7, np.float32)
    earlier[5] = 0  # not asked yet
    lesson.restore(earlier)
    answer = np.exp(np.eye(7)[0] * 3) / (6 + np.exp(3))
    lesson.begin_epoch(1)
    loss(lesson, one)
    np.testing.assert_allclose(lesson.answers[5], answer, rtol=1e-4)
    np.testing.assert_allclose(lesson.answers[6], MEMORY / 7 + (1 - MEMORY) * answer, rtol=1e-4)


def test_pictures_of_two_faces_teach_both_and_tell_of_neither(rng: np.random.Generator) -> None:
    config = replace(CONFIG, mix_share=1.0)
    lesson, one = Lesson(network(4), config, COUNT), batch(config, rng)
    labels, own = keras.ops.convert_to_numpy(one["targets"]), keras.ops.convert_to_numpy(one["own"])[:, None]
    partners = labels[keras.ops.convert_to_numpy(one["partner"])]
    lesson.begin_epoch(1)
    assert loss(lesson, one) == pytest.approx(cross_entropy(own * labels + (1 - own) * partners, 4), rel=1e-4)
    assert not lesson.answers[own[np.argsort(keras.ops.convert_to_numpy(one["which"]))][:, 0] < 1].any()


def test_teachers_answer_the_same_pictures_and_do_not_learn(rng: np.random.Generator) -> None:
    teachers = [network(1), network(3)]
    lesson, one = Lesson(network(0), CONFIG, COUNT, teachers), batch(CONFIG, rng)
    opinion = np.mean([np.exp(np.eye(7)[index] * 3) / (6 + np.exp(3)) for index in (1, 3)], axis=0)
    lesson.begin_epoch(1)
    labels = keras.ops.convert_to_numpy(one["targets"])
    assert loss(lesson, one) == pytest.approx(cross_entropy(0.5 * labels + 0.5 * opinion, 0), rel=1e-4)
    lesson.compile(keras.optimizers.SGD(0.1))
    before = [teacher.get_weights()[1].copy() for teacher in teachers]
    student = lesson.network.get_weights()[1].copy()
    lesson.train_on_batch({name: keras.ops.convert_to_numpy(values) for name, values in one.items()})
    assert np.abs(lesson.network.get_weights()[1] - student).max() > 0
    for teacher, weights in zip(teachers, before, strict=True):
        np.testing.assert_array_equal(teacher.get_weights()[1], weights)
