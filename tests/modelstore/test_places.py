"""Names of folders of models."""

from __future__ import annotations

from pathlib import Path

from fer_desktop.modelstore import places


def test_a_new_model_gets_a_folder_that_nothing_lies_in(tmp_path: Path) -> None:
    assert places.free_model_folder(tmp_path, "my-face-2026-01-02-030405") == tmp_path / "my-face-2026-01-02-030405"
    (tmp_path / "run").mkdir()
    assert places.free_model_folder(tmp_path, "run") == tmp_path / "run-2"
    (tmp_path / f"run-2{places.RUN_SUFFIX}").mkdir()
    assert places.free_model_folder(tmp_path, "run") == tmp_path / "run-3", "a training run has that name"
    (tmp_path / "run-3").symlink_to(tmp_path / "gone")
    assert places.free_model_folder(tmp_path, "run") == tmp_path / "run-4", "a link that leads nowhere is there too"
    assert places.free_model_folder(tmp_path / "not there yet", "run").name == "run"
