"""A child process: what it prints as Qt signals, lines for its stdin, and a way to let it go on alone."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import select
import signal
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import psutil
from PySide6.QtCore import QObject, QTimer, Signal

DRAIN_MS: Final = 50
POLL_S: Final = 0.2
BLOCK: Final = 1 << 16
LOG_TAIL: Final = 4000
_alone: list[subprocess.Popen[bytes]] = []
"""Kept, since Python complains of a process that is forgotten while it runs."""


class Child(QObject):
    """`told`: an object that stands on a line of its stdout; `printed`: another line; `ended`: its exit status.

    It runs in a session of its own, so that neither a closed terminal nor the end of this program ends it. Its stderr
    goes into the file `log`: a pipe would break with this program, and the child with the pipe.
    """

    told = Signal(object)
    printed = Signal(str)
    ended = Signal(int)

    def __init__(self, parent: QObject, command: Sequence[str], log: Path, errors_too: bool = False) -> None:
        """errors_too: what it writes to stderr is printed as well, and `log` stays empty."""
        super().__init__(parent)
        self._log = log
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._left = threading.Event()
        self._reader = threading.Thread(target=self._read, name="child's lines", daemon=True)
        self._timer = QTimer(self)
        self._timer.setInterval(DRAIN_MS)
        self._timer.timeout.connect(self._drain)
        self._process: subprocess.Popen[bytes] | None = None
        self._problem = ""
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("wb") as errors:
                self._process = subprocess.Popen(
                    list(command),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT if errors_too else errors,
                    bufsize=0,
                    **_apart(),
                )
            self._reader.start()
        except OSError as error:
            self._problem = f"{error.filename or command[0]}: {error.strerror or error}"
            self._lines.put(None)
        self._timer.start()

    @property
    def running(self) -> bool:
        """Until `ended`, or until it was left alone."""
        return self._timer.isActive()

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def say(self, line: str) -> None:
        """A line on its stdin. That it no longer listens is told by its end."""
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError, ValueError):
                self._process.stdin.write(f"{line}\n".encode())

    def kill(self) -> None:
        """End it and what it has started, now."""
        if self._process is None or self._process.poll() is not None:
            return
        with contextlib.suppress(OSError):
            if os.name == "posix":
                os.killpg(self._process.pid, signal.SIGTERM)
            else:
                self._process.terminate()

    def leave(self) -> None:
        """Let it go on alone: nothing more is read from it or said to it."""
        if not self.running:
            return
        self._timer.stop()
        self._let_go()
        if self._process is not None and self._process.poll() is None:
            _alone.append(self._process)

    def end(self, wait_s: float = 5.0, gently_s: float = 0.0) -> None:
        """Kill it and wait; no signal comes any more. What does not heed it is killed outright.

        gently_s: so long it may take to end by itself first, as after a line that told it to.
        """
        if not self.running:
            return
        self._timer.stop()
        if gently_s and self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(gently_s)
        self.kill()
        if self._process is not None:
            try:
                self._process.wait(wait_s)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._let_go()

    def reason(self) -> str:
        """Why it failed, in its own last words; empty where it said nothing."""
        if self._problem:
            return self._problem
        try:
            text = self._log.read_bytes()[-LOG_TAIL:].decode("utf-8", "replace")
        except OSError:
            return ""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        return lines[-1].removeprefix("fer-desktop: ") if lines else ""

    def memory_mb(self) -> float | None:
        """What it and its own children hold, in MB (10^6 bytes)."""
        if self._process is None:
            return None
        return memory_mb(self._process.pid)

    def _read(self) -> None:
        assert self._process is not None and self._process.stdout is not None
        descriptor, rest = self._process.stdout.fileno(), b""
        while not self._left.is_set():
            # Windows cannot wait for a pipe with a limit; there the thread ends with the child or with the program.
            if os.name == "posix" and not select.select([descriptor], [], [], POLL_S)[0]:
                continue
            try:
                block = os.read(descriptor, BLOCK)
            except OSError:
                break
            if not block:
                break
            *lines, rest = (rest + block).split(b"\n")
            for line in lines:
                self._lines.put(line)
        if not self._left.is_set():
            if rest:
                self._lines.put(rest)
            self._process.wait()
        self._lines.put(None)

    def _drain(self) -> None:
        while self.running:
            try:
                line = self._lines.get_nowait()
            except queue.Empty:
                return
            if line is None:
                self._finish()
                return
            self._tell(line.decode("utf-8", "replace").rstrip("\r"))

    def _tell(self, line: str) -> None:
        value: Any = None
        if line.startswith("{"):
            with contextlib.suppress(ValueError):
                value = json.loads(line)
        if isinstance(value, dict):
            self.told.emit(value)
        elif line.strip():
            self.printed.emit(line)

    def _finish(self) -> None:
        self._timer.stop()
        self._let_go()
        self.ended.emit(-1 if self._process is None else self._process.returncode)

    def _let_go(self) -> None:
        self._left.set()
        if self._reader.ident is not None and (os.name == "posix" or self._process_is_over()):
            self._reader.join(2 * POLL_S + 1)
        if self._process is not None:
            for stream in (self._process.stdin, self._process.stdout):
                # A pipe that a thread still reads cannot be closed on Windows; it goes with the program.
                if stream is not None and not (stream is self._process.stdout and self._reader.is_alive()):
                    with contextlib.suppress(OSError):
                        stream.close()

    def _process_is_over(self) -> bool:
        return self._process is None or self._process.poll() is not None


def memory_mb(pid: int) -> float | None:
    try:
        process = psutil.Process(pid)
        together = [process, *process.children(recursive=True)]
        return float(sum(one.memory_info().rss for one in together)) / 1e6
    except psutil.Error:
        return None


def _apart() -> dict[str, Any]:
    """How a process is started so that it does not end with this one."""
    if os.name == "posix":
        return {"start_new_session": True}
    return {
        "creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)
    }
