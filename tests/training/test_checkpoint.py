from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fer_desktop.core.errors import InputError
from fer_desktop.training import checkpoint
from fer_desktop.training.checkpoint import Progress


def arrays(value: float) -> dict[str, list[np.ndarray]]:
    return {"weights": [np.full((3, 2), value, np.float32), np.array(value)], "best": [np.zeros(0)]}


def test_a_checkpoint_comes_back_and_the_two_newest_stay(tmp_path: Path) -> None:
    assert checkpoint.load(tmp_path / "none") is None
    for epoch in (1, 2, 10):
        checkpoint.save(tmp_path, Progress(epoch=epoch, best_accuracy=0.5, history=[{"epoch": 1.0}]), arrays(epoch))
    stored = checkpoint.load(tmp_path)
    assert stored is not None
    progress, values = stored
    assert progress == Progress(epoch=10, best_accuracy=0.5, history=[{"epoch": 1.0}])
    np.testing.assert_array_equal(values["weights"][0], np.full((3, 2), 10))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint-0002", "checkpoint-0010"]


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


@pytest.mark.parametrize("name", ["progress.json", "weights.npz", "best.npz"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_damaged_checkpoint_gives_way_to_the_one_before(tmp_path: Path, name: str, share: float) -> None:
    checkpoint.save(tmp_path, Progress(epoch=4), arrays(4))
    checkpoint.save(tmp_path, Progress(epoch=5), arrays(5))
    newest = tmp_path / "checkpoint-0005" / name
    content = newest.read_bytes()
    newest.write_bytes(content[: int(len(content) * share)])
    told: list[Path] = []
    stored = checkpoint.load(tmp_path, told.append)
    assert stored is not None
    assert stored[0].epoch == 4
    assert [folder.name for folder in told] == ["checkpoint-0005"]
    (tmp_path / "checkpoint-0004" / name).write_bytes(b"PK")
    with pytest.raises(InputError, match="damaged"):
        checkpoint.load(tmp_path)
