"""Dialogs that are higher than the screen: what they hold scrolls, and their buttons stay within reach."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QFrame, QLayout, QScrollArea, QSizePolicy, QWidget

FRAME_PX: Final = 40
"""Of the screen's height: room for the frame around a dialog, of which nothing is known before it shows."""
LEAST_PX: Final = 80


class Fitting(QScrollArea):
    """Holds a layout, and asks for all of the room that takes."""

    def __init__(self, holds: QLayout) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._inner = QWidget()
        holds.setContentsMargins(0, 0, 0, 0)
        self._inner.setLayout(holds)
        self.setWidget(self._inner)

    def sizeHint(self) -> QSize:
        return self._inner.sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(self._inner.minimumSizeHint().width(), LEAST_PX)


def fit(dialog: QDialog, body: Fitting) -> None:
    """As large as it wants to be, and no larger than the screen; where its body scrolls there is room for the bar."""
    room = dialog.screen().availableSize() - QSize(0, FRAME_PX)
    dialog.ensurePolished()
    wanted = dialog.sizeHint().expandedTo(dialog.minimumSize())
    bar_px = body.verticalScrollBar().sizeHint().width() if wanted.height() > room.height() else 0
    dialog.setMinimumWidth(min(wanted.width() + bar_px, room.width()))
    dialog.resize(dialog.minimumWidth(), min(wanted.height(), room.height()))
