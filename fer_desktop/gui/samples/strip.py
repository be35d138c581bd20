"""Collect samples: a strip under the picture. Choose an emotion, make the face, take it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from fer_desktop.core import emotions
from fer_desktop.gui.buttons import ToolButton
from fer_desktop.gui.icons import icon
from fer_desktop.gui.parts import Elided
from fer_desktop.gui.samples.parts import EmotionButton, StripButton, Thumbnails, widest
from fer_desktop.gui.theme import Theme


class CollectStrip(QFrame):
    """`pressed`: the button that takes went down. `chosen`: an emotion was chosen. The rest are its buttons' own."""

    pressed = Signal()
    chosen = Signal()

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.setObjectName("collect")
        self.setAccessibleName(self.tr("Collect samples"))
        self.heading = Elided(13, bold=True)
        self.heading.say(self.tr("Collect samples"))
        self.heading.setSizePolicy(self.heading.sizePolicy().Policy.Fixed, self.heading.sizePolicy().Policy.Fixed)
        self.status = Elided()
        self.close_button = ToolButton()
        self.close_button.setAccessibleName(self.tr("Close Collect samples"))
        self.close_button.setToolTip(self.tr("Close (C)"))
        self.buttons = {name: EmotionButton(name) for name in emotions.NAMES}
        for button in self.buttons.values():
            button.clicked.connect(lambda _=False, name=button.emotion: self.choose(name))
        self.choose("happy")
        self._texts = (self.tr("Take samples"), self.tr("Stop"))
        self._taking = False
        self.take = StripButton("")
        self.take.setObjectName("take")
        self.take.setFixedWidth(widest(list(self._texts)))
        self.take.setToolTip(self.tr("Three seconds (Return). Hold the mouse button down on it for longer."))
        self.undo = StripButton(self.tr("Undo the last"))
        self.undo.setEnabled(False)
        self.thumbnails = Thumbnails(self.tr("Samples taken"))
        self.samples = StripButton(self.tr("My samples…"))
        self.tune = StripButton(self.tr("Fine-tune…"))
        self.where = Elided(12, muted=True)
        self.where.say(self.tr("Saved only when you take them, and only on this computer: {path}").format(path=folder))
        self._name_take()
        self._lay_out()
        self.take.pressed.connect(self.pressed)

    def _lay_out(self) -> None:
        top, middle, low = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self.heading)
        top.addWidget(self.status, 1)
        top.addWidget(self.close_button)
        middle.setSpacing(4)
        for button in self.buttons.values():
            middle.addWidget(button, 1)
        low.setSpacing(8)
        for part in (self.take, self.undo):
            low.addWidget(part)
        low.addWidget(self.thumbnails, 1)
        for part in (self.samples, self.tune):
            low.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 4, 16, 8)
        column.setSpacing(4)
        column.addLayout(top)
        column.addLayout(middle)
        column.addLayout(low)
        column.addWidget(self.where)

    @property
    def emotion(self) -> str:
        return next(name for name, button in self.buttons.items() if button.isChecked())

    def choose(self, emotion: str) -> None:
        for name, button in self.buttons.items():
            button.setChecked(name == emotion)
        self.chosen.emit()

    def show_counts(self, counts: Mapping[str, int]) -> None:
        for name, button in self.buttons.items():
            button.set_count(counts[name])

    def show_taking(self, taking: bool) -> None:
        """While a take goes on its button ends it, and the emotion stays what it is."""
        self._taking = taking
        self._name_take()
        for button in self.buttons.values():
            button.setEnabled(not taking)

    def _name_take(self) -> None:
        self.take.setText(self._texts[int(self._taking)])

    def set_theme(self, theme: Theme) -> None:
        for button in self.buttons.values():
            button.set_theme(theme)
        self.thumbnails.set_theme(theme)
        self.close_button.setIcon(icon("close", theme.muted))
        self.setStyleSheet(
            f"""
            #collect {{ background: {theme.card}; border-top: 1px solid {theme.line}; }}
            #collect QToolButton {{ background: transparent; border: 2px solid transparent; border-radius: 6px;
                padding: 2px; }}
            #collect QToolButton:hover {{ background: {theme.hover}; }}
            #collect QToolButton:focus {{ border-color: {theme.accent}; }}
            #take {{ background: {theme.accent}; color: {theme.on_accent}; border-color: {theme.accent}; }}
            #take:focus {{ border: 2px solid {theme.text}; padding: 4px 13px; }}
            """
        )

    def focus_first(self) -> None:
        self.take.setFocus(Qt.FocusReason.OtherFocusReason)
