"""What a worker of a cluster does: it reads the photos it is sent, with detectors and a network that it makes once."""

from __future__ import annotations

import atexit
import contextlib
import os
import platform
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fer_desktop import __version__
from fer_desktop.core.errors import InputError
from fer_desktop.core.ports import EmotionClassifier, FaceDetector
from fer_desktop.offline.batch import Batch
from fer_desktop.offline.find import Found
from fer_desktop.offline.image_result import ImageResult
from fer_desktop.offline.names import shown

MakeParts = Callable[[], tuple[Callable[[], FaceDetector], EmotionClassifier]]
"""Gives what Batch takes. A function of a module (or `functools.partial` of one), since each worker imports it."""


Model = Callable[[], tuple[str, str]]
"""Gives the id and the network's hash of the model in use where it is called; a function of a module as well."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker must know to read photos as this computer would. `model`: the id and the hash of the network."""

    make_parts: MakeParts
    version: str
    model: tuple[str, str]


class _Reader:
    """Detectors and network of a worker's process, made once. Dask may run several tasks side by side: each keeps all
    the threads busy that the worker has, so the next one waits."""

    def __init__(self, task: Task) -> None:
        self._task = task
        make_detector, self._classifier = task.make_parts()
        self._batch = Batch(make_detector, self._classifier, _threads())

    def serves(self, task: Task) -> bool:
        one, other = self._task.make_parts, task.make_parts
        # Partial functions that were unpickled one by one are equal only part by part.
        same = all(getattr(one, part, None) == getattr(other, part, one) for part in ("func", "args", "keywords"))
        return (one == other or same) and self._task.model == task.model

    def read(self, paths: Sequence[str]) -> list[ImageResult]:
        return list(self._batch.results([_visible(path) for path in paths]))

    def close(self) -> None:
        self._batch.close()
        self._classifier.close()


_lock = threading.Lock()
_readers: list[_Reader] = []


def read(paths: Sequence[str], task: Task, model_there: Model) -> list[ImageResult]:
    """Read photos on the worker that calls this. Raises InputError where it would read them otherwise, ModelError."""
    with _lock:
        check(described(model_there), platform.node(), task)
        if _readers and not _readers[0].serves(task):
            _readers.pop().close()
        if not _readers:
            _readers.append(_Reader(task))
        try:
            return _readers[0].read(paths)
        except BaseException:  # what is left of the chunk must not come out with the next one
            _readers.pop().close()
            raise


@atexit.register
def _close_readers() -> None:
    while _readers:
        _readers.pop().close()


def _threads() -> int:
    """Of the Dask worker that this process is."""
    with contextlib.suppress(ImportError, ValueError):
        from distributed import get_worker

        return int(get_worker().state.nthreads)
    return 1


def _visible(path: str) -> Found:
    if os.path.lexists(path):
        return Found(path)
    what = f"{shown(path)} is not there for the worker on {platform.node() or 'another computer'}"
    return Found(path, InputError(what, "Let all workers see the files under the same paths"))


def described(model_there: Model) -> tuple[str, tuple[str, str]]:
    return __version__, model_there()


def check(found: tuple[str, tuple[str, str]], where: str, task: Task) -> None:
    """Raises InputError where a worker would read otherwise than this computer."""
    version, model = found
    if version != task.version:
        what = f"the worker on {where} has version {version} of FER Desktop, this computer {task.version}"
        raise InputError(what, "Install the same version on both")
    if model != task.model:
        same = "another one of that name" if model[0] == task.model[0] else model[0]
        what = f"this computer reads with the model {task.model[0]}, the worker on {where} with {same}"
        raise InputError(what, "Activate the same model on both: fer-desktop models activate")
