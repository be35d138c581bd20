"""Cameras under the window: offered, waited for, asked for another size; each device open once at most."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import pytest

from fer_desktop.core.errors import Fault
from fer_desktop.gui.preferences import Preferences
from fer_desktop.live import camera_watch
from fer_desktop.live.events import Event, Kind
from fer_desktop.live.picture_watch import Picture
from tests.faulty_camera import FPS, System, moving
from tests.gui.conftest import Desk
from tests.gui.fakes import FakeCamera, FakeSource, FakeWorld

WAIT_MS = 5000
linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a device node stands for the camera")


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera_watch, "LOOK_EVERY_S", 0.05)


def said(desk: Desk) -> str:
    return desk.window.info.text.text() if desk.window.info.isVisible() else ""


def shows(desk: Desk, camera: str) -> Callable[[], bool]:
    def shown() -> bool:
        frame = desk.window.feed.frame
        return frame is not None and frame.source == camera == desk.window.live.source_name

    return shown


def test_a_camera_that_is_plugged_in_beside_the_demo_is_offered_and_used_by_one_click(desk: Desk, qtbot: Any) -> None:
    desk.start(None)
    qtbot.waitUntil(lambda: said(desk) == "No camera found. This is the demo.", timeout=WAIT_MS)
    desk.world.cameras = [FakeCamera("Desk")]
    qtbot.waitUntil(lambda: said(desk) == "Desk is plugged in.", timeout=WAIT_MS)
    assert desk.window.live.source_name == "Demo", "nobody asked for it yet"
    assert desk.window.info.action.text() == "Use it"
    desk.window.info.action.click()
    qtbot.waitUntil(shows(desk, "Desk"), timeout=WAIT_MS)
    assert said(desk) == "" and desk.saved().camera_name == "Desk"


def test_an_offer_is_taken_back_with_the_camera(desk: Desk, qtbot: Any) -> None:
    desk.start(None)
    qtbot.waitUntil(lambda: said(desk) != "", timeout=WAIT_MS)
    desk.world.cameras = [FakeCamera("Desk")]
    qtbot.waitUntil(lambda: said(desk) == "Desk is plugged in.", timeout=WAIT_MS)
    desk.world.cameras = []
    qtbot.waitUntil(lambda: said(desk) == "No camera found. This is the demo.", timeout=WAIT_MS)


def test_the_demo_that_was_chosen_is_left_alone(desk: Desk, qtbot: Any) -> None:
    desk.start(None)
    qtbot.waitUntil(lambda: said(desk) != "", timeout=WAIT_MS)
    desk.window.actions_.demo.trigger()
    qtbot.waitUntil(lambda: desk.world.made.count("demo") == 2 and said(desk) == "", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: desk.window.session.source is not None and not desk.window.session.paused, timeout=WAIT_MS)
    desk.world.cameras = [FakeCamera("Desk")]
    qtbot.wait(300)
    assert said(desk) == ""


def test_a_camera_in_use_takes_the_demos_place_once_it_is_free(desk: Desk, qtbot: Any) -> None:
    desk.world.cameras, desk.world.busy = [FakeCamera("Desk")], ("Desk",)
    desk.start("camera:Desk")
    qtbot.waitUntil(lambda: said(desk).endswith("Until then this is the demo."), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: desk.window.live.source_name == "Demo", timeout=WAIT_MS)
    desk.world.busy = ()
    qtbot.waitUntil(shows(desk, "Desk"), timeout=WAIT_MS)
    assert said(desk) == ""


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.GONE, "Camera unplugged. Waiting for it to come back…"),
        (Fault.IN_USE, "Another program is using this camera. Waiting for it…"),
        (Fault.FORBIDDEN, "This camera may not be used. Allow it in the system's settings."),
        (Fault.SILENT, "The camera gives no pictures. Waiting…"),
        (Fault.FAILED, "The camera failed. Trying again…"),
    ],
)
def test_each_fault_has_its_words_and_the_newest_counts(desk: Desk, qtbot: Any, fault: Fault, words: str) -> None:
    desk.world.cameras = [FakeCamera("Desk")]
    desk.start("camera:Desk")
    qtbot.waitUntil(shows(desk, "Desk"), timeout=WAIT_MS)
    desk.window.feed.event_came.emit(Event(Kind.SOURCE_STALLED, "It failed"))
    desk.window.feed.event_came.emit(Event(Kind.SOURCE_STALLED, "It failed", fault=fault))
    assert desk.window.view.message == words
    assert desk.window.feed.look.faded, "what is read from the last picture is of the past"
    desk.window.feed.event_came.emit(Event(Kind.SOURCE_RESUMED, "Desk"))
    assert desk.window.view.message != words and not desk.window.feed.look.faded


def test_a_still_or_black_picture_is_told_of_cameras_alone(
    desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.world.cameras = [FakeCamera("Desk")]
    desk.start("demo")
    qtbot.waitUntil(lambda: desk.window.session.model is not None and shows(desk, "Demo")(), timeout=WAIT_MS)
    wrong = [Picture(black=True)]
    monkeypatch.setattr("fer_desktop.live.session.LiveSession.picture", property(lambda _: wrong[0]))
    assert desk.window.live.message() == ""
    desk.window.live.choose_camera(desk.world.cameras[0])
    qtbot.waitUntil(shows(desk, "Desk"), timeout=WAIT_MS)
    assert desk.window.live.message() == "The picture is black. Is the camera covered?"
    for seconds, words in ((1.3, "1 s"), (57.5, "57 s"), (65, "1 min"), (7230, "120 min")):
        wrong[0] = Picture(still_since=time.monotonic() - seconds)
        assert desk.window.live.message() == f"The picture has not changed for {words}"


def test_few_pictures_are_told_once_and_quietly(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.world.cameras = [FakeCamera("Desk")]
    desk.start("camera:Desk")
    qtbot.waitUntil(shows(desk, "Desk"), timeout=WAIT_MS)
    rate: float | None = 5.6
    monkeypatch.setattr("fer_desktop.live.session.LiveSession.picture", property(lambda _: Picture(slow_fps=rate)))
    changed = Event(Kind.PICTURE_CHANGED, "Desk")
    desk.window.feed.event_came.emit(changed)
    assert said(desk) == "The camera gives 6 pictures a second. More light may help."
    rate = None
    desk.window.feed.event_came.emit(changed)
    assert said(desk) == ""
    rate = 5.6
    desk.window.feed.event_came.emit(changed)
    assert said(desk) == "", "once"


def test_few_pictures_of_the_demo_are_no_cameras_fault(desk: Desk, qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a slow computer."""
    desk.start("demo")
    qtbot.waitUntil(shows(desk, "Demo"), timeout=WAIT_MS)
    monkeypatch.setattr("fer_desktop.live.session.LiveSession.picture", property(lambda _: Picture(slow_fps=9.0)))
    desk.window.feed.event_came.emit(Event(Kind.PICTURE_CHANGED, "Demo"))
    assert said(desk) == ""


def test_a_camera_that_has_few_pictures_at_this_size_says_so(desk: Desk, qtbot: Any) -> None:
    class Few(FakeSource):
        fps = 5.0

    desk.world.cameras = [FakeCamera("Desk")]
    desk.world.make_source = lambda spec: Few("Desk")  # type: ignore[method-assign]
    desk.start("camera:Desk")
    qtbot.waitUntil(lambda: said(desk) != "", timeout=WAIT_MS)
    assert said(desk) == "The camera gives 5 pictures a second. A smaller size may help."


@pytest.fixture
def plugged(
    world: FakeWorld, make_desk: Callable[[], Desk], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> tuple[Desk, System]:
    """A window over one camera, which can be open once, by the real camera source."""
    system = System(tmp_path)
    camera = system.add()
    monkeypatch.setattr(cv2, "VideoCapture", system)
    composition = replace(
        world.composition(), make_camera=camera.source, list_cameras=camera.devices, camera_sign=camera.sign
    )
    monkeypatch.setattr(world, "composition", lambda: composition)
    return make_desk(), system


@linux_only
def test_another_size_is_asked_of_the_running_camera_at_once(plugged: tuple[Desk, System], qtbot: Any) -> None:
    desk, (camera,) = plugged[0], plugged[1].cameras
    camera.obeys = True
    desk.start("camera")
    qtbot.waitUntil(lambda: "1280×720" in desk.window.status.text, timeout=WAIT_MS)
    qtbot.waitUntil(shows(desk, camera.name), timeout=WAIT_MS)
    desk.window.actions_.preferences.trigger()
    (dialog,) = desk.window.findChildren(Preferences)
    dialog.camera_size.setCurrentIndex(0)
    assert desk.window.feed.frame is not None, "the picture stays meanwhile"
    qtbot.waitUntil(lambda: "640×480" in desk.window.status.text, timeout=WAIT_MS)
    dialog.camera_rate.setCurrentIndex(2)
    qtbot.waitUntil(lambda: camera.opened == 3 and camera.asked[-1] == (640, 480, 60.0), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: shows(desk, camera.name)() and desk.window.view.message == "", timeout=WAIT_MS)
    dialog.close()
    assert (desk.saved().camera_size, desk.saved().camera_rate) == ("640x480", 60)
    assert camera.refused == 0, "it was never open twice"


@linux_only
def test_a_size_that_cannot_be_had_leaves_the_nearest_which_the_status_line_shows(
    plugged: tuple[Desk, System], qtbot: Any
) -> None:
    desk, _ = plugged
    desk.window.settings.camera_size = "1920x1080"
    desk.start("camera")
    qtbot.waitUntil(lambda: "160×120" in desk.window.status.text, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: f"in {FPS - 1:.0f} fps" in (text := desk.window.status.text) or f"in {FPS:.0f} fps" in text)


@linux_only
def test_the_camera_in_use_chosen_once_more_is_not_opened_twice(plugged: tuple[Desk, System], qtbot: Any) -> None:
    desk, (camera,) = plugged[0], plugged[1].cameras
    desk.start("camera")
    qtbot.waitUntil(shows(desk, camera.name), timeout=WAIT_MS)
    desk.window.actions_.pause.trigger()
    desk.window.live.choose_camera(camera.devices()[0])
    assert not desk.window.session.paused and not desk.window.actions_.pause.isChecked()
    frame = desk.window.feed.frame
    qtbot.waitUntil(lambda: desk.window.feed.frame is not frame, timeout=WAIT_MS)
    qtbot.wait(100)
    assert (camera.opened, camera.refused, said(desk)) == (1, 0, "")


def test_the_camera_in_use_chosen_once_more_ends_the_change_to_another(desk: Desk, qtbot: Any) -> None:
    desk.world.cameras = one, other = [FakeCamera("One"), FakeCamera("Other", "/dev/video3")]
    may_open = threading.Event()

    class Slow(FakeSource):
        def open(self) -> None:
            may_open.wait(20)

    make = desk.world.make_source
    desk.world.make_source = lambda spec: Slow("Other") if "Other" in spec else make(spec)  # type: ignore[method-assign]
    desk.start("camera:One")
    qtbot.waitUntil(shows(desk, "One"), timeout=WAIT_MS)
    desk.window.live.choose_camera(other)
    desk.window.live.choose_camera(one)
    may_open.set()
    qtbot.wait(300)
    assert shows(desk, "One")() and desk.saved().camera_name == "One"


@linux_only
def test_a_switch_to_a_second_camera_keeps_the_first_until_it_delivers(
    plugged: tuple[Desk, System], qtbot: Any
) -> None:
    desk, system = plugged
    (first,) = system.cameras
    desk.start("camera")
    qtbot.waitUntil(shows(desk, first.name), timeout=WAIT_MS)
    desk.window.actions_.demo.trigger()
    qtbot.waitUntil(shows(desk, "Demo"), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: first.holder is not None and not first.holder.alive, timeout=WAIT_MS)
    first.grab = first.blocked
    desk.window.live.choose_camera(first.devices()[0])
    qtbot.waitUntil(lambda: first.opened == 2, timeout=WAIT_MS)
    frame = desk.window.feed.frame
    qtbot.waitUntil(lambda: desk.window.feed.frame is not frame, timeout=WAIT_MS)
    assert desk.window.live.source_name == "Demo"
    first.grab = moving
    first.gate.set()
    qtbot.waitUntil(shows(desk, first.name), timeout=WAIT_MS)
