"""What OpenCV reads from the environment when it is imported, and what its wheel leaves there."""

from __future__ import annotations

import os


def prepare() -> None:
    """Before the import: a stalled camera blocks for 3 s, not 10; cameras open quickly on Windows. Own values stay."""
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "3")
    os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")


def forget_qt_paths() -> None:
    """After the import: the Linux wheel points Qt at plugins of its own, which neither we nor our children may load."""
    for name in ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR"):
        if "cv2" in os.environ.get(name, ""):
            del os.environ[name]
