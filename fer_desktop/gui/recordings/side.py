"""Beside the picture: the faces, and of the chosen one its share of time, the moments, or what is on the picture."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from fer_desktop.gui.buttons import ToolButton
from fer_desktop.gui.face_panel import FacePanel
from fer_desktop.gui.parts import Elided, Text
from fer_desktop.gui.recordings.document import Document
from fer_desktop.gui.recordings.faces import Faces
from fer_desktop.gui.recordings.moments import MomentList
from fer_desktop.gui.recordings.shares import Shares
from fer_desktop.gui.recordings.words import tr
from fer_desktop.gui.theme import Theme
from fer_desktop.overlay.motion import Shown

WIDE: Final = 300
NARROW: Final = 248
FACES_PX: Final = 108
SHARES, MOMENTS, PICTURE = range(3)


class Side(QFrame):
    """`faces`, `moments` and `panel` tell what a person asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("side")
        self.setFixedWidth(WIDE)
        self._document: Document | None = None
        self._shown: tuple[Shown, ...] = ()
        self.faces, self.shares, self.moments, self.panel = Faces(), Shares(), MomentList(), FacePanel()
        self.faces.list.setFixedHeight(FACES_PX)
        self.panel.setObjectName("")
        self.panel.setMinimumWidth(0)
        self.panel.setMaximumWidth(WIDE)
        self._of = Elided(13, bold=True)
        self._no_moments = Text(muted=True)
        self.tabs: list[ToolButton] = []
        self.stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 11, 12)
        column.setSpacing(8)
        column.addWidget(self.faces)
        column.addLayout(self._make_tabs())
        for page in (self._shares_page(), self._moments_page(), self.panel):
            self.stack.addWidget(page)
        column.addWidget(self.stack, 1)

    def _make_tabs(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2)
        self._group = QButtonGroup(self)
        for number, text in enumerate((tr("Time"), tr("Moments"), tr("Picture"))):
            button = ToolButton()
            button.setObjectName("pageButton")
            button.setCheckable(True)
            button.setText(text)
            button.setFixedHeight(30)
            self._group.addButton(button, number)
            self.tabs.append(button)
            row.addWidget(button)
        row.addStretch(1)
        self.tabs[SHARES].setChecked(True)
        self._group.idClicked.connect(self.show_tab)
        return row

    def _shares_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._of)
        column.addWidget(self.shares)
        column.addStretch(1)
        return page

    def _moments_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._no_moments)
        column.addWidget(self.moments, 1)
        return page

    @property
    def said_of_the_chosen(self) -> str:
        return self._of.text()

    def show_tab(self, number: int) -> None:
        self.tabs[number].setChecked(True)
        self.stack.setCurrentIndex(number)
        self.show_picture(self._shown)

    def set_theme(self, theme: Theme) -> None:
        for part in (self.faces, self.shares, self.panel, self.moments.moments):
            part.set_theme(theme)
        self.moments.viewport().update()

    def set_document(self, document: Document | None) -> None:
        self._document = document
        self.faces.set_document(document)
        self._shown = ()
        self.panel.set_faces(())
        self.show_document(0.0)

    def show_document(self, at_s: float) -> None:
        """After a change of the faces, or of what was read of them."""
        self.moments.show_document(self._document, at_s)
        self._no_moments.setVisible(self.moments.moments.rowCount() == 0)
        over = self._document is not None and self._document.complete
        none = tr("No moments") if over else tr("No moments yet")
        what = tr("{none}: they are where a label changes or an emotion stands out.")
        self._no_moments.say(what.format(none=none))
        self.show_chosen()

    def show_chosen(self) -> None:
        document = self._document
        lane = None if document is None else document.chosen_lane
        self.shares.show_lane(lane)
        if document is None or document.chosen is None:
            faceless = document is not None and document.faceless
            self._of.say(tr("No face found") if faceless else tr("No face yet"))
        else:
            name = document.name_of(document.chosen)
            self._of.say(tr("{face}: share of time").format(face=name))
        self.panel.set_chosen(None if document is None else document.chosen)

    def show_picture(self, faces: tuple[Shown, ...]) -> None:
        """Cards cost time where nobody sees them."""
        self._shown = faces
        if self.stack.currentIndex() == PICTURE:
            self.panel.set_faces(faces)
