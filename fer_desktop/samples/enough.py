"""Whether there is enough to teach a model from: told before anything is started, by the window as by the command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fer_desktop.core import emotions
from fer_desktop.core.errors import InputError

FEWEST: Final = 5
FEWEST_EMOTIONS: Final = 2
FEWEST_TO_DIVIDE: Final = 3
"""Samples that an emotion needs so that one of them can be kept back."""


def check(counts: Mapping[str, int]) -> None:
    """counts: samples an emotion. Raises InputError, which says what is needed, where they are too few."""
    total, shown = sum(counts.values()), [name for name in emotions.NAMES if counts.get(name)]
    remedy = (
        f"Collect {FEWEST} or more in all, of at least {FEWEST_EMOTIONS} emotions, {FEWEST_TO_DIVIDE} of one of them; "
        "15 of each are good."
    )
    if total < FEWEST:
        are = "is" if total == 1 else "are"
        raise InputError(f"There {are} {total or 'no'} face{'s' * (total != 1)} of you to learn from", remedy)
    if len(shown) < FEWEST_EMOTIONS:
        raise InputError(f"All {total} faces of you show {shown[0]}", remedy)
    if max(counts.values()) < FEWEST_TO_DIVIDE:
        raise InputError("There are too few faces of you of any one emotion to measure with", remedy)
