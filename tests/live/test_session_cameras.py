"""What a session does for cameras: waits for them, opens them in another way, tells what is wrong with pictures."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np

from fer_desktop.core.errors import CameraError, Fault
from fer_desktop.core.types import Frame
from tests.live.fakes import FakeSource, wait_for
from tests.live.window import NERVOUS, QUICK, live


class Device:
    """Can be open once."""

    def __init__(self) -> None:
        self.open_now = 0
        self.most = 0
        self.opened: list[str] = []

    def source(self, name: str, error: CameraError | None = None) -> FakeSource:
        device = self

        class OfDevice(FakeSource):
            held = False

            def open(self) -> None:
                super().open()
                device.open_now += 1
                device.most = max(device.most, device.open_now)
                device.opened.append(name)
                self.held = True

            def close(self) -> None:
                super().close()
                device.open_now -= self.held
                self.held = False

        return OfDevice(name, open_error=error)


def test_a_device_is_closed_before_it_is_opened_in_another_way() -> None:
    device = Device()
    with live(lambda: device.source("small")) as window:
        window.until(lambda: window.analysed())
        window.session.exchange(lambda: device.source("large"))
        window.until(lambda: window.last_source == "large" and window.views[-1].analysis is not None)
        assert window.session.source is not None and window.session.source.name == "large"
        assert window.kinds.count("source_opened") == 1 and "source_failed" not in window.kinds
    assert device.most == 1 and device.opened == ["small", "large"]


def test_if_the_other_way_fails_it_is_opened_as_before() -> None:
    device = Device()
    with live(lambda: device.source("small")) as window:
        window.until(lambda: window.views)
        window.session.exchange(lambda: device.source("large", CameraError("It cannot", "Choose a smaller size")))
        window.until(lambda: "source_failed" in window.kinds)
        (failed,) = (event for event in window.events if event.kind == "source_failed")
        assert failed.sentence == "It cannot. Choose a smaller size."
        seen = len(window.views)
        window.until(lambda: len(window.views) > seen + 5)
        assert window.last_source == "small" and device.opened == ["small", "small"]


def test_of_ways_asked_for_meanwhile_the_newest_counts() -> None:
    device = Device()
    with live(lambda: device.source("0")) as window:
        window.until(lambda: window.views)
        window.session.pause()
        for name in ("1", "2", "3"):
            window.session.exchange(lambda name=name: device.source(name))
        window.session.resume()
        window.until(lambda: window.last_source == "3")
    assert device.opened == ["0", "3"]


def test_a_camera_that_is_lost_is_opened_in_the_way_asked_for_last() -> None:
    device, plugged = Device(), threading.Event()

    def make(name: str) -> FakeSource:
        if device.opened and not plugged.is_set():
            raise CameraError("It is not there", fault=Fault.GONE)
        return device.source(name)

    with live(lambda: make("small")) as window:
        window.until(lambda: window.views)
        window.session.exchange(lambda: make("large"))
        window.until(lambda: "source_stalled" in window.kinds)
        plugged.set()
        window.until(lambda: "source_resumed" in window.kinds)
        assert window.last_source == "small", "the way before, since the other one never gave a picture"


def test_a_camera_waited_for_takes_the_place_of_what_is_shown_without_a_word() -> None:
    free = threading.Event()
    tries: list[float] = []

    def make() -> FakeSource:
        tries.append(time.monotonic())
        error = None if free.is_set() else CameraError("It is in use", fault=Fault.IN_USE)
        return FakeSource("camera", open_error=error)

    with live(lambda: FakeSource("demo"), timing=replace(QUICK, first_frame=0.05)) as window:
        window.until(lambda: window.views)
        window.session.switch(make, patient=True)
        window.until(lambda: len(tries) > 6)
        assert window.last_source == "demo" and window.kinds.count("source_opened") == 1
        free.set()
        window.until(lambda: window.last_source == "camera")
        assert "source_failed" not in window.kinds and "source_stalled" not in window.kinds


def test_another_choice_ends_the_waiting() -> None:
    tries: list[int] = []

    def make() -> FakeSource:
        tries.append(1)
        raise CameraError("It is in use")

    with live(lambda: FakeSource("demo")) as window:
        window.until(lambda: window.views)
        window.session.switch(make, patient=True)
        window.until(lambda: tries)
        window.session.switch(lambda: FakeSource("other"))
        window.until(lambda: window.last_source == "other")
        count = len(tries)
        window.for_s(0.2)
        assert len(tries) == count


def test_the_wait_for_a_camera_can_be_cut_short() -> None:
    made: list[FakeSource] = []

    def make() -> FakeSource:
        made.append(FakeSource(fault=lambda source, index: source is made[0] and index == 3 and _gone()))
        return made[-1]

    with live(make, timing=replace(QUICK, back_off_first=60, back_off_longest=60)) as window:
        window.until(lambda: "source_stalled" in window.kinds)
        assert len(made) == 1
        window.session.retry_now()
        window.until(lambda: "source_resumed" in window.kinds)


def _gone() -> None:
    raise CameraError("It is unplugged", "Plug it in again", Fault.GONE)


def test_another_fault_of_a_lost_camera_is_told_and_the_same_one_is_not() -> None:
    faults = iter([Fault.GONE, Fault.GONE, Fault.IN_USE, Fault.IN_USE])
    made: list[FakeSource] = []

    def make() -> FakeSource:
        fault = next(faults, None) if made else None
        made.append(
            FakeSource(
                fault=lambda source, index: source is made[0] and index == 3 and _gone(),
                open_error=None if fault is None else CameraError(fault.value, fault=fault),
            )
        )
        return made[-1]

    with live(make) as window:
        window.until(lambda: "source_resumed" in window.kinds)
        stalls = [event.fault for event in window.events if event.kind == "source_stalled"]
        assert stalls == [Fault.GONE, Fault.IN_USE]


class Pictures(FakeSource):
    """Of a size that changes, then black."""

    width = 12
    black = False

    def read(self) -> Frame | None:
        read = super().read()
        if read is None:
            return None
        bgr = np.full((8, self.width, 3), 0 if self.black else 100 + read.index % 100, np.uint8)
        return Frame(bgr, read.index, read.captured_at, read.source)


def test_a_size_that_changes_on_the_way_is_known_at_once_and_nothing_is_opened_anew() -> None:
    source = Pictures()
    with live(lambda: source) as window:
        window.until(lambda: window.analysed() > 3)
        source.width = 24
        window.until(lambda: window.session.source is not None and window.session.source.size == (24, 8))
        window.until(lambda: window.views[-1].analysis is not None and window.views[-1].analysis.size == (24, 8))
        assert window.kinds.count("source_opened") == 1 and "source_stalled" not in window.kinds
        own = [view for view in window.views if view.analysis is not None]
        assert all(view.analysis.size == view.frame.size for view in own if view.analysis)


def test_what_is_wrong_with_the_picture_is_told_and_forgotten_with_the_source() -> None:
    source = Pictures()
    source.black = True
    with live(lambda: source, timing=NERVOUS) as window:
        window.until(lambda: window.session.picture.black)
        wait_for(lambda: window.turn() or "picture_changed" in window.kinds)
        source.black = False
        window.until(lambda: not window.session.picture.black)
        source.black = True
        window.until(lambda: window.session.picture.black)
        window.session.switch(lambda: FakeSource("other"))
        window.until(lambda: window.last_source == "other")
        assert not window.session.picture.black
