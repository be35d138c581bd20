"""The page's keys. They come before the window's own (Space, digits), wherever on the page the focus is, unless a name
is being written."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from fer_desktop.gui.recordings.page import RecordingsPage

JUMP_S: Final = 5.0
ZOOM: Final = 1.25
KEYS: Final = (
    ("Enter", "In the list of sessions: open the chosen one"),
    ("Delete", "In the list of sessions: delete it, after a question"),
    ("Space", "Play or pause"),
    (", .", "One picture back, one on"),
    ("Left Right", "Five seconds back, five on"),
    ("Home End", "To the first picture, to the last"),
    ("[ ]", "To the moment before, to the next one"),
    ("+ −", "Show less of the time, or more"),
    ("0", "Show the whole recording"),
    ("F2", "Name the chosen face"),
    ("Delete", "Take the chosen faces out, in their list"),
    ("Ctrl+Z", "Undo; with Shift, redo"),
    ("Esc", "Back to the recorded sessions"),
)
"""What they are called and what they do, before it is translated."""
_LISTS: Final = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def action_of(page: RecordingsPage, event: QKeyEvent) -> Callable[[], object] | None:
    """What a key stands for while a recording is open; None where it is none of the page's."""
    document = page.document
    if document is None:
        return None
    player, timeline, undo = page.player, page.timeline, document.undo
    key, modifiers = Qt.Key(event.key()), event.modifiers()
    if modifiers & Qt.KeyboardModifier.AltModifier:
        return None
    acts: dict[Qt.Key, Callable[[], object]]
    if modifiers & Qt.KeyboardModifier.ControlModifier:
        shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        acts = {
            Qt.Key.Key_Left: lambda: page.to_neighbour(-1),
            Qt.Key.Key_Right: lambda: page.to_neighbour(1),
            Qt.Key.Key_Z: undo.redo if shift else undo.undo,
            Qt.Key.Key_Y: undo.redo,
        }
    else:
        acts = {
            Qt.Key.Key_Space: player.toggle,
            Qt.Key.Key_Comma: lambda: player.step(-1),
            Qt.Key.Key_Period: lambda: player.step(1),
            Qt.Key.Key_Left: lambda: player.jump(-JUMP_S),
            Qt.Key.Key_Right: lambda: player.jump(JUMP_S),
            Qt.Key.Key_Home: lambda: player.go_to(0),
            Qt.Key.Key_End: lambda: player.go_to(player.count - 1),
            Qt.Key.Key_BracketLeft: lambda: page.to_neighbour(-1),
            Qt.Key.Key_BracketRight: lambda: page.to_neighbour(1),
            Qt.Key.Key_Plus: lambda: timeline.zoom(ZOOM),
            Qt.Key.Key_Equal: lambda: timeline.zoom(ZOOM),
            Qt.Key.Key_Minus: lambda: timeline.zoom(1 / ZOOM),
            Qt.Key.Key_0: timeline.show_whole,
            Qt.Key.Key_F2: page.side.faces.edit_name,
        }
    if key == Qt.Key.Key_Escape and not page.window().isFullScreen():
        return page.back_to_sessions
    return acts.get(key)


def is_lists_own(event: QKeyEvent) -> bool:
    """Whether a list on the page takes this key itself; the page takes the rest, for which a list has uses too."""
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return event.key() in _LISTS or (control and event.key() in (Qt.Key.Key_A, Qt.Key.Key_Space))
