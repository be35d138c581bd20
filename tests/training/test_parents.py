"""What a run may learn from: a whole model of this program's, unchanged since, without what validation chose for it."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("keras", reason="the training component is not installed")

from fer_desktop import resources
from fer_desktop.core.errors import InputError
from fer_desktop.modelstore.store import KERAS_FILE, ModelFolder
from fer_desktop.training import export, loop
from fer_desktop.training.parents import OUTPUT_NAME, Parent


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> ModelFolder:
    """Not to be changed: to write it takes seconds."""
    import keras

    from fer_desktop.training import architectures

    keras.utils.set_random_seed(1)
    network = architectures.build("resnet-16")
    bias = network.get_layer(OUTPUT_NAME).bias
    bias.assign(np.arange(7))
    folder = tmp_path_factory.mktemp("models") / "mine"
    export.write_model(
        network, folder, "mine", golden=np.zeros((2, 48, 48), np.uint8), temperature=1.0,
        architecture={"name": "resnet-16", "arguments": {}, "parameters": network.count_params()},
        training={"biases": [0.5] * 7, "epochs": 1, "minutes": 0, "seed": 1},
        data={"sources": {"x": "y"}, "trained_on": 2, "note": "."},
        metrics={"PublicTest": {"accuracy": 0.5, "balanced_accuracy": 0.5, "ece": 0.1, "n": 2,
                                "recall": dict.fromkeys(("angry", "disgust", "fear", "happy", "sad", "surprise",
                                                         "neutral"), 0.5)}},
    )  # fmt: skip
    return ModelFolder.open(folder)


def test_it_teaches_what_it_learnt_and_not_what_validation_chose(model: ModelFolder) -> None:
    network = Parent.of(model).network()
    np.testing.assert_allclose(np.asarray(network.get_layer(OUTPUT_NAME).bias), np.arange(7) - 0.5)
    faces = np.random.default_rng(1).integers(0, 255, (4, 48, 48), np.uint8)
    onnx = export.onnx_logits(model.path / "model.onnx", faces[..., None].astype(np.float32))
    np.testing.assert_allclose(loop.predict(network, faces), onnx - 0.5, atol=1e-3)


def test_a_model_that_changed_since_is_refused(model: ModelFolder, tmp_path: Path) -> None:
    shutil.copytree(model.path, tmp_path / "mine")
    model = ModelFolder.open(tmp_path / "mine")
    parent = Parent.of(model)
    (model.path / KERAS_FILE).write_bytes(b"something else")
    with pytest.raises(InputError, match="no longer"):
        parent.network()
    with pytest.raises(InputError, match="damaged"):
        Parent.of(model)


def test_the_shipped_model_can_teach(tmp_path: Path) -> None:
    shutil.copytree(resources.models_dir() / "default", tmp_path / "default")
    assert Parent.of(ModelFolder.open(tmp_path / "default")).network().count_params() > 100_000
