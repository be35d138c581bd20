"""Teaching a model one face: what it gains, what it costs, what it writes, and that nothing is left where it fails."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import lit_faces
import numpy as np
import pytest
import training_data

pytest.importorskip("keras", reason="the training component is not installed")

from fer_desktop import resources
from fer_desktop.core import emotions
from fer_desktop.core.errors import Cancelled, FerError, InputError
from fer_desktop.core.probability import softmax
from fer_desktop.modelstore.store import KERAS_FILE, ONNX_FILE, ModelFolder, ModelStore
from fer_desktop.samples import SampleStore
from fer_desktop.training import backends, export, finetune, finetune_learning, finetune_memory
from fer_desktop.training.control import Control
from fer_desktop.training.datasets.face_set import FaceSet
from fer_desktop.training.finetune import FineTuning, fine_tune
from fer_desktop.training.finetune_learning import Base, Own
from fer_desktop.training.parents import OUTPUT_NAME, Parent

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def shipped() -> ModelFolder:
    return ModelFolder.open(resources.models_dir() / "default")


@pytest.fixture(scope="module")
def network(shipped: ModelFolder) -> Any:
    return finetune.network_of(Parent.of(shipped), shipped.manifest)


def others(training: int = 160, validation: int = 70) -> FaceSet:
    """Drawn discs with faces, as good as nobody."""
    rng = np.random.default_rng(5)
    labels = np.arange(training + validation) % emotions.COUNT
    images = np.stack([training_data.draw(emotions.NAMES[label], rng) for label in labels])
    return FaceSet(images, labels, np.array(["Training"] * training + ["PublicTest"] * validation))


def divided(light: str, each: int, seed: int, of: tuple[int, ...] = tuple(range(emotions.COUNT))) -> tuple[Own, Own]:
    """(learnt, kept back): two thirds and one third of each of these emotions."""
    images, labels = lit_faces.faces(light, each, seed)
    chosen, back = np.isin(labels, of), np.arange(len(labels)) % each < each // 3
    return Own(images[chosen & ~back], labels[chosen & ~back]), Own(images[back], labels[back])


def test_a_face_that_it_reads_badly_is_learnt_and_others_stay(network: Any, shipped: ModelFolder) -> None:
    own, kept_back = divided("side", 15, 1)
    result = finetune_learning.learn(network, shipped.manifest.temperature, own, kept_back, Base.of(others(), 1), 1)
    before, after = result.own
    assert before < 0.8
    assert after >= before + 0.1
    assert result.base is not None
    assert result.base[0] - result.base[1] <= finetune_learning.WORSE
    assert not result.worse


def test_it_learns_without_faces_of_others_too(
    network: Any, shipped: ModelFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finetune_learning, "STRANGE", 300)
    own, kept_back = divided("back", 15, 2)
    result = finetune_learning.learn(network, shipped.manifest.temperature, own, kept_back, None, 1)
    assert result.own[1] >= result.own[0] + 0.1
    assert result.base is None
    assert result.metrics == {}, "what was not measured is not told"


def test_emotions_that_were_never_shown_do_not_collapse(network: Any, shipped: ModelFolder) -> None:
    shown = (3, 4, 6)
    own, kept_back = divided("side", 15, 3, of=shown)
    result = finetune_learning.learn(network, shipped.manifest.temperature, own, kept_back, Base.of(others(), 1), 1)
    old = finetune_learning.head_of(network, shipped.manifest.temperature)
    features = finetune_learning.pictures.Trunk(network).features(kept_back.images)
    never = ~np.isin(kept_back.labels, shown)
    before, after = (float((head.read(features) == kept_back.labels)[never].mean()) for head in (old, result.head))
    assert after >= before - 0.15
    assert np.isin(result.head.read(features[never]), shown).mean() < 0.9


@pytest.mark.parametrize("backend", ["torch", "tensorflow"])
def test_every_backend_learns(backend: str) -> None:
    import keras

    if backend not in backends.installed():
        pytest.skip(f"{backend} is not installed")
    if backend == keras.backend.backend():
        pytest.skip("the tests above run on it")
    variables = {**os.environ, "KERAS_BACKEND": backend, "OMP_WAIT_POLICY": "PASSIVE"}
    variables["PYTHONPATH"] = os.pathsep.join((str(HERE.parents[1]), str(HERE.parent)))
    command = [sys.executable, str(HERE / "finetune_on_backend.py")]
    done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    result = json.loads(done.stdout.splitlines()[-1])
    assert backend in result["device"]
    assert result["own"][1] >= result["own"][0] + 0.1
    assert result["base"][0] - result["base"][1] <= finetune_learning.WORSE
    assert result["network_changed"] == 0


# What is written. A small untrained network is enough for that.


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import keras

    from fer_desktop.training import architectures

    keras.utils.set_random_seed(1)
    untrained = architectures.build("resnet-16")
    untrained.get_layer(OUTPUT_NAME).bias.assign(np.linspace(-0.3, 0.3, 7))
    folder = tmp_path_factory.mktemp("models") / "small"
    recall = dict.fromkeys(emotions.NAMES, 0.1)
    export.write_model(
        untrained, folder, "small", golden=np.zeros((2, 48, 48), np.uint8), temperature=0.8,
        architecture={"name": "resnet-16", "arguments": {}, "parameters": untrained.count_params()},
        training={"biases": [0.5] * 7, "epochs": 1, "minutes": 0, "seed": 1},
        data={"sources": {"x": "y"}, "trained_on": 2, "note": "."},
        metrics={"PublicTest": {"accuracy": 0.1, "balanced_accuracy": 0.1, "ece": 0.1, "n": 2, "recall": recall}},
    )  # fmt: skip
    return folder


@pytest.fixture
def asked(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FineTuning:
    """With a target in a store of its own, in which the model to begin with lies."""
    monkeypatch.setattr(finetune_learning, "STRANGE", 100)
    monkeypatch.setattr(resources, "user_models_dir", lambda: tmp_path / "models")
    models = tmp_path / "models"
    shutil.copytree(small, models / "small")
    store = SampleStore(tmp_path / "samples")
    lit_faces.fill(store, "side", 3, 1, bursts=3, of="happy sad")
    return FineTuning(store.samples(), ModelFolder.open(models / "small"), models / "taught")


def silent(*_: object, **__: object) -> None:
    pass


def left_in(asked: FineTuning) -> set[str]:
    return {path.name for path in asked.target.parent.iterdir()} - {".lock"}


def test_the_new_model_is_whole_and_says_what_it_is(asked: FineTuning, tmp_path: Path) -> None:
    damaged = asked.samples[0].path
    damaged.write_bytes(damaged.read_bytes()[:200])
    told: list[tuple[str, dict[str, Any]]] = []
    base = others(60, 30)
    faces = FaceSet(base.images, base.labels, base.usages, sources={"faces.csv": "0" * 64})
    with_base = FineTuning(asked.samples, asked.begun_with, asked.target, faces, seed=3)
    fine_tune(with_base, lambda event, **values: told.append((event, values)), Control())

    assert left_in(asked) == {"small", "taught"}
    folder = ModelFolder.open(asked.target)
    assert ModelStore(tmp_path / "none", tmp_path / "models").verify("taught") == []
    manifest = folder.manifest
    assert (folder.id, folder.name) == ("taught", "small, my face")
    assert manifest.temperature == 0.8
    assert manifest.training["biases"] == [0.5] * 7
    assert manifest.training["start_from"] == "small"
    assert manifest.training["start_from_sha256"] == asked.begun_with.manifest.files["model.keras"]
    assert manifest.data["sources"]["faces.csv"] == "0" * 64
    assert manifest.metrics["PublicTest"]["n"] == 30
    card = (asked.target / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "one person's face" in card
    assert "PublicTest chose nothing in this fine-tuning. " in card
    assert "it did choose" not in card, "small was trained on another file"
    # A second round measures on none that the first one learnt, also where they were renamed and relabelled since.
    renamed = SampleStore(asked.samples[0].path.parents[1]).relabel(asked.samples, "fear")
    pixels = finetune.read([replace(one, emotion=emotions.NAMES[n % 2]) for n, one in enumerate(renamed)], silent)
    memory = finetune_memory.of(folder)
    assert len(memory.pictures) == manifest.data["trained_on"] == 4
    again_parts = finetune_memory.divide(pixels, memory, 1)
    assert {finetune_memory.digest(pixels[one]) for one in again_parts.held}.isdisjoint(memory.pictures)
    assert len(again_parts.learnt) >= 4 - len(again_parts.held)
    # It can be learnt from in turn, and all but the last layer is the old one's.
    again, old = Parent.of(folder).network(), Parent.of(asked.begun_with).network()
    for new, before in zip(again.get_weights()[:-2], old.get_weights()[:-2], strict=True):
        np.testing.assert_array_equal(new, before)
    assert np.abs(again.get_weights()[-2] - old.get_weights()[-2]).max() > 0.01
    # What was told is what the exported network says.
    kinds = [event for event, _ in told]
    assert (kinds[0], kinds[1], kinds[-1]) == ("note", "started", "done")
    started, done = told[1][1], told[-1][1]
    assert (started["samples"], started["base"], started["model"]) == (5, 90, "small")
    assert started["left_out"] == 5 - manifest.data["trained_on"] - started["held_out"]
    assert done["path"] == str(asked.target)
    public = base.split("PublicTest")
    logits = export.onnx_logits(asked.target / ONNX_FILE, public.images[..., None].astype(np.float32))
    assert (softmax(logits).argmax(axis=1) == public.labels).mean() == pytest.approx(done["base"]["after"])
    assert done["worse"] == (done["base"]["before"] - done["base"]["after"] > 0.01), "2 faces show nothing"
    assert (done["samples"]["same_hold"], done["samples"]["sure"]) == (0, False)
    assert done["samples"]["held_out"] == manifest.training["samples"]["held_out"] == started["held_out"]
    steps = [values for event, values in told if event == "step"]
    assert steps[-1]["step"] == steps[-1]["steps"]
    assert [values["step"] for values in steps] == sorted(values["step"] for values in steps)


@pytest.mark.parametrize("moment", ["started", "step"])
def test_a_cancelled_run_leaves_nothing(asked: FineTuning, moment: str) -> None:
    control = Control()
    with pytest.raises(Cancelled):
        fine_tune(asked, lambda event, **_: control.cancel.set() if event == moment else None, control)
    assert left_in(asked) == {"small"}


@pytest.fixture
def quick_export(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real one is in the test above."""
    monkeypatch.setattr(finetune.export, "write_model", lambda _, folder, *__, **___: shutil.copytree(small, folder))


def test_a_cancel_during_the_export_leaves_nothing(
    asked: FineTuning, monkeypatch: pytest.MonkeyPatch, quick_export: None
) -> None:
    control = Control()
    monkeypatch.setattr(finetune.manifests, "change", lambda *_, **__: control.cancel.set())
    with pytest.raises(Cancelled):
        fine_tune(asked, silent, control)
    assert left_in(asked) == {"small"}


def test_a_killed_run_leaves_nothing(asked: FineTuning, monkeypatch: pytest.MonkeyPatch, quick_export: None) -> None:
    def end(*_: object, **__: object) -> None:
        assert len(left_in(asked)) == 2, "it is made beside the models, where the sweep finds it"
        raise SystemExit(143)

    monkeypatch.setattr(finetune.manifests, "change", end)
    with pytest.raises(SystemExit):
        fine_tune(asked, silent, Control())
    assert left_in(asked) == {"small"}


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ((31, 16, 0), "31 faces of you, 16 are kept back to measure"),
        ((31, 0, 0), "31 faces of you, none is left to measure with"),
        (
            (31, 16, 3),
            "31 faces of you, 16 are kept back to measure, "
            "3 between them are left out, since they look like the ones kept back",
        ),
        (
            (31, 16, 1),
            "31 faces of you, 16 are kept back to measure, "
            "1 between them is left out, since it looks like the ones kept back",
        ),
    ],
)
def test_every_sample_is_accounted_for(parts: tuple[int, int, int], said: str) -> None:
    assert finetune._shares(*parts) == said


def test_where_nothing_new_is_left_nothing_is_measured(asked: FineTuning, quick_export: None) -> None:
    told: dict[str, dict[str, Any]] = {}
    pixels = finetune.read(asked.samples, silent)
    memory = finetune_memory.Memory().and_of(list(pixels), pixels)
    before = asked.begun_with.manifest
    manifest = replace(before, training={**before.training, "learnt": memory.to_json()})
    again = replace(asked, begun_with=replace(asked.begun_with, manifest=manifest))
    fine_tune(again, lambda event, **values: told.__setitem__(event, values), Control())
    assert (told["started"]["held_out"], told["started"]["left_out"]) == (0, 0)
    own = {"n": 6, "held_out": 0, "before": None, "after": None, "same_hold": 0, "sure": False}
    assert told["done"]["samples"] == own
    assert told["done"]["worse"] is False
    assert "no faces of you were left to measure with" in told["done"]["text"]


def test_what_the_models_before_learnt_is_known_too(asked: FineTuning, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = finetune.read(asked.samples, silent)
    first, *rest = pixels
    before, models = asked.begun_with.manifest, asked.target.parent
    learnt = finetune_memory.Memory().and_of([first], pixels).to_json()
    grandparent = replace(before, id="first", training={"fine_tuned": True, "learnt": learnt})
    retrained = replace(before, id="second", training={"start_from": "first"})
    for manifest in (grandparent, retrained):
        shutil.copytree(asked.begun_with.path, models / manifest.id)
        manifest.write(models / manifest.id)
    memory = finetune_memory.of(ModelFolder.open(models / "second"))
    assert [memory.has(sample, pixels[sample]) for sample in pixels] == [True] + [False] * len(rest)
    # A training with the folder of samples itself has learnt all that were there.
    sources = {**before.data, "sources": {f"{resources.user_samples_dir().name}/": "0" * 64}}
    replace(retrained, data=sources, created="2999-01-01T00:00:00+00:00").write(models / "second")
    memory = finetune_memory.of(ModelFolder.open(models / "second"))
    assert all(memory.has(sample, pixels[sample]) for sample in pixels)


def test_a_cancel_ends_the_process_that_exports(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def start(*arguments: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(real(*arguments, **options))
        return started[-1]

    def check() -> None:
        raise Cancelled("Stopped")

    monkeypatch.setattr(export.subprocess, "Popen", start)
    with pytest.raises(Cancelled):
        export._export_apart(small / KERAS_FILE, tmp_path / ONNX_FILE, check)
    (process,) = started
    assert process.returncode is not None and process.returncode != 0
    assert not (tmp_path / ONNX_FILE).exists()


def test_the_process_that_exports_ends_with_the_one_that_started_it(small: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fer_desktop.training.export", str(small / KERAS_FILE), str(tmp_path / ONNX_FILE)]
    variables = {**os.environ, "KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, env=variables, cwd=HERE.parents[1], timeout=100, check=False
    )
    assert done.returncode == 1
    assert not (tmp_path / ONNX_FILE).exists()


def test_a_full_disk_is_told_and_leaves_nothing(
    asked: FineTuning, monkeypatch: pytest.MonkeyPatch, quick_export: None
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(finetune.places, "flush", full)
    with pytest.raises(FerError, match="no space left on device"):
        fine_tune(asked, silent, Control())
    assert left_in(asked) == {"small"}


def test_nothing_is_replaced(asked: FineTuning) -> None:
    with pytest.raises(InputError, match="exists"):
        finetune.check_target(asked.begun_with.path)
    asked.target.mkdir()
    assert finetune.check_target(asked.target) == asked.target


def test_names_do_not_grow_and_fit(asked: FineTuning) -> None:
    def named(name: str) -> str:
        return finetune._name(replace(asked.begun_with, manifest=replace(asked.begun_with.manifest, name=name)))

    assert named("Mine, my face") == "Mine, my face"
    assert len(named("x" * 60)) == 60
