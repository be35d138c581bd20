"""Is there a display? Qt aborts the process where there is none, so this is asked before Qt is."""

from __future__ import annotations

import importlib.util
import os
import socket
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path

from fer_desktop.core.errors import InputError, MissingComponentError

_REMEDY = "Start it in a desktop session (or with xvfb-run), or add --for SECONDS, which needs no display"


def prepare(timed_run: bool, environment: MutableMapping[str, str] | None = None) -> None:
    """Make sure Qt will find a platform; a timed run (`--for`) falls back to Qt's offscreen one.

    Raises MissingComponentError where a person wants a window and there is no display, InputError where
    QT_QPA_PLATFORM names nothing that Qt has.
    """
    environment = os.environ if environment is None else environment
    if environment.get("QT_QPA_PLATFORM"):
        _check_platform(environment)
        return
    if not sys.platform.startswith("linux"):
        return
    missing = _what_is_missing(environment)
    if not missing:
        return
    if not timed_run:
        raise MissingComponentError(f"No window can be shown: {missing}", _REMEDY)
    environment["QT_QPA_PLATFORM"] = "offscreen"


def _check_platform(environment: Mapping[str, str]) -> None:
    """One of the platforms named has to be there. Each may carry options: "offscreen:configfile=x;xcb"."""
    value = environment["QT_QPA_PLATFORM"]
    names = {part.partition(":")[0].strip().lower() for part in value.split(";")}
    there = _platforms(environment)
    # A plugin may go by more names than its file's: libqwayland.so is "wayland" and "wayland-egl".
    usable = {name for name in names if any(name == one or name.startswith(f"{one}-") for one in there)}
    if there and not usable:
        raise InputError(
            f"QT_QPA_PLATFORM is {value!r}, which Qt does not have here",
            f"Unset it, or choose one of: {', '.join(sorted(there))}",
        )
    if usable == {"xcb"} and not environment.get("DISPLAY"):
        raise MissingComponentError("QT_QPA_PLATFORM is 'xcb' and DISPLAY is not set", "Unset it, or set DISPLAY")


def _platforms(environment: Mapping[str, str]) -> set[str]:
    """Names of Qt's platform plugins, from their files: Qt itself is not loaded. Empty where they are not found."""
    package = importlib.util.find_spec("PySide6")
    folders = [Path(environment.get("QT_QPA_PLATFORM_PLUGIN_PATH") or "-")]
    folders += [Path(path, "platforms") for path in environment.get("QT_PLUGIN_PATH", "").split(os.pathsep) if path]
    own = [
        Path(place, *parts)
        for place in (package and package.submodule_search_locations) or ()
        for parts in (("Qt", "plugins", "platforms"), ("plugins", "platforms"))
    ]
    if not any(folder.is_dir() for folder in own):
        return set()
    files = [file for folder in (*own, *folders) if folder.is_dir() for file in folder.iterdir()]
    stems = [file.name.partition(".")[0] for file in files if file.suffix in (".so", ".dll", ".dylib")]
    return {stem.removeprefix("lib").removeprefix("q").lower() for stem in stems}


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
