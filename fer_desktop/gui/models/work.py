"""Changes of the store, one after another, off the GUI thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from fer_desktop.core.errors import FerError, ModelError
from fer_desktop.gui.models.words import reason, tr
from fer_desktop.gui.task import Task

LONGEST_WAIT_S: Final = 2.0
"""At the program's end. A kill in the midst of a change leaves a store that works; waiting for half a minute until a
foreign file was checked would look like a window that hangs."""


@dataclass(frozen=True, slots=True)
class _Job:
    saying: str
    work: Callable[[], Any]
    then: Callable[[Any], None]
    otherwise: Callable[[str], None]


class Work(QObject):
    """`failed`: why, in a line, where nobody else is to be told.

    `changed`: another job, or none, is under way; `saying` says which.
    """

    failed = Signal(str)
    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting: deque[_Job] = deque()
        self._now: tuple[_Job, Task] | None = None

    @property
    def saying(self) -> str:
        """What is being done now; empty while nothing is."""
        return "" if self._now is None else self._now[0].saying

    def do(
        self,
        saying: str,
        work: Callable[[], Any],
        then: Callable[[Any], None],
        otherwise: Callable[[str], None] | None = None,
    ) -> None:
        """Call `work` after what is under way; `then` takes what it returns, on the GUI thread, `otherwise` why it
        failed."""
        self._waiting.append(_Job(saying, work, then, otherwise or self.failed.emit))
        self._next()

    def finish(self) -> None:
        """Nothing is told any more, and nothing that waits is begun. Bounded."""
        self._waiting.clear()
        if self._now is not None:
            self._now[1].finish(LONGEST_WAIT_S)
            self._now = None

    def _next(self) -> None:
        if self._now is None and self._waiting:
            job = self._waiting.popleft()
            task = Task(self, partial(_plainly, job.work))
            self._now = job, task
            task.done.connect(self._done)
            task.failed.connect(self._failed)
        self.changed.emit()

    def _done(self, outcome: tuple[Any, Exception | None]) -> None:
        job, (result, defect) = self._end(), outcome
        try:
            if defect is not None:
                raise defect
            job.then(result)
        except Exception:
            # Whoever asked must not wait for ever, with a window that takes no click; the fault is told apart from it.
            job.otherwise(tr("The program made a mistake."))
            raise
        finally:
            self._next()

    def _failed(self, why: str) -> None:
        self._end().otherwise(why)
        self._next()

    def _end(self) -> _Job:
        assert self._now is not None
        job, self._now = self._now[0], None
        return job


def _plainly(work: Callable[[], Any]) -> tuple[Any, Exception | None]:
    """What came of it, or the program's own fault, which must not hold up the jobs that wait."""
    try:
        return work(), None
    except FerError as error:
        raise ModelError(reason(error)) from error
    except OSError:
        raise
    except Exception as error:
        return None, error
