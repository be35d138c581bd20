"""A model that takes long to make: others change the models meanwhile, and a kill leaves nothing that stays."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fer_desktop.modelstore import places

MAKE = """
import sys, time
from pathlib import Path
from fer_desktop.modelstore import places
with places.making(Path(sys.argv[1])) as folder:
    (folder / "model").mkdir()
    (folder / "model" / "half").write_text("made")
    print(folder.name, flush=True)
    time.sleep(60)
"""


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {places.LOCK_FILE}


def test_it_is_left_alone_while_it_is_made_and_gone_after(tmp_path: Path) -> None:
    with places.making(tmp_path) as folder:
        (folder / "half").write_text("made")
        with places.changing(tmp_path):
            assert names(tmp_path) == {folder.name}
        assert places.models_in(tmp_path) == {}
    assert names(tmp_path) == set()


def test_what_a_killed_process_was_making_is_swept(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", MAKE, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    name = process.stdout.readline().strip()
    with places.changing(tmp_path):
        assert names(tmp_path) == {name}
    process.kill()
    process.wait()
    process.stdout.close()
    assert names(tmp_path) == {name}
    with places.changing(tmp_path):
        assert names(tmp_path) == set()


def test_on_a_drive_without_locks_only_what_is_old_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_locked", lambda _: True)
    with places.making(tmp_path) as folder:
        with places.changing(tmp_path):
            assert names(tmp_path) == {folder.name}
        os.utime(folder, (time.time() - 2 * 3600,) * 2)
        with places.changing(tmp_path):
            assert names(tmp_path) == set()
