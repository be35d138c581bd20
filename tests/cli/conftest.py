"""What the tests of commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fer_desktop.offline import files
from tests.fake_photos import FakePhotos, in_place_of_app
from tests.pictures import encoded, picture, png_header


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> FakePhotos:
    """Stands in app's place: these tests are about the command, not about faces."""
    return in_place_of_app(monkeypatch)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two images with a face, one without, and two that cannot be read; the working directory."""
    (tmp_path / "=good 1.png").write_bytes(encoded(picture(), "PNG"))
    (tmp_path / "good 2.jpg").write_bytes(encoded(picture(), "JPEG"))
    (tmp_path / "one pixel.png").write_bytes(encoded(picture(1, 1), "PNG"))
    (tmp_path / "text.jpg").write_text("not a photo")
    (tmp_path / "huge.png").write_bytes(png_header(40_000, 40_000))
    monkeypatch.chdir(tmp_path)
    return tmp_path


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
