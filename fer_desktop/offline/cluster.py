"""Photos read by many computers: the same reading as here, on the workers of a Dask cluster that someone has started.

Which worker reads what, and that a lost worker's files are done again by another, is Dask's business. A worker needs
this program in the same version with the same model, and must see the files under the same paths. Whoever may talk to
a cluster may run anything on its computers, and they on this one: name only a cluster that you trust.
"""

# With pathlib, a name too long would raise where os.path says no.
# ruff: noqa: PTH100

from __future__ import annotations

import contextlib
import itertools
import os
import socket
import time
import urllib.parse
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from fer_desktop import __version__
from fer_desktop.core.errors import FerError, InputError, MissingComponentError
from fer_desktop.core.pip_command import install_extra
from fer_desktop.offline import cluster_worker
from fer_desktop.offline.cluster_worker import MakeParts, Model, Task
from fer_desktop.offline.find import Found
from fer_desktop.offline.image_result import ImageResult
from fer_desktop.offline.names import shown

if TYPE_CHECKING:
    import distributed

CHUNK: Final = 32
"""So many photos are one task."""
AHEAD: Final = 3
"""So many tasks for each thread of the cluster are on the way or wait for one before them in the order."""
CONNECT_S: Final = 5.0
WATCH_S: Final = 0.5
ALONE_S: Final = 30.0
"""A cluster that has lost its last worker is given so long to get another."""


class Cluster:
    """Workers that read photos; to be used in a `with` block, by one thread.

    model_there: a function of a module that gives the id and the network's hash of the model in use where it is called.
    """

    def __init__(self, address: str, make_parts: MakeParts, model_there: Model, chunk: int = CHUNK) -> None:
        """Raises MissingComponentError, and InputError where no cluster answers or a worker of it is no use."""
        self._address = shown(address)
        self._task = Task(make_parts, __version__, model_there())
        self._model_there, self._chunk = model_there, chunk
        self._client = _connected(address)
        self._count, self._counted_at_s = 0, -WATCH_S
        try:
            self._check_workers()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def model_id(self) -> str:
        """Of the model that every worker reads with."""
        return self._task.model[0]

    def close(self) -> None:
        """Leave the cluster; it goes on running."""
        with contextlib.suppress(Exception):
            self._client.close(timeout=2)

    def results(self, found: Iterable[Found], cancelled: Callable[[], bool] = lambda: False) -> Iterator[ImageResult]:
        """One result for each path, in order; ends early on `cancelled`. Raises FerErrors that concern every image."""
        coming = iter(found)
        waiting: deque[tuple[list[Found], distributed.Future | None]] = deque()
        try:
            while True:
                while len(waiting) < AHEAD * max(self.threads(), 1):
                    chunk = list(itertools.islice(coming, self._chunk))
                    if not chunk:
                        break
                    waiting.append((chunk, self._submit(chunk)))
                if not waiting:
                    return
                chunk, future = waiting[0]
                if not self._wait(future, cancelled):
                    return
                waiting.popleft()
                read = self._read(chunk, future, cancelled)
                del future  # the cluster forgets what nobody holds
                for image in chunk:
                    if cancelled():
                        return
                    if image.error is not None:
                        yield ImageResult(image.path, None, None, str(image.error), None)
                    elif read:
                        # Sent as the worker needs it, given back as it came.
                        yield replace(read.popleft(), path=image.path)
                    else:  # cancelled meanwhile
                        return
        finally:
            with contextlib.suppress(Exception):
                self._client.cancel([future for _, future in waiting if future is not None], force=True)

    # Within

    def _submit(self, chunk: Sequence[Found]) -> distributed.Future | None:
        paths = [os.path.abspath(image.path) for image in chunk if image.error is None]
        if not paths:
            return None
        return self._client.submit(cluster_worker.read, paths, self._task, self._model_there, pure=False)

    def _wait(self, future: distributed.Future | None, cancelled: Callable[[], bool]) -> bool:
        """Until it is done; False where cancelled before. Raises InputError where nobody is left to do it."""
        import distributed

        alone_since_s: float | None = None
        while future is not None and not future.done():
            if cancelled():
                return False
            with contextlib.suppress(distributed.TimeoutError, distributed.CancelledError):
                future.exception(timeout=WATCH_S)
            alone_since_s = None if self.threads() else alone_since_s or time.monotonic()
            if alone_since_s is not None and time.monotonic() - alone_since_s > ALONE_S:
                raise InputError(f"the cluster at {self._address} has lost its last worker", "Start one, and go on")
        return True

    def _read(
        self, chunk: Sequence[Found], future: distributed.Future | None, cancelled: Callable[[], bool]
    ) -> deque[ImageResult]:
        """A chunk's results; where it has taken several workers with it, each file is tried for itself."""
        import distributed

        if future is None:
            return deque()
        try:
            return deque(future.result())
        except FerError:
            raise
        except distributed.KilledWorker:
            images = [image for image in chunk if image.error is None]
            if len(images) == 1:
                return deque([_deadly(images[0].path)])
            read: deque[ImageResult] = deque()
            for image in images:
                alone = self._submit([image])
                if not self._wait(alone, cancelled):
                    break
                read += self._read([image], alone, cancelled)
            return read
        except Exception as error:
            if future.cancelled() or self._client.status != "running":
                raise self._gone() from error
            what = f"a worker of the cluster at {self._address} failed ({_one_line(error)})"
            raise InputError(what, "Look at what it printed") from error

    def threads(self) -> int:
        """Of all workers together, as it was a moment ago. Raises InputError where the cluster is gone."""
        if time.monotonic() - self._counted_at_s >= WATCH_S:
            try:
                workers = self._client.scheduler_info(n_workers=-1)["workers"]
            except Exception as error:
                raise self._gone() from error
            self._count = sum(worker["nthreads"] for worker in workers.values())
            self._counted_at_s = time.monotonic()
        return self._count

    def _gone(self) -> InputError:
        return InputError(f"the cluster at {self._address} is gone", "Start it again, and go on")

    def _check_workers(self) -> None:
        if not self.threads():
            raise InputError(
                f"the cluster at {self._address} has no workers", f"Start some: dask worker {self._address}"
            )
        answers: dict[str, Any] = self._client.run(cluster_worker.described, self._model_there, on_error="return")
        for worker, answer in answers.items():
            if isinstance(answer, FerError):
                raise InputError(f"the worker at {worker} cannot read photos: {answer.what}", answer.remedy)
            if isinstance(answer, BaseException):
                what = f"the worker at {worker} has not the program that this computer has ({_one_line(answer)})"
                raise InputError(what, f"Install FER Desktop {__version__} there")
            cluster_worker.check(answer, worker, self._task)


def _connected(address: str) -> distributed.Client:
    try:
        import dask

        # What goes wrong is said here, once.
        dask.config.set({"logging": dict.fromkeys(("distributed", "distributed.client", "tornado"), "critical")})
        import distributed
    except ImportError as error:
        what = "a cluster needs a part that is not installed"
        raise MissingComponentError(what, f"Run: {install_extra('cluster')}") from error
    where = address if "://" in address else f"tcp://{address}"
    try:
        parts = urllib.parse.urlsplit(where)
        if parts.scheme not in ("tcp", "tls") or not parts.hostname or not parts.port:
            raise ValueError(where)
        # Dask's own attempt would leave a thread behind.
        socket.create_connection((parts.hostname, parts.port), CONNECT_S).close()
        return distributed.Client(where, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        remedy = "Start one there (dask scheduler), or give its address as it prints it: tcp://HOST:PORT"
        raise InputError(f"no cluster answers at {shown(address)}", remedy) from error


def _deadly(path: str) -> ImageResult:
    error = InputError(f"{shown(path)} ended every worker that tried to read it", "Save it anew with another program")
    return ImageResult(path, None, None, str(error), None)


def _one_line(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
