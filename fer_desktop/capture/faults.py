"""Why a camera does not open, in words: it is gone, another program has it, or this person may not use it."""

from __future__ import annotations

import errno
import os
import struct
import sys
from pathlib import Path

from fer_desktop.capture.devices import CameraDevice, list_cameras
from fer_desktop.core.errors import CameraError, Fault

# linux/videodev2.h: VIDIOC_REQBUFS takes struct v4l2_requestbuffers (count, type, memory, capabilities, flags).
_VIDIOC_REQBUFS = 0xC0145608
_REQBUFS = "=5I"
_VIDEO_CAPTURE, _MMAP = 1, 1


def why_not_open(device: CameraDevice) -> CameraError:
    """The error to raise after `device` failed to open or gave no first picture. Opens the device node on Linux."""
    if sys.platform.startswith("linux") and device.path.startswith("/dev/"):
        problem = _node_problem(device.path)
        where = f'"{device.name}" (/dev/video{device.index})'
        if problem in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
            return _missing(where)
        if problem in (errno.EACCES, errno.EPERM):
            return CameraError(
                f"No permission to use the camera {where}",
                'Add yourself to its group ("sudo usermod -aG video $USER"), then log in again',
                Fault.FORBIDDEN,
            )
        if problem == errno.EBUSY:
            return CameraError(
                f"Another program is using the camera {where}", "Close that program and try again", Fault.IN_USE
            )
        return CameraError(
            f"The camera {where} gives no picture", "Unplug it, plug it in again and retry", Fault.SILENT
        )
    if not is_present(device):
        return _missing(f'"{device.name}"')
    return CameraError(
        f'The camera "{device.name}" does not open',
        "Close other programs that use it, and allow access to the camera in the system's privacy settings",
        Fault.IN_USE,
    )


def is_present(device: CameraDevice) -> bool:
    """Whether the system still lists the camera."""
    if sys.platform.startswith("linux") and device.path:
        return Path(device.path).exists()
    return any((other.path, other.backend) == (device.path, device.backend) for other in list_cameras())


def _missing(where: str) -> CameraError:
    names = ", ".join(f'"{camera.name}"' for camera in list_cameras())
    return CameraError(
        f"The camera {where} does not exist",
        f"Plug it in, or choose another: {names}" if names else "Plug it in, or use the demo or a video file",
        Fault.GONE,
    )


def _node_problem(path: str) -> int:
    """errno of taking the device node as a capturing program would; 0 where that succeeds.

    Most drivers let a second program open the node and refuse it only buffers.
    """
    import fcntl

    try:
        node = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    except OSError as error:
        return error.errno or errno.EIO
    try:
        fcntl.ioctl(node, _VIDIOC_REQBUFS, struct.pack(_REQBUFS, 1, _VIDEO_CAPTURE, _MMAP, 0, 0))
    except OSError as error:
        return error.errno or errno.EIO
    finally:
        os.close(node)  # gives the buffers back too
    return 0
