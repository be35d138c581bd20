"""The line over the recording: its name, how far it is read or written, what can be done."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar

from fer_desktop.gui.buttons import ToolButton
from fer_desktop.gui.icons import icon
from fer_desktop.gui.parts import Elided
from fer_desktop.gui.recordings.document import Document
from fer_desktop.gui.recordings.export import Export
from fer_desktop.gui.recordings.reader import Reader
from fer_desktop.gui.recordings.words import progress, tr
from fer_desktop.gui.theme import Theme
from fer_desktop.offline.video_summary import clock
from fer_desktop.overlay.painter import font

HEIGHT: Final = 44
BAR_PX: Final = 96
_WHOLE: Final = 1000


class Header(QFrame):
    """`back` (to the recorded sessions), `open`, `export`, `again` (read with the model that is in use now) and
    `cancel` are the buttons."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("pageHeader")
        self.setFixedHeight(HEIGHT)
        self.name, self.facts = Elided(13, bold=True), QLabel()
        self.facts.setObjectName("muted")
        self.facts.setFont(font(12))
        self.state = QLabel()
        self.state.setFont(font(12))
        self.bar = QProgressBar()
        self.bar.setRange(0, _WHOLE)
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(BAR_PX)
        self.cancel = self._button(tr("Cancel"))
        self.export = self._button(tr("Export") + "  ▾")
        self.export.setAccessibleName(tr("Export"))
        self.export.setPopupMode(ToolButton.ToolButtonPopupMode.InstantPopup)
        self.again = self._button(tr("Read again"))
        self.again.setToolTip(tr("It was read with another model than the one in use now"))
        self.open = self._button(tr("Open recording…"))
        self.back = self._button(" " + tr("Recordings"))
        self.back.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.back.setToolTip(tr("Show the recorded sessions (Esc)"))
        self.back.setAccessibleName(tr("Show the recorded sessions"))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.back)
        row.addWidget(self.name, 1)
        for widget in (self.facts, self.state, self.bar, self.cancel, self.again, self.export, self.open):
            row.addWidget(widget)

    def _button(self, text: str) -> ToolButton:
        button = ToolButton()
        button.setObjectName("pageButton")
        button.setText(text)
        button.setFixedHeight(32)
        return button

    def set_theme(self, theme: Theme) -> None:
        """The rest of its colours is the style sheet's."""
        self.back.setIcon(icon("back", theme.text))

    def show_state(
        self, title: str, document: Document | None, reader: Reader | None, export: Export, outdated: bool
    ) -> None:
        """outdated: it was read with another model than is in use."""
        self.name.say(title)
        reading = reader is not None and reader.running
        busy = reading or export.job is not None
        self.state.setVisible(busy)
        self.bar.setVisible(busy)
        self.cancel.setVisible(busy)
        self.again.setVisible(outdated and not busy)
        self.export.setVisible(document is not None)
        self.export.setEnabled(not busy and document is not None)
        self.facts.setVisible(document is not None and not busy)
        if document is not None:
            width, height = document.readings.beginning.size
            self.facts.setText(f"{width} × {height} · {clock(document.readings.until_s)}")
        if export.job is not None:
            self._show(tr("Writing {name}").format(name=export.job.target.name), export.job.part, export.job.spent_s)
        elif reading and reader is not None:
            self._show(self._read(document, reader), reader.part if document is not None else None, reader.spent_s)

    def _read(self, document: Document | None, reader: Reader) -> str:
        if document is None:
            return tr("Loading the model…")
        length = reader.recording.duration_s
        if not length:
            return tr("Reading, {at} so far").format(at=clock(reader.reached_s))
        return tr("Reading {at} of {whole}").format(at=clock(reader.reached_s), whole=clock(length))

    def _show(self, text: str, part: float | None, spent_s: float) -> None:
        self.state.setText(progress(text, part, spent_s))
        self.bar.setRange(0, _WHOLE if part is not None else 0)
        self.bar.setValue(round((part or 0.0) * _WHOLE))
