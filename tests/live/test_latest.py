from __future__ import annotations

import threading
import time

from fer_desktop.live.latest import LatestSlot


def test_take_gives_each_value_once_and_only_the_newest() -> None:
    slot: LatestSlot[int] = LatestSlot()
    assert slot.take() is None
    assert slot.put(1) is None
    assert slot.put(2) == 1
    assert slot.take() == 2
    assert slot.take() is None


def test_clear_gives_back_what_was_not_taken() -> None:
    slot: LatestSlot[int] = LatestSlot()
    assert slot.clear() is None
    slot.put(7)
    assert slot.clear() == 7
    assert slot.take() is None


def test_take_waits_no_longer_than_asked() -> None:
    slot: LatestSlot[int] = LatestSlot()
    began = time.monotonic()
    assert slot.take(timeout_s=0.05) is None
    assert 0.04 <= time.monotonic() - began < 5


def test_a_waiting_take_is_woken_by_put() -> None:
    slot: LatestSlot[int] = LatestSlot()
    timer = threading.Timer(0.02, slot.put, (5,))
    timer.start()
    assert slot.take(timeout_s=30) == 5
    timer.join()


def test_close_wakes_a_waiting_take_and_no_later_one_waits() -> None:
    slot: LatestSlot[int] = LatestSlot()
    timer = threading.Timer(0.02, slot.close)
    timer.start()
    began = time.monotonic()
    assert slot.take(timeout_s=30) is None
    assert slot.take(timeout_s=30) is None
    assert time.monotonic() - began < 10
    timer.join()


def test_between_two_threads_nothing_is_seen_twice_out_of_order_or_uncounted() -> None:
    slot: LatestSlot[int] = LatestSlot()
    count = 20_000
    overwritten: list[int] = []

    def put_all() -> None:
        for value in range(1, count + 1):
            old = slot.put(value)
            if old is not None:
                overwritten.append(old)

    thread = threading.Thread(target=put_all)
    thread.start()
    seen: list[int] = []
    while not seen or seen[-1] != count:
        value = slot.take(timeout_s=10)
        assert value is not None
        seen.append(value)
    thread.join()
    assert seen == sorted(set(seen))
    assert sorted(seen + overwritten) == list(range(1, count + 1))


def test_a_waiting_take_is_woken_without_a_value_once() -> None:
    slot: LatestSlot[int] = LatestSlot()
    timer = threading.Timer(0.02, slot.wake)
    timer.start()
    began = time.monotonic()
    assert slot.take(timeout_s=30) is None
    timer.join()
    slot.wake()
    assert slot.take(timeout_s=30) is None, "a call that came before the wait counts too"
    assert time.monotonic() - began < 15
    assert slot.take(timeout_s=0.05) is None
    slot.put(5)
    slot.wake()
    assert slot.take(timeout_s=30) == 5
