"""One line between the toolbar and the picture: what happened, what to do, and a button that does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from fer_desktop.gui.buttons import ToolButton
from fer_desktop.gui.icons import icon
from fer_desktop.gui.theme import DARK, Theme

PASSING_MS: Final = 8000


class InfoBar(QFrame):
    """Hidden until `say`. A later message replaces an earlier one, unless that one has to be read: then it waits."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("infoBar")
        self._warning = False
        self._theme = DARK
        self.key = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self._must_read = False
        self._next: Callable[[], None] | None = None
        self._next_key = ""
        self._icon = QLabel()
        self._icon.setFixedSize(20, 20)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.action = ToolButton()
        self.action.setObjectName("infoAction")
        self.action.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.action.clicked.connect(self._act)
        self.other = ToolButton()
        self.other.setObjectName("infoAction")
        self.other.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.other.clicked.connect(self._act_otherwise)
        self.dismiss: QToolButton = ToolButton()
        self.dismiss.setAccessibleName(self.tr("Dismiss"))
        self.dismiss.setToolTip(self.tr("Dismiss"))
        self.dismiss.clicked.connect(self._dismissed)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 8, 4)
        row.setSpacing(12)
        for widget in (self._icon, self.text, self.action, self.other, self.dismiss):
            row.addWidget(widget)
        self._on_action: Callable[[], None] | None = None
        self._on_other: Callable[[], None] | None = None
        self.hide()

    def say(
        self,
        text: str,
        action: str = "",
        on_action: Callable[[], None] | None = None,
        warning: bool = False,
        key: str = "",
        must_read: bool = False,
        passing: bool = False,
        other: str = "",
        on_other: Callable[[], None] | None = None,
    ) -> None:
        """Show `text`. `key` names the matter, so that `settle(key)` can take the line away when it is over.

        passing: goes away by itself. must_read: stays until a person dismisses it; of what comes meanwhile, the newest
        is shown after it. other: a second button.
        """
        if self._must_read and not self.isHidden():
            self._next = lambda: self.say(text, action, on_action, warning, key, must_read, passing, other, on_other)
            self._next_key = key
            return
        self._must_read = must_read
        self.text.setText(text)
        self.setAccessibleName(text)
        self.action.setText(action)
        self.action.setAccessibleName(action)
        self.action.setVisible(bool(action))
        self._on_action = on_action
        self.other.setText(other)
        self.other.setAccessibleName(other)
        self.other.setVisible(bool(other))
        self._on_other = on_other
        self._warning = warning
        self.key = key
        self._paint_icons()
        self.show()
        self._timer.start(PASSING_MS) if passing else self._timer.stop()

    def settle(self, key: str) -> None:
        """The matter is over: hide the line if it is still about it."""
        if self._next_key == key:
            self._next = None
        if self.key == key:
            self._dismissed()

    def put_away(self) -> None:
        """Make room for the picture, unless the line has to be read."""
        if not self._must_read:
            self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._paint_icons()

    def _paint_icons(self) -> None:
        name, colour = ("warning", self._theme.text) if self._warning else ("info", self._theme.accent)
        self._icon.setPixmap(icon(name, colour).pixmap(20, 20))
        self.dismiss.setIcon(icon("close", self._theme.muted))

    def _dismissed(self) -> None:
        self.hide()
        if self._next is not None:
            show, self._next = self._next, None
            show()

    def _act(self) -> None:
        if self._on_action is not None:
            self._on_action()

    def _act_otherwise(self) -> None:
        if self._on_other is not None:
            self._on_other()
