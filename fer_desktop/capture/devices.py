"""Which cameras there are, by name. Listing opens no camera for capture, and nothing happens at import."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from fer_desktop.core.errors import CameraError, Fault

_log = logging.getLogger(__name__)

DEV = Path("/dev")
BY_PATH = Path("/dev/v4l/by-path")
"""Linux links each camera here under the name of its place, which stays the same when it is plugged in again."""


@dataclass(frozen=True, slots=True)
class CameraDevice:
    """One camera. Remember it by `name` and `path`: `index` changes with the order of plugging in.

    path: on Linux where it is plugged in, a link in BY_PATH, or "/dev/video0" where the system makes none; the system's
    own identifier elsewhere; "" where unknown.
    index, backend: what cv2.VideoCapture takes.
    """

    name: str
    path: str
    index: int
    backend: int


def list_cameras() -> list[CameraDevice]:
    """Each camera once, names unique, in the order of the system; empty where there is none."""
    found: list[CameraDevice] = []
    for backend in _backends():
        for device in _enumerate(backend):
            # A second backend adds only what the first does not see, such as virtual cameras on Windows.
            if not any(other.name == device.name for other in found if other.backend != backend):
                found.append(device)
    found.sort(key=lambda device: (_backends().index(device.backend), device.index))
    if _on_linux():
        places = _places()
        found = [replace(one, path=places.get(one.path, one.path)) for one in one_node_each(found)]
    return _unique_names(found)


def plugged_sign() -> object:
    """Another value once a camera has come or gone. On Linux it opens no device, and costs next to nothing."""
    if not _on_linux():
        return list_cameras()
    nodes = {entry.name for entry in os.scandir(DEV) if entry.name.startswith("video")}
    return frozenset(nodes), frozenset(_places().items())


def find_camera(name: str | None = None) -> CameraDevice:
    """The camera called `name` (or with that path, or the only one whose name contains it); the first for None.

    Raises CameraError that names the cameras there are.
    """
    cameras = list_cameras()
    if not cameras:
        wanted = f'No camera "{name}"' if name else "No camera"
        raise CameraError(
            f"{wanted} found: this computer shows none", "Plug one in, or use the demo or a video file", Fault.GONE
        )
    if name is None:
        return cameras[0]
    wanted = name.strip().casefold()
    exact = [camera for camera in cameras if wanted == camera.name.casefold() or _same_path(name.strip(), camera.path)]
    if exact:
        return exact[0]
    alike = [camera for camera in cameras if wanted and wanted in camera.name.casefold()]
    if len(alike) == 1:
        return alike[0]
    known = ", ".join(f'"{camera.name}"' for camera in alike or cameras)
    if alike:
        raise CameraError(f'Several cameras are called "{name}"', f"Choose one of {known}")
    remedy = f"Choose one of {known}" if len(cameras) > 1 else f"There is {known}"
    raise CameraError(f'No camera is called "{name}"', remedy, Fault.GONE)


def one_node_each(devices: Iterable[CameraDevice], sysfs: Path = Path("/sys/class/video4linux")) -> list[CameraDevice]:
    """Linux shows one camera as several nodes (pictures, metadata); keep the first node of each.

    Nodes are of one camera where `<sysfs>/videoN/device` leads to the same place. Virtual cameras have no such link
    and all stay.
    """
    kept: dict[str, CameraDevice] = {}
    for device in sorted(devices, key=lambda device: device.index):
        link = sysfs / Path(device.path).name / "device"
        kept.setdefault(str(link.resolve()) if link.exists() else device.path, device)
    return list(kept.values())


def _places() -> dict[str, str]:
    """ "/dev/video0" -> its link in BY_PATH, for those that have one."""
    try:
        links = sorted(Path(entry.path) for entry in os.scandir(BY_PATH))
    except OSError:
        return {}
    return {str(link.resolve()): str(link) for link in reversed(links)}


def _same_path(path: str, other: str) -> bool:
    """Whether both lead to the same device; a link may stand for its node."""
    return path == other or (_on_linux() and bool(other) and os.path.realpath(path) == os.path.realpath(other))


def _on_linux() -> bool:
    return sys.platform.startswith("linux")


def _backends() -> tuple[int, ...]:
    """cv2's backends to ask and to open with, best first."""
    import cv2

    if _on_linux():
        return (cv2.CAP_V4L2,)
    if sys.platform == "win32":
        return (cv2.CAP_MSMF, cv2.CAP_DSHOW)
    if sys.platform == "darwin":
        return (cv2.CAP_AVFOUNDATION,)
    return ()


def _enumerate(backend: int) -> list[CameraDevice]:
    """The cameras one backend sees; none, with a line in the log, where the system cannot be asked."""
    try:
        from cv2_enumerate_cameras import enumerate_cameras

        return [
            CameraDevice(_tidy(info.name or f"Camera {info.index}"), info.path or "", int(info.index), backend)
            for info in enumerate_cameras(backend)
        ]
    except (ImportError, NotImplementedError, OSError, RuntimeError) as error:
        _log.warning("cameras could not be listed: %s", error)
        return []


def _tidy(name: str) -> str:
    """Linux doubles and cuts names: "Integrated Camera: Integrated C" is "Integrated Camera"."""
    first, colon, second = (part.strip() for part in name.partition(":"))
    return first if colon and first.startswith(second) and first else name.strip()


def _unique_names(devices: list[CameraDevice]) -> list[CameraDevice]:
    """Two of one make are told apart: "Webcam", "Webcam (2)"."""
    counts: dict[str, int] = {}
    named = []
    for device in devices:
        counts[device.name] = count = counts.get(device.name, 0) + 1
        named.append(device if count == 1 else replace(device, name=f"{device.name} ({count})"))
    return named
