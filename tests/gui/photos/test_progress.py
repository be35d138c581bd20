"""How long it will take, in words."""

from __future__ import annotations

import pytest

from fer_desktop.gui.photos.progress import Pace, reading_words


def test_the_time_left_follows_the_speed_of_late() -> None:
    pace = Pace()
    pace.begin(0.0, 0)
    assert pace.left(1.0, 20, 1000) is None, "too early to say"
    for second in range(1, 61):
        pace.tell(float(second), second * 40)
    assert pace.left(60.0, 2400, 4000) == pytest.approx(40)
    for second in range(61, 161):
        pace.tell(float(second), 2400 + (second - 60) * 4)
    assert pace.left(160.0, 2800, 4000) == pytest.approx(300), "it has got slower"


def test_a_pace_that_begins_anew_forgets_the_pause() -> None:
    pace = Pace()
    pace.begin(0.0, 0)
    pace.tell(10.0, 100)
    pace.begin(1000.0, 100)
    pace.tell(1010.0, 200)
    assert pace.left(1010.0, 200, 300) == pytest.approx(10)


def test_what_is_said_of_the_reading() -> None:
    assert reading_words(True, True, 0, 0, 0, "") == ["Looking for photos…"]
    assert reading_words(True, False, 3, 9, 2, "") == ["3 of 9", "2 could not be read"]
    assert reading_words(True, False, 3, 9, 0, "Evening run") == ["Reading again with Evening run: 3 of 9"]
    assert reading_words(False, False, 3, 9, 0, "") == ["Stopped: 3 of 9 are read"]
