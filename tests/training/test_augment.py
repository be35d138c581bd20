"""Each thing that may happen to a face happens as its number says, and nothing happens without one."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
import training_data

pytest.importorskip("keras", reason="the training component is not installed")

from fer_desktop.training import augment
from fer_desktop.training.config import TrainingConfig, preset

keras = pytest.importorskip("keras")

STILL = TrainingConfig(
    scale_scatter=0, shift_scatter=0, roll_scatter=0, shear_scatter=0, contrast_scatter=0, brightness_scatter=0,
    low_resolution_share=0, blur_share=0, noise_share=0, erase_share=0, mix_share=0,
)  # fmt: skip


@pytest.fixture
def faces(rng: np.random.Generator) -> np.ndarray:
    return np.stack([training_data.draw("happy", rng) for _ in range(40)])


def shown(faces: np.ndarray, draws: augment.Draws) -> np.ndarray:
    tensors = {name: keras.ops.convert_to_tensor(values) for name, values in draws.items()}
    pictures = augment.augment(keras.ops.convert_to_tensor(faces), tensors, keras.random.SeedGenerator(1))
    return np.asarray(keras.ops.convert_to_numpy(pictures))[..., 0]


def still(rng: np.random.Generator, count: int) -> augment.Draws:
    """Draws that leave every face as it is."""
    draws = augment.draw(rng, count, STILL)
    draws["affine"] = np.tile(np.array([1, 0, 0, 0, 1, 0], np.float32), (count, 1))
    return draws


def test_without_scatter_a_face_is_itself_or_its_mirror_image(faces: np.ndarray, rng: np.random.Generator) -> None:
    pictures = shown(faces, augment.draw(rng, len(faces), STILL))
    mirrored = np.abs(pictures - faces).max(axis=(1, 2)) > 1
    assert 5 < mirrored.sum() < 35
    np.testing.assert_allclose(pictures[~mirrored], faces[~mirrored], atol=0.01)
    np.testing.assert_allclose(pictures[mirrored], faces[mirrored][:, :, ::-1], atol=0.01)


def test_pictures_keep_their_range_and_their_seed(faces: np.ndarray, rng: np.random.Generator) -> None:
    draws = augment.draw(rng, len(faces), replace(preset("thorough"), mix_share=0.5))
    pictures = shown(faces, draws)
    assert pictures.shape == faces.shape
    assert pictures.dtype == np.float32
    assert pictures.min() >= 0
    assert pictures.max() <= 255
    np.testing.assert_array_equal(pictures, shown(faces, draws))
    assert np.abs(pictures - faces).mean() > 5


def test_moving_is_what_opencv_does(faces: np.ndarray, rng: np.random.Generator) -> None:
    config = replace(STILL, scale_scatter=0.1, shift_scatter=0.05, roll_scatter=10, shear_scatter=0.05)
    draws = augment.draw(rng, len(faces), config)
    for face, affine, picture in zip(faces, draws["affine"], shown(faces, draws), strict=True):
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        expected = cv2.warpAffine(
            face.astype(np.float32), affine.reshape(2, 3), (48, 48), flags=flags, borderMode=cv2.BORDER_REPLICATE
        )
        assert np.abs(expected - picture).mean() < 1.0  # OpenCV places pixels to a 32nd


def test_low_resolution_is_shrinking_and_enlarging(faces: np.ndarray, rng: np.random.Generator) -> None:
    draws = still(rng, len(faces))
    draws["cells"][:] = 24
    small = faces.reshape(-1, 24, 2, 24, 2).mean(axis=(2, 4), dtype=np.float32)
    expected = np.stack([cv2.resize(one, (48, 48), interpolation=cv2.INTER_LINEAR) for one in small])
    np.testing.assert_allclose(shown(faces, draws), expected, atol=0.1)


def test_blur_is_gaussian(faces: np.ndarray, rng: np.random.Generator) -> None:
    draws = still(rng, len(faces))
    draws["blur"][:] = 1.0
    expected = np.stack([cv2.GaussianBlur(face.astype(np.float32), (9, 9), 1.0) for face in faces])
    np.testing.assert_allclose(shown(faces, draws)[:, 4:-4, 4:-4], expected[:, 4:-4, 4:-4], atol=0.2)


def test_light_changes_about_the_middle_grey(faces: np.ndarray, rng: np.random.Generator) -> None:
    draws = still(rng, len(faces))
    draws["light"][:] = (0.5, 20)
    np.testing.assert_allclose(shown(faces, draws), (faces - 128.0) * 0.5 + 128 + 20, atol=0.01)


def test_noise_has_its_strength(rng: np.random.Generator) -> None:
    grey = np.full((40, 48, 48), 128, np.uint8)
    draws = still(rng, 40)
    draws["noise"][:20] = 10
    pictures = shown(grey, draws)
    assert pictures[:20].std() == pytest.approx(10, rel=0.05)
    assert pictures[20:].std() == pytest.approx(0, abs=0.01)


def test_erasing_hides_its_box_alone(faces: np.ndarray, rng: np.random.Generator) -> None:
    draws = still(rng, len(faces))
    draws["erase"][:] = (10, 20, 5, 40)
    pictures = shown(faces, draws)
    outside = np.ones((48, 48), bool)
    outside[10:20, 5:40] = False
    np.testing.assert_allclose(pictures[:, outside], faces[:, outside], atol=0.01)
    assert pictures[:, ~outside].std() == pytest.approx(255 / 12**0.5, rel=0.1), "uniform noise"


def test_a_mixed_face_is_partly_its_partner(faces: np.ndarray, rng: np.random.Generator) -> None:
    draws = still(rng, len(faces))
    draws["mix"][0] = 0.75
    draws["cut"][1] = (0, 24, 0, 24)
    own, pictures = augment.kept(draws), shown(faces, draws)
    assert own[:3].tolist() == [0.75, 0.75, 1.0]
    partner = faces[draws["partner"]].astype(np.float32)
    np.testing.assert_allclose(pictures[0], 0.75 * faces[0] + 0.25 * partner[0], atol=0.01)
    np.testing.assert_allclose(pictures[1, :24, :24], partner[1, :24, :24], atol=0.01)
    np.testing.assert_allclose(pictures[1, 24:], faces[1, 24:], atol=0.01)
    np.testing.assert_allclose(pictures[2:], faces[2:], atol=0.01)


def test_shares_are_kept(rng: np.random.Generator) -> None:
    config = replace(STILL, low_resolution_share=0.2, blur_share=0.3, noise_share=0.4, erase_share=0.5, mix_share=0.6)
    draws = augment.draw(rng, 4000, config)
    shares = {
        0.2: draws["cells"] < 48,
        0.3: draws["blur"] > 0,
        0.4: draws["noise"] > 0,
        0.5: draws["erase"][:, 1] > 0,
        0.6: augment.kept(draws) < 1,
    }
    for share, hit in shares.items():
        assert hit.mean() == pytest.approx(share, abs=0.04)
    assert augment.kept(draws).min() >= 0.5, "a mixed face stays the larger part"
