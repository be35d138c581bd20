"""A process of its own for test_kills.py, which changes a store until it is killed.

It forks for every kill, since Python takes longer to start than all the changes together.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from fer_desktop.core.errors import ModelError
from fer_desktop.modelstore import check
from fer_desktop.modelstore.store import ModelStore
from fer_desktop.training import runs
from fer_desktop.training.config import preset

EVENTS = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod")
"""Python announces each of these, and each opening of a file, before it does it."""
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def activate(store: ModelStore, root: Path) -> None:
    store.activate("evening" if store.active().id != "evening" else "morning")


def go_back(store: ModelStore, root: Path) -> None:
    store.go_back()


def rename(store: ModelStore, root: Path) -> None:
    store.rename("evening", f"Evening {time.monotonic_ns()}")


def import_and_remove(store: ModelStore, root: Path) -> None:
    store.remove(store.import_(root / "m.zip").id)


def finish(store: ModelStore, root: Path) -> None:
    """A training run that replaces the model "evening"; where one was killed, it goes on."""
    target = root / "mine" / "evening"
    folder = target.with_name("evening.partial")
    if (folder / runs.RUN_FILE).exists():
        run = runs.read(folder)
    else:
        shutil.rmtree(folder, ignore_errors=True)  # killed before the run was begun
        run = runs.start(target, preset("quick"), [root / "data.csv"], "abc", replace=True)
    shutil.rmtree(run.folder / "model", ignore_errors=True)
    shutil.copytree(root / "trained", run.folder / "model")
    runs.finish(run, run.folder / "model")


CHANGES = (activate, go_back, rename, import_and_remove, finish)


def discard_imports(root: Path) -> None:
    """A kill after an import leaves the imported model: each kill begins with the same store."""
    for path in (root / "mine").glob("morning-*"):
        shutil.rmtree(path)


def problems(store: ModelStore, user: Path) -> list[str]:
    """What a start would find that it must not find."""
    try:
        found = store.resolve()
    except ModelError as error:
        return [str(error)]
    wrong = [found.problem] if found.problem else []
    wrong += store.unreadable()
    for folder in store.models():
        wrong += [f"{folder.path}: {problem}" for problem in folder.verify()]
    ids = {folder.id for folder in store.models()}
    if not {"default", "evening", "morning"} <= ids:
        wrong.append(f"only {ids} are left")
    return wrong


def forked(work: Callable[[], None], kill_after_s: float | None) -> bool:
    """Do `work` in a child. Whether the child was killed; raises where it failed."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            os._exit(1)
    if kill_after_s is not None:
        time.sleep(kill_after_s)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    if os.WEXITSTATUS(status):
        raise RuntimeError("a change failed")
    return False


def at_every_file_operation(store: ModelStore, root: Path) -> dict[str, int]:
    """Kill each change before its first, second, third … file operation, until one comes to its end."""
    kills = {}
    for change in CHANGES:
        for number in itertools.count():

            def work(change: Callable[[ModelStore, Path], None] = change, number: int = number) -> None:
                left = number

                def count(event: str, arguments: tuple[Any, ...]) -> None:
                    nonlocal left
                    if event in EVENTS or (event == "open" and (arguments[2] or 0) & WRITING):
                        if left == 0:
                            os.kill(os.getpid(), signal.SIGKILL)
                        left -= 1

                sys.addaudithook(count)
                change(store, root)

            discard_imports(root)
            killed = forked(work, None)
            wrong = problems(store, root / "mine")
            if wrong:
                raise RuntimeError(f"{change.__name__}, killed at {number}: {wrong}")
            if not killed:
                kills[change.__name__] = number
                break
    return kills


def at_random_instants(store: ModelStore, root: Path, seed: int) -> dict[str, int]:
    random.seed(seed)
    kills = dict.fromkeys((change.__name__ for change in CHANGES), 0)
    for number in range(40):
        change = CHANGES[number % len(CHANGES)]

        def work(change: Callable[[ModelStore, Path], None] = change) -> None:
            while True:
                change(store, root)

        discard_imports(root)
        kills[change.__name__] += forked(work, random.uniform(0.01, 0.15))
        wrong = problems(store, root / "mine")
        if wrong:
            raise RuntimeError(f"{change.__name__}: {wrong}")
    return kills


def choose_again_and_again(store: ModelStore, name: str) -> dict[str, int]:
    for _ in range(8):
        store.activate(name)
    return {name: 8}


def main() -> None:
    mode, root = sys.argv[1], Path(sys.argv[2])
    store = ModelStore(root / "shipped" / "default", root / "mine")
    check.foreign = check.network  # the writing is to be killed, not the looking
    import onnxruntime  # noqa: F401  # once, not in every child

    np.zeros(1)
    if mode == "every":
        done = at_every_file_operation(store, root)
    elif mode == "random":
        done = at_random_instants(store, root, int(sys.argv[3]))
    else:
        done = choose_again_and_again(store, sys.argv[3])
    print(json.dumps(done))


if __name__ == "__main__":
    main()
