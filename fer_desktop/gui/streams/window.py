"""Streams…: a card for each kind, and whether they start with the program."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from fer_desktop.core.errors import InputError
from fer_desktop.gui.parts import Button, Text
from fer_desktop.gui.question import YesNo
from fer_desktop.gui.side_window import SideWindow
from fer_desktop.gui.streams.card import StreamCard
from fer_desktop.gui.streams.words import leaves, tr
from fer_desktop.gui.theme import Theme
from fer_desktop.streams.spec import USUAL, StreamSpec

if TYPE_CHECKING:
    from fer_desktop.gui.streams.control import StreamsControl

FIRST_SIZE: Final = (680, 800)
SMALLEST: Final = (520, 400)
MARGIN_PX: Final = 12


class StreamsWindow(SideWindow):
    """Follows `control`, which begins and ends them."""

    def __init__(self, parent: QWidget, control: StreamsControl, theme: Theme, quit_key: QKeySequence) -> None:
        super().__init__(parent, tr("Streams"), FIRST_SIZE, SMALLEST, quit_key)
        self._control = control
        self._agreed: set[StreamSpec] = set()
        """Those of which a person was told that they leave this computer, and went on."""
        self.question: YesNo | None = None
        self.cards = {kind: StreamCard(kind, control.wanted(kind)) for kind in USUAL}
        self.at_start = QCheckBox(tr("&Start with the program"))
        self.at_start.setToolTip(tr("What is on now is on at the next start too, unless it leaves this computer"))
        self.at_start.setChecked(control.at_start)
        self.at_start.toggled.connect(control.set_at_start)
        self.close_button = Button(tr("C&lose"))
        self.close_button.clicked.connect(self.close)
        for kind, card in self.cards.items():
            card.turned.connect(partial(self._turn, kind))
        control.changed.connect(self._show)
        self._lay_out()
        self.set_theme(theme)
        self._show()

    def _lay_out(self) -> None:
        inside = QWidget()
        cards = QVBoxLayout(inside)
        cards.setContentsMargins(24, 0, 16, 0)
        cards.setSpacing(12)
        for card in self.cards.values():
            cards.addWidget(card)
        cards.addStretch(1)
        self._scroll = scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        head = QVBoxLayout()
        head.setContentsMargins(24, 0, 24, 0)
        head.addWidget(
            Text(
                tr(
                    "Hand what is read to other programs. Everything is off until you turn it on, and stays on this "
                    "computer unless you choose another address."
                ),
                muted=True,
            )
        )
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 0, 24, 0)
        foot.addWidget(self.at_start, 1)
        foot.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 16, 0, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(scroll, 1)
        column.addLayout(foot)

    def set_theme(self, theme: Theme) -> None:
        for card in self.cards.values():
            card.set_theme(theme)

    def _show(self) -> None:
        states = self._control.states()
        for kind, card in self.cards.items():
            told = card.problem.text.text()
            card.show_states({spec: state for spec, state in states.items() if spec.kind == kind})
            if card.problem.text.text() not in ("", told):
                self._bring_into_view(card)

    def _bring_into_view(self, card: StreamCard) -> None:
        """What is the matter, and the button that copies its cure, wherever a person had scrolled to."""
        # Once the card has grown by them.
        QTimer.singleShot(0, card, lambda: self._scroll.ensureWidgetVisible(card, 0, MARGIN_PX))

    def _turn(self, kind: str, on: bool) -> None:
        card = self.cards[kind]
        if not on:
            self._control.turn_off(kind)
            return
        try:
            spec = card.wanted()
        except InputError as error:
            card.refuse(error)
            return
        card.refuse(None)
        if spec.leaves and spec not in self._agreed:
            self._ask(spec)
        else:
            self._control.turn_on(spec)

    def _ask(self, spec: StreamSpec) -> None:
        card = self.cards[spec.kind]

        def agreed() -> None:
            self._agreed.add(spec)
            self._control.turn_on(spec)

        title = tr("Let readings leave this computer?")
        self.question = question = YesNo(self, title, leaves(spec), tr("&Turn it on"), tr("&Keep it off"))
        question.accepted.connect(agreed)
        question.rejected.connect(lambda: card.switch.setChecked(False))
        question.open()
