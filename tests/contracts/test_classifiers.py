"""One suite for every EmotionClassifier, run with the shipped model; Keras and ONNX Runtime must agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from fer_desktop.capture.demo import DemoSource
from fer_desktop.classification.onnx_classifier import OnnxClassifier
from fer_desktop.core.crop import CropFrame, cut
from fer_desktop.core.errors import ModelError
from fer_desktop.core.ports import EmotionClassifier
from fer_desktop.modelstore.store import KERAS_FILE, ONNX_FILE, ModelStore
from tests import model_folders

PARITY = 1e-4
"""Largest difference of a probability between two runtimes."""


def onnx_classifier() -> EmotionClassifier:
    folder = ModelStore.default().active()
    return OnnxClassifier(folder.read(ONNX_FILE), folder.id, folder.manifest.temperature)


def keras_classifier() -> EmotionClassifier:
    pytest.importorskip("keras", reason="the training component is not installed")
    from fer_desktop.classification.keras_classifier import KerasClassifier

    folder = ModelStore.default().active()
    return KerasClassifier(folder.path / KERAS_FILE, folder.id, folder.manifest.temperature)


MAKERS: dict[str, Callable[[], EmotionClassifier]] = {"onnx": onnx_classifier, "keras": keras_classifier}


@pytest.fixture(scope="module", params=list(MAKERS))
def classifier(request: pytest.FixtureRequest) -> Iterator[EmotionClassifier]:
    made = MAKERS[request.param]()
    yield made
    made.close()
    made.close()


@pytest.fixture(scope="module")
def crops() -> np.ndarray:
    """Demo faces, noise, black and white: uint8[n, 48, 48]."""
    source = DemoSource(640, 360, realtime=False)
    source.open()
    cuts = []
    for index in range(640):
        frame = source.read()
        assert frame is not None
        if index % 40 == 0:
            cuts.append(cut(frame.bgr, CropFrame(320, 180, 200, 0.0)))
    source.close()
    noise = np.random.default_rng(1).integers(0, 256, (12, 48, 48), dtype=np.uint8)
    flat = np.stack([np.full((48, 48), value, np.uint8) for value in (0, 255)])
    return np.concatenate([np.stack(cuts), noise, flat])


def test_one_prediction_a_crop_in_order(classifier: EmotionClassifier, crops: np.ndarray) -> None:
    together = classifier.classify(crops)
    assert len(together) == len(crops)
    for index in (0, 7, len(crops) - 1):
        (alone,) = classifier.classify(crops[index : index + 1])
        np.testing.assert_allclose(alone.probabilities, together[index].probabilities, atol=1e-5)


def test_probabilities_sum_to_one_and_follow_the_logits(classifier: EmotionClassifier, crops: np.ndarray) -> None:
    for one in classifier.classify(crops):
        assert one.probabilities.sum() == pytest.approx(1, abs=1e-5)
        assert one.probabilities.argmax() == one.logits.argmax()


def test_no_crop_no_prediction(classifier: EmotionClassifier) -> None:
    assert classifier.classify(np.empty((0, 48, 48), np.uint8)) == ()


def test_without_being_asked_it_gives_no_maps(classifier: EmotionClassifier, crops: np.ndarray) -> None:
    assert classifier.has_maps
    assert all(one.maps is None for one in classifier.classify(crops[:2]))
    assert classifier.classify(np.empty((0, 48, 48), np.uint8), maps=True) == ()


def test_maps_add_up_to_the_logits(classifier: EmotionClassifier, crops: np.ndarray) -> None:
    """Their means are the logits less a constant, the bias of the last layer: pooling and one dense layer follow."""
    plain, read = classifier.classify(crops), classifier.classify(crops, maps=True)
    maps = np.stack([one.maps for one in read])
    assert maps.shape == (len(crops), 6, 6, 7) and np.isfinite(maps).all()
    for one, other in zip(plain, read, strict=True):
        np.testing.assert_allclose(one.probabilities, other.probabilities, atol=1e-5)
    bias = np.stack([one.logits for one in read]) - maps.mean(axis=(1, 2))
    np.testing.assert_allclose(bias, np.broadcast_to(bias[0], bias.shape), atol=1e-3)
    # They differ from place to place: a map that says the same of all tells nothing.
    assert (maps.std(axis=(1, 2)).max(axis=1) > 0.1).all()


def test_the_constant_is_the_bias_of_the_last_layer(crops: np.ndarray) -> None:
    reader = keras_classifier()
    bias = reader._model.get_layer("logits").get_weights()[1]  # type: ignore[attr-defined]
    for one in onnx_classifier().classify(crops, maps=True):
        np.testing.assert_allclose(one.maps.mean(axis=(0, 1)) + bias, one.logits, atol=1e-3)


def test_it_says_what_it_is(classifier: EmotionClassifier) -> None:
    assert classifier.model_id == ModelStore.default().active().id
    assert classifier.device


def test_onnx_agrees_with_keras(crops: np.ndarray) -> None:
    reference = keras_classifier().classify(crops)
    live = onnx_classifier().classify(crops)
    for one, other in zip(reference, live, strict=True):
        assert np.abs(one.probabilities - other.probabilities).max() <= PARITY
        assert one.probabilities.argmax() == other.probabilities.argmax()


def test_the_maps_of_onnx_agree_with_those_of_keras(crops: np.ndarray) -> None:
    reference = keras_classifier().classify(crops, maps=True)
    live = onnx_classifier().classify(crops, maps=True)
    for one, other in zip(reference, live, strict=True):
        np.testing.assert_allclose(one.maps, other.maps, atol=1e-3)


def test_a_network_without_a_second_output_gives_no_maps(crops: np.ndarray) -> None:
    reader = OnnxClassifier(model_folders.network(), "one output")
    assert not reader.has_maps
    assert all(one.maps is None for one in reader.classify(crops[:3], maps=True))


@pytest.mark.parametrize("how", ["twice as large", "logits again"])
def test_a_second_output_that_does_not_add_up_is_no_map(how: str, crops: np.ndarray) -> None:
    onnx = pytest.importorskip("onnx", reason="the training component is not installed")
    model = onnx.load_from_string(onnx_bytes())
    logits, maps = (one.name for one in model.graph.output)
    source = maps if how == "twice as large" else logits
    model.graph.node.append(onnx.helper.make_node("Add", [source, source], ["other"]))
    model.graph.output[1].CopyFrom(onnx.helper.make_tensor_value_info("other", onnx.TensorProto.FLOAT, None))
    reader = OnnxClassifier(model.SerializeToString(), how)
    assert not reader.has_maps
    assert reader.classify(crops[:1], maps=True)[0].maps is None


def test_an_onnx_file_that_is_none_is_refused_in_one_line() -> None:
    for content in (b"", b"not a model", onnx_bytes()[:5000]):
        with pytest.raises(ModelError) as caught:
            OnnxClassifier(content, "damaged")
        assert "\n" not in str(caught.value)


def onnx_bytes() -> bytes:
    return ModelStore.default().active().read(ONNX_FILE)
