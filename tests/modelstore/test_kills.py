"""Killed at any instant, by two windows at once, on a full disk: the next start has a working model."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fer_desktop.core.errors import ModelError
from fer_desktop.modelstore import check
from fer_desktop.modelstore.store import ModelStore
from tests import model_folders

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows neither forks nor limits the size of files")
HELPER = Path(__file__).with_name("kill_helper.py")
ROOT = Path(__file__).resolve().parents[2]


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    command, environment = [sys.executable, str(HELPER), *map(str, arguments)], {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ended(process: subprocess.Popen[str]) -> dict[str, int]:
    try:
        out, err = process.communicate(timeout=90)
    except subprocess.TimeoutExpired:
        process.kill()
        out, err = process.communicate()
    assert process.returncode == 0, err
    return dict(json.loads(out))


@pytest.fixture
def root(small: ModelStore, tmp_path: Path) -> Path:
    """The store, a package and a trained model to take in."""
    small.activate("morning")
    small.activate("evening")
    small.export("morning", tmp_path / "m.zip")
    model_folders.make(tmp_path / "trained", "evening")
    return tmp_path


def nothing_left_over(store: ModelStore, user: Path) -> None:
    """The next change sweeps away what kills left; what lies in a run's folder goes with the run."""
    store.activate("morning")
    hidden = [path for path in user.rglob(".*") if "evening.partial" not in path.parts]
    assert [path.name for path in hidden] == [".lock"]


def test_before_every_file_operation_of_every_change(root: Path, small: ModelStore, user: Path) -> None:
    kills = ended(start("every", root))
    assert set(kills) == {"activate", "go_back", "rename", "import_and_remove", "finish"}
    assert min(kills.values()) >= 5, kills
    assert kills["import_and_remove"] >= 20, kills
    nothing_left_over(small, user)


def test_at_forty_random_instants(root: Path, small: ModelStore, user: Path) -> None:
    seed = int(os.environ.get("FER_SEED", secrets.randbits(32)))
    print(f"FER_SEED={seed}")
    kills = ended(start("random", root, str(seed)))
    assert sum(kills.values()) == 40, kills
    nothing_left_over(small, user)


def test_two_windows_choose_at_once(root: Path, small: ModelStore) -> None:
    both = [start("choose", root, name) for name in ("evening", "morning")]
    seen = set()
    while any(process.poll() is None for process in both):
        found = small.resolve()
        assert found.problem is None
        seen.add(found.folder.id)
        time.sleep(0.01)
    for process in both:
        ended(process)
    assert small.active().id in ("evening", "morning")
    assert small.resolve().problem is None
    assert seen <= {"evening", "morning"}
    assert {folder.id for folder in small.previous()} == {"default", "evening", "morning"} - {small.active().id}


LIMITED = """
    import resource, sys
    from pathlib import Path
    from fer_desktop.core.errors import ModelError
    from fer_desktop.modelstore import check
    from fer_desktop.modelstore.store import ModelStore
    check.foreign = check.network
    root = Path(sys.argv[1])
    store = ModelStore(root / "shipped" / "default", root / "mine")
    for limit, change in (
        (10, lambda: store.activate("morning")),
        (10, lambda: store.go_back()),
        (100, lambda: store.rename("evening", "Other")),
        (100, lambda: store.import_(root / "m.zip")),
        (10_000, lambda: store.import_(root / "m.zip")),
        (10_000, lambda: store.export("evening", root / "new.zip")),
    ):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        try:
            change()
        except ModelError as error:
            print(error)
        else:
            sys.exit(f"nothing happened at {limit}")
"""


def test_a_file_that_cannot_grow(root: Path, small: ModelStore, user: Path) -> None:
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    command = [sys.executable, "-c", textwrap.dedent(LIMITED), str(root)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 6
    assert all("cannot be written (file too large)" in line for line in done.stdout.splitlines()), done.stdout
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == before
    assert small.resolve().problem is None


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 600 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    try:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(place)], capture_output=True, check=False
        )
    except OSError:
        pytest.skip("this system has no mount")
    if mounted.returncode:
        pytest.skip("only an administrator makes file systems")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk(root: Path, full_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "foreign", check.network)
    user = full_disk / "mine"
    store = ModelStore(root / "shipped" / "default", user)
    took = store.import_(root / "m.zip").id
    store.activate(took)
    count = 1
    with pytest.raises(ModelError, match=r"cannot be written \(no space left on device\). Make room"):
        for _ in range(20):
            store.import_(root / "m.zip")
            count += 1
    assert 2 <= count < 20
    assert not list(user.glob(".import-*"))
    with (user / "filler").open("wb", buffering=0) as filler:
        for size in (4096, 512, 1):
            while True:
                try:
                    filler.write(bytes(size))
                except OSError:
                    break
    pointer = (user / "active.json").read_bytes()
    for change in (lambda: store.activate("default"), store.go_back, lambda: store.rename(took, "Other")):
        with pytest.raises(ModelError, match="no space left"):
            change()
    assert (user / "active.json").read_bytes() == pointer
    assert store.resolve().problem is None
    assert store.active().id == took
    assert all(folder.verify() == [] for folder in store.models())
    store.remove(store.models()[-1].id)
    store.rename(took, "Other")
    store.go_back()
    assert store.active().id == "default"
