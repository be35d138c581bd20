"""The library behind each kind of stream: an extra of its own, imported only when the stream is opened."""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType
from typing import Final

from fer_desktop.core.errors import MissingComponentError
from fer_desktop.core.pip_command import install_extra

EXTRAS: Final = {"pythonosc": "osc", "pylsl": "lsl", "websockets": "websocket", "pyvirtualcam": "virtual-camera"}
"""Extra of pyproject.toml that installs a package."""
MODULE_COMMAND: Final = (
    "sudo apt install v4l2loopback-dkms && "
    'sudo modprobe v4l2loopback devices=1 exclusive_caps=1 card_label="FER Desktop"'
)
"""Brings the kernel module that a virtual camera needs on Linux, and loads it."""


def require(package: str) -> None:
    """Say at once that a library is missing, without loading it. Raises MissingComponentError."""
    if importlib.util.find_spec(package) is None:
        raise _missing(package)


def load(module: str) -> ModuleType:
    """Import a module of such a library. Raises MissingComponentError."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise _missing(module.partition(".")[0]) from error


def _missing(package: str) -> MissingComponentError:
    what = f"The library {package}, which this stream needs, is not installed or does not load"
    return MissingComponentError(what, f"Install it with: {install_command(package)}")


def install_command(package: str) -> str:
    """The one command that brings it."""
    return install_extra(EXTRAS[package])


def command_in(problem: str, package: str) -> str:
    """The command that a problem of a stream of that library tells a person to run; empty where there is none."""
    return next((one for one in (install_command(package), MODULE_COMMAND) if one in problem), "")
