from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fer_desktop.core.errors import InputError
from fer_desktop.training import checkpoint, runs
from fer_desktop.training.checkpoint import Progress
from fer_desktop.training.config import TrainingConfig, preset


def arrays(value: float) -> dict[str, list[np.ndarray]]:
    return {"weights": [np.full((3, 2), value, np.float32), np.array(value)], "best": [np.zeros(0)]}


def test_a_checkpoint_comes_back_and_only_the_newest_stays(tmp_path: Path) -> None:
    assert checkpoint.load(tmp_path / "none") is None
    for epoch in (1, 2, 10):
        checkpoint.save(tmp_path, Progress(epoch=epoch, best_accuracy=0.5, history=[{"epoch": 1.0}]), arrays(epoch))
    stored = checkpoint.load(tmp_path)
    assert stored is not None
    progress, values = stored
    assert progress == Progress(epoch=10, best_accuracy=0.5, history=[{"epoch": 1.0}])
    np.testing.assert_array_equal(values["weights"][0], np.full((3, 2), 10))
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint-0010"]


def test_a_half_written_checkpoint_is_not_taken_for_one(tmp_path: Path) -> None:
    checkpoint.save(tmp_path, Progress(epoch=4), arrays(4))
    half = tmp_path / "checkpoint.tmp"
    half.mkdir()
    (half / "weights.npz").write_bytes(b"half")
    stored = checkpoint.load(tmp_path)
    assert stored is not None
    assert stored[0].epoch == 4
    checkpoint.save(tmp_path, Progress(epoch=5), arrays(5))
    assert not half.exists()


def test_a_damaged_checkpoint_is_told(tmp_path: Path) -> None:
    checkpoint.save(tmp_path, Progress(epoch=4), arrays(4))
    (tmp_path / "checkpoint-0004" / "progress.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="damaged"):
        checkpoint.load(tmp_path)


def test_a_run_can_be_read_back_and_newer_settings_are_left_out(tmp_path: Path) -> None:
    config = preset("quick", epochs=3, seed=None)
    assert config.epochs == 3
    runs.start(tmp_path, config, tmp_path / "data.csv")
    assert runs.read(tmp_path) == (config, (tmp_path / "data.csv").resolve())
    assert TrainingConfig.from_dict({**config.to_dict(), "from_the_future": 1}) == config


def test_a_folder_that_is_no_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a training run"):
        runs.read(tmp_path)
