"""The library behind each kind of stream: an extra of its own, imported only when the stream is opened."""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType
from typing import Final

from fer_desktop.core.errors import MissingComponentError

EXTRAS: Final = {"pythonosc": "osc", "pylsl": "lsl", "websockets": "websocket", "pyvirtualcam": "virtual-camera"}
"""Extra of pyproject.toml that installs a package."""


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
    return f'pip install "fer-desktop[{EXTRAS[package]}]"'
