"""What moves the timeline: the mouse, its wheel, and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent

from fer_desktop.gui.timeline.words import tr

if TYPE_CHECKING:
    from fer_desktop.gui.timeline.dock import Dock

DRAG_PX: Final = 4
"""A press that moves less is a click."""
WHEEL_PART: Final = 0.1
"""Of what is in sight, for one step of the wheel or one press of an arrow."""


KEYS: Final = (
    ("Left Right", "Back and on"),
    ("Page Up, Page Down", "By all that is in sight"),
    ("Home End", "To its beginning, to now"),
    ("Up Down", "Show the curves of another face"),
)
"""What they are called and what they do while Tab has led to the timeline, before it is translated."""


class Hands(QObject):
    """Watches the curves and lanes."""

    def __init__(self, dock: Dock) -> None:
        super().__init__(dock)
        self._dock = dock
        self._dragged_from: tuple[float, float] | None = None
        self._dragged = False
        for widget in (dock.plot.widget.viewport(), dock.lanes):
            widget.installEventFilter(self)

    @staticmethod
    def told() -> str:
        """The keys, for who cannot see what they do."""
        return "; ".join(f"{tr(key)}: {tr(what)}" for key, what in KEYS)

    def press(self, key: int) -> bool:
        """Whether it is one of the timeline's keys."""
        dock = self._dock
        history, span_s = dock.history, dock.sight.span_s
        back_s = {
            Qt.Key.Key_Left: WHEEL_PART * span_s,
            Qt.Key.Key_Right: -WHEEL_PART * span_s,
            Qt.Key.Key_PageUp: span_s,
            Qt.Key.Key_PageDown: -span_s,
            Qt.Key.Key_Home: history.until_s - history.from_s,
        }.get(Qt.Key(key))
        if back_s is not None:
            dock.look_back(back_s)
        elif key == Qt.Key.Key_End:
            dock.go_on()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            dock.pick_next(1 if key == Qt.Key.Key_Down else -1)
        else:
            return False
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Drag the curves and lanes, or turn the wheel over them."""
        kind, dock = event.type(), self._dock
        if kind == QEvent.Type.Wheel and isinstance(event, QWheelEvent):
            turned = event.angleDelta().x() or event.angleDelta().y()
            if dock.scrolls and watched is dock.lanes and not event.angleDelta().x():
                return False
            dock.look_back(turned / 120 * WHEEL_PART * dock.sight.span_s)
            return True
        if isinstance(event, QMouseEvent):
            return self._mouse(kind, event.position(), event.button() is Qt.MouseButton.LeftButton)
        return super().eventFilter(watched, event)

    def _mouse(self, kind: QEvent.Type, at: QPointF, left: bool) -> bool:
        dock = self._dock
        if kind == QEvent.Type.MouseButtonPress and left:
            _, to_s = dock.sight.stretch(dock.history, dock.plot.columns)
            self._dragged_from, self._dragged = (at.x(), to_s), False
        elif kind == QEvent.Type.MouseMove and self._dragged_from is not None:
            x, to_s = self._dragged_from
            self._dragged |= abs(at.x() - x) >= DRAG_PX
            if self._dragged:
                end_s = to_s - (at.x() - x) / dock.plot.area.width() * dock.sight.span_s
                dock.sight.end_s = min(end_s, dock.history.until_s)
                dock.look_back(0.0)
        elif kind == QEvent.Type.MouseButtonRelease and left:
            dragged, self._dragged_from, self._dragged = self._dragged, None, False
            return dragged
        return False
