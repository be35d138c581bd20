"""One photo large: what leads to it and away from it, the photo itself, and beside it the cards of its faces."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from fer_desktop.gui.buttons import ToolButton
from fer_desktop.gui.face_panel import NARROW, WIDTH, FacePanel
from fer_desktop.gui.icons import SIZE, icon
from fer_desktop.gui.parts import Elided, Text
from fer_desktop.gui.photos.photo_view import PhotoView
from fer_desktop.gui.photos.viewport import STEP
from fer_desktop.gui.photos.words import count, tr
from fer_desktop.gui.theme import Theme

NARROW_BELOW: Final = 1000
BAR: Final = 44


class LargeBar(QFrame):
    """`left`, `stepped` (-1 or 1), `why_asked`: as those of the view."""

    left = Signal()
    stepped = Signal(int)
    why_asked = Signal()

    def __init__(self, view: PhotoView) -> None:
        super().__init__()
        # Looks as the window's bar does.
        self.setObjectName("toolbar")
        self.setFixedHeight(BAR)
        self._view = view
        self.back = _button(tr("All photos"), tr("Back to all photos (Esc)"), with_text=True)
        self.before = _button(tr("The photo before"), tr("The photo before (Left)"))
        self.after = _button(tr("The next photo"), tr("The next photo (Right)"))
        self.place, self.name = Text(muted=True), Elided()
        self.place.setWordWrap(False)
        self.why = _button(tr("Why"), tr("Show which places of a face spoke for its label (W)"), with_text=True)
        self.why.setCheckable(True)
        self.smaller = _button(tr("Smaller"), tr("Smaller (-)"))
        self.larger = _button(tr("Larger"), tr("Larger (+)"))
        self.fit = _button(tr("Fit"), tr("The whole photo (0)"))
        self.percent = Text(muted=True)
        self.percent.setWordWrap(False)
        self.percent.setMinimumWidth(44)
        self.percent.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.percent.setAccessibleName(tr("Zoom"))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(self.back)
        row.addSpacing(4)
        row.addWidget(self.before)
        row.addWidget(self.after)
        row.addWidget(self.place)
        row.addSpacing(8)
        row.addWidget(self.name, 1)
        row.addSpacing(8)
        for part in (self.why, self.smaller, self.percent, self.larger, self.fit):
            row.addWidget(part)
        self.back.clicked.connect(self.left)
        self.before.clicked.connect(partial(self.stepped.emit, -1))
        self.after.clicked.connect(partial(self.stepped.emit, 1))
        self.why.clicked.connect(self.why_asked)
        self.smaller.clicked.connect(partial(view.zoom_by, 1 / STEP))
        self.larger.clicked.connect(partial(view.zoom_by, STEP))
        self.fit.clicked.connect(view.fit)
        view.zoomed.connect(self._zoomed)

    def show_place(self, name: str, at: int | None, of: int) -> None:
        """at: which of those that are shown, from 0; None where the filter leaves it out."""
        self.name.say(name)
        self.place.say("" if at is None else tr("{n} of {total}").format(n=count(at + 1), total=count(of)))
        self.before.setEnabled((at is not None and at > 0) or (at is None and of > 0))
        self.after.setEnabled((at is None and of > 0) or (at is not None and at + 1 < of))

    def set_theme(self, theme: Theme) -> None:
        names = {
            self.back: "back",
            self.before: "previous",
            self.after: "next",
            self.smaller: "zoom-out",
            self.larger: "zoom-in",
            self.fit: "fit",
        }
        for button, name in names.items():
            button.setIcon(icon(name, theme.text, theme.disabled))

    def _zoomed(self) -> None:
        there = self._view.has_picture
        self.percent.say(f"{self._view.percent}\u00a0%" if there else "")
        for button in (self.smaller, self.larger, self.fit):
            button.setEnabled(there)


class LargePhoto(QWidget):
    """The bar, the view, the panel. `face_chosen`: the id of a face's track, None for none. `emotion_chosen` (index):
    for which why is to be shown, a second time for the label again."""

    face_chosen = Signal(object)
    emotion_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.view, self.panel = PhotoView(), FacePanel()
        self.bar = LargeBar(self.view)
        self.panel.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.view, 1)
        row.addWidget(self.panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addLayout(row, 1)
        self.view.face_chosen.connect(self.face_chosen)
        self.panel.face_clicked.connect(lambda track_id: self.face_chosen.emit(track_id))
        self.panel.emotion_clicked.connect(self._emotion_clicked)
        self.setFocusProxy(self.view)

    def choose(self, track_id: int | None) -> None:
        self.view.choose(track_id)
        self.panel.set_chosen(track_id)

    def _emotion_clicked(self, track_id: int, emotion: int) -> None:
        self.face_chosen.emit(track_id)
        self.emotion_chosen.emit(emotion)

    def fit_panel(self, width: int) -> None:
        """For a page so many pixels wide."""
        self.panel.setFixedWidth(NARROW if width < NARROW_BELOW else WIDTH)

    def set_theme(self, theme: Theme) -> None:
        self.bar.set_theme(theme)
        self.panel.set_theme(theme)


def _button(name: str, tip: str, with_text: bool = False) -> ToolButton:
    button = ToolButton()
    button.setText(name)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    button.setIconSize(QSize(SIZE, SIZE))
    style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if with_text else Qt.ToolButtonStyle.ToolButtonIconOnly
    button.setToolButtonStyle(style)
    return button
