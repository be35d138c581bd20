"""Quiet for libraries that log to file descriptor 2 below Python, past every setting they have."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """Nothing that is written to descriptor 2 meanwhile is seen. Python's own errors are raised as ever."""
    try:
        saved = os.dup(2)
    except OSError:  # a program without a console has no descriptor 2
        yield
        return
    if sys.stderr is not None:
        sys.stderr.flush()
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(null)
        os.close(saved)
