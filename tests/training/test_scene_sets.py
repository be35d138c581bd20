"""Scenes are made beside the first epoch, kept for a resumed run, and told of where they fail."""

from __future__ import annotations

import errno
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
from fer_desktop.training.control import Control
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
    return runs.start(tmp_path / "mine", config, [tmp_path / "data.csv"], "abc")


@pytest.fixture
def images(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, 255, (5, 48, 48), np.uint8)


def silent(event: str, **values: Any) -> None:
    pass


def test_they_come_with_the_second_epoch_and_are_kept(run: runs.Run, images: np.ndarray) -> None:
    detector = Blind()
    with SceneSets(run, images, lambda: detector, silent, Control()) as scenes:
        assert scenes.of_epoch(1) == []
        made = scenes.of_epoch(2)
    np.testing.assert_array_equal(np.stack(made), np.stack([images, images]))
    assert detector.closed
    with SceneSets(run, images, lambda: pytest.fail("they are there"), silent, Control()) as again:
        np.testing.assert_array_equal(np.stack(again.of_epoch(3)), np.stack(made))


def test_what_was_made_before_a_stop_is_not_made_again(run: runs.Run, images: np.ndarray) -> None:
    with SceneSets(run, images, Blind, silent, Control()) as scenes:
        made = np.stack(scenes.of_epoch(2))
    first, second = sorted(run.folder.glob("scenes-*.npy"))
    second.write_bytes(second.read_bytes()[:1000])
    kept = first.stat().st_mtime_ns
    with SceneSets(run, images, Blind, silent, Control()) as scenes:
        np.testing.assert_array_equal(np.stack(scenes.of_epoch(2)), made)
    assert first.stat().st_mtime_ns == kept
    assert second.stat().st_size == first.stat().st_size


def test_a_run_of_one_epoch_makes_none(run: runs.Run, images: np.ndarray) -> None:
    short = replace(run, config=replace(run.config, epochs=1))
    with SceneSets(short, images, lambda: pytest.fail("not needed"), silent, Control()) as scenes:
        assert scenes.of_epoch(1) == []


def test_waiting_for_them_can_be_stopped(run: runs.Run, images: np.ndarray) -> None:
    detector, control = Blind(), Control()
    detector.go.clear()

    def stop(event: str, **values: Any) -> None:
        if event == "scenes":
            control.cancel.set()
            detector.go.set()

    with (
        pytest.raises(Cancelled, match="scenes"),
        SceneSets(run, images, lambda: detector, stop, control) as scenes,
    ):
        scenes.of_epoch(2)
    assert detector.closed


def test_a_paused_run_makes_none_until_it_goes_on(run: runs.Run, images: np.ndarray) -> None:
    control, looked = Control(), threading.Event()

    class Watched(Blind):
        def detect(self, frame: Frame, known: Sequence[Any] = ()) -> tuple[Face, ...]:
            looked.set()
            return ()

    control.pause()
    with SceneSets(run, images, Watched, silent, control) as scenes:
        looked.wait(10)
        threading.Timer(0.3, control.resume).start()
        assert len(scenes.of_epoch(2)) == 2


def test_what_goes_wrong_is_raised_where_they_are_needed(run: runs.Run, images: np.ndarray) -> None:
    def broken() -> Any:
        raise ModelError("The detector is missing")

    with SceneSets(run, images, broken, silent, Control()) as scenes:
        scenes.of_epoch(1)
        with pytest.raises(ModelError, match="missing"):
            scenes.of_epoch(2)


def test_a_full_disk_leaves_nothing_half_written(
    run: runs.Run, images: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(stream: Any, crops: np.ndarray) -> None:
        stream.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(scene_sets.np, "save", full)
    with SceneSets(run, images, Blind, silent, Control()) as scenes, pytest.raises(OSError, match="No space"):
        scenes.of_epoch(2)
    assert not list(run.folder.glob("scenes*"))
