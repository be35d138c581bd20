"""The five lines with which another program receives a stream: those at the head of its module, with its address."""

from __future__ import annotations

import importlib
import inspect
import textwrap
from typing import Final

from fer_desktop.streams.address import LOOPBACK
from fer_desktop.streams.spec import CAMERA, LSL, OSC, PORTS, WEBSOCKET, StreamSpec

_MODULES: Final = {OSC: "osc", LSL: "lsl", WEBSOCKET: "websocket", CAMERA: "virtual_camera"}
_EVERYWHERE: Final = ("0.0.0.0", "::")


def client(spec: StreamSpec) -> str:
    """Python, to be run beside the program. Imports the stream's module, and no library."""
    module = importlib.import_module(f"fer_desktop.streams.{_MODULES[spec.kind]}")
    _, _, after = (inspect.getdoc(module) or "").partition("\nA client")
    code = textwrap.dedent(after.partition(":\n")[2]).strip()
    if spec.port:
        # Whoever receives OSC listens on a computer of their own, at every address of it or at the one that is named.
        host = LOOPBACK if spec.host in _EVERYWHERE else spec.host
        host = f"[{host}]" if ":" in host and spec.kind == WEBSOCKET else host
        code = code.replace(LOOPBACK, host).replace(str(PORTS[spec.kind]), str(spec.port))
    return code + "\n"
