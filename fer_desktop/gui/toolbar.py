"""The line of controls over the picture, 44 pixels high: source, pause, snapshot; pages; model, device, preferences."""

from __future__ import annotations

from html import escape
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QWidget

from fer_desktop.gui.actions import Actions
from fer_desktop.gui.buttons import ToolButton
from fer_desktop.gui.icons import icon
from fer_desktop.gui.theme import DARK, Theme

HEIGHT: Final = 44
SOURCE_WIDE: Final = 240
MODEL_WIDE: Final = 200
NARROW_BELOW: Final = 1100
"""In a narrower window long names are cut shorter, and the device stands in the status line alone."""
NARROW_PART: Final = 0.6
_SOURCE_ICONS: Final = {"camera": "camera", "demo": "demo", "file": "video"}


class Toolbar(QFrame):
    """Buttons stand for actions of the menus: one place says what each does and whether it is possible now."""

    def __init__(self, actions: Actions, source_menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("toolbar")
        self.setFixedHeight(HEIGHT)
        self._actions = actions
        self._kind = "camera"
        self._source_name = self.model_name = ""
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
        self.record = ToolButton()
        self.record.setObjectName("record")
        self.record.setDefaultAction(actions.record)
        self._recorded = ""
        self._live = True
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
        # Of three equal shares the pages have the middle one, wherever the other two end.
        left, right = QHBoxLayout(), QHBoxLayout()
        for half in (left, right):
            half.setSpacing(4)
        for button in (self.source, self.pause, self.snapshot, self.record):
            left.addWidget(button)
        left.addStretch(1)
        row.addLayout(left, 1)
        self.pages = [ToolButton() for _ in range(3)]
        for button, action in zip(self.pages, (actions.live, actions.photos, actions.recordings), strict=True):
            button.setDefaultAction(action)
            button.setObjectName("page")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setFixedHeight(36)
            row.addWidget(button)
        row.addLayout(right, 1)
        right.addStretch(1)
        right.addWidget(self.model)
        right.addSpacing(8)
        right.addWidget(self.device)
        right.addSpacing(12)
        right.addWidget(self.panel)
        right.addWidget(self.preferences)
        parts = (self.source, self.pause, self.snapshot, self.record, self.model, self.panel, self.preferences)
        for button in parts:
            button.setIconSize(QSize(20, 20))
            button.setFixedHeight(36)
        for button in (self.pause, self.snapshot, self.panel, self.preferences):
            button.setFixedWidth(36)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self._dress_record()
        self.set_source("camera", self.tr("Starting…"))
        self.set_model("", "")

    def set_source(self, kind: str, name: str) -> None:
        """kind: "camera", "demo" or "file"."""
        self._kind, self._source_name = kind, name
        self._fit_names()
        self.source.setAccessibleName(self.tr("Source: {name}").format(name=name))
        self.source.setIcon(icon(_SOURCE_ICONS[kind], self._theme.text))

    def show_live_controls(self, shown: bool) -> None:
        """Those of the living picture; other pages have their own."""
        self._live = shown
        for button in (self.source, self.pause, self.snapshot):
            button.setVisible(shown)
        self._dress_record()

    def show_recording(self, time: str) -> None:
        """The red sign with the time recorded so far, on every page; empty: nothing is recorded."""
        if time != self._recorded:
            began_or_ended = bool(time) != bool(self._recorded)
            self._recorded = time
            if began_or_ended:
                self._dress_record()
            # A button takes its text from its action whenever that changes.
            self._actions.record.setIconText(time)
            self._fit_record()

    def _dress_record(self) -> None:
        on, theme, style = bool(self._recorded), self._theme, Qt.ToolButtonStyle
        self.record.setVisible(self._live or on)
        self.record.setToolButtonStyle(style.ToolButtonTextBesideIcon if on else style.ToolButtonIconOnly)
        self._fit_record()
        self.record.setAccessibleName(self.tr("Stop recording") if on else self.tr("Record"))
        self._actions.record.setIcon(icon("record", theme.recording if on else theme.text, theme.disabled))
        self.record.setStyleSheet(f"#record {{ color: {theme.recording} }}" if on else "")

    def _fit_record(self) -> None:
        """Wide enough for any time: what stands beside it must not tremble."""
        wide = max(map(self.record.fontMetrics().horizontalAdvance, ("0:00:00", self._recorded)))
        self.record.setFixedWidth(wide + 44 if self._recorded else 36)

    def set_model(self, model_id: str, name: str) -> None:
        """Both empty where there is none. A press opens the list of them."""
        self.model_name = name
        self._fit_names()
        text = self._model_text()
        self.model.setAccessibleName(self.tr("{text}. Show all models").format(text=text))
        tip = self.tr("{text} (id {id}). Show all models") if name and name != model_id else self.tr("Show all models")
        self.model.setToolTip(f"<span>{escape(tip.format(text=text, id=model_id))}</span>")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.device.setVisible(self.width() >= NARROW_BELOW)
        self._fit_names()

    def _model_text(self) -> str:
        return self.tr("Model {name}").format(name=self.model_name) if self.model_name else self.tr("No model")

    def _fit_names(self) -> None:
        narrow, middle = self.width() < NARROW_BELOW, Qt.TextElideMode.ElideMiddle
        part = NARROW_PART if narrow else 1.0
        source = self.source.fontMetrics().elidedText(self._source_name, middle, round(SOURCE_WIDE * part))
        self.source.setText(f" {source}  ▾")
        text = self.model_name if narrow and self.model_name else self._model_text()
        model = self.model.fontMetrics().elidedText(text, middle, round(MODEL_WIDE * part))
        self.model.setText(model.replace("&", "&&"))

    def set_device(self, device: str) -> None:
        self.device.setText(device)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        actions, off = self._actions, theme.disabled
        actions.pause.setIcon(icon("play" if actions.pause.isChecked() else "pause", theme.text, off))
        actions.snapshot.setIcon(icon("snapshot", theme.text, off))
        actions.panel.setIcon(icon("panel", theme.text, off))
        actions.preferences.setIcon(icon("preferences", theme.text, off))
        self.source.setIcon(icon(_SOURCE_ICONS[self._kind], theme.text))
        self._dress_record()
        self.device.setStyleSheet(f"color: {theme.muted}; font-size: 12px")
        self.model.setStyleSheet(f"QToolButton {{ color: {theme.muted}; font-size: 12px }}")
