"""When not to label a face, and why, in words a person understands."""

from __future__ import annotations

from typing import Final

from fer_desktop.core.types import Face

MIN_FACE_PX: Final = 24
"""A smaller face is cut from fewer than 29 pixels a side: a third of the 48 that the network sees would be invented."""


def reason_not_to_label(face: Face) -> str | None:
    """None where the face can be labelled."""
    if min(face.box.width, face.box.height) < MIN_FACE_PX:
        return "too small"
    return None
