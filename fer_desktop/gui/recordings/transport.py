"""The controls under the picture: play, step, moments, speed, and the whole of the timeline."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QWidget

from fer_desktop.gui.buttons import ToolButton
from fer_desktop.gui.icons import icon
from fer_desktop.gui.recordings.words import tr
from fer_desktop.gui.theme import DARK, Theme
from fer_desktop.offline.playback import SPEEDS
from fer_desktop.offline.video_summary import clock
from fer_desktop.overlay.painter import font, text_width

HEIGHT: Final = 44


class Transport(QWidget):
    """`speed_chosen`: how fast to play, 1 as it was recorded. What the buttons do is connected by the page."""

    speed_chosen = Signal(float)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT)
        self._theme = DARK
        self._playing = False
        self.back_moment = self._button(tr("Moment before"), "[")
        self.back = self._button(tr("One picture back"), ",")
        self.play = self._button("", "")
        self.forward = self._button(tr("One picture on"), ".")
        self.next_moment = self._button(tr("Next moment"), "]")
        self.whole = self._button(tr("Show the whole recording"), "0")
        self.time = QLabel()
        self.time.setFont(font(13))
        self.time.setAccessibleName(tr("Time"))
        self.speed = QComboBox()
        self.speed.setAccessibleName(tr("Speed"))
        self.speed.setToolTip(tr("Speed"))
        for speed in SPEEDS:
            self.speed.addItem(f"{speed:g}×", speed)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        self.speed.activated.connect(lambda row: self.speed_chosen.emit(SPEEDS[row]))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(4)
        for button in (self.back_moment, self.back, self.play, self.forward, self.next_moment):
            row.addWidget(button)
        row.addSpacing(8)
        row.addWidget(self.time)
        row.addStretch(1)
        row.addWidget(self.speed)
        row.addSpacing(4)
        row.addWidget(self.whole)
        self.set_playing(False)
        self.set_time(0.0, 0.0)

    def _button(self, what: str, key: str) -> ToolButton:
        button = ToolButton()
        button.setObjectName("pageButton")
        button.setIconSize(QSize(20, 20))
        button.setFixedSize(36, 36)
        self._tell(button, what, key)
        return button

    def _tell(self, button: ToolButton, what: str, key: str) -> None:
        button.setToolTip(f"{what} ({key})")
        button.setAccessibleName(what)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        for button, name in (
            (self.back_moment, "previous-moment"),
            (self.back, "step-back"),
            (self.forward, "step-forward"),
            (self.next_moment, "next-moment"),
            (self.whole, "whole"),
        ):
            button.setIcon(icon(name, theme.text, theme.disabled))
        self.set_playing(self._playing)

    def set_playing(self, playing: bool) -> None:
        self._playing = playing
        self.play.setIcon(icon("pause" if playing else "play", self._theme.text, self._theme.disabled))
        self._tell(self.play, tr("Pause") if playing else tr("Play"), tr("Space"))

    def set_time(self, at_s: float, of_s: float) -> None:
        text = tr("{at} of {whole}").format(at=clock(at_s), whole=clock(of_s))
        if text != self.time.text():
            self.time.setText(text)
            # Digits are of equal width: the row does not move with them.
            self.time.setMinimumWidth(round(text_width(text, 13)) + 4)
