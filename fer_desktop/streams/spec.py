"""Which streams are wanted, as written on the command line: osc, websocket:9001, lsl:Booth, camera:/dev/video9."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fer_desktop.core.errors import InputError
from fer_desktop.streams.address import LOOPBACK, is_loopback, written

OSC, LSL, WEBSOCKET, CAMERA = "osc", "lsl", "websocket", "camera"
FORMS: Final = {
    OSC: "osc[:HOST:PORT]",
    LSL: "lsl[:NAME[:network]]",
    WEBSOCKET: "websocket[:HOST:PORT]",
    CAMERA: "camera[:DEVICE]",
}
PACKAGES: Final = {OSC: "pythonosc", LSL: "pylsl", WEBSOCKET: "websockets", CAMERA: "pyvirtualcam"}
PORTS: Final = {OSC: 9000, WEBSOCKET: 8765}
LSL_NAME: Final = "FER Desktop"
_NETWORK: Final = ":network"
_HOST: Final = re.compile(r"\[[0-9A-Fa-f:.%]+\]|[^:\[\]\s/]+")
_ORIGIN: Final = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?P<host>\[[0-9a-f:.]+\]|[^:\[\]\s/?#@*,\\]+)(?::(?P<port>[0-9]{1,5}))?"
)
_USUAL_PORTS: Final = {"http": 80, "https": 443}
"""Which browsers leave out."""


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """host, port: of osc and websocket. name: the stream's of lsl, the device's of camera, empty for the first one
    found. network: whether lsl announces itself to other computers."""

    kind: str
    host: str = ""
    port: int = 0
    name: str = ""
    network: bool = False

    @property
    def package(self) -> str:
        """The library that it needs."""
        return PACKAGES[self.kind]

    @property
    def leaves(self) -> bool:
        """Whether readings are meant to reach other computers."""
        return self.network or (self.port > 0 and not is_loopback(self.host))

    def __str__(self) -> str:
        if self.port:
            return f"{self.kind}:{written(self.host, self.port)}"
        return f"{self.kind}:{self.name}{_NETWORK if self.network else ''}" if self.name else self.kind


USUAL: Final = {
    OSC: StreamSpec(OSC, LOOPBACK, PORTS[OSC]),
    LSL: StreamSpec(LSL, name=LSL_NAME),
    WEBSOCKET: StreamSpec(WEBSOCKET, LOOPBACK, PORTS[WEBSOCKET]),
    CAMERA: StreamSpec(CAMERA),
}
"""Each kind where nothing else is asked for."""


def parse(text: str) -> StreamSpec:
    """Raises InputError."""
    kind, colon, rest = text.partition(":")
    if kind not in FORMS:
        raise InputError(f"{text!r} is no stream", f"There are: {', '.join(FORMS)}")
    if colon and not rest.strip():
        raise InputError(f"Nothing follows the colon in {text!r}", f"Write {FORMS[kind]}")
    if kind in PORTS:
        return _with_place(text, kind, rest)
    if kind == CAMERA:
        return StreamSpec(kind, name=rest)
    network = rest.endswith(_NETWORK)
    name = rest.removesuffix(_NETWORK)
    if ":" in name:
        raise InputError(f"{text!r} has too many colons", f"Write {FORMS[kind]}")
    return StreamSpec(kind, name=name or LSL_NAME, network=network)


def is_port(text: str) -> bool:
    """Whether it is one from 1 to 65535, in plain figures."""
    return re.fullmatch("[0-9]{1,5}", text) is not None and 0 < int(text) < 65536


def parse_origin(text: str) -> str:
    """An Origin as browsers send it, which is compared letter by letter: "https://example.org:8443", "null". Raises
    InputError for what none of them ever sends."""
    plain = text.strip().lower()
    if plain == "null":
        return plain
    match = _ORIGIN.fullmatch(plain.removesuffix("/"))
    if match is None or not (match["port"] is None or is_port(match["port"])):
        raise InputError(f"{text!r} is no origin of a page", "Write one such as https://example.org, or null")
    port = "" if match["port"] is None or int(match["port"]) == _USUAL_PORTS.get(match["scheme"]) else match["port"]
    return f"{match['scheme']}://{match['host']}{':' if port else ''}{port}"


def parse_all(texts: Sequence[str]) -> list[StreamSpec]:
    """Raises InputError, also where the same stream is asked for twice."""
    specs = [parse(text) for text in texts]
    for spec in specs:
        if specs.count(spec) > 1:
            raise InputError(f"The stream {spec} is asked for twice", "Name it once, or give each its own port or name")
    return specs


def _with_place(text: str, kind: str, rest: str) -> StreamSpec:
    if not rest:
        return StreamSpec(kind, LOOPBACK, PORTS[kind])
    host, colon, port = rest.rpartition(":")
    example = f"Write {FORMS[kind]}, for example {kind}:{LOOPBACK}:{PORTS[kind]}"
    if not port or port.endswith("]"):
        raise InputError(f"{text!r} has no port", example)
    if not is_port(port):
        number = port.removeprefix("-").isdecimal()
        raise InputError(f"{port!r} is no port", "Choose one from 1 to 65535" if number else example)
    if colon and not _HOST.fullmatch(host):
        raise InputError(f"{host!r} is no address", example)
    return StreamSpec(kind, (host or LOOPBACK).strip("[]"), int(port))
