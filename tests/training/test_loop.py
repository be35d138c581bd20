"""The loop in this process: the schedule, the averaged weights, and a resumed run that is the run that was left."""

from __future__ import annotations

import itertools
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import training_data

pytest.importorskip("keras", reason="the training component is not installed")

from fer_desktop.core import emotions
from fer_desktop.core.errors import Cancelled, FerError, InputError
from fer_desktop.training import loop
from fer_desktop.training.batches import Batches
from fer_desktop.training.config import TrainingConfig
from fer_desktop.training.control import Control
from fer_desktop.training.weight_average import WeightAverage

CONFIG = TrainingConfig(architecture="resnet-16", epochs=2, batch_size=16, warm_up_epochs=0.5, mixed_precision=False)


@pytest.fixture(autouse=True)
def without_xla(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes seconds a network to compile; test_backends.py trains with it."""
    monkeypatch.setattr(loop.backends, "compile_options", lambda steps: {"jit_compile": False})


def silent(event: str, **values: Any) -> None:
    pass


def faces(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    labels = np.arange(64) % emotions.COUNT
    return np.stack([training_data.draw(emotions.NAMES[label], rng) for label in labels]), labels


def new_run(folder: Path, images: np.ndarray, labels: np.ndarray, config: TrainingConfig = CONFIG) -> loop.TrainingRun:
    targets, weights = np.eye(emotions.COUNT, dtype=np.float32)[labels], np.ones(len(labels), np.float32)
    batches = Batches(images, targets, weights, config)
    return loop.TrainingRun(config, batches, folder, silent)


def state(run: loop.TrainingRun) -> list[np.ndarray]:
    import keras

    optimizer = [keras.ops.convert_to_numpy(variable) for variable in run._optimizer.variables]
    return [*run.network.get_weights(), *optimizer, *run._average.state(), *run.best, run.lesson.answers]


def test_the_rate_warms_up_and_falls_to_nothing() -> None:
    config = TrainingConfig(epochs=10, warm_up_epochs=2, peak_learning_rate=0.4)
    schedule = loop.learning_rate(config, 50)
    rates = [float(schedule(step)) for step in range(501)]
    assert rates[0] == pytest.approx(0.4 / 100)
    assert max(rates) == pytest.approx(0.4)
    assert int(np.argmax(rates)) == pytest.approx(100, abs=1)
    assert rates[300] == pytest.approx(0.2, rel=0.02), "half-way down the cosine"
    assert rates[-1] < 1e-4
    assert all(later <= earlier for earlier, later in itertools.pairwise(rates[100:]))


class Weights:
    def __init__(self) -> None:
        self.value = np.zeros(3, np.float32)

    def get_weights(self) -> list[np.ndarray]:
        return [self.value.copy()]


def test_the_average_starts_fast_and_comes_back_as_it_was() -> None:
    model = Weights()
    average = WeightAverage(model, steps=1000)  # type: ignore[arg-type]
    model.value += 1
    for _ in range(30):
        average.update()
    assert average.values[0].min() > 0.9, "a young average forgets the untrained weights"
    other = WeightAverage(model, steps=1000)  # type: ignore[arg-type]
    other.restore(average.state())
    model.value += 1
    average.update()
    other.update()
    np.testing.assert_array_equal(average.values[0], other.values[0])


def test_a_resumed_run_is_the_run_that_was_left(tmp_path: Path, rng: np.random.Generator) -> None:
    images, labels = faces(rng)
    run = new_run(tmp_path, images, labels)
    run.train(images, labels, Control())
    assert run.progress.epoch == 2
    resumed = new_run(tmp_path, images, labels)
    assert resumed.resumed
    assert resumed.progress == run.progress
    before, after = state(run), state(resumed)
    assert len(before) == len(after)
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)
    untrained = new_run(tmp_path / "another", images, labels)
    assert any(np.abs(one - other).max() > 1e-3 for one, other in zip(before, state(untrained), strict=True))


def test_the_average_follows_however_few_batches_there_are(tmp_path: Path, rng: np.random.Generator) -> None:
    images, labels = faces(rng)
    run = new_run(tmp_path, images[:16], labels[:16])  # one batch an epoch
    begun = [value.copy() for value in run.network.get_weights()]
    run.train(images, labels, Control())
    moved = [np.abs(best - before).max() for best, before in zip(run.best, begun, strict=True)]
    assert max(moved) > 1e-3


def test_a_run_begins_with_the_weights_it_is_given(tmp_path: Path, rng: np.random.Generator) -> None:
    images, labels = faces(rng)
    parent, run = new_run(tmp_path / "parent", images, labels), new_run(tmp_path / "run", images, labels)
    parent.train(images, labels, Control())
    run.begin_with(parent.best_model())
    for best, value in zip(parent.best, run.network.get_weights(), strict=True):
        np.testing.assert_array_equal(best, value)
    other = new_run(tmp_path / "other", images, labels, replace(CONFIG, architecture="resnet-32"))
    with pytest.raises(InputError, match="not a resnet-32"):
        other.begin_with(parent.best_model())


def test_a_paused_run_waits_and_goes_on(tmp_path: Path, rng: np.random.Generator) -> None:
    images, labels = faces(rng)
    run, control, told = new_run(tmp_path, images, labels), Control(), []

    def emit(event: str, **values: Any) -> None:
        told.append(event)
        if event == "step" and told.count("step") == 1:
            control.pause()
        if event == "paused":
            threading.Timer(0.3, control.resume).start()

    run._emit = emit
    run.train(images, labels, control)
    assert told.count("paused") == told.count("resumed") == 1
    assert run.progress.epoch == 2


def test_a_cancelled_run_keeps_its_last_whole_epoch(tmp_path: Path, rng: np.random.Generator) -> None:
    images, labels = faces(rng)
    run, control = new_run(tmp_path, images, labels), Control()
    run._emit = lambda event, **values: control.cancel.set() if event == "checkpoint" else None
    with pytest.raises(Cancelled):
        run.train(images, labels, control)
    assert new_run(tmp_path, images, labels).progress.epoch == 1


def test_a_loss_that_is_no_number_ends_the_run(tmp_path: Path, rng: np.random.Generator) -> None:
    images, labels = faces(rng)
    run = new_run(tmp_path, images, labels)
    run.network.set_weights([np.full_like(value, np.nan) for value in run.network.get_weights()])
    with pytest.raises(FerError, match="no longer a number"):
        run.train(images, labels, Control())


def test_the_loss_told_is_the_mean_of_its_own_epoch(tmp_path: Path, rng: np.random.Generator) -> None:
    images, labels = faces(rng)
    run = new_run(tmp_path, images, labels, replace(CONFIG, peak_learning_rate=0.0, self_teaching=0.0))
    run._batches._weights *= 100
    weighed = run._epoch(1, Control()).loss
    run._batches._weights /= 100
    told: list[tuple[int, float]] = []
    run._emit = lambda event, **values: told.append((values["step"], values["loss"]))
    loss = run._epoch(2, Control()).loss
    assert told[-1] == (4, loss)
    assert 0 < loss < weighed / 10
