from __future__ import annotations

import base64
import json
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from fer_desktop.core.errors import FerError, InputError
from fer_desktop.streams import websocket
from fer_desktop.streams.websocket import WebSocketSink
from tests.live.fakes import wait_for
from tests.streams.fakes import analysis, free_port, library
from tests.streams.receivers import taken_port

GIVEN = "https://stage.example.org"


@pytest.fixture
def sink() -> Iterator[WebSocketSink]:
    library("websockets")
    made = WebSocketSink(port=free_port(), origins=[GIVEN])
    made.open()
    yield made
    made.close()


def address(sink: WebSocketSink) -> str:
    return f"ws://{sink.name.rpartition(' ')[2]}"


def connect(stack: ExitStack, sink: WebSocketSink, origin: str | None = None) -> Any:
    from websockets.sync.client import connect

    return stack.enter_context(connect(address(sink), origin=origin))  # type: ignore[arg-type]


def test_several_clients_get_the_same(sink: WebSocketSink) -> None:
    with ExitStack() as stack:
        clients = [connect(stack, sink) for _ in range(3)]
        wait_for(lambda: sink.clients == 3)
        assert sink.put(None, analysis(2))
        texts = {client.recv(10) for client in clients}
        (text,) = texts
        assert [face["track"] for face in json.loads(text)["faces"]] == [3, 4]
        clients[0].close()
        wait_for(lambda: sink.clients == 2)
        wait_for(lambda: sink.put(None, analysis(1)))
        assert len(json.loads(clients[1].recv(10))["faces"]) == 1


@pytest.mark.parametrize(
    "origin",
    [None, "http://localhost", "http://localhost:3000", "https://127.0.0.1:8443", "http://[::1]:80", GIVEN],
)
def test_programs_and_pages_of_this_computer_are_let_in(sink: WebSocketSink, origin: str | None) -> None:
    with ExitStack() as stack:
        client = connect(stack, sink, origin)
        wait_for(lambda: sink.clients == 1)
        assert sink.put(None, analysis(1))
        assert client.recv(10)


@pytest.mark.parametrize(
    "origin",
    [
        "https://example.org", "http://localhost.example.org", "http://127.0.0.1.example.org", "http://example.org:8765",
        "https://stage.example.org.evil.org", "http://localhost@example.org", "file://", "null", "", "http://127.0.0.2",
    ],
)  # fmt: skip
def test_pages_from_elsewhere_are_refused(sink: WebSocketSink, origin: str) -> None:
    from websockets.exceptions import InvalidStatus

    with ExitStack() as stack, pytest.raises(InvalidStatus) as caught:
        connect(stack, sink, origin)
    assert caught.value.response.status_code == 403
    wait_for(lambda: sink.clients == 0)


def test_a_client_that_does_not_read_is_cut_off_and_holds_nobody_up(sink: WebSocketSink) -> None:
    host, _, port = sink.name.rpartition(" ")[2].rpartition(":")
    key = base64.b64encode(bytes(16)).decode()
    with ExitStack() as stack, socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect((host, int(port)))
        lines = (
            "GET / HTTP/1.1", f"Host: {host}:{port}", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", "", "",
        )  # fmt: skip
        slow.sendall("\r\n".join(lines).encode())
        quick = connect(stack, sink)
        wait_for(lambda: sink.clients == 2)
        crowd, received = analysis(40), 0
        for _ in range(3000):
            if sink.put(None, crowd):
                received += len(json.loads(quick.recv(10))["faces"]) == 40
            if sink.clients == 1:
                break
        assert sink.clients == 1
        assert received > 20, "the quick one got them all the while"


def test_more_clients_than_it_serves_are_turned_away(sink: WebSocketSink, monkeypatch: pytest.MonkeyPatch) -> None:
    from websockets.exceptions import ConnectionClosed

    monkeypatch.setattr(websocket, "MOST_CLIENTS", 2)
    with ExitStack() as stack:
        for _ in range(2):
            connect(stack, sink)
        with pytest.raises(ConnectionClosed) as caught:
            connect(stack, sink).recv(10)
        assert caught.value.rcvd is not None and caught.value.rcvd.code == 1013
        wait_for(lambda: sink.clients == 2)


def test_what_clients_send_and_who_knocks_by_mistake_changes_nothing(
    sink: WebSocketSink, caplog: pytest.LogCaptureFixture
) -> None:
    host, _, port = sink.name.rpartition(" ")[2].rpartition(":")
    with caplog.at_level(logging.INFO), ExitStack() as stack:
        for garbage in (b"", b"GET / HTTP/1.1\r\n\r\n", bytes(range(256)) * 20):
            with socket.create_connection((host, int(port))) as stranger:
                stranger.sendall(garbage)
        client = connect(stack, sink)
        client.send("hello")
        client.send(b"\0" * 1000)
        wait_for(lambda: sink.put(None, analysis(1)))
        assert client.recv(10)
    assert caplog.messages == []


def test_clients_are_told_when_it_closes() -> None:
    library("websockets")
    from websockets.exceptions import ConnectionClosed

    sink = WebSocketSink(port=free_port())
    sink.open()
    with ExitStack() as stack:
        client = connect(stack, sink)
        wait_for(lambda: sink.clients == 1)
        sink.close()
        with pytest.raises(ConnectionClosed) as caught:
            client.recv(10)
        assert caught.value.rcvd is not None and caught.value.rcvd.code == 1001
    assert sink.clients == 0


def test_a_port_in_use_is_named() -> None:
    library("websockets")
    with taken_port() as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=rf"127\.0\.0\.1:{port} is in use by another program"):
            WebSocketSink(port=port).open()


@pytest.mark.parametrize(("host", "open_to_others"), [("127.0.0.1", False), ("localhost", False), ("0.0.0.0", True)])
def test_other_computers_are_warned_of(host: str, open_to_others: bool) -> None:
    caution = WebSocketSink(host).caution
    assert (caution is not None) == open_to_others


def test_sockets_that_say_nothing_are_bounded(sink: WebSocketSink, monkeypatch: pytest.MonkeyPatch) -> None:
    """And whoever asks for the number of clients is never in the way of their coming and going."""
    monkeypatch.setattr(websocket, "MOST_SOCKETS", 8)
    host, _, port = sink.name.rpartition(" ")[2].rpartition(":")
    with ExitStack() as stack:
        silent = [stack.enter_context(socket.create_connection((host, int(port)))) for _ in range(40)]
        for one in silent:
            one.setblocking(False)

        def refused() -> int:
            return sum(is_closed(one) for one in silent)

        wait_for(lambda: refused() == 32)
        assert sink.clients == 0, "nobody of them has shaken hands"
    wait_for(lambda: sink._sockets == 0)
    with ExitStack() as stack:
        assert connect(stack, sink) is not None


def is_closed(one: socket.socket) -> bool:
    try:
        return one.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def test_clients_that_come_and_go_are_counted_by_the_server_alone(sink: WebSocketSink) -> None:
    """The number may be asked by any thread: it is no walk through what the server is changing."""

    class Changing:
        @property
        def connections(self) -> object:
            raise RuntimeError("Set changed size during iteration")

    with ExitStack() as stack:
        connect(stack, sink)
        wait_for(lambda: sink.clients == 1)
        server, sink._server = sink._server, Changing()
        assert sink.clients == 1
        sink._server = server


def test_a_server_that_comes_up_after_it_was_given_up_goes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is looked up for longer than anybody waits."""
    library("websockets")
    go_on, real = threading.Event(), socket.getaddrinfo

    def slow(*arguments: Any, **named: Any) -> Any:
        assert go_on.wait(30)
        return real(*arguments, **named)

    monkeypatch.setattr(websocket, "_START_S", 0.05)
    monkeypatch.setattr(websocket, "_STOP_S", 0.05)
    monkeypatch.setattr(socket, "getaddrinfo", slow)
    port = free_port()
    late = WebSocketSink(host="localhost", port=port)
    try:
        with pytest.raises(FerError, match="does not start"):
            late.open()
        (thread,) = (one for one in threading.enumerate() if one.name == "stream-websocket")
    finally:
        go_on.set()
    thread.join(20)
    assert not thread.is_alive(), "nobody could end it any more"
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", port))


@pytest.mark.parametrize("host", ["a..b", "a" * 70 + ".org"])
def test_what_cannot_be_a_name_is_said_so(host: str) -> None:
    library("websockets")
    with pytest.raises(InputError, match="There is no computer called"):
        WebSocketSink(host=host, port=free_port()).open()
