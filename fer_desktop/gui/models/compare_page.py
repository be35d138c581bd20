"""Two models side by side: at once by what their records say, and, where a person asks, measured on the same faces."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fer_desktop.gui.models import words
from fer_desktop.gui.models.records import RECORDS, full_name, names_of, note, records
from fer_desktop.gui.models.rows import Row
from fer_desktop.gui.models.words import tr
from fer_desktop.gui.parts import Button, Elided, Text, WarningCard, card
from fer_desktop.gui.retrain import report_page
from fer_desktop.gui.theme import Theme
from fer_desktop.gui.training import commands
from fer_desktop.gui.training.child import Child
from fer_desktop.gui.training.child_page import ChildPage
from fer_desktop.gui.training.commands import Data
from fer_desktop.gui.training.comparison import Comparison, Sides
from fer_desktop.gui.training.pictures import Recalls
from fer_desktop.gui.training.verdict import Verdict, of_two
from fer_desktop.modelstore.places import plain_name

ROUND_THE_COMPARISON: Final = 28


class ComparePage(ChildPage):
    """`result`: the figures of the two on the same faces; None until they were measured."""

    def __init__(self) -> None:
        super().__init__()
        self.result: dict[str, Any] | None = None
        self.verdict: Verdict | None = None
        self._rows: tuple[Row, ...] = ()
        self._data = Data()
        self.first, self.second = QComboBox(), QComboBox()
        for box, name in ((self.first, tr("First model")), (self.second, tr("Second model"))):
            box.setAccessibleName(name)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(12)
            box.currentIndexChanged.connect(self._chosen)
        self.file = Button(tr("Choose a &file…"))
        self.file.setToolTip(tr("FER2013's CSV, or an .npz with image, emotion and usage"))
        self.folder = Button(tr("Choose a f&older…"))
        self.folder.setToolTip(tr("A folder with a folder for each emotion, also below train and test"))
        self.cancel = Button(tr("&Cancel"))
        self.save = Button(tr("&Save report…"))
        self.saved = Elided(12, muted=True)
        self.wait = QProgressBar()
        self.wait.setRange(0, 0)
        self.wait.setTextVisible(False)
        self.wait.setAccessibleName(tr("Measuring the two models"))
        self.measure = Text()
        self.warning = WarningCard()
        self.headline, self.why = Text(size=16, bold=True), Text()
        self.titles = (Elided(12, muted=True), Elided(12, muted=True))
        self.cells = [(Text(muted=True), Text(), Text()) for _ in range(RECORDS)]
        self.note = Text(size=12, muted=True)
        self.legend = Text(size=12, muted=True)
        self.recalls = Recalls()
        self.comparison = Comparison(Sides.named("", ""))
        self._lay_out()
        self.file.clicked.connect(self._ask_for_file)
        self.folder.clicked.connect(self._ask_for_folder)
        self.cancel.clicked.connect(self._stop)
        self.save.clicked.connect(self._ask_where_to_save)
        self._show()

    def _lay_out(self) -> None:
        pair = QHBoxLayout()
        pair.setSpacing(12)
        pair.addWidget(self.first, 1)
        pair.addWidget(Text(tr("and")))
        pair.addWidget(self.second, 1)
        report = QHBoxLayout()
        report.setSpacing(12)
        report.addWidget(self.save)
        report.addWidget(self.saved, 1)
        measuring = QHBoxLayout()
        measuring.setSpacing(8)
        measuring.addWidget(self.measure, 1)
        for button in (self.file, self.folder, self.cancel):
            measuring.addWidget(button)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(12)
        for widget in (self.warning, self.headline, self.why):
            column.addWidget(widget)
        column.addLayout(report)
        column.addWidget(self.comparison)
        column.addWidget(self._records_card())
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        scroll.setObjectName("readable")
        scroll.setAccessibleName(tr("The comparison"))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        whole.addLayout(pair)
        whole.addLayout(measuring)
        whole.addWidget(self.wait)
        whole.addWidget(scroll, 1)

    def _records_card(self) -> QWidget:
        frame, column = card()
        column.addWidget(Text(tr("By their records"), 16, bold=True))
        column.addWidget(self.note)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        for row, cells in enumerate([(Text(), *self.titles), *self.cells]):
            for index, cell in enumerate(cells):
                grid.addWidget(cell, row, index, Qt.AlignmentFlag.AlignTop)
        for index, share in enumerate((2, 3, 3)):
            grid.setColumnStretch(index, share)
        column.addLayout(grid)
        column.addSpacing(4)
        column.addWidget(self.legend)
        column.addWidget(self.recalls)
        return frame

    @property
    def pair(self) -> tuple[Row, Row] | None:
        chosen = self.first.currentData(), self.second.currentData()
        return None if None in chosen else chosen

    def set_theme(self, theme: Theme) -> None:
        for part in (self.warning, self.recalls, self.comparison):
            part.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.comparison.fit(event.size().width() - ROUND_THE_COMPARISON)

    def show_pair(self, rows: Sequence[Row], first: Path, second: Path | None = None) -> None:
        """second: None for the one in use, or the first of the others."""
        self._rows = tuple(row for row in rows if row.folder is not None)
        others = sorted((row for row in self._rows if row.path != first), key=lambda row: not row.active)
        wanted = (first, second or (others[0].path if others else first))
        for box, path in zip((self.first, self.second), wanted, strict=True):
            box.blockSignals(True)
            box.clear()
            for row in self._rows:
                box.addItem(full_name(row), row)
            paths = [row.path for row in self._rows]
            box.setCurrentIndex(paths.index(path) if path in paths else 0)
            box.blockSignals(False)
        self._chosen()

    def measure_on(self, path: Path) -> None:
        """A CSV, an .npz or a folder: its held-out faces are read by both, in a child."""
        pair = self.pair
        if pair is None:
            return
        self.shut_down()
        self.result = self.verdict = None
        self._data = Data((path,))
        self.warning.say("")
        self._start_child(commands.compare(self._data, pair[0].path, pair[1].path), "compare.log")
        self._show()

    # Within

    def _chosen(self) -> None:
        self.shut_down()
        self.result = self.verdict = None
        pair = self.pair
        if pair is not None:
            self._fill(*pair)
        self.warning.say("")
        self._show()

    def _fill(self, first: Row, second: Row) -> None:
        found = [words.figures(row.folder.manifest) if row.folder else None for row in (first, second)]
        names = names_of(first, second)
        for title, name in zip(self.titles, names, strict=True):
            title.say(name)
        for cells, line in zip(self.cells, records(first, second), strict=True):
            for cell, text in zip(cells, line, strict=True):
                cell.say(text)
        self.note.say(note(first, second))
        known = any(one is not None and any(value is not None for value in one.recall.values()) for one in found)
        legend = tr("Recall: of the faces labelled so, read so. Filled: {first}; striped: {second}.")
        self.legend.say(legend.format(first=names[0], second=names[1]))
        self.legend.setVisible(known)
        self.recalls.setVisible(known)
        self.recalls.sides = names
        self.recalls.show_recalls(*({} if one is None else one.recall for one in found))
        self.comparison.set_sides(Sides.named(*names))

    def _ask_for_file(self) -> None:
        kinds = tr("Faces (*.csv *.npz)")
        chosen, _ = QFileDialog.getOpenFileName(self, tr("Faces to measure on"), "", kinds)
        if chosen:
            self.measure_on(Path(chosen))

    def _ask_for_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Faces to measure on"))
        if chosen:
            self.measure_on(Path(chosen))

    def _ask_where_to_save(self) -> None:
        pair = self.pair
        if self.result is None or pair is None:
            return
        names = names_of(*pair)
        proposed = tr("Comparison of {model}.html").format(model=plain_name(names[0]))
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Save the report"), proposed, "HTML (*.html)")
        if chosen:
            self.saved.say(report_page.save(Path(chosen), self.result, [path.name for path in self._data.paths], names))

    def _stop(self) -> None:
        self.shut_down()
        self._show()

    def _told(self, result: dict[str, Any]) -> None:
        pair = self.pair
        if "against" in result and pair is not None:
            self.result, self.verdict = result, of_two(result, *names_of(*pair))
            self.comparison.show_result(result)

    def _ended(self, child: Child, status: int) -> None:
        if self.result is None:
            self.warning.say(child.reason() or tr("They were not measured: exit status {n}").format(n=status))
        self._show()

    def _show(self) -> None:
        measuring, pair = self._child is not None, self.pair
        same = pair is None or pair[0].path == pair[1].path
        self.wait.setVisible(measuring)
        self.cancel.setVisible(measuring)
        for button in (self.file, self.folder):
            button.setVisible(not measuring)
            button.setEnabled(not same)
        if measuring:
            names = ", ".join(path.name for path in self._data.paths)
            self.measure.say(tr("Both are reading the held-out faces of {name}…").format(name=names))
        else:
            self.measure.say(tr("Choose two different models.") if same else tr("Measure both on the same faces:"))
        for part in (self.comparison, self.save, self.saved):
            part.setVisible(self.result is not None)
        if self.result is None:
            self.saved.say("")
        for text, shown in ((self.headline, "text"), (self.why, "why")):
            text.say("" if self.verdict is None else getattr(self.verdict, shown))
            text.setVisible(self.verdict is not None)
        self.changed.emit()
