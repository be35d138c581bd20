"""The training component: whether it is installed, and how it comes to be."""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import sys
from pathlib import Path
from typing import Final

from fer_desktop import resources
from fer_desktop.core.pip_command import typed

NEEDED: Final = ("keras", "onnx", "scipy", "sklearn", "tensorflow", "tf2onnx")
REQUIREMENT: Final = "fer-desktop[train]"
SIZE_GB: Final = 2
NEWEST_PYTHON: Final = (3, 13)


def missing() -> list[str]:
    """Names of the packages that are not there. Imports none of them."""
    importlib.invalidate_caches()
    return [name for name in NEEDED if not _is_there(name)]


def _is_there(name: str) -> bool:
    # Not importlib.util's way first: that looks into sys.modules, where TensorFlow is blocked while MediaPipe loads.
    if importlib.machinery.PathFinder.find_spec(name) is not None:
        return True
    try:
        return importlib.util.find_spec(name) is not None
    except ValueError:
        return False


def frozen() -> bool:
    """The program came as one file, into which nothing can be installed."""
    return bool(getattr(sys, "frozen", False))


def too_new() -> bool:
    """TensorFlow has no release for this Python."""
    return sys.version_info[:2] > NEWEST_PYTHON


def _checkout() -> Path | None:
    """The project's folder, where the program runs from its source."""
    root = resources.assets_dir().parent
    return root if (root / "packaging" / "bootstrap.py").is_file() else None


def install_command() -> list[str]:
    """Installs what is missing into the Python that runs this; in a checkout the same versions as set-up."""
    root = _checkout()
    if root is not None and Path(sys.prefix).resolve() == (root / ".venv").resolve():
        # Set-up itself: it knows what it has installed, and goes on with what it has left unfinished.
        return [sys.executable, "-I", str(root / "packaging" / "bootstrap.py"), "run", "--version"]
    pip = [sys.executable, "-m", "pip", "install"]
    if root is not None:
        return [*pip, "-c", str(root / "packaging" / "constraints.txt"), "--editable", f"{root}[train]"]
    return [*pip, REQUIREMENT]


def shown_command() -> str:
    """The same for a person to type."""
    return typed(install_command())
