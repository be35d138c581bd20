"""Keys of the photo that is shown large."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt

ZOOM_IN: Final = (Qt.Key.Key_Plus, Qt.Key.Key_Equal)
NEXT: Final = (Qt.Key.Key_Right, Qt.Key.Key_PageDown)
BEFORE: Final = (Qt.Key.Key_Left, Qt.Key.Key_PageUp)
ALL: Final = (
    *ZOOM_IN,
    *NEXT,
    *BEFORE,
    Qt.Key.Key_Minus,
    Qt.Key.Key_0,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Escape,
    Qt.Key.Key_Delete,
    Qt.Key.Key_W,
    Qt.Key.Key_E,
)
PANS: Final = {
    Qt.Key.Key_Left: (1, 0),
    Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
"""Which way the picture goes where a person wants to see what lies there."""
PAN_SHARE: Final = 1 / 8
"""Of the view, at each press."""
