"""One line between the toolbar and the picture: what happened, what to do, and a button that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from fer_desktop.gui.buttons import ToolButton
from fer_desktop.gui.icons import icon
from fer_desktop.gui.theme import DARK, Theme

PASSING_MS: Final = 8000


@dataclass(frozen=True, slots=True)
class _Message:
    """What `say` was told."""

    text: str
    action: str
    on_action: Callable[[], None] | None
    warning: bool
    key: str
    must_read: bool
    passing: bool
    other: str
    on_other: Callable[[], None] | None


class InfoBar(QFrame):
    """Hidden until `say`. A later message replaces an earlier one, unless that one has to be read: then it waits."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("infoBar")
        self._theme = DARK
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._dismissed)
        self._now: _Message | None = None
        self._beneath: list[_Message] = []
        """Have to be read, and come back after the one that was put before them; the newest at the end."""
        self._next: _Message | None = None
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
        self.hide()

    @property
    def key(self) -> str:
        """Of the matter that was told last."""
        return "" if self._now is None else self._now.key

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
        at_once: bool = False,
    ) -> None:
        """Show `text`. `key` names the matter, so that `settle(key)` can take the line away when it is over.

        passing: goes away by itself. must_read: stays until a person dismisses it; of what comes meanwhile, the newest
        is shown after it. other: a second button. at_once: the answer to what a person has just done, shown before what
        has to be read, which comes back after it.
        """
        message = _Message(text, action, on_action, warning, key, must_read, passing, other, on_other)
        now = None if self.isHidden() else self._now
        if now is not None and (now.must_read or self._beneath):
            if not at_once:
                self._next = message
                return
            if now.must_read:
                self._beneath.append(now)
        if must_read:
            self._beneath = [one for one in self._beneath if one.key != key or not key]
        self._show(message)

    def _show(self, message: _Message) -> None:
        self._now = message
        self.text.setText(message.text)
        self.setAccessibleName(message.text)
        for button, text in ((self.action, message.action), (self.other, message.other)):
            button.setText(text)
            button.setAccessibleName(text)
            button.setVisible(bool(text))
        self._paint_icons()
        self.show()
        self._timer.start(PASSING_MS) if message.passing else self._timer.stop()

    def settle(self, key: str) -> None:
        """The matter is over: hide the line if it is still about it."""
        self._beneath = [one for one in self._beneath if one.key != key]
        if self._next is not None and self._next.key == key:
            self._next = None
        if self.key == key:
            self._dismissed()

    def put_away(self) -> None:
        """Make room for the picture, unless the line has to be read or goes away by itself."""
        if self._now is not None and not (self._now.must_read or self._now.passing or self._beneath):
            self.hide()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self._paint_icons()

    def _paint_icons(self) -> None:
        warning = self._now is not None and self._now.warning
        name, colour = ("warning", self._theme.text) if warning else ("info", self._theme.accent)
        self._icon.setPixmap(icon(name, colour).pixmap(20, 20))
        self.dismiss.setIcon(icon("close", self._theme.muted))

    def _dismissed(self) -> None:
        self._timer.stop()
        self.hide()
        if self._beneath:
            self._show(self._beneath.pop())
        elif self._next is not None:
            message, self._next = self._next, None
            self._show(message)

    def _act(self) -> None:
        if self._now is not None and self._now.on_action is not None:
            self._now.on_action()

    def _act_otherwise(self) -> None:
        if self._now is not None and self._now.on_other is not None:
            self._now.on_other()
