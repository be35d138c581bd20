"""Is there a display? Qt aborts the process where there is none, so this is asked before Qt is."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import MutableMapping

from fer_desktop.core.errors import MissingComponentError

_REMEDY = "Start it in a desktop session (or with xvfb-run), or add --for SECONDS, which needs no display"


def prepare(timed_run: bool, environment: MutableMapping[str, str] | None = None) -> None:
    """Make sure Qt will find a platform; a timed run (`--for`) falls back to Qt's offscreen one.

    Raises MissingComponentError where a person wants a window and there is no display.
    """
    environment = os.environ if environment is None else environment
    if environment.get("QT_QPA_PLATFORM") or not sys.platform.startswith("linux"):
        return
    missing = _what_is_missing(environment)
    if not missing:
        return
    if not timed_run:
        raise MissingComponentError(f"No window can be shown: {missing}", _REMEDY)
    environment["QT_QPA_PLATFORM"] = "offscreen"


def _what_is_missing(environment: MutableMapping[str, str]) -> str:
    if environment.get("WAYLAND_DISPLAY"):
        return ""
    display = environment.get("DISPLAY", "")
    if not display:
        return "neither DISPLAY nor WAYLAND_DISPLAY is set"
    return "" if _answers(display) else f"the display {display} does not answer"


def _answers(display: str) -> bool:
    """False only where a display on this machine is named and nothing listens there."""
    host, _, rest = display.partition(":")
    number = rest.partition(".")[0]
    if host or not number.isdigit() or not hasattr(socket, "AF_UNIX"):
        return True
    for address in (f"\0/tmp/.X11-unix/X{number}", f"/tmp/.X11-unix/X{number}"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.settimeout(1.0)
            try:
                probe.connect(address)
                return True
            except OSError:
                continue
    return False
