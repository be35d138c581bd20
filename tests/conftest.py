"""What every test shares: no window on anyone's screen, empty home folders, no thread left behind."""

from __future__ import annotations

import os
import secrets
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"
sys.path.insert(0, str(Path(__file__).parent))

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

LONGEST = (
    "training/test_train_command.py", "training/test_backends.py", "gui/retrain/test_kills.py", "cli/test_finetune.py",
    "training/test_loop.py", "training/test_study.py", "bench/test_measures.py", "test_live_process.py",
    "gui/samples/test_real_fine_tune.py", "training/test_finetune.py", "gui/test_camera_faults.py",
)  # fmt: skip
"""Files that take longest, first: where several processes share the tests, none sits over one of them at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {Path(__file__).parent / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(LONGEST)))


@pytest.fixture
def shared_dir() -> Path:
    """Recordings and data that are not part of the project; most machines do not have them."""
    if not (SHARED / "media").is_dir():
        pytest.skip("needs the recordings beside the project")
    return SHARED


@pytest.fixture(autouse=True)
def empty_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes the settings, models or pictures of the person who runs it."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_PICTURES_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("FER_DESKTOP_SETTINGS", raising=False)
    return home


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """A test that leaves a thread of ours running has broken something that the next one will pay for."""
    before = set(threading.enumerate())
    yield
    deadline_s = time.monotonic() + 5
    while left := [thread for thread in threading.enumerate() if thread not in before and _is_ours(thread)]:
        if time.monotonic() > deadline_s:
            pytest.fail(f"threads left running: {', '.join(thread.name for thread in left)}")
        time.sleep(0.02)


def _is_ours(thread: threading.Thread) -> bool:
    # Threads that Qt or a library starts show up under names like Dummy-1.
    return not thread.name.startswith(("Dummy-", "asyncio_", "pydevd"))


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """Fresh random numbers; a failure shows the seed, and FER_SEED=N brings the same ones again."""
    seed = int(os.environ.get("FER_SEED", secrets.randbits(32)))
    request.node.add_report_section("setup", "seed", f"FER_SEED={seed}")
    return np.random.default_rng(seed)


@pytest.fixture(autouse=True, scope="session")
def one_application(qapp: object) -> object:
    """Made before any test: painting on files asks for a lesser one, which a test of the window could not use."""
    return qapp


@pytest.fixture
def needs_detector_models() -> None:
    from fer_desktop.core.errors import ModelError
    from fer_desktop.detection import model_files

    try:
        for model in model_files.ALL:
            model_files.path_of(model)
    except ModelError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))
