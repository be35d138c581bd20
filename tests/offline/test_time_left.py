"""How long it will take, in words."""

from __future__ import annotations

import pytest

from fer_desktop.offline.time_left import time_left


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "a few seconds left"),
        (41, "about 40 s left"),
        (89, "about 90 s left"),
        (300, "about 5 min left"),
        (9000, "about 2.5 h left"),
    ],
)
def test_words(seconds: float, text: str) -> None:
    assert time_left(seconds) == text


def test_in_another_language() -> None:
    german = {"about {n} s left": "noch etwa {n} s"}
    assert time_left(41, lambda text: german[text]) == "noch etwa 40 s"
