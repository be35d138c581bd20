"""How long something will still take, in words: for window and command line alike."""

from __future__ import annotations

from collections.abc import Callable


def time_left(seconds: float, tr: Callable[[str], str] = str) -> str:
    """ "about 40 s left", no finer than such a guess is good. tr: puts the words into the person's language."""
    if seconds < 10:
        return tr("a few seconds left")
    if seconds < 90:
        return tr("about {n} s left").format(n=round(seconds / 5) * 5)
    if seconds < 90 * 60:
        return tr("about {n} min left").format(n=round(seconds / 60))
    return tr("about {n} h left").format(n=f"{seconds / 3600:.1f}")
