"""The line of controls over the picture, 44 pixels high: source, pause, snapshot; model and device; preferences."""

from __future__ import annotations

from html import escape
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QWidget

from fer_desktop.gui.actions import Actions
from fer_desktop.gui.buttons import ToolButton
from fer_desktop.gui.icons import icon
from fer_desktop.gui.theme import DARK, Theme

HEIGHT: Final = 44
MODEL_WIDE: Final = 200
_SOURCE_ICONS: Final = {"camera": "camera", "demo": "demo", "file": "video", "photo": "image"}


class Toolbar(QFrame):
    """Buttons stand for actions of the menus: one place says what each does and whether it is possible now."""

    def __init__(self, actions: Actions, source_menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toolbar")
        self.setFixedHeight(HEIGHT)
        self._actions = actions
        self._kind = "camera"
        self.model_name = ""
        self._theme = DARK
        self.source = ToolButton()
        self.source.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.source.setPopupMode(ToolButton.ToolButtonPopupMode.InstantPopup)
        self.source.setMenu(source_menu)
        self.source.setToolTip(self.tr("Choose a source"))
        self.pause = ToolButton()
        self.pause.setDefaultAction(actions.pause)
        self.snapshot = ToolButton()
        self.snapshot.setDefaultAction(actions.snapshot)
        self.panel = ToolButton()
        self.panel.setDefaultAction(actions.panel)
        self.preferences = ToolButton()
        self.preferences.setDefaultAction(actions.preferences)
        self.model = ToolButton()
        self.model.clicked.connect(actions.models.trigger)
        self.device = QLabel()
        self.device.setAccessibleName(self.tr("Device"))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(4)
        self.back = ToolButton()
        self.back.setDefaultAction(actions.back_to_live)
        self.back.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for button in (self.source, self.pause, self.snapshot, self.back):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.model)
        row.addSpacing(8)
        row.addWidget(self.device)
        row.addSpacing(12)
        row.addWidget(self.panel)
        row.addWidget(self.preferences)
        for button in (self.source, self.back, self.pause, self.snapshot, self.model, self.panel, self.preferences):
            button.setIconSize(QSize(20, 20))
            button.setFixedHeight(36)
        for button in (self.pause, self.snapshot, self.panel, self.preferences):
            button.setFixedWidth(36)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self.set_source("camera", self.tr("Starting…"))
        self.set_model("", "")

    def set_source(self, kind: str, name: str) -> None:
        """kind: "camera", "demo", "file" or "photo"."""
        self._kind = kind
        self.back.setVisible(kind == "photo")
        shown = self.source.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, 240)
        self.source.setText(f" {shown}  ▾")
        self.source.setAccessibleName(self.tr("Source: {name}").format(name=name))
        self.source.setIcon(icon(_SOURCE_ICONS[kind], self._theme.text))

    def set_model(self, model_id: str, name: str) -> None:
        """Both empty where there is none. A press opens the list of them."""
        self.model_name = name
        text = self.tr("Model {name}").format(name=name) if name else self.tr("No model")
        shown = self.model.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, MODEL_WIDE)
        self.model.setText(shown.replace("&", "&&"))
        self.model.setAccessibleName(self.tr("{text}. Show all models").format(text=text))
        tip = self.tr("{text} (id {id}). Show all models") if name and name != model_id else self.tr("Show all models")
        self.model.setToolTip(f"<span>{escape(tip.format(text=text, id=model_id))}</span>")

    def set_device(self, device: str) -> None:
        self.device.setText(device)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        actions, off = self._actions, theme.disabled
        actions.pause.setIcon(icon("play" if actions.pause.isChecked() else "pause", theme.text, off))
        actions.back_to_live.setIcon(icon("back", theme.text, off))
        actions.snapshot.setIcon(icon("snapshot", theme.text, off))
        actions.panel.setIcon(icon("panel", theme.text, off))
        actions.preferences.setIcon(icon("preferences", theme.text, off))
        self.source.setIcon(icon(_SOURCE_ICONS[self._kind], theme.text))
        self.device.setStyleSheet(f"color: {theme.muted}; font-size: 12px")
        self.model.setStyleSheet(f"QToolButton {{ color: {theme.muted}; font-size: 12px }}")
