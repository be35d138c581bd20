"""Open Sound Control over UDP: one bundle for the picture and one for each face of it, so that nothing is cut.

    /fer/faces i                     how many faces there are
    /fer/ids i …                     their numbers, none if there is no face: who is missing here has left
    /fer/face/<id>/found i           1; 0 where it was missed in this picture: then its box alone follows, where it is
                                     expected
    /fer/face/<id>/angry f           and so on for the seven emotions: 0 to 1, as smoothed as in the window
    /fer/face/<id>/valence f         -1 unpleasant to 1 pleasant, from the seven
    /fer/face/<id>/label s           "happy", or empty where the program does not say
    /fer/face/<id>/reason s          then why, "too small"; else empty
    /fer/face/<id>/box ffff          left, top, width, height as shares of the picture's width and height
    /fer/face/<id>/own_neutral i     1 where they are read against the person's own resting face (My neutral), else 0

A client:

    from pythonosc import dispatcher, osc_server
    addresses = dispatcher.Dispatcher()
    addresses.map("/fer/face/*/happy", lambda address, happy: print(address, happy, flush=True))
    server = osc_server.BlockingOSCUDPServer(("127.0.0.1", 9000), addresses)
    server.serve_forever()
"""

from __future__ import annotations

import contextlib
import socket
from typing import Any

from fer_desktop.core import emotions
from fer_desktop.core.types import Analysis, Frame, Track
from fer_desktop.streams import libraries
from fer_desktop.streams.address import LOOPBACK, is_loopback, refusal, written
from fer_desktop.streams.spec import OSC, PORTS


class OscSink:
    """Sends to one host and port, whether or not anybody listens there."""

    wants_frames = False
    clients: int | None = None

    def __init__(self, host: str = LOOPBACK, port: int = PORTS[OSC]) -> None:
        self._host, self._port = host, port
        self.name = f"OSC to {written(host, port)}"
        self.caution = None if is_loopback(host) else f"Readings of faces are sent to another computer: {host}"
        self._socket: socket.socket | None = None

    def open(self) -> None:
        libraries.load("pythonosc.osc_bundle_builder")
        try:
            family, kind, protocol, _, place = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_DGRAM)[0]
            self._socket = socket.socket(family, kind, protocol)
            self._socket.setblocking(False)
            # Then it takes nothing from anybody else, and the system tells where nobody listens.
            self._socket.connect(place)
        except (OSError, UnicodeError) as error:
            self.close()
            raise refusal(error, self._host, self._port, "Choose another address or port") from error

    def put(self, frame: Frame | None, analysis: Analysis) -> bool:
        ids = [track.id for track in analysis.tracks]
        bundles = [_bundle(("/fer/faces", [len(ids)]), ("/fer/ids", ids))]
        bundles += [_of_face(track, analysis.size) for track in analysis.tracks]
        heard = [self._send(bundle) for bundle in bundles]
        return all(heard)

    def close(self) -> None:
        own, self._socket = self._socket, None
        if own is not None:
            own.close()

    def _send(self, data: bytes) -> bool:
        """Whether anybody may have got it."""
        assert self._socket is not None
        try:
            self._socket.send(data)
        except ConnectionRefusedError:
            # That was said of the one before; somebody may listen by now.
            with contextlib.suppress(OSError):
                self._socket.send(data)
            return False
        except OSError:
            # No way to that computer just now, or more at once than the system takes: the next one may get through.
            return False
        return True


def _of_face(track: Track, size: tuple[int, int]) -> bytes:
    width, height = size
    box = track.shown_box
    values: list[tuple[str, list[Any]]] = [
        ("found", [int(track.seen)]),
        ("box", [box.x / width, box.y / height, box.width / width, box.height / height]),
    ]
    if track.seen:
        values += [(name, [float(value)]) for name, value in zip(emotions.NAMES, track.smoothed, strict=True)]
        values += [
            ("valence", [emotions.valence(track.smoothed)]),
            ("label", [track.label or ""]),
            ("reason", [track.reason or ""]),
            ("own_neutral", [int(track.own_neutral)]),
        ]
    return _bundle(*((f"/fer/face/{track.id}/{name}", arguments) for name, arguments in values))


def _bundle(*messages: tuple[str, list[Any]]) -> bytes:
    from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
    from pythonosc.osc_message_builder import OscMessageBuilder

    bundle = OscBundleBuilder(IMMEDIATELY)
    for address, arguments in messages:
        message = OscMessageBuilder(address)
        for argument in arguments:
            message.add_arg(argument)
        bundle.add_content(message.build())
    data: bytes = bundle.build().dgram
    return data
