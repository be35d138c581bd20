"""That readings leave this computer is seen wherever one looks, and so is that they rest. A cure can be copied."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel

from fer_desktop.core.errors import MissingComponentError
from fer_desktop.gui.streams import words
from fer_desktop.gui.streams.window import StreamsWindow
from fer_desktop.streams import libraries
from fer_desktop.streams.runner import Streams, StreamState
from fer_desktop.streams.sink import AnalysisSink
from fer_desktop.streams.spec import CAMERA, LSL, OSC, WEBSOCKET, StreamSpec
from tests.gui.conftest import Desk
from tests.gui.fakes import FakeWorld
from tests.streams.fakes import library
from tests.streams.receivers import Osc

WAIT_MS = 15_000
AWAY = StreamSpec(OSC, "192.0.2.7", 9000)

Until = Callable[[Callable[[], object]], None]


@pytest.fixture
def until(qtbot: Any) -> Until:
    return lambda there: qtbot.waitUntil(lambda: bool(there()), timeout=WAIT_MS)


class Nowhere:
    """Takes all and sends nothing: another computer must not be sent anything by a test."""

    wants_frames = False
    clients: int | None = None
    name, caution = "OSC to 192.0.2.7:9000", "Readings of faces are sent to another computer: 192.0.2.7"

    def open(self) -> None:
        pass

    def put(self, frame: object, analysis: object) -> bool:
        return True

    def close(self) -> None:
        pass


@pytest.fixture
def away(make_desk: Callable[[], Desk], world: FakeWorld) -> Desk:
    """A window whose readings leave this computer."""

    def make(spec: StreamSpec) -> AnalysisSink:
        return Nowhere()

    world.streams = Streams(make)
    world.streams.begin(AWAY)
    desk = make_desk()
    desk.start()
    return desk


def test_the_sign_names_where_readings_leave_for(away: Desk, until: Until) -> None:
    sign = away.window.streams.sign
    until(lambda: away.window.feed.faces)
    until(lambda: sign.text() == " Streaming to 192.0.2.7")
    assert sign.isVisible() and sign.toolTip().startswith("Readings leave this computer, to 192.0.2.7.")
    away.window.streams.turn_off(OSC)
    assert sign.isHidden() and away.window.recording.sign._stream == ""


def test_in_full_screen_it_stands_over_the_picture_beside_the_recording(away: Desk, until: Until) -> None:
    window = away.window
    sign = window.recording.sign
    until(lambda: window.feed.faces)
    assert sign.isHidden()
    window.actions_.full_screen.setChecked(True)
    assert (
        not window.streams.sign.isVisible() and sign.isVisible() and sign.accessibleName() == "Streaming to 192.0.2.7"
    )
    alone = sign.width()
    sign.show_time("00:12")
    assert sign.accessibleName() == "Recording, 00:12; Streaming to 192.0.2.7" and sign.width() > alone
    sign.show_time("")
    assert sign.isVisible() and sign.width() == alone
    window.actions_.photos.trigger()
    until(lambda: sign.accessibleName() == "Streaming to 192.0.2.7, paused")
    window.streams.turn_off(OSC)
    assert sign.isHidden()


def test_what_stays_on_this_computer_has_no_sign_in_full_screen(desk: Desk, until: Until) -> None:
    receiver = Osc()
    try:
        desk.start()
        desk.window.streams.turn_on(StreamSpec(OSC, "127.0.0.1", receiver.port))
        assert desk.window.streams.sign.text() == " Streaming"
        desk.window.actions_.full_screen.setChecked(True)
        assert desk.window.recording.sign.isHidden()
        desk.window.streams.turn_off(OSC)
    finally:
        receiver.leave()


def test_where_nothing_is_streamed_it_says_paused(desk: Desk, until: Until) -> None:
    library("pythonosc")
    receiver = Osc()
    try:
        desk.start()
        until(lambda: desk.window.feed.faces)
        desk.window.streams.turn_on(StreamSpec(OSC, "127.0.0.1", receiver.port))
        sign, actions = desk.window.streams.sign, desk.window.actions_
        assert sign.text() == " Streaming"
        actions.pause.trigger()
        until(lambda: sign.text() == " Streaming, paused")
        actions.pause.trigger()
        until(lambda: sign.text() == " Streaming")
        for page in (actions.photos, actions.recordings):
            page.trigger()
            until(lambda: sign.text() == " Streaming, paused")
            actions.live.trigger()
            until(lambda: sign.text() == " Streaming")
    finally:
        desk.window.streams.turn_off(OSC)
        receiver.leave()


@pytest.mark.parametrize("page", ["photos", "recordings"])
def test_no_page_says_that_nothing_leaves_while_something_does(away: Desk, until: Until, page: str) -> None:
    getattr(away.window.actions_, page).trigger()
    texts = [label.text() for label in away.window.pages.currentWidget().findChildren(QLabel)]
    assert not any("Nothing leaves" in text for text in texts)
    assert any("on this computer" in text for text in texts)
    until(lambda: "paused" in away.window.streams.sign.text())


@pytest.mark.parametrize(
    ("specs", "said"),
    [
        ([], ""),
        ([StreamSpec(OSC, "127.0.0.1", 9000), StreamSpec(CAMERA), StreamSpec(LSL, name="x")], ""),
        ([AWAY, StreamSpec(OSC, "192.0.2.7", 9001), StreamSpec(WEBSOCKET, "::1", 1)], "192.0.2.7"),
        ([StreamSpec(LSL, name="x", network=True), StreamSpec(WEBSOCKET, "0.0.0.0", 8765)], "the network"),
        ([AWAY, StreamSpec(LSL, name="x", network=True)], "other computers"),
    ],
)
def test_where_they_leave_for_is_said_in_few_words(specs: list[StreamSpec], said: str) -> None:
    assert words.destination(specs) == said


@pytest.mark.parametrize(
    ("kind", "sent", "clients", "said"),
    [
        (OSC, 0, None, "no reading sent yet"),
        (OSC, 1, None, "1 reading sent"),
        (CAMERA, 0, None, "no picture sent yet"),
        (CAMERA, 1200, None, "1,200 pictures sent"),
        (WEBSOCKET, 0, 0, "nobody listens yet"),
        (WEBSOCKET, 92, 0, "nobody listens now, 92 readings sent"),
        (WEBSOCKET, 92, 2, "2 listeners, 92 readings sent"),
        (LSL, 92, 0, "nobody listens now, 92 readings sent"),
    ],
)
def test_who_listens_is_said_only_where_it_is_known(kind: str, sent: int, clients: int | None, said: str) -> None:
    state = StreamState("It", True, sent, 0, clients, None, None)
    assert words.state(StreamSpec(kind), state) == f"It: {said}"


def opened(desk: Desk) -> StreamsWindow:
    desk.window.actions_.streams.trigger()
    assert desk.window.streams.dialog is not None
    return desk.window.streams.dialog


@pytest.mark.parametrize(
    "remedy", [f"Run: {libraries.MODULE_COMMAND}", f"Install it with: {libraries.install_command('pyvirtualcam')}"]
)
def test_the_cure_of_a_virtual_camera_is_in_view_and_can_be_copied(
    make_desk: Callable[[], Desk], world: FakeWorld, until: Until, remedy: str
) -> None:
    def make(spec: StreamSpec) -> AnalysisSink:
        raise MissingComponentError("There is no virtual camera, or another program uses it", remedy)

    world.streams = Streams(make)
    window = opened(make_desk())
    window.resize(640, 480)
    card = window.cards[CAMERA]
    card.switch.click()
    view = window._scroll.viewport()

    def seen() -> bool:
        top = card.problem.mapTo(view, QPoint(0, 0)).y()
        low = card.copy_command.mapTo(view, QPoint(0, card.copy_command.height())).y()
        return card.copy_command.isVisible() and top >= 0 and low <= view.height()

    until(seen)
    before = QGuiApplication.clipboard().text()
    try:
        card.copy_command.click()
        assert QGuiApplication.clipboard().text() == remedy.partition(": ")[2]
    finally:
        QGuiApplication.clipboard().setText(before)
