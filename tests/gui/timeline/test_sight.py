"""What is in sight of the history: its end goes on or stands, and is never outside of what is kept."""

from __future__ import annotations

import pytest

from fer_desktop.core.history import History
from fer_desktop.gui.timeline.sight import Sight, of_day, ticks
from tests.core.test_history import START_S, filled, track


@pytest.fixture
def history() -> History:
    return filled(10, 300, lambda _: (track(1),))


def test_it_ends_with_the_newest_reading_on_whole_columns(history: History) -> None:
    sight = Sight()
    from_s, to_s = sight.stretch(history, 300)
    assert to_s - from_s == 60 and 0 <= to_s - history.until_s < 0.2
    assert to_s / 0.2 == pytest.approx(round(to_s / 0.2)), "a column holds the same times from one moment to the next"


def test_back_it_stands_still_and_at_the_end_it_goes_on(history: History) -> None:
    sight = Sight()
    sight.move(-100, history)
    before = sight.stretch(history, 300)
    assert not sight.goes_on and before[1] == pytest.approx(history.until_s - 100, abs=0.2)
    filled(10, 320, lambda _: (track(1),), history)
    assert sight.stretch(history, 300) == before
    sight.move(500, history)
    assert sight.goes_on


def test_no_further_back_than_something_is_kept(history: History) -> None:
    sight = Sight()
    sight.move(-1e6, history)
    assert sight.end_s == history.from_s + 60
    short = filled(10, 20, lambda _: (track(1),))
    sight.move(-5, short)
    assert sight.goes_on, "all of it is in sight"


def test_what_was_in_sight_may_be_forgotten(history: History) -> None:
    sight = Sight()
    sight.move(-1e6, history)
    filled(2, 900, lambda _: (track(1),), history)
    sight.fit(history)
    assert sight.end_s == history.from_s + 60
    history.clear()
    sight.fit(history)
    assert sight.goes_on


@pytest.mark.parametrize(("width", "step_s"), [(900, 10), (300, 30), (60, 120)])
def test_times_stand_apart(width: float, step_s: float) -> None:
    at = ticks(50_403.0, 60.0, width)
    assert all((50_403.0 + one) % step_s == pytest.approx(0) for one in at)
    assert all(0 <= one <= 60 for one in at)


def test_times_of_the_day() -> None:
    assert [of_day(one) for one in (0, 3661, 86_399.6, -1)] == ["0:00:00", "1:01:01", "0:00:00", "23:59:59"]
    assert START_S > 0
