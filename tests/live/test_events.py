from __future__ import annotations

from fer_desktop.live.events import Event, EventQueue, Kind


def test_events_come_out_in_order_and_once() -> None:
    queue = EventQueue()
    queue.put(Event(Kind.SOURCE_OPENED, "Demo"))
    queue.put(Event(Kind.MODEL_READY, "default"))
    assert [event.kind for event in queue.drain()] == ["source_opened", "model_ready"]
    assert queue.drain() == []


def test_a_queue_that_nobody_drains_stays_small_and_keeps_the_newest() -> None:
    queue = EventQueue(limit=3)
    for number in range(10):
        queue.put(Event(Kind.ANALYSIS_FAILED, str(number)))
    assert [event.text for event in queue.drain()] == ["7", "8", "9"]
