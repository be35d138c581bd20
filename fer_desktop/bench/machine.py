"""What the figures were measured on, and whether it had anything else to do."""

from __future__ import annotations

import importlib.metadata
import os
import platform
from typing import Any, Final

import psutil

from fer_desktop import __version__
from fer_desktop.doctor.facts import cpu_name

PACKAGES: Final = ("opencv-contrib-python", "onnxruntime", "mediapipe", "PySide6-Essentials", "numpy", "av")
BUSY_PERCENT: Final = 15.0
"""Above this share of all cores, taken by other programs, the figures are not to be trusted."""
_LOOK_S: Final = 1.0
SAME: Final = ("cpu", "cores", "system")
"""What makes two computers the same one, as far as figures go."""


def environment(model: str) -> dict[str, Any]:
    """Looks for a second at how busy the computer is. model: the id of the one that is measured."""
    return {
        "program": __version__,
        "model": model,
        "cpu": cpu_name(),
        "cores": os.cpu_count() or 0,
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in PACKAGES},
        "busy_percent": psutil.cpu_percent(_LOOK_S),
        "load": [round(one, 2) for one in psutil.getloadavg()],
    }


def warnings(environment: dict[str, Any]) -> list[str]:
    """What speaks against the figures, for people."""
    if environment["busy_percent"] > BUSY_PERCENT:
        return [
            f"other programs take {environment['busy_percent']:.0f} % of this computer: measure again when it rests"
        ]
    return []


def differences(now: dict[str, Any], before: dict[str, Any]) -> list[str]:
    """What is not as it was, of what the figures depend on, for people."""
    names = [*SAME, "python", "program", "model"]
    said = [f"{name}: {before.get(name)} before, {now[name]} now" for name in names if before.get(name) != now[name]]
    versions = before.get("versions") or {}
    said += [
        f"{name}: {versions.get(name)} before, {version} now"
        for name, version in now["versions"].items()
        if versions.get(name) != version
    ]
    return said


def is_another(now: dict[str, Any], before: dict[str, Any]) -> bool:
    """Whether the two are of different computers."""
    return any(before.get(name) != now[name] for name in SAME)


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
