"""Settings ▸ Streams: off unless turned on, heard when it is, told in words, remembered, and here alone."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest
from PySide6.QtGui import QGuiApplication

from fer_desktop import app
from fer_desktop.core.pip_command import install_extra
from fer_desktop.gui.streams.card import StreamCard
from fer_desktop.gui.streams.window import StreamsWindow
from fer_desktop.settings.store import SettingsStore
from fer_desktop.streams import libraries
from fer_desktop.streams.client import client
from fer_desktop.streams.spec import CAMERA, LSL, OSC, WEBSOCKET, StreamSpec
from tests.gui.conftest import Desk
from tests.gui.fakes import FakeWorld, track
from tests.streams.fakes import free_port, library
from tests.streams.receivers import Osc, taken_port

WAIT_MS = 15_000
LIBRARIES = ("pylsl", "pythonosc", "pyvirtualcam", "websockets")


@pytest.fixture
def until(qtbot: Any) -> Callable[[Callable[[], object]], None]:
    return lambda there: qtbot.waitUntil(lambda: bool(there()), timeout=WAIT_MS)


Until = Callable[[Callable[[], object]], None]


def opened(desk: Desk) -> StreamsWindow:
    desk.window.actions_.streams.trigger()
    assert desk.window.streams.dialog is not None
    return desk.window.streams.dialog


def places() -> set[tuple[str, int]]:
    """Where sockets of this process are bound."""
    return {(one.laddr.ip, one.laddr.port) for one in psutil.Process().net_connections("inet")}


@pytest.fixture
def osc() -> Iterator[Osc]:
    library("pythonosc")
    receiver = Osc()
    yield receiver
    receiver.leave()


def aim(card: StreamCard, port: int, host: str = "127.0.0.1") -> None:
    assert card.port is not None
    card.place.setText(host)
    card.port.setText(str(port))


def test_with_all_off_no_socket_is_opened_and_no_library_loaded(
    desk: Desk, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in LIBRARIES]:
        monkeypatch.delitem(sys.modules, name)
    before = places()
    desk.start()
    until(lambda: desk.window.feed.faces)
    window = opened(desk)
    assert list(window.cards) == [OSC, LSL, WEBSOCKET, CAMERA]
    for card in window.cards.values():
        assert not card.switch.isChecked() and card.state.text() == "Off" and card.problem.isHidden()
        card.show_client.click()
        assert len(card.code.toPlainText().strip().splitlines()) == 5
    assert not window.at_start.isChecked() and desk.window.streams.sign.isHidden()
    assert places() == before
    assert [name for name in sys.modules if name.partition(".")[0] in LIBRARIES] == []


def test_turned_on_it_is_heard_and_turned_off_it_is_not(desk: Desk, until: Until, osc: Osc) -> None:
    desk.start()
    until(lambda: desk.window.feed.faces)
    card, sign = opened(desk).cards[OSC], desk.window.streams.sign
    aim(card, osc.port)
    card.switch.click()
    until(lambda: "readings sent" in card.state.text())
    assert card.state.text().startswith(f"OSC to 127.0.0.1:{osc.port}: ") and osc.faces() == 1
    assert sign.isVisible() and sign.toolTip() == "Streaming: OSC. Show all streams"
    assert not card.place.isEnabled()
    card.switch.click()
    assert card.state.text() == "Off" and sign.isHidden() and card.place.isEnabled()
    assert desk.window.streams.states() == {}


def test_a_websocket_tells_how_many_listen_and_can_be_turned_on_again(desk: Desk, until: Until) -> None:
    library("websockets")
    from websockets.sync.client import connect

    desk.start()
    until(lambda: desk.window.feed.faces)
    card, port = opened(desk).cards[WEBSOCKET], free_port()
    aim(card, port)
    before = f"WebSocket at 127.0.0.1:{port}: nobody listens "
    for _ in range(2):
        card.switch.click()
        until(lambda: card.state.text() == f"{before}yet")
        with connect(f"ws://127.0.0.1:{port}") as client:
            assert json.loads(client.recv(10))["faces"][0]["label"] == "happy"
            until(lambda: ": 1 listener, " in card.state.text())
        until(lambda: card.state.text().startswith(f"{before}now, "))
        card.switch.click()
    until(lambda: ("127.0.0.1", port) not in places())


def test_what_is_wrong_is_told_with_its_remedy(desk: Desk, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    library("websockets")
    card = opened(desk).cards[WEBSOCKET]
    with taken_port() as taken:
        port = taken.getsockname()[1]
        aim(card, port)
        card.switch.click()
        until(lambda: card.problem.isVisible())
        assert (
            card.problem.text.text()
            == f"127.0.0.1:{port} is in use by another program. Choose another address or port."
        )
    assert not card.switch.isChecked() and card.place.isEnabled() and card.copy_command.isHidden()
    card.place.setText("here and there")
    card.switch.click()
    assert card.problem.text.text() == '"here and there" is no address. Write one such as 127.0.0.1.'
    assert not card.switch.isChecked()
    aim(card, free_port())

    def missing(module: str) -> None:
        raise libraries._missing(module.partition(".")[0])

    monkeypatch.setattr(libraries, "load", missing)
    card.switch.click()
    until(lambda: card.copy_command.isVisible())
    before = QGuiApplication.clipboard().text()
    try:
        card.copy_command.click()
        assert QGuiApplication.clipboard().text() == install_extra("websocket") in card.problem.text.text()
        card.show_client.click()
        card.copy_client.click()
        assert "ws://127.0.0.1" in QGuiApplication.clipboard().text()
    finally:
        QGuiApplication.clipboard().setText(before)


def test_with_its_window_closed_the_main_window_tells(desk: Desk, until: Until) -> None:
    library("websockets")
    desk.start()
    with taken_port() as taken:
        desk.window.streams.turn_on(StreamSpec(WEBSOCKET, "127.0.0.1", taken.getsockname()[1]))
        until(lambda: "WebSocket ended: " in desk.window.info.text.text())
    assert desk.window.info.action.text() == "Streams…"
    desk.window.info.action.click()
    assert desk.window.streams.dialog is not None and desk.window.streams.sign.isHidden()


def test_what_leaves_this_computer_is_asked_about_first(desk: Desk, until: Until, osc: Osc) -> None:
    window = opened(desk)
    card = window.cards[OSC]
    aim(card, osc.port, "192.0.2.7")
    card.switch.click()
    assert window.question is not None and desk.window.streams.states() == {}
    window.question.reject()
    assert not card.switch.isChecked() and desk.window.streams.states() == {}
    card.switch.click()
    window.question.accept()
    (spec,) = desk.window.streams.states()
    assert spec == StreamSpec(OSC, "192.0.2.7", osc.port) and spec.leaves
    until(lambda: card.caution.isVisible())
    assert "192.0.2.7" in card.caution.text.text()
    card.switch.click()
    card.switch.click()
    assert list(desk.window.streams.states()) == [spec], "of the same place it is asked once"


def test_the_network_is_asked_about_for_lsl_too(desk: Desk) -> None:
    window = opened(desk)
    card = window.cards[LSL]
    assert card.network is not None and not card.network.isChecked()
    card.network.setChecked(True)
    card.switch.click()
    assert window.question is not None
    window.question.reject()
    assert desk.window.streams.states() == {}


def test_places_are_remembered_and_only_what_was_ticked_starts_with_the_program(
    make_desk: Callable[[], Desk], until: Until, osc: Osc
) -> None:
    first = make_desk()
    card = opened(first).cards[OSC]
    aim(card, osc.port)
    card.switch.click()
    first.window.close()
    assert first.saved().streams == [f"osc:127.0.0.1:{osc.port}"] and first.saved().streams_on == ["osc"]
    second = make_desk()
    second.start()
    assert second.window.streams.states() == {}
    window = opened(second)
    assert window.cards[OSC].wanted() == StreamSpec(OSC, "127.0.0.1", osc.port)
    window.at_start.click()
    second.window.close()
    assert second.saved().streams_at_start
    third = make_desk()
    third.start()
    until(lambda: third.window.streams.sign.isVisible())
    assert osc.faces() == 1
    third.window.streams.turn_off(OSC)
    third.window.close()
    fourth = make_desk()
    fourth.start()
    assert fourth.window.streams.states() == {}


def test_what_would_leave_this_computer_does_not_start_by_itself(make_desk: Callable[[], Desk]) -> None:
    store = SettingsStore(make_desk().settings_path)
    away = ["osc:192.0.2.7:9000", "websocket:0.0.0.0:8765", "lsl:Booth:network"]
    store.settings.streams, store.settings.streams_on = [*away, "nonsense"], [OSC, WEBSOCKET, LSL, "midi"]
    store.settings.streams_at_start = True
    store.save()
    desk = make_desk()
    desk.start()
    assert desk.window.streams.states() == {}
    assert "does not start with the program" in desk.window.info.text.text()


def test_those_of_the_command_line_are_shown_and_told_whom_a_person_follows(
    make_desk: Callable[[], Desk], world: FakeWorld, until: Until, osc: Osc
) -> None:
    world.streams = app.make_streams()
    world.streams.begin(StreamSpec(OSC, "127.0.0.1", osc.port))
    second = Osc()
    with contextlib.closing(contextlib.ExitStack()) as stack:
        stack.callback(second.leave)
        world.streams.begin(StreamSpec(OSC, "127.0.0.1", second.port))
        desk = make_desk()
        assert desk.window.streams.sign.isVisible()
        desk.start()
        until(lambda: desk.window.feed.faces)
        assert osc.faces() == second.faces() == 1
        card = opened(desk).cards[OSC]
        until(lambda: card.state.text().count("readings sent") == 2)
        assert card.switch.isChecked() and not desk.saved().streams_on
        assert card.fields.isHidden(), "there are none for two"
        card.show_client.click()
        code = card.code.toPlainText()
        assert [code.count(str(port)) for port in (osc.port, second.port, 9000)] == [2, 2, 0]
        world.streams.end(StreamSpec(OSC, "127.0.0.1", osc.port))
        until(lambda: card.fields.isVisible())
        assert card.port is not None and card.port.text() == str(second.port)
        assert card.code.toPlainText().strip() == client(StreamSpec(OSC, "127.0.0.1", second.port)).strip()
        desk.window.view.face_clicked.emit(track().id)
        assert world.streams.followed == track().id
        card.switch.click()
        assert world.streams.states() == {}


def test_the_fields_and_the_client_tell_of_what_runs_whoever_began_it(
    make_desk: Callable[[], Desk], world: FakeWorld, until: Until
) -> None:
    library("websockets")
    world.streams = app.make_streams()
    first = make_desk()
    first.window.streams.choose(StreamSpec(WEBSOCKET, "127.0.0.1", 9999))
    first.window.close()
    with taken_port() as taken:
        lost, found = (
            StreamSpec(WEBSOCKET, "127.0.0.1", taken.getsockname()[1]),
            StreamSpec(WEBSOCKET, "::1", free_port()),
        )
        world.streams = app.make_streams()
        world.streams.begin(lost)
        world.streams.begin(found)
        desk = make_desk()
        desk.start()
        card = opened(desk).cards[WEBSOCKET]
        until(lambda: card.problem.isVisible() and card.switch.isChecked())
        assert card.port is not None and (card.place.text(), card.port.text()) == ("::1", str(found.port))
        card.show_client.click()
        assert f"ws://[::1]:{found.port}" in card.code.toPlainText()
        card.switch.click()
        assert card.port.isEnabled() and card.port.text() == str(found.port), "turned on again it is the same"
        world.streams.begin(lost)
        until(lambda: card.problem.isVisible())
        assert card.port.text() == str(lost.port)
        aim(card, 4321)
        assert "ws://127.0.0.1:4321" in card.code.toPlainText(), "what is written is what the client is for"
        desk.window.streams._look()
        assert card.port.text() == "4321", "what a person writes stays"


@pytest.mark.parametrize("text", ["9,000", "0", "65536", "70000", "\u0669\u0669", "x", "9" * 5000])
def test_what_is_no_port_is_told_where_it_was_written(desk: Desk, text: str) -> None:
    card = opened(desk).cards[OSC]
    assert card.port is not None
    card.port.setText(text)
    card.switch.click()
    assert card.problem.text.text() == f'"{text}" is no port. Choose one from 1 to 65535.'
    assert not card.switch.isChecked() and card.window().focusWidget() is card.port
    card.show_client.click()
    assert card.code.isHidden()
    for host in ("not::one", "a b", "here/there", "fe80::1%eth0"):
        aim(card, 9000, host)
        card.switch.click()
        assert card.problem.text.text().startswith(f'"{host}" is no address')
        assert card.window().focusWidget() is card.place
    assert desk.window.streams.states() == {}


def test_a_port_is_written_in_figures_alone(desk: Desk, qtbot: Any) -> None:
    card = opened(desk).cards[OSC]
    assert card.port is not None
    card.port.clear()
    qtbot.keyClicks(card.port, "9,0 0.0x")
    assert card.port.text() == "9000"
    card.port.clear()
    assert card.wanted().port == 9000
