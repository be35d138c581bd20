"""What of the photos is shown, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QHBoxLayout, QLineEdit, QSizePolicy

from fer_desktop.core import emotions
from fer_desktop.gui.parts import Button, Text
from fer_desktop.gui.photos import choice
from fer_desktop.gui.photos.choice import Wanted
from fer_desktop.gui.photos.words import count, tr
from fer_desktop.gui.theme import Theme
from fer_desktop.overlay import words

LEASTS: Final = (0, 50, 60, 70, 80, 90, 95)
"""Percent that a label must have."""
TYPING_MS: Final = 200
_HEIGHT: Final = 48


class Filters(QFrame):
    """`changed`: another choice is wanted."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("toolbar")
        self.setFixedHeight(_HEIGHT)
        kinds = {
            choice.ALL: tr("All photos"),
            choice.ONE_FACE: tr("One face"),
            choice.SEVERAL: tr("Several faces"),
            choice.NO_FACE: tr("No face"),
            choice.UNLABELLED: tr("No label"),
            choice.PROBLEMS: tr("Unreadable"),
        }
        orders = {
            choice.FOUND: tr("As found"),
            choice.NAME: tr("By name"),
            choice.EMOTION: tr("By emotion"),
            choice.CONFIDENCE: tr("Surest first"),
            choice.VALENCE: tr("Pleasant first"),
            choice.FACES: tr("Most faces first"),
        }
        self.kind = _box(tr("Faces"), [(kinds[kind], kind) for kind in choice.KINDS])
        self._reasons: tuple[str, ...] = ()
        labels = [(words.label(name), index) for index, name in enumerate(emotions.NAMES)]
        self.emotion = _box(tr("Emotion"), [(tr("Any emotion"), None), *labels])
        leasts = [(tr("Any confidence") if n == 0 else tr("{n} % and more").format(n=n), n) for n in LEASTS]
        self.at_least = _box(tr("Confidence"), [*leasts])
        self.order = _box(tr("Order"), [(orders[order], order) for order in choice.ORDERS])
        self.order.setItemData(
            choice.ORDERS.index(choice.VALENCE),
            tr("How pleasant the expression looks: happy less the strongest of angry, disgust, fear and sad."),
            Qt.ItemDataRole.ToolTipRole,
        )
        self.backwards = QCheckBox(tr("Reversed"))
        self.text = QLineEdit()
        self.text.setPlaceholderText(tr("Name"))
        self.text.setAccessibleName(tr("A part of the name"))
        self.text.setClearButtonEnabled(True)
        self.text.setMinimumWidth(64)
        self.text.setMaximumWidth(200)
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.reset = Button(tr("Show all"))
        self.shown = Text(muted=True)
        self.shown.setWordWrap(False)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self._change)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(8)
        for part in (self.emotion, self.at_least, self.kind):
            row.addWidget(part)
            part.currentIndexChanged.connect(self._change)
        row.addWidget(self.text, 1)
        row.addWidget(self.order)
        row.addWidget(self.backwards)
        self.order.currentIndexChanged.connect(self._change)
        self.backwards.toggled.connect(self._change)
        self.text.textChanged.connect(lambda: self._typing.start())
        self.text.installEventFilter(self)
        self.reset.clicked.connect(self.show_all)

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            self.kind.currentData(),
            self.emotion.currentData(),
            self.at_least.currentData() / 100,
            self.text.text(),
            self.order.currentData(),
            self.backwards.isChecked(),
        )

    def offer(self, reasons: Sequence[str]) -> None:
        """Why faces have no label, as far as that has come up: photos may be chosen by it."""
        if tuple(reasons) == self._reasons:
            return
        kept, self._reasons = self.kind.currentData(), tuple(reasons)
        self.kind.blockSignals(True)
        for index in reversed(range(self.kind.count())):
            if self.kind.itemData(index).startswith(choice.FOR):
                self.kind.removeItem(index)
        at = self.kind.findData(choice.UNLABELLED) + 1
        for number, reason in enumerate(reasons):
            text = words.reason(reason)
            text = text[:1].upper() + text[1:]
            self.kind.insertItem(at + number, text, choice.FOR + reason)
        self.kind.setCurrentIndex(max(self.kind.findData(kept), 0))
        self.kind.blockSignals(False)

    def show_all(self) -> None:
        """Nothing is left out; the order stays."""
        for box in (self.kind, self.emotion, self.at_least):
            box.blockSignals(True)
            box.setCurrentIndex(0)
            box.blockSignals(False)
        self.text.clear()
        self._change()

    def tell(self, shown: int, of: int, problems: int) -> None:
        """How many are shown, of how many, and how many of these could not be read."""
        everything = self.wanted.everything
        text = tr("{n} photos") if of != 1 else tr("{n} photo")
        if not everything:
            text = tr("{shown} of {n} photos")
        text = text.format(shown=count(shown), n=count(of))
        if problems:
            text += ", " + tr("{n} unreadable").format(n=count(problems))
        self.shown.say(text)
        self.reset.setVisible(not everything)

    def set_theme(self, theme: Theme) -> None:
        for index in range(emotions.COUNT):
            chip = QPixmap(QSize(10, 10))
            chip.fill(theme.rows.bars[index])
            self.emotion.setItemIcon(index + 1, chip)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Esc empties the text."""
        if watched is self.text and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride and self.text.text():
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress and self.text.text():
                self.text.clear()
                return True
        return False

    def _change(self) -> None:
        self._typing.stop()
        self.changed.emit()


def _box(name: str, items: list[tuple[str, object]]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    for text, data in items:
        box.addItem(text, data)
    return box
