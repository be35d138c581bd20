"""What packaging/bootstrap.py does, step by step. Standard library only: it runs before anything is installed."""

from __future__ import annotations

import sys


class SetupError(Exception):
    """Set-up cannot go on. what: what happened, one line; remedy: what to do about it."""

    def __init__(self, what: str, remedy: str = "") -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(f"{what}. {remedy}" if remedy else what)


def say(text: str) -> None:
    """Tell the person; standard output belongs to the program that is started afterwards."""
    print(f"bootstrap: {text}", file=sys.stderr, flush=True)
