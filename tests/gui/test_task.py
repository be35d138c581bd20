"""Work on a thread: what comes of it, and what a window that closes waits for."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject

from fer_desktop.core.errors import InputError
from fer_desktop.gui.task import Task

WAIT_MS = 10_000


@pytest.fixture
def owner(qapp: Any) -> QObject:
    return QObject()


def left(owner: QObject) -> int:
    """Tasks that are still its children, once what was told to go has gone."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return len(owner.findChildren(Task))


def test_what_came_of_it_is_told_and_the_task_goes(owner: QObject, qtbot: Any) -> None:
    with qtbot.waitSignal(Task(owner, lambda: 42).done, timeout=WAIT_MS) as came:
        pass
    assert came.args == [42]

    def fail() -> None:
        raise InputError("It is no picture", "Choose another")

    with qtbot.waitSignal(Task(owner, fail).failed, timeout=WAIT_MS) as came:
        pass
    assert came.args[0].startswith("It is no picture")
    qtbot.waitUntil(lambda: left(owner) == 0, timeout=WAIT_MS)


def test_reading_is_not_waited_for(owner: QObject, qtbot: Any) -> None:
    told, go_on, over = [], threading.Event(), threading.Event()

    def read() -> None:
        go_on.wait(WAIT_MS / 1000)
        over.set()

    task = Task(owner, read)
    task.done.connect(told.append)
    task.finish()
    assert not over.is_set() and left(owner) == 0
    del task
    go_on.set()
    assert over.wait(WAIT_MS / 1000), "it comes to its end alone"
    assert not told


def test_a_change_is_waited_for_but_not_for_ever(owner: QObject, qtbot: Any) -> None:
    done = []
    task = Task(owner, lambda: done.append(time.sleep(0.1)))
    task.finish(WAIT_MS / 1000)
    assert done and left(owner) == 0
    go_on = threading.Event()
    task = Task(owner, lambda: go_on.wait(WAIT_MS / 1000))
    task.finish(0.05)
    assert task._thread.is_alive()
    go_on.set()
    task._thread.join(WAIT_MS / 1000)


def test_a_fault_of_the_programs_own_is_an_outcome_too(owner: QObject, qtbot: Any) -> None:
    """Whoever waits for it goes on; the fault itself goes where such faults go."""

    def fail() -> None:
        raise MemoryError

    task, told = Task(owner, fail), []
    task.failed.connect(told.append)
    with qtbot.capture_exceptions() as raised:
        qtbot.waitUntil(lambda: left(owner) == 0, timeout=WAIT_MS)
    assert told == ["MemoryError"]
    assert [kind for kind, *_ in raised] == [MemoryError]
    task.finish(1.0)
