"""The small sign at the end of the status line while any stream is on, with where it goes if it leaves this computer. A
press opens the window of streams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from fer_desktop.gui.buttons import ToolButton
from fer_desktop.gui.icons import icon
from fer_desktop.gui.theme import Theme
from fer_desktop.overlay.painter import font

WIDEST_PLACE_PX: Final = 180


class StreamsSign(ToolButton):
    def __init__(self, line: QWidget) -> None:
        """line: at whose end it stands."""
        super().__init__()
        self.setFont(font(12))
        self.setIconSize(QSize(16, 16))
        self.setFixedHeight(22)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 8, 0)
        row.addStretch(1)
        row.addWidget(self)
        self.hide()

    def show_streams(self, names: Sequence[str], destination: str, paused: bool) -> None:
        """names: of those that are on; empty: there is no sign. destination: where they leave this computer for, empty
        if none does. paused: they are handed nothing now."""
        place = self.fontMetrics().elidedText(destination, Qt.TextElideMode.ElideMiddle, WIDEST_PLACE_PX)
        text = self.tr("Streaming to {place}").format(place=place) if place else self.tr("Streaming")
        self.setText(" " + (self.tr("{streaming}, paused").format(streaming=text) if paused else text))
        told = self.tr("Streaming: {names}. Show all streams").format(names=", ".join(names))
        if destination:
            told = self.tr("Readings leave this computer, to {place}. {told}").format(place=destination, told=told)
        self.setToolTip(told)
        self.setAccessibleName(told)
        self.setVisible(bool(names))

    def set_theme(self, theme: Theme) -> None:
        self.setIcon(icon("stream", theme.text))
        self.setStyleSheet(
            f"QToolButton {{ color: {theme.text}; background: transparent; border: 2px solid transparent;"
            f" border-radius: 4px; padding: 0 4px; }} QToolButton:hover {{ background: {theme.hover}; }}"
            f" QToolButton:focus {{ border-color: {theme.accent}; }}"
        )
