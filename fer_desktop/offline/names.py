"""File names and counts as a person may read them."""

from __future__ import annotations

import os


def shown(path: str | os.PathLike[str]) -> str:
    """The path on one line, fit for any terminal: line breaks, control characters and undecodable bytes as escapes."""
    text = os.fspath(path)
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def shortened(text: str, most: int) -> str:
    """The text with at most so many letters: what is left out is in the middle, since both ends tell names apart."""
    if len(text) <= most:
        return text
    end = (most - 1) // 2
    return f"{text[: most - 1 - end]}…{text[-end:]}"


def count_of(number: int, one: str, many: str) -> str:
    """ "1 photo", "2,000 photos"."""
    return f"{number:,} {one if number == 1 else many}"
