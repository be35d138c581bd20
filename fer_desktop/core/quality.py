"""When not to label a face, and why, in words a person understands."""

from __future__ import annotations

from typing import Final

from fer_desktop.core.types import Face

MIN_FACE_PX: Final = 24
"""A box narrower than this is enlarged more than twice for the network: what it then sees is mostly invented."""


def reason_not_to_label(face: Face) -> str | None:
    """None where the face can be labelled."""
    if min(face.box.width, face.box.height) < MIN_FACE_PX:
        return "too small"
    return None
