"""One suite for every network: it builds, learns, saves and loads, and exports to ONNX unchanged."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import training_data

pytest.importorskip("keras", reason="the training component is not installed")

from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError
from fer_desktop.training import architectures, export, loop

STUDY = "study-"
"""Published as they are: slow, and without normalisation of the light."""


@pytest.fixture(scope="module", params=sorted(architectures.ARCHITECTURES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def network(name: str) -> Any:
    import keras

    keras.utils.set_random_seed(1)
    return architectures.build(name)


@pytest.fixture(scope="module")
def faces(name: str) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(int(os.environ.get("FER_SEED", 1)))
    labels = np.arange(7 if name.startswith(STUDY) else 56) % emotions.COUNT
    return np.stack([training_data.draw(emotions.NAMES[label], rng) for label in labels]), labels


def test_it_gives_seven_numbers_a_face(network: Any, faces: tuple[np.ndarray, np.ndarray]) -> None:
    logits = loop.predict(network, faces[0])
    assert logits.shape == (len(faces[0]), emotions.COUNT)
    assert np.isfinite(logits).all()
    assert network.output_shape == (None, emotions.COUNT)


def test_light_and_contrast_matter_little(name: str, network: Any, faces: tuple[np.ndarray, np.ndarray]) -> None:
    if name.startswith(STUDY):
        pytest.skip("the study's networks take the pixels as they are")
    dimmer = (faces[0] // 2 + 20).astype(np.uint8)
    np.testing.assert_allclose(loop.predict(network, dimmer), loop.predict(network, faces[0]), atol=0.15)


def test_it_learns(name: str, network: Any, faces: tuple[np.ndarray, np.ndarray]) -> None:
    import keras

    network.compile(
        keras.optimizers.Adam(1e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True), jit_compile=False
    )
    images, labels = faces[0][..., None].astype(np.float32), faces[1]
    losses: list[float] = []
    for _ in range(60 if name.startswith(STUDY) else 12):
        losses.append(float(network.train_on_batch(images, labels)))
        if name.startswith(STUDY) and losses[-1] < losses[0] * 0.8:
            break
    assert losses[-1] < losses[0] * 0.8


def test_saved_and_exported_it_says_the_same(
    network: Any, faces: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    import keras

    expected = loop.predict(network, faces[0])
    network.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras", compile=False)
    np.testing.assert_allclose(loop.predict(loaded, faces[0]), expected, atol=1e-5)
    export.export_onnx(network, tmp_path / "model.onnx")
    images = faces[0][..., None].astype(np.float32)
    np.testing.assert_allclose(export.onnx_logits(tmp_path / "model.onnx", images), expected, atol=1e-4)


def test_an_unknown_name_is_told_with_those_there_are() -> None:
    with pytest.raises(InputError, match="resnet-32"):
        architectures.build("vgg-1000")
