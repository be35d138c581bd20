from __future__ import annotations

import pytest

from fer_desktop.capture import camera


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cameras that do not answer are given up sooner, though not so soon that a busy machine looks like one."""
    monkeypatch.setattr(camera, "SILENT_AFTER_S", 2.0)
    monkeypatch.setattr(camera, "FIRST_PICTURE_WITHIN_S", 2.0)
    monkeypatch.setattr(camera, "OPEN_WITHIN_S", 3.0)
    monkeypatch.setattr(camera, "CLOSE_WITHIN_S", 0.5)
    monkeypatch.setattr(camera, "FROZEN_AFTER_S", 0.3)
