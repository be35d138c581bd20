"""What OpenCV reads from the environment when it is imported: to be set before anything imports it."""

from __future__ import annotations

import os


def prepare() -> None:
    """A stalled camera blocks for 3 s, not 10; cameras open quickly on Windows. A person's own values stay."""
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "3")
    os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")
