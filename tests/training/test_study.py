"""The study again, small: its layer strings, its preprocessing, and a reproduction that is stopped and goes on."""

from __future__ import annotations

import itertools
import json
import math
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import training_data

pytest.importorskip("keras", reason="the training component is not installed")
pytest.importorskip("sklearn", reason="the training component is not installed")

from fer_desktop.core.errors import Cancelled, InputError
from fer_desktop.training import architectures, preprocess, study
from fer_desktop.training.architectures import study as layer_strings
from fer_desktop.training.datasets import fer_csv
from fer_desktop.training.datasets.face_set import FaceSet
from fer_desktop.training.study_training import StudyNetwork

ROOT = Path(__file__).resolve().parents[2]
SMALL = (
    StudyNetwork("study-mlp", None, ((0.25, None),), epochs=2),
    StudyNetwork("small-default", "c4 p p v4 p f8 d.5", ((0.4, None),), 2, optimizer="rmsprop", rate=1e-3),
    StudyNetwork("small-swish", "v4 p bn p c4 p d.2", ((0.5, 20), (0.6, 50)), 2, activation="swish"),
)


class Events:
    """What was emitted, in order. After `stop_after` events of a kind it asks the run to stop."""

    def __init__(self, kind: str = "", stop_after: int = 0) -> None:
        self.all: list[tuple[str, dict[str, Any]]] = []
        self.cancel = threading.Event()
        self._kind, self._left = kind, stop_after

    def __call__(self, event: str, **values: Any) -> None:
        self.all.append((event, values))
        if event == self._kind:
            self._left -= 1
            if self._left == 0:
                self.cancel.set()

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [values for event, values in self.all if event == kind]


@pytest.fixture(scope="module")
def faces(tmp_path_factory: pytest.TempPathFactory) -> FaceSet:
    return fer_csv.load(training_data.write_csv(tmp_path_factory.mktemp("data") / "fer2013.csv"))


def test_a_layer_string_is_read_word_by_word() -> None:
    assert layer_strings.parse("c48 v96 p d.4 bn f768 d.25") == [
        ("c", 48), ("v", 96), ("p", 0), ("d", 0.4), ("bn", 0), ("f", 768), ("d", 0.25),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["x48", "c", "c48 q", "d4", "p2", "c0", "c48,v96", "f8 c4", "f8 p"])
def test_a_word_that_is_no_layer_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no layer|after a dense"):
        layer_strings.parse(text)


# name: the sides of each convolution and pooling, the parameters; both by hand, from the strings as published.
SHAPES = {
    "study-default": ([48, 46, 23, 23, 21, 10], 7_524_823),
    "study-improved": ([48, 46, 23, 23, 23, 23, 21, 10, 8, 4, 2, 1], 1_807_879),
    "study-dropout": ([48, 46, 23, 23, 23, 11, 11, 9, 4, 2, 1], 1_788_631),
}
SHAPES |= dict.fromkeys(("study-more-dropout", "study-swish", "study-swish-more-dropout"), SHAPES["study-dropout"])


@pytest.mark.parametrize("name", SHAPES)
def test_each_network_is_the_published_one_layer_by_layer(name: str) -> None:
    model = architectures.build(name)
    kinds = [type(layer).__name__ for layer in model.layers]
    sides, parameters = SHAPES[name]
    pictures = [layer for layer in model.layers if type(layer).__name__ in ("Conv2D", "MaxPooling2D")]
    assert [layer.output.shape[1] for layer in pictures] == sides
    assert model.count_params() == parameters
    assert kinds.count("Flatten") == 1
    assert kinds.index("Flatten") == kinds.index("Dense") - 1
    used = {layer.activation.__name__ for layer in model.layers if hasattr(layer, "activation")}
    assert used == {"silu" if "swish" in name else "relu", "linear"}


def test_more_dropout_is_dropout_with_more_of_it() -> None:
    words = [word for word in layer_strings.MORE_DROPOUT.split() if not word.startswith("d")]
    assert words == [word for word in layer_strings.DROPOUT.split() if not word.startswith("d")]
    every = layer_strings.MORE_DROPOUT.split()
    after = [before for before, word in itertools.pairwise(every) if word == "d.4"]
    assert after == ["p", "c192", "p", "c192", "p"]


def test_all_of_the_study_is_there() -> None:
    assert {network.name for network in study.NETWORKS} == {*SHAPES, "study-mlp"}
    assert max(network.published[-1][0] for network in study.NETWORKS) == 0.5805


def test_the_rate_decays_as_keras_2_did() -> None:
    from fer_desktop.training import study_training

    network = next(network for network in study.NETWORKS if network.name == "study-default")
    optimizer = study_training._optimizer(network)
    assert type(optimizer).__name__ == "RMSprop"
    optimizer.iterations.assign(1_000_000)
    assert float(optimizer.learning_rate) == pytest.approx(1e-4 / 2, rel=1e-5)


def test_normalised_pixels_have_mean_0_and_deviation_1_on_training_only(rng: np.random.Generator) -> None:
    training = rng.integers(0, 256, (500, 48, 48)).astype(np.uint8)
    other = (training // 4 + 150).astype(np.uint8)
    prepare = preprocess.fit("normalize", training)
    ready = prepare(training)
    assert ready.dtype == np.float32
    assert np.abs(ready.mean(axis=0)).max() < 1e-3
    assert np.abs(ready.std(axis=0) - 1).max() < 1e-3
    expected = (other - training.mean(axis=0)) / training.std(axis=0)
    np.testing.assert_allclose(prepare(other), expected, atol=1e-3)


def test_a_pixel_that_never_changes_is_no_division_by_nothing() -> None:
    assert np.isfinite(preprocess.fit("normalize", np.full((9, 48, 48), 7, np.uint8))(np.zeros((1, 48, 48)))).all()


def test_the_components_hold_98_percent_and_no_more_than_needed(faces: FaceSet) -> None:
    images = faces.split("Training").images
    mean, components = preprocess.principal_components(images)
    flat = images.reshape(len(images), -1) - mean.astype(np.float64)
    np.testing.assert_allclose(components @ components.T, np.eye(len(components)), atol=1e-4)

    def held(count: int) -> float:
        return float(((flat @ components[:count].T) ** 2).sum() / (flat**2).sum())

    assert held(len(components)) >= 0.98 - 1e-6
    assert held(len(components) - 1) < 0.98
    rebuilt = preprocess.fit("pca98", images)(images)
    assert rebuilt.shape == images.shape
    error = float(((rebuilt - images) ** 2).sum() / (flat**2).sum())
    assert error == pytest.approx(1 - held(len(components)), abs=1e-4)
    assert 0 < error <= 0.02 + 1e-4


@pytest.mark.parametrize("preprocessing", preprocess.NAMES)
def test_a_reproduction_ends_in_a_table_figures_and_curves(faces: FaceSet, tmp_path: Path, preprocessing: str) -> None:
    events = Events()
    report = study.reproduce(
        faces, tmp_path, events, events.cancel, epochs=1, preprocessing=preprocessing, networks=SMALL
    )
    assert json.loads((tmp_path / "study.json").read_text(encoding="utf-8")) == report
    assert report["schema"] == 1
    rows = {row["name"]: row for row in report["networks"]}
    assert list(rows) == [network.name for network in SMALL]
    for row in rows.values():
        assert row["preprocessing"] == preprocessing
        assert row["epochs"] == len(row["history"]) == 1
        assert 0 <= row["accuracy"] <= 1
        assert math.isfinite(row["history"][0]["validation_loss"])
    assert rows["study-mlp"]["parameters"] == 2304 * 300 + 300 + 300 * 7 + 7
    swish = rows["small-swish"]
    assert swish["difference"] == pytest.approx(swish["accuracy"] - 0.5), "one epoch is held against the shorter run"
    table = (tmp_path / "study.md").read_text(encoding="utf-8")
    for name in rows:
        assert f"| {name} | {preprocessing} | 1 |" in table
    assert "50.00% (20), 60.00% (50)" in table
    picture = cv2.imread(str(tmp_path / "study.png"))
    assert picture is not None
    assert picture.shape[0] == 600
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 50, "there is something on it"
    assert not list(tmp_path.glob("*.partial"))
    assert [values["network"] for values in events.of("epoch")] == list(rows)
    assert events.all[-1][0] == "done"


def test_what_is_finished_is_not_trained_again(faces: FaceSet, tmp_path: Path) -> None:
    events = Events("epoch", stop_after=3)  # in the second network's first epoch: the MLP has two
    with pytest.raises(Cancelled, match="small-default"):
        study.reproduce(faces, tmp_path, events, events.cancel, networks=SMALL)
    kept = (tmp_path / "study-mlp.json").read_bytes()
    assert "Not trained yet: small-default, small-swish" in (tmp_path / "study.md").read_text(encoding="utf-8")

    events = Events()
    report = study.reproduce(faces, tmp_path, events, events.cancel, networks=SMALL)
    trained = [(values["network"], values["epoch"]) for values in events.of("epoch")]
    assert trained == [("small-default", 2), ("small-swish", 1), ("small-swish", 2)], "each goes on where it was"
    assert (tmp_path / "study-mlp.json").read_bytes() == kept
    assert [len(row["history"]) for row in report["networks"]] == [2, 2, 2]

    events = Events()
    assert study.reproduce(faces, tmp_path, events, events.cancel, networks=SMALL) == report
    assert not events.of("epoch")


def test_the_weights_go_on_where_they_were(faces: FaceSet, tmp_path: Path) -> None:
    # Without dropout, whose numbers are not kept, the run that was stopped ends as the unbroken one does.
    plain = StudyNetwork("plain", "c4 p p v4 p", ((0.5, None),), 3, rate=1e-3)
    events = Events()
    whole = study.reproduce(faces, tmp_path / "whole", events, events.cancel, networks=[plain])
    events = Events("epoch", stop_after=2)
    with pytest.raises(Cancelled):
        study.reproduce(faces, tmp_path / "broken", events, events.cancel, networks=[plain])
    events = Events()
    broken = study.reproduce(faces, tmp_path / "broken", events, events.cancel, networks=[plain])
    for one, other in zip(whole["networks"][0]["history"], broken["networks"][0]["history"], strict=True):
        assert one == pytest.approx(other, abs=2e-3)


def test_a_folder_of_another_task_is_not_mixed_with_this_one(faces: FaceSet, tmp_path: Path) -> None:
    events = Events()
    study.reproduce(faces, tmp_path, events, events.cancel, epochs=1, networks=SMALL[:1])
    for change in ({"epochs": 2}, {"epochs": 1, "preprocessing": "normalize"}, {"epochs": 1, "seed": 2}):
        with pytest.raises(InputError, match="another task"):
            study.reproduce(faces, tmp_path, events, events.cancel, networks=SMALL[:1], **change)  # type: ignore[arg-type]
    (tmp_path / "study-mlp.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="damaged"):
        study.reproduce(faces, tmp_path, events, events.cancel, epochs=1, networks=SMALL[:1])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--preprocess", "pca98", "--data", "x.csv"], "--reproduce-study"),
        (["--reproduce-study", "--data", "x.csv"], "--out"),
        (["--reproduce-study", "--out", "x"], "--data"),
        (["--reproduce-study", "--data", "x.csv", "--out", "x", "--preset", "quick"], "--preset"),
        (["--reproduce-study", "--data", "x.csv", "--out", "x", "--epochs", "0"], "--epochs"),
    ],
)
def test_wrong_use_is_one_line_and_2(arguments: list[str], told: str) -> None:
    command = [sys.executable, "-m", "fer_desktop", "train", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert told in done.stderr


@pytest.mark.timeout(300)
@pytest.mark.skipif(os.name != "posix", reason="SIGINT is sent as on POSIX")
def test_ctrl_c_ends_the_command_with_3_and_keeps_what_is_done(tmp_path: Path) -> None:
    data, out = training_data.write_csv(tmp_path / "fer2013.csv"), tmp_path / "study"
    command = [
        sys.executable,
        "-m",
        "fer_desktop",
        "train",
        "--reproduce-study",
        "--data",
        str(data),
        "--out",
        str(out),
    ]
    process = subprocess.Popen(
        [*command, "--epochs", "1", "--events", "-"],
        cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        for line in process.stdout:
            event = json.loads(line)
            if event["event"] == "note" and event["text"].startswith("study-default"):
                break
        process.send_signal(2)
        rest = [json.loads(line) for line in process.stdout]
        errors = process.stderr.read()
        assert process.wait(60) == 3, errors
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()
    assert rest[-1]["event"] == "error"
    assert rest[-1]["cancelled"] is True
    assert "study-default" in errors.strip().splitlines()[-1]
    assert (out / "study-mlp.json").is_file()
    assert (out / "study.png").is_file()
