"""Does the system ask for less motion?"""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication


def reduced_motion() -> bool:
    """True where the person told the system so. False where this Qt cannot tell (before 6.11)."""
    # The variable keeps the hints alive: what `accessibility` returns dies with its owner's wrapper.
    style_hints = QGuiApplication.styleHints()
    accessibility = getattr(style_hints, "accessibility", None)
    if accessibility is None:
        return False
    preference = getattr(accessibility(), "motionPreference", None)
    return preference is not None and "Reduce" in str(preference())
