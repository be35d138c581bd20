"""What the tests of commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fer_desktop.offline import files


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes the disk full for the files named, wherever they lie: each takes only so many writes."""
    room: dict[str, int] = {}
    real = files._writer_to

    def writer_to(file: object, name: str) -> files.Write:
        write = real(file, name)  # type: ignore[arg-type]

        def limited(data: bytes) -> None:
            key = Path(name).name
            room[key] = room.get(key, 10_000) - 1
            if room[key] < 0:
                with files._explained(name):
                    raise OSError(28, "No space left on device")
            write(data)

        return limited

    monkeypatch.setattr(files, "_writer_to", writer_to)
    return room.update
