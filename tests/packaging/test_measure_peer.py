"""What measures the peer: it reads drawn faces with this program, makes the table, and says in one line what fails."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import measure_peer
import pytest

PLACE = {"cpu": "Some CPU", "cores": 2, "system": "Some system", "python": "3.11.0", "busy_percent": 3.4}


def read_of(first_s: float | None, ms: float) -> dict[str, Any]:
    sizes = {measure_peer.file_name(size): {"ms": ms, "found": 0.975} for size in measure_peer.SIZES}
    return {"version": "1.2", "first_s": first_s, "sizes": sizes, "memory_mb": 345.6}


def test_the_table_has_both_beside_each_other() -> None:
    told, _, *rows = measure_peer.table(PLACE, read_of(0.52, 8.0), read_of(17.04, 125.0)).splitlines()
    assert told == "Some CPU, 2 cores, Some system, Python 3.11.0; before the run 3 % busy."
    assert rows == [
        "| | FER Desktop 1.2 | `fer` 1.2 |",
        "|---|---|---|",
        "| from process start to the first face read | 0.5 s | 17.0 s |",
        "| a frame of 640×480, one face | 8.0 ms (125 a second) | 125.0 ms (8 a second) |",
        "| a frame of 1280×720, one face | 8.0 ms (125 a second) | 125.0 ms (8 a second) |",
        "| frames in which the drawn face was found | 98% | 98% |",
        "| memory, most | 346 MB | 346 MB |",
    ]
    assert "| never |" in measure_peer.table(PLACE, read_of(0.52, 8.0), read_of(None, 125.0))


@pytest.mark.usefixtures("needs_detector_models")
def test_this_program_is_measured_in_a_process_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure_peer, "SIZES", measure_peer.SIZES[:1])
    measure_peer.draw(tmp_path / "videos")
    # The child knows both sizes: it finds a film of the second too.
    first, second = ((640, 480), (1280, 720))
    film = tmp_path / "videos" / measure_peer.file_name(first)
    (film.parent / measure_peer.file_name(second)).write_bytes(film.read_bytes())
    measured = measure_peer.measure(Path(sys.executable), "ours", film.parent)
    assert 0 < measured["first_s"] < 60
    assert 50 < measured["memory_mb"] < 2000
    assert all(one["found"] > 0.9 and one["ms"] > 0 for one in measured["sizes"].values())


@pytest.mark.skipif(sys.platform == "win32", reason="the launcher is a script")
def test_what_a_launcher_starts_is_measured_with_it(tmp_path: Path) -> None:
    """As python.exe of an environment does on Windows."""
    held = 'held = bytearray(b"x" * 100_000_000); import time; time.sleep(1); print("{}")'
    launcher = tmp_path / "python"
    launcher.write_text(f"#!/bin/sh\n'{sys.executable}' -c '{held}'\ntrue\n")
    launcher.chmod(0o755)
    assert measure_peer.measure(launcher, "peer", tmp_path)["memory_mb"] > 100


def test_a_peer_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(measure_peer.PeerError, match=r"peer ended with 1 \(.*No module named 'fer'"):
        measure_peer.measure(Path(sys.executable), "peer", tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="the environment's Python is a script")
def test_a_peer_that_cannot_be_installed_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text("#!/bin/sh\necho 'ERROR: No matching distribution found for fer' >&2\necho bye >&2\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr(sys, "argv", ["measure_peer.py", "--environment", str(tmp_path)])
    assert measure_peer.main() == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[1:] == [
        f"measure_peer: {measure_peer.PEER} cannot be installed here (ERROR: No matching distribution found for fer)"
    ]
