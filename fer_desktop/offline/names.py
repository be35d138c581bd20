"""File names as a person may read them."""

from __future__ import annotations

import os


def shown(path: str | os.PathLike[str]) -> str:
    """The path on one line, fit for any terminal: line breaks, control characters and undecodable bytes as escapes."""
    text = os.fspath(path)
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
