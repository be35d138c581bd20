"""How busy the computer is does not matter here: nothing waits a second to see it."""

from __future__ import annotations

import pytest

from fer_desktop.bench import machine


@pytest.fixture(autouse=True)
def short_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_LOOK_S", 0.05)
