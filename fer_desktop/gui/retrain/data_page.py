"""Step 1: where the faces are, how many there are of each emotion, what they look like, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
)

from fer_desktop.gui.parts import Button, Text, WarningCard
from fer_desktop.gui.retrain.class_rows import ClassRows
from fer_desktop.gui.samples.add_button import AddSamplesButton
from fer_desktop.gui.theme import Theme
from fer_desktop.gui.training import commands, words
from fer_desktop.gui.training.child import Child
from fer_desktop.gui.training.child_page import ChildPage
from fer_desktop.gui.training.commands import Data

LIST: Final = (264, 176)
FACES: Final = "faces"
VOTES: Final = "votes"
_KIND: Final = Qt.ItemDataRole.UserRole
_PATH: Final = Qt.ItemDataRole.UserRole + 1


class DataPage(ChildPage):
    """Reads the data again, in a child, after each change of the list. `report`: of what was read; None until then."""

    def __init__(self) -> None:
        super().__init__()
        self.report: dict[str, Any] | None = None
        self._problem = ""
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Data to learn from"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.add_file = Button(self.tr("Add &file…"))
        self.add_file.setToolTip(self.tr("FER2013's CSV, or an .npz with image, emotion and usage"))
        self.add_folder = Button(self.tr("Add f&older…"))
        self.add_folder.setToolTip(self.tr("A folder with a folder for each emotion, also below train and test"))
        self.add_votes = Button(self.tr("Add FER+ &votes…"))
        self.add_votes.setToolTip(self.tr("fer2013new.csv: what ten people saw in each face of the first entry"))
        self.add_samples = AddSamplesButton()
        self.remove = Button(self.tr("Re&move"))
        self.wait = QProgressBar()
        self.wait.setRange(0, 0)
        self.wait.setTextVisible(False)
        self.wait.setAccessibleName(self.tr("Reading the data"))
        self.note = Text(muted=True)
        self.cancel = Button(self.tr("&Cancel"))
        self.warning = WarningCard()
        self.hint = Text(
            self.tr(
                "Add the faces to learn from: FER2013's CSV from Kaggle, an .npz, or a folder with a folder for each "
                "emotion. Several together are joined.\n\nEach needs faces to train on and faces held out for testing. "
                "They stay on this computer."
            ),
            muted=True,
        )
        self.headline = Text(size=16, bold=True)
        self.rows = ClassRows()
        self.findings = Text()
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(Text(self.tr("Learn from"), 16, bold=True))
        left.addWidget(self.list)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row, buttons in ((first, (self.add_file, self.add_folder)), (second, (self.add_votes, self.remove))):
            row.setSpacing(8)
            for button in buttons:
                row.addWidget(button)
            row.addStretch(1)
            left.addLayout(row)
        left.addWidget(self.add_samples)
        left.addStretch(1)
        inside = QFrame()
        right = QVBoxLayout(inside)
        right.setContentsMargins(0, 0, 12, 0)
        right.setSpacing(12)
        self._waiting = QFrame()
        waiting = QHBoxLayout(self._waiting)
        waiting.setContentsMargins(0, 0, 0, 0)
        waiting.setSpacing(12)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addStretch(1)
        column.addWidget(self.wait)
        column.addWidget(self.note)
        column.addStretch(1)
        waiting.addLayout(column, 1)
        waiting.addWidget(self.cancel)
        for widget in (self._waiting, self.warning, self.hint, self.headline, self.rows, self.findings):
            right.addWidget(widget)
        right.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        scroll.setObjectName("readable")
        scroll.setAccessibleName(self.tr("What the data holds"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        row.addLayout(left)
        row.addWidget(scroll, 1)
        self.list.setFixedSize(*LIST)

    def _connect(self) -> None:
        self.add_file.clicked.connect(self._ask_for_file)
        self.add_folder.clicked.connect(self._ask_for_folder)
        self.add_votes.clicked.connect(self._ask_for_votes)
        self.add_samples.chosen.connect(self.add)
        self.remove.clicked.connect(self._remove)
        self.cancel.clicked.connect(self._cancel)
        self.list.currentRowChanged.connect(lambda _: self._show())
        delete = QShortcut(QKeySequence.StandardKey.Delete, self.list)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self._remove)

    @property
    def data(self) -> Data:
        faces = [path for kind, path in self._entries() if kind == FACES]
        votes = [path for kind, path in self._entries() if kind == VOTES]
        return Data(tuple(faces), votes[0] if votes else None)

    def can_go_on(self) -> bool:
        return self.report is not None

    def set_theme(self, theme: Theme) -> None:
        self.rows.set_theme(theme)
        self.warning.set_theme(theme)

    def add(self, path: Path, kind: str = FACES) -> None:
        """One entry more; the votes before give way to new ones. What stands there already is read again."""
        for row in reversed(range(self.list.count())):
            item = self.list.item(row)
            if item.data(_KIND) == kind and (kind == VOTES or item.data(_PATH) == str(path)):
                self.list.takeItem(row)
        text = self.tr("FER+ votes: {name}").format(name=path.name) if kind == VOTES else path.name or str(path)
        item = QListWidgetItem(text)
        item.setData(_KIND, kind)
        item.setData(_PATH, str(path))
        item.setToolTip(str(path))
        self.list.addItem(item)
        self.list.setCurrentItem(item)
        self._read()

    def show_data(self, data: Data) -> None:
        """Fill the list anew, as for a run that was begun before."""
        self.list.clear()
        for path in data.paths:
            self.add(path)
        if data.ferplus is not None:
            self.add(data.ferplus, VOTES)

    # Within

    def _entries(self) -> list[tuple[str, Path]]:
        items = [self.list.item(row) for row in range(self.list.count())]
        return [(item.data(_KIND), Path(item.data(_PATH))) for item in items]

    def _ask_for_file(self) -> None:
        kinds = self.tr("Faces (*.csv *.npz);;All files (*)")
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Faces to learn from"), "", kinds)
        if chosen:
            self.add(Path(chosen))

    def _ask_for_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self.tr("A folder with a folder for each emotion"))
        if chosen:
            self.add(Path(chosen))

    def _ask_for_votes(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("FER+ votes: fer2013new.csv"), "", "CSV (*.csv)")
        if chosen:
            self.add(Path(chosen), VOTES)

    def _remove(self) -> None:
        if self.list.currentRow() >= 0:
            self.list.takeItem(self.list.currentRow())
            self._read()

    def _read(self) -> None:
        self.shut_down()
        self.report, self._problem = None, ""
        if self.data.paths:
            self.note.say(self.tr("Reading the data…"))
            self._start_child(commands.inspect(self.data), "inspect.log")
        self._show()

    def _cancel(self) -> None:
        self.shut_down()
        self._problem = self.tr("Reading was stopped. Add or remove an entry to read the data again.")
        self._show()
        self.list.setFocus()

    def _told(self, event: dict[str, Any]) -> None:
        kind = event.get("event")
        if kind == "note":
            self.note.say(event["text"])
        elif kind == "error":
            self._problem = event["text"]
        elif kind == "data":
            self.report = event
            self.headline.say(words.headline(event))
            self.rows.show_data(words.totals(event), event.get("examples", {}))
            self.findings.say("\n".join(words.findings(event)))
            self._show()

    def _ended(self, child: Child, status: int) -> None:
        if self.report is None and not self._problem:
            unknown = self.tr("The data could not be read (exit status {n}).").format(n=status)
            self._problem = child.reason() or unknown
        elif status not in commands.DONE:
            self.report = None
        self._show()

    def _show(self) -> None:
        reading = self._child is not None and self.report is None
        empty = not self.data.paths
        self._waiting.setVisible(reading)
        self.warning.say("" if reading or (empty and not self.list.count()) else self._problem)
        if empty and self.list.count():
            self.warning.say(self.tr("Votes alone are not enough. Add the faces they belong to: fer2013.csv."))
        self.hint.setVisible(empty)
        for widget in (self.headline, self.rows, self.findings):
            widget.setVisible(self.report is not None and not reading)
        self.remove.setEnabled(self.list.currentRow() >= 0)
        self.changed.emit()
