"""Beside the curves: how long each label stood, of the face whose curves they are or of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from fer_desktop.core.history import Seen
from fer_desktop.gui.parts import Text
from fer_desktop.gui.recordings.shares import Shares
from fer_desktop.gui.timeline.plot import line_colour
from fer_desktop.gui.timeline.words import face_name, tr

HEADING_PX: Final = 30
WHOSE_PX: Final = 108


class Side(QScrollArea):
    """`show_faces` fills it; it scrolls where the timeline is low. `changed`: whether all faces are meant now."""

    changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.shares = Shares(line_colour)
        self.whose = QComboBox()
        # Else a click would leave it the keys of the window.
        self.whose.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.whose.setAccessibleName(tr("Whose time"))
        self.whose.setToolTip(tr("Of the face whose curves are shown, or of all faces together"))
        self.whose.setFixedWidth(WHOSE_PX)
        self.whose.addItem(tr("One face"), False)
        self.whose.addItem(tr("All faces"), True)
        self._of = Text(tr("Labelled time"), 12, muted=True)
        self._of.setWordWrap(False)
        self._of.setToolTip(tr("How long each label stood, of the time in which there was one"))
        self._heading = heading = QHBoxLayout()
        heading.setContentsMargins(0, 0, 0, 0)
        heading.setSpacing(4)
        heading.addWidget(self._of, 1)
        heading.addWidget(self.whose)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setSpacing(0)
        column.setContentsMargins(8, 0, 8, 0)
        above = QWidget()
        above.setLayout(heading)
        above.setFixedHeight(HEADING_PX)
        column.addWidget(above)
        column.addWidget(self.shares)
        column.addStretch(1)
        self.setWidget(inner)
        self.whose.currentIndexChanged.connect(lambda _: self.changed.emit(self.of_all))

    @property
    def of_all(self) -> bool:
        return bool(self.whose.currentData())

    def set_of_all(self, on: bool) -> None:
        self.whose.setCurrentIndex(self.whose.findData(on))

    def show_faces(self, seen: Sequence[Seen], shown: int | None) -> None:
        """shown: whose curves they are."""
        number = next((face.number for face in seen if face.track == shown), None)
        self.whose.setItemText(0, tr("One face") if number is None else face_name(number))
        seconds: dict[str, float] = {}
        of = [face for face in seen if self.of_all or face.track == shown]
        for face in of:
            for name, value in face.band.seconds.items():
                seconds[name] = seconds.get(name, 0.0) + value
        self.shares.show_seconds(seconds, sum(face.band.unlabelled_s for face in of))

    @contextmanager
    def as_picture(self) -> Iterator[None]:
        """In a picture the heading says whose time it is; nothing can be chosen there."""
        before = self._of.text()
        self._of.setText(tr("{face}, labelled time").format(face=self.whose.currentText()))
        self.whose.hide()
        self._heading.activate()
        try:
            yield
        finally:
            self._of.setText(before)
            self.whose.show()
