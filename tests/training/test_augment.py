from __future__ import annotations

import numpy as np
import pytest
import training_data

from fer_desktop.training.augment import Batches, augment, class_weights, soft_targets
from fer_desktop.training.config import TrainingConfig, preset

STILL = TrainingConfig(
    scale_scatter=0, shift_scatter=0, roll_scatter=0, shear_scatter=0, contrast_scatter=0, brightness_scatter=0,
    low_resolution_share=0, blur_share=0, noise_share=0, erase_share=0,
)  # fmt: skip


def faces(rng: np.random.Generator, count: int = 40) -> np.ndarray:
    return np.stack([training_data.draw("happy", rng) for _ in range(count)])


def test_without_scatter_a_face_is_itself_or_its_mirror_image(rng: np.random.Generator) -> None:
    (face,) = faces(rng, 1)
    seen = set()
    for _ in range(30):
        image = augment(face, rng, STILL)
        mirrored = np.abs(image - face).max() > 1
        np.testing.assert_allclose(image, face[:, ::-1] if mirrored else face, atol=1)
        seen.add(mirrored)
    assert seen == {True, False}


def test_augmented_faces_are_pictures_of_the_same_size(rng: np.random.Generator) -> None:
    config = preset("thorough")
    images = np.stack([augment(face, rng, config) for face in faces(rng, 200)])
    assert images.shape == (200, 48, 48)
    assert images.dtype == np.float32
    assert images.min() >= 0
    assert images.max() <= 255


def test_a_batch_is_the_same_again_and_every_face_comes_once_an_epoch(rng: np.random.Generator) -> None:
    images, targets = faces(rng, 64), np.eye(7, dtype=np.float32)[np.arange(64) % 7]
    config = TrainingConfig(batch_size=16)
    batches = Batches(images, np.empty((0, 64, 48, 48), np.uint8), targets, np.arange(64, dtype=np.float32), config)
    first, again = batches.batch(3, 1), batches.batch(3, 1)
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)
    assert np.abs(batches.batch(4, 1)[0] - first[0]).max() > 1
    weights = np.concatenate([batches.batch(5, index)[2] for index in range(len(batches))])
    assert sorted(weights) == list(range(64))


def test_scene_crops_stand_in_for_their_share_of_the_faces() -> None:
    images, scenes = np.zeros((400, 48, 48), np.uint8), np.full((2, 400, 48, 48), 255, np.uint8)
    batches = Batches(
        images,
        scenes,
        np.zeros((400, 7), np.float32),
        np.ones(400, np.float32),
        TrainingConfig(batch_size=400, scene_share=0.3),
    )
    shown, _, _ = batches.batch(1, 0)
    assert (shown.mean(axis=(1, 2, 3)) > 128).mean() == pytest.approx(0.3, abs=0.12)


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
