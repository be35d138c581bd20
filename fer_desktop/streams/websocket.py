"""A WebSocket server: each client gets one JSON object an analysis. Pages from elsewhere on the web are refused.

The object: {"schema":1, "model":…, "index":…, "time":s, "unix_time":s, "width":…, "height":…, "faces":[…]}, its faces
those of `fer-desktop video --json`. What clients send is not read.

Any web page may open a connection to this computer, so a browser's Origin has to be a page of this computer
(http://localhost, http://127.0.0.1) or one that was named. "null" is not taken for one: a page opened from a file has
it, but so has any page that hides in a sandboxed frame.

A client:

    import json
    from websockets.sync.client import connect
    with connect("ws://127.0.0.1:8765") as readings:
        for text in readings:
            print([face["label"] for face in json.loads(text)["faces"]], flush=True)
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any, Final

from fer_desktop.core.errors import FerError
from fer_desktop.core.types import Analysis, Frame
from fer_desktop.streams import libraries
from fer_desktop.streams.address import LOOPBACK, is_loopback, refusal, written
from fer_desktop.streams.message import Messages
from fer_desktop.streams.spec import PORTS, WEBSOCKET

LOCAL_PAGES: Final = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)
MOST_CLIENTS: Final = 32
MOST_SOCKETS: Final = 2 * MOST_CLIENTS
"""Connections, with those that never say what they want; one more is closed at once."""
MOST_UNSENT: Final = 256 * 1024
"""Bytes that may wait for one client, beside what the system holds: seconds of readings. A slower one is cut off."""
_START_S: Final = 5.0
_STOP_S: Final = 3.0


class WebSocketSink:
    """The server runs on a thread of its own. origins: pages that may connect too, as browsers name them."""

    wants_frames = False

    def __init__(self, host: str = LOOPBACK, port: int = PORTS[WEBSOCKET], origins: Sequence[str] = ()) -> None:
        self._host, self._port, self._origins = host, port, tuple(origins)
        where = written(host, port)
        self.name = f"WebSocket at {where}"
        self.caution = None if is_loopback(host) else f"Other computers can receive readings of faces at {where}"
        self._messages = Messages()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._closing = False
        self._server: Any = None
        # Written by the server's thread alone.
        self._clients = self._sockets = 0
        self._broadcast: Any = None
        # Handed to the loop and not sent yet: a loop that is kept busy must not be given ever more.
        self._sending = threading.Lock()

    def open(self) -> None:
        server = libraries.load("websockets.asyncio.server")
        self._broadcast, self._closing = server.broadcast, False
        started: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, args=(server, started), name="stream-websocket", daemon=True)
        self._thread.start()
        try:
            started.result(_START_S)
        except FutureTimeoutError as error:  # before OSError, which it is one of since Python 3.11
            self.close()
            raise FerError(f"The server at {written(self._host, self._port)} does not start") from error
        except (OSError, UnicodeError) as error:
            self.close()
            raise refusal(error, self._host, self._port, "Choose another address or port") from error

    def put(self, frame: Frame | None, analysis: Analysis) -> bool:
        loop = self._loop
        if not self._clients or loop is None or not self._sending.acquire(blocking=False):
            return False
        loop.call_soon_threadsafe(self._send, self._messages.text(analysis))
        return True

    def close(self) -> None:
        # A server that is not there yet, since a name is looked up for long, looks at this once it is.
        self._closing = True
        loop = self._loop
        if loop is not None and self._end is not None:
            with contextlib.suppress(RuntimeError):  # it has ended by itself
                loop.call_soon_threadsafe(self._end.set)
        if self._thread is not None:
            self._thread.join(_STOP_S)
            self._thread = None

    @property
    def clients(self) -> int | None:
        return self._clients

    # On the server's thread

    def _run(self, library: Any, started: Future[None]) -> None:
        try:
            asyncio.run(self._serve(library, started))
        except Exception as error:
            if not started.done():
                started.set_exception(error)
            else:
                logging.getLogger(__name__).exception("the WebSocket server ended")
        finally:
            self._server = self._loop = None
            self._clients = self._sockets = 0

    async def _serve(self, library: Any, started: Future[None]) -> None:
        # Whoever knocks at the port and is no client would fill the log.
        quiet = logging.getLogger(f"{__name__}.library")
        quiet.setLevel(logging.CRITICAL)
        self._end, self._loop = asyncio.Event(), asyncio.get_running_loop()
        if self._closing:
            return
        async with library.serve(
            self._attend, self._host, self._port, origins=(None, LOCAL_PAGES, *self._origins), logger=quiet,
            compression=None, max_size=4096, open_timeout=5, close_timeout=0.5, server_header=None,
            create_connection=self._counted(library.ServerConnection),
        ) as self._server:  # fmt: skip
            started.set_result(None)
            await self._end.wait()
            for connection in self._server.connections:
                if connection.transport.get_write_buffer_size():
                    connection.transport.abort()

    def _counted(self, connection: Any) -> Any:
        """The library's class of connections, of which there are MOST_SOCKETS at most, whatever they want."""
        sink = self

        class Counted(connection):  # type: ignore[misc]
            taken = False

            def connection_made(self, transport: Any) -> None:
                if sink._sockets >= MOST_SOCKETS:
                    transport.abort()
                    return
                sink._sockets += 1
                self.taken = True
                super().connection_made(transport)

            def connection_lost(self, error: Exception | None) -> None:
                if self.taken:
                    sink._sockets -= 1
                    super().connection_lost(error)

        return Counted

    async def _attend(self, connection: Any) -> None:
        if self._clients >= MOST_CLIENTS:
            await connection.close(1013, "too many clients")
            return
        self._clients += 1
        try:
            with contextlib.suppress(Exception):  # however a client goes, it is gone
                async for _ in connection:
                    pass
        finally:
            self._clients -= 1

    def _send(self, text: str) -> None:
        self._sending.release()
        if self._server is None:
            return
        for connection in self._server.connections:
            if connection.transport.get_write_buffer_size() > MOST_UNSENT:
                connection.transport.abort()
        self._broadcast(self._server.connections, text)
