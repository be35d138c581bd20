"""The line over the curves: whose they are and of when, and what can be done with them."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QWidget

from fer_desktop.gui.buttons import ToolButton
from fer_desktop.gui.parts import Elided
from fer_desktop.gui.timeline.words import tr
from fer_desktop.overlay.painter import font
from fer_desktop.settings.schema import TIMELINE_SPANS

HEIGHT: Final = 40


class Header(QWidget):
    """`now`, `valence`, `span`, `export` (with a menu that others fill) and `clear` are its controls."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(HEIGHT)
        self.name = Elided(13, bold=True)
        self.time = QLabel()
        self.time.setFont(font(12))
        self.time.setObjectName("muted")
        self.now = button(tr("Now"))
        self.now.setToolTip(tr("Go on with what is read now (L)"))
        self.valence = button(tr("Valence"), checkable=True)
        self.valence.setToolTip(tr("How pleasant it looks: happy less the largest of angry, disgust, fear and sad"))
        self.span = QComboBox()
        self.span.setAccessibleName(tr("How much is shown"))
        # Else a click would leave it the keys of the window.
        self.span.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for span_s in TIMELINE_SPANS:
            minutes = span_s // 60
            self.span.addItem(tr("1 minute") if minutes == 1 else tr("{n} minutes").format(n=minutes), span_s)
        self.export = button(tr("Export") + "  ▾")
        self.export.setAccessibleName(tr("Export"))
        self.export.setPopupMode(ToolButton.ToolButtonPopupMode.InstantPopup)
        self.export.setMenu(QMenu(self))
        self.clear = button(tr("Clear"))
        kept = tr("The last ten minutes are kept in memory alone, until you quit. It is stored only if you export it.")
        self.clear.setToolTip(f"{tr('Forget all of it.')} {kept}")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(self.name, 1)
        row.addWidget(self.time)
        row.addSpacing(8)
        for widget in (self.now, self.valence, self.span, self.export, self.clear):
            row.addWidget(widget)


def button(text: str, checkable: bool = False) -> ToolButton:
    made = ToolButton()
    made.setObjectName("pageButton")
    made.setText(text)
    made.setCheckable(checkable)
    made.setFixedHeight(30)
    return made
