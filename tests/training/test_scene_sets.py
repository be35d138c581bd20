"""Scenes are made beside the first epoch, kept for a resumed run, and told of where they fail."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_desktop.core.errors import Cancelled, ModelError
from fer_desktop.core.types import Face, Frame
from fer_desktop.training import runs, scene_sets
from fer_desktop.training.config import preset
from fer_desktop.training.scene_sets import SceneSets


class Blind:
    """Finds nothing: the crops are the faces as they are. Waits where it is told to."""

    def __init__(self) -> None:
        self.closed = False
        self.go = threading.Event()
        self.go.set()

    def detect(self, frame: Frame, known: Sequence[Any] = ()) -> tuple[Face, ...]:
        self.go.wait(10)
        return ()

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def run(tmp_path: Path) -> runs.Run:
    config = replace(preset("standard"), scene_sets=2, epochs=3)
    return runs.start(tmp_path / "mine", config, tmp_path / "data.csv", "abc")


@pytest.fixture
def images(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, 255, (5, 48, 48), np.uint8)


def silent(event: str, **values: Any) -> None:
    pass


def test_they_come_with_the_second_epoch_and_are_kept(run: runs.Run, images: np.ndarray) -> None:
    detector, never = Blind(), threading.Event()
    with SceneSets(run, images, lambda: detector, silent) as scenes:
        assert scenes.of_epoch(1, never).shape == (0, 5, 48, 48)
        made = scenes.of_epoch(2, never)
    np.testing.assert_array_equal(made, np.stack([images, images]))
    assert detector.closed
    with SceneSets(run, images, lambda: pytest.fail("they are there"), silent) as again:
        np.testing.assert_array_equal(again.of_epoch(3, never), made)


def test_a_file_cut_off_is_made_again(run: runs.Run, images: np.ndarray) -> None:
    with SceneSets(run, images, Blind, silent) as scenes:
        made = scenes.of_epoch(2, threading.Event())
    path = run.folder / scene_sets.FILE
    path.write_bytes(path.read_bytes()[:1000])
    with SceneSets(run, images, Blind, silent) as scenes:
        np.testing.assert_array_equal(scenes.of_epoch(2, threading.Event()), made)


def test_a_run_of_one_epoch_makes_none(run: runs.Run, images: np.ndarray) -> None:
    short = replace(run, config=replace(run.config, epochs=1))
    with SceneSets(short, images, lambda: pytest.fail("not needed"), silent) as scenes:
        assert len(scenes.of_epoch(1, threading.Event())) == 0


def test_waiting_for_them_can_be_stopped(run: runs.Run, images: np.ndarray) -> None:
    detector, cancel = Blind(), threading.Event()
    detector.go.clear()

    def stop(event: str, **values: Any) -> None:
        if event == "scenes":
            cancel.set()
            detector.go.set()

    with pytest.raises(Cancelled, match="scenes"), SceneSets(run, images, lambda: detector, stop) as scenes:
        scenes.of_epoch(2, cancel)
    assert detector.closed


def test_what_goes_wrong_is_raised_where_they_are_needed(run: runs.Run, images: np.ndarray) -> None:
    def broken() -> Any:
        raise ModelError("The detector is missing")

    with SceneSets(run, images, broken, silent) as scenes:
        scenes.of_epoch(1, threading.Event())
        with pytest.raises(ModelError, match="missing"):
            scenes.of_epoch(2, threading.Event())
