from __future__ import annotations

import numpy as np
import pytest
import training_data

from fer_desktop.training.batches import Batches, class_weights, soft_targets
from fer_desktop.training.config import TrainingConfig


def test_a_batch_is_the_same_again_and_every_face_comes_once_an_epoch(rng: np.random.Generator) -> None:
    images = np.stack([training_data.draw("happy", rng) for _ in range(64)])
    targets, weights = np.eye(7, dtype=np.float32)[np.arange(64) % 7], np.arange(64, dtype=np.float32)
    batches = Batches(images, targets, weights, TrainingConfig(batch_size=16))
    first, again = batches.batch(3, 1), batches.batch(3, 1)
    assert first.keys() == again.keys()
    for name, values in first.items():
        np.testing.assert_array_equal(values, again[name])
    assert (batches.batch(4, 1)["which"] != first["which"]).any()
    epoch = [batches.batch(5, index) for index in range(len(batches))]
    assert sorted(np.concatenate([batch["which"] for batch in epoch])) == list(range(64))
    for batch in epoch:
        np.testing.assert_array_equal(batch["faces"], images[batch["which"]])
        np.testing.assert_array_equal(batch["targets"], targets[batch["which"]])
        np.testing.assert_array_equal(batch["weights"], weights[batch["which"]])


def test_scene_crops_stand_in_for_their_share_of_the_faces() -> None:
    images, scenes = np.zeros((400, 48, 48), np.uint8), np.full((2, 400, 48, 48), 255, np.uint8)
    config = TrainingConfig(batch_size=400, scene_share=0.3)
    batches = Batches(images, np.zeros((400, 7), np.float32), np.ones(400, np.float32), config)
    assert batches.batch(1, 0)["faces"].max() == 0
    batches.scene_crops = list(scenes)
    shown = batches.batch(1, 0)["faces"]
    assert (shown.mean(axis=(1, 2)) > 128).mean() == pytest.approx(0.3, abs=0.12)
    assert images.max() == 0, "the stored faces stay as they are"


def test_class_weights_even_out() -> None:
    labels = np.array([0] * 90 + [1] * 10)
    assert class_weights(labels, 7, 0.0).tolist() == [1.0] * 100
    even = class_weights(labels, 7, 1.0)
    assert even[:90].sum() == pytest.approx(even[90:].sum())
    assert even.mean() == pytest.approx(1)


def test_votes_soften_the_labels_of_the_faces_that_have_any() -> None:
    labels = np.array([0, 3])
    votes = np.array([[0, 0, 0, 0, 0.5, 0, 0.5], [0, 0, 0, 0, 0, 0, 0]], np.float32)
    np.testing.assert_array_equal(soft_targets(labels, None, 0.4), np.eye(7, dtype=np.float32)[labels])
    mixed = soft_targets(labels, votes, 0.4)
    np.testing.assert_allclose(mixed[0], [0.6, 0, 0, 0, 0.2, 0, 0.2])
    np.testing.assert_array_equal(mixed[1], np.eye(7, dtype=np.float32)[3])
    np.testing.assert_allclose(mixed.sum(axis=1), 1)
