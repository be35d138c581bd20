"""The capture workers of a session: the one shown, the one that may take its place, and those told to end."""

from __future__ import annotations

import logging
import time

from fer_desktop.live.capture_worker import CaptureWorker

logger = logging.getLogger(__name__)


class CaptureWorkers:
    """A change of source waits for nobody: who is replaced is told to end, and kept until it has.

    Its owner's lock guards it.
    """

    def __init__(self) -> None:
        self.active: CaptureWorker | None = None
        """Its frames are shown."""
        self.candidate: CaptureWorker | None = None
        """Takes the place of `active` with its first frame."""
        self._candidate_since = 0.0
        self._retired: list[CaptureWorker] = []

    def nominate(self, worker: CaptureWorker, at_s: float) -> None:
        """`worker` is to be shown next; an earlier candidate has had its chance."""
        self.drop_candidate()
        self.candidate, self._candidate_since = worker, at_s

    def promote(self) -> None:
        """The candidate delivers: it is the active one now."""
        self._retire(self.active)
        self.active, self.candidate = self.candidate, None

    def drop_candidate(self) -> None:
        self._retire(self.candidate)
        self.candidate = None

    def let_go(self, worker: CaptureWorker) -> bool:
        """The worker ends by itself. False if nobody waits for anything from it."""
        if worker is self.candidate:
            self.candidate = None
        elif worker is self.active:
            self.active = None
        else:
            return False
        self._retire(worker)
        return True

    def candidate_for_s(self, at_s: float) -> float:
        """How long the candidate has been waited for; 0 if there is none, or if it may take as long as it likes."""
        return 0.0 if self.candidate is None or self.candidate.patient else at_s - self._candidate_since

    def dismiss_all(self) -> list[CaptureWorker]:
        """Tell all to end; gives those that may not have ended yet, for `join_all`."""
        self._retire(self.active)
        self._retire(self.candidate)
        self.active = self.candidate = None
        workers, self._retired = self._retired, []
        return workers

    def _retire(self, worker: CaptureWorker | None) -> None:
        if worker is not None:
            worker.signal_stop()
            self._retired = [old for old in self._retired if not old.join(0)]
            self._retired.append(worker)


def join_all(workers: list[CaptureWorker], within_s: float) -> bool:
    """Wait for the threads; those still reading after `within_s` get their source closed, and `within_s` once more.

    True if all have ended. A thread that still has not is a daemon and is left behind.
    """
    left = _still_running(workers, within_s)
    for worker in left:
        worker.release()
    left = _still_running(left, within_s)
    if left:
        logger.error("%d capture thread(s) did not end; leaving them behind", len(left))
    return not left


def _still_running(workers: list[CaptureWorker], within_s: float) -> list[CaptureWorker]:
    deadline = time.monotonic() + within_s
    return [worker for worker in workers if not worker.join(max(0.0, deadline - time.monotonic()))]
