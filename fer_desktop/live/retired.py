"""Capture threads that were told to end and have not yet."""

from __future__ import annotations

import logging
import time

from fer_desktop.live.capture_worker import CaptureWorker

logger = logging.getLogger(__name__)


class RetiredWorkers:
    """Keeps them until they have ended, so that a change of source need not wait. Its owner's lock guards it."""

    def __init__(self) -> None:
        self._workers: list[CaptureWorker] = []

    def add(self, worker: CaptureWorker) -> None:
        """Tell `worker` to end; returns at once."""
        worker.signal_stop()
        self._workers = [old for old in self._workers if not old.join(0)]
        self._workers.append(worker)

    def take_all(self) -> list[CaptureWorker]:
        workers, self._workers = self._workers, []
        return workers


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
