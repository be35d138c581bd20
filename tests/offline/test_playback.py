"""Which picture is due when."""

from __future__ import annotations

import numpy as np

from fer_desktop.offline.playback import Playhead

TIMES = np.array([0.0, 0.1, 0.2, 1.0, 1.1])


def test_plays_by_the_files_own_times() -> None:
    head = Playhead()
    head.start(0.0, 100.0)
    assert [head.due(TIMES, 100 + after)[0] for after in (0, 0.15, 0.5, 0.99, 1.05, 3)] == [0, 1, 2, 2, 3, 4]
    assert head.due(TIMES, 101.0) == (3, False)
    assert head.due(TIMES, 101.2) == (4, True)


def test_another_speed_goes_on_from_where_it_is() -> None:
    head = Playhead()
    head.start(0.0, 100.0)
    head.set_speed(4.0, 100.1)
    assert head.at(100.1) == 100.1 - 100
    assert abs(head.at(100.2) - 0.5) < 1e-9
    head.set_speed(0.5, 100.2)
    assert abs(head.at(100.4) - 0.6) < 1e-9


def test_a_late_picture_holds_it_up() -> None:
    head = Playhead()
    head.start(0.0, 100.0)
    head.hold(0.1, 105.0)
    assert head.due(TIMES, 105.05) == (1, False)
