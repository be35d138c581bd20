"""A store with a small shipped model and two of a person's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from fer_desktop.modelstore.store import ModelStore
from tests import model_folders


@pytest.fixture
def user(tmp_path: Path) -> Path:
    return tmp_path / "mine"


@pytest.fixture
def small(tmp_path: Path, user: Path) -> ModelStore:
    """default, evening and morning; nothing is chosen yet."""
    shipped = model_folders.make(tmp_path / "shipped" / "default", "default")
    for name in ("evening", "morning"):
        model_folders.make(user / name, name)
    return ModelStore(shipped, user)
