"""The models there are, the chosen one beside them, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from fer_desktop.gui.models import rows
from fer_desktop.gui.models.card_view import CardView
from fer_desktop.gui.models.model_list import ModelList, live_row
from fer_desktop.gui.models.rows import Listing, Row
from fer_desktop.gui.models.words import tr
from fer_desktop.gui.parts import Button, Page, Text
from fer_desktop.gui.task import Task
from fer_desktop.gui.theme import Theme
from fer_desktop.modelstore.store import ModelStore

LIST_WIDE: Final = 340


class ListPage(Page):
    """Reads the list again with each `refresh`. Signals: what a person asks for, with the row it is asked of."""

    use = Signal(object)
    rename = Signal(object)
    remove = Signal(object)
    export = Signal(object)
    compare = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.listing = Listing()
        self._live_id: str | None = None
        self._busy = False
        self._focus: QWidget | None = None
        self._task: Task | None = None
        self._again = False
        self._choose: Path | None = None
        self._card: tuple[Row, str] | None = None
        self.list = ModelList()
        self.view = CardView()
        self.use_button = Button(tr("&Use this model"))
        self.use_button.setDefault(True)
        self.compare_button = Button(tr("Co&mpare…"))
        self.rename_button = Button(tr("Re&name…"))
        self.export_button = Button(tr("E&xport…"))
        self.delete_button = Button(tr("&Delete…"))
        self.import_button = Button(tr("&Import a file…"))
        self.folder_button = Button(tr("Import a f&older…"))
        self.back_button = Button(tr("&Back to the previous model"))
        self.back_note = Text(size=12, muted=True)
        self._buttons = {
            self.use_button: self.use,
            self.compare_button: self.compare,
            self.rename_button: self.rename,
            self.export_button: self.export,
            self.delete_button: self.remove,
        }
        self._lay_out()
        for button, wish in self._buttons.items():
            button.clicked.connect(partial(self._ask, wish))
        self.list.asked.connect(self.use_button.click)
        self.list.renamed.connect(self.rename_button.click)
        self.list.deleted.connect(self.delete_button.click)
        self.list.currentItemChanged.connect(lambda *_: self._show())
        self._show()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        self.list.setFixedWidth(LIST_WIDE)
        left.addWidget(self.list, 1)
        for button in (self.back_button, self.import_button, self.folder_button):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        left.addWidget(self.back_button)
        self.back_note.setFixedWidth(LIST_WIDE)
        left.addWidget(self.back_note)
        imports = QHBoxLayout()
        imports.setSpacing(8)
        imports.addWidget(self.import_button)
        imports.addWidget(self.folder_button)
        left.addLayout(imports)
        buttons = QGridLayout()
        buttons.setSpacing(8)
        # Row, column, how many rows and columns.
        places = ((0, 0, 1, 3), (0, 3, 1, 3), (1, 0, 1, 2), (1, 2, 1, 2), (1, 4, 1, 2))
        for place, button in zip(places, self._buttons, strict=True):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            buttons.addWidget(button, *place)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self.view, 1)
        right.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(20)
        row.addLayout(left)
        row.addLayout(right, 1)

    @property
    def reading(self) -> bool:
        return self._task is not None

    @property
    def live(self) -> Row | None:
        """The row of the model that reads in this window."""
        return live_row(self.listing.rows, self._live_id)

    @property
    def live_is_gone(self) -> bool:
        """A model reads in this window, and the folder it came from was deleted or cannot be read any more."""
        return self._live_id is not None and bool(self.listing.rows) and self.live is None

    def set_theme(self, theme: Theme) -> None:
        self.list.set_theme(theme)
        self.view.set_theme(theme)

    def set_busy(self, busy: bool) -> None:
        """While something is changed, nothing else can be asked for. The focus is where it was when that is over."""
        if busy and not self._busy:
            self._focus = self.window().focusWidget()
        over, self._busy = self._busy and not busy, busy
        self._show_buttons()
        if over and self._focus in (*self._buttons, self.import_button, self.folder_button, self.back_button):
            (self._focus if self._focus.isEnabled() else self.list).setFocus()

    def refresh(self, live_id: str | None, choose: Path | None = None) -> None:
        """Read the list on a thread; `choose` what is to be chosen then. The model that reads in this window goes by
        its id."""
        self._live_id, self._choose = live_id, choose or self._choose
        self._again = self._task is not None
        if self._task is None:
            known = self.listing.rows
            self._start(lambda: rows.read(ModelStore.default(), known), self._listed)

    def shut_down(self) -> None:
        if self._task is not None:
            self._task.finish()
            self._task = None

    # Within

    def _start(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        self._task = Task(self, work)
        self._task.done.connect(then)
        self._task.failed.connect(self._unread)
        self.changed.emit()

    def _listed(self, listing: Listing) -> None:
        self._task, self.listing = None, listing
        self.list.show_rows(listing.rows, self._live_id, self._choose)
        self._choose = None
        self._go_on()

    def _unread(self, why: str) -> None:
        """What stood in the list stays, until what was asked for meanwhile is read."""
        self._task = None
        self.view.warning.say(why)
        if self._again:
            self._go_on()
        self.changed.emit()

    def _go_on(self) -> None:
        """What is left to be read: the list anew, the card of the chosen one, the hashes of the next one's files."""
        if self._task is not None:
            return
        row, unchecked = self.list.chosen, next((row for row in self.listing.rows if not row.checked), None)
        if self._again:
            self._again = False
            self.refresh(self._live_id)
        elif row is not None and self._card_of(row) is None:
            self._start(lambda: (row, rows.card(row)), self._card_read)
        elif unchecked is not None:
            self._start(lambda: rows.check(unchecked), self._checked)
        self.changed.emit()

    def _card_read(self, read: tuple[Row, str]) -> None:
        self._task, self._card = None, read
        self._show()

    def _checked(self, checked: Row) -> None:
        self._task = None
        # A list that was read meanwhile is newer.
        found = tuple(checked if row.path == checked.path else row for row in self.listing.rows)
        self.listing = Listing(found, self.listing.previous, self.listing.problem)
        if checked.problem:
            self.list.show_rows(found, self._live_id, None)
        else:
            self.list.replace_row(checked)
        self._go_on()

    def _card_of(self, row: Row) -> str | None:
        """None where it has not been read as it is now."""
        if self._card is None or (self._card[0].path, self._card[0].signature) != (row.path, row.signature):
            return None
        return self._card[1]

    def _ask(self, wish: SignalInstance) -> None:
        row = self.list.chosen
        if row is not None:
            wish.emit(row)

    def _show(self) -> None:
        row = self.list.chosen
        self.view.show_row(row, "" if row is None else self._card_of(row) or "")
        self._show_buttons()
        self._go_on()

    def _show_buttons(self) -> None:
        row, live = self.list.chosen, self.live
        for button, why in self.reasons(row, live).items():
            button.setEnabled(not why and not self._busy)
            button.setToolTip(why)
            button.setAccessibleDescription(why)
        previous = self.listing.previous
        if self.live_is_gone:
            # There is nothing to go back to from what is not there any more; what the next start uses is the way out.
            previous = next((row.folder for row in self.listing.rows if row.active), None)
        if previous is None:
            note = tr("No other model has been used before this one.")
        else:
            note = tr("The previous model is {name}.").format(name=previous.name)
        for button in (self.import_button, self.folder_button):
            button.setEnabled(not self._busy)
        self.back_button.setEnabled(previous is not None and not self._busy)
        self.back_button.setAccessibleDescription(note)
        self.back_note.say(note)

    def reasons(self, row: Row | None, live: Row | None) -> dict[Button, str]:
        """Why a button is of no use for this row; empty where it is."""
        found = dict.fromkeys(self._buttons, "")
        if row is None:
            return dict.fromkeys(self._buttons, tr("No model is chosen."))
        if row.folder is None:
            found = dict.fromkeys(self._buttons, tr("It cannot be read."))
            found[self.delete_button] = ""
        elif row.problem:
            for button in (self.use_button, self.compare_button, self.export_button):
                found[button] = tr("It is damaged.")
        # Where another one was chosen and cannot be used, to use this one is a choice of its own.
        if row.folder is not None and row.active and live is row and not self.listing.problem:
            found[self.use_button] = tr("It is in use.")
        if not row.own:
            found[self.rename_button] = tr("The shipped model keeps its name.")
            found[self.delete_button] = tr("The shipped model stays.")
        elif row.active or row is live:
            found[self.delete_button] = tr("It is in use. Use another one first.")
        if not found[self.compare_button] and self._others(row) == 0:
            found[self.compare_button] = tr("There is no other model.")
        return found

    def _others(self, row: Row) -> int:
        return sum(other.folder is not None and other.path != row.path for other in self.listing.rows)
