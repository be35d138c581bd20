"""A child process: its lines, its end, and that it goes on when nobody reads it any more."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from PySide6.QtCore import QObject

from fer_desktop.gui.training.child import Child

WAIT_MS = 20000


class Listener:
    def __init__(self, child: Child) -> None:
        self.events: list[dict[str, Any]] = []
        self.lines: list[str] = []
        self.status: int | None = None
        child.told.connect(self.events.append)
        child.printed.connect(self.lines.append)
        child.ended.connect(self._ended)

    def _ended(self, status: int) -> None:
        self.status = status


@pytest.fixture
def owner(qapp: object) -> QObject:
    return QObject()


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_objects_and_other_lines_are_told_apart(owner: QObject, qtbot: Any, tmp_path: Path) -> None:
    code = 'print(\'{"event": "note", "text": "ä"}\\n{broken\\n[1]\\nwords\', end="")'
    heard = Listener(Child(owner, python(code), tmp_path / "log"))
    qtbot.waitUntil(lambda: heard.status is not None, timeout=WAIT_MS)
    assert heard.events == [{"event": "note", "text": "ä"}]
    assert heard.lines == ["{broken", "[1]", "words"] and heard.status == 0


def test_what_is_said_to_it_arrives(owner: QObject, qtbot: Any, tmp_path: Path) -> None:
    child = Child(owner, python("print(input(), flush=True); print(input())"), tmp_path / "log")
    heard = Listener(child)
    child.say("pause")
    qtbot.waitUntil(lambda: heard.lines == ["pause"], timeout=WAIT_MS)
    assert (child.memory_mb() or 0) > 1
    child.say("resume")
    qtbot.waitUntil(lambda: heard.status == 0, timeout=WAIT_MS)
    assert heard.lines == ["pause", "resume"] and not child.running
    child.say("cancel")


def test_its_last_words_are_the_reason(owner: QObject, qtbot: Any, tmp_path: Path) -> None:
    code = 'import sys; print("first\\nfer-desktop: the disk is full", file=sys.stderr); sys.exit(2)'
    child = Child(owner, python(code), tmp_path / "deeper" / "log")
    heard = Listener(child)
    qtbot.waitUntil(lambda: heard.status == 2, timeout=WAIT_MS)
    assert child.reason() == "the disk is full"


def test_a_program_that_is_not_there_ends_with_a_reason(owner: QObject, qtbot: Any, tmp_path: Path) -> None:
    child = Child(owner, [str(tmp_path / "nothing")], tmp_path / "log")
    heard = Listener(child)
    qtbot.waitUntil(lambda: heard.status == -1, timeout=WAIT_MS)
    assert "nothing" in child.reason()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no tree of processes")
def test_it_is_killed_with_what_it_started(owner: QObject, qtbot: Any, tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time; one = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(one.pid, flush=True); time.sleep(60)"
    )
    child = Child(owner, python(code), tmp_path / "log")
    heard = Listener(child)
    qtbot.waitUntil(lambda: len(heard.lines) == 1, timeout=WAIT_MS)
    grandchild = int(heard.lines[0])
    child.end()
    assert not child.running and heard.status is None
    deadline_s = time.monotonic() + 10
    while psutil.pid_exists(grandchild) and psutil.Process(grandchild).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline_s
        time.sleep(0.05)


def test_left_alone_it_goes_on_though_its_pipe_is_broken(owner: QObject, qtbot: Any, tmp_path: Path) -> None:
    """With the very function that the training speaks through."""
    code = (
        "import pathlib, sys, time\nfrom fer_desktop.training.events import json_lines\n"
        "emit = json_lines(sys.stdout, outlives_reader=True)\nemit('note', text='here')\n"
        "sys.stdin.read()\n"
        "for number in range(5):\n    emit('note', text='x' * 100_000)\n"
        f"print('still here', file=sys.stderr)\npathlib.Path({str(tmp_path / 'done')!r}).touch()"
    )
    child = Child(owner, python(code), tmp_path / "log")
    heard = Listener(child)
    qtbot.waitUntil(lambda: len(heard.events) == 1, timeout=WAIT_MS)
    process = psutil.Process(child.pid)
    child.leave()
    assert not child.running
    qtbot.waitUntil((tmp_path / "done").exists, timeout=WAIT_MS)
    assert process.wait(10) in (0, None)
    assert (tmp_path / "log").read_text().strip() == "still here"
