"""Quiet for libraries that log to file descriptor 2 below Python, past every setting they have."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator

_lock = threading.Lock()
_inside = 0
_saved = -1


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """Nothing that is written to descriptor 2 meanwhile is seen, in any thread. Python's errors are raised as ever.

    May be used by several threads at a time: the first one in closes the way, the last one out opens it again.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


@contextlib.contextmanager
def pythons_alone() -> Iterator[None]:
    """As `silenced`, but what Python prints to sys.stderr is seen as ever."""
    with silenced():
        stream = sys.stderr
        try:
            apart = _saved < 0 or stream is None or stream.fileno() != 2
        except (OSError, ValueError):  # no descriptor at all
            apart = True
        if apart:
            yield
            return
        with (
            os.fdopen(os.dup(_saved), "w", 1, encoding=stream.encoding, errors=stream.errors) as seen,
            contextlib.redirect_stderr(seen),
        ):
            yield


def _enter() -> None:
    global _inside, _saved
    with _lock:
        _inside += 1
        if _inside > 1:
            return
        if sys.stderr is not None:
            sys.stderr.flush()
        try:
            _saved = os.dup(2)
        except OSError:  # a program without a console has no descriptor 2
            _saved = -1
            return
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 2)
        os.close(null)


def _leave() -> None:
    global _inside, _saved
    with _lock:
        _inside -= 1
        if _inside == 0 and _saved >= 0:
            os.dup2(_saved, 2)
            os.close(_saved)
            _saved = -1
