from __future__ import annotations

from fer_desktop.core.errors import Fault
from fer_desktop.live.watchdog import Watchdog


def test_a_silence_is_told_of_once_and_its_end_too() -> None:
    watchdog = Watchdog(stall_s=2.0)
    assert not watchdog.fed(10.0)
    assert not watchdog.stalled(12.0)
    assert watchdog.stalled(12.1)
    assert not watchdog.stalled(13.0)
    assert watchdog.fed(14.0)
    assert not watchdog.fed(14.1)
    assert watchdog.stalled(16.2)


def test_it_sleeps_before_the_first_frame_and_during_a_pause() -> None:
    watchdog = Watchdog(stall_s=2.0)
    assert not watchdog.stalled(100.0)
    watchdog.fed(100.0)
    watchdog.sleep()
    assert not watchdog.stalled(200.0)
    watchdog.wake(200.0)
    assert not watchdog.stalled(202.0)
    assert watchdog.stalled(202.1)


def test_what_is_known_already_is_not_told_again() -> None:
    watchdog = Watchdog(stall_s=2.0)
    watchdog.fed(0.0)
    assert watchdog.told(Fault.GONE)
    assert not watchdog.told(Fault.GONE)
    assert not watchdog.stalled(9.0)
    assert watchdog.fed(9.5)
