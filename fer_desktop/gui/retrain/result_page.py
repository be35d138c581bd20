"""Step 4: the new model beside the one in use, on the same held-out faces."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from fer_desktop import __version__, atomic_file
from fer_desktop.core.errors import ModelError
from fer_desktop.gui.retrain import commands, report_page
from fer_desktop.gui.retrain.child import Child
from fer_desktop.gui.retrain.child_page import ChildPage
from fer_desktop.gui.retrain.commands import Data
from fer_desktop.gui.retrain.parts import Text, WarningCard, card
from fer_desktop.gui.retrain.pictures import Confusion, Differing, Recalls
from fer_desktop.gui.retrain.verdict import Verdict, rows, verdict
from fer_desktop.gui.theme import Theme
from fer_desktop.modelstore.store import ModelStore

FIGURES: Final = 4


class ResultPage(ChildPage):
    """`compare` reads the held-out faces with both models, in a child. `result`: its figures; None until then."""

    def __init__(self) -> None:
        super().__init__()
        self.result: dict[str, Any] | None = None
        self.verdict: Verdict | None = None
        self._data = Data()
        self.model: Path | None = None
        """The new one."""
        self._problem = ""
        self.wait = QProgressBar()
        self.wait.setRange(0, 0)
        self.wait.setTextVisible(False)
        self.wait.setAccessibleName(self.tr("Comparing the two models"))
        self.headline = Text(size=22, bold=True)
        self.why = Text()
        self.warning = WarningCard()
        self.saved = Text(muted=True)
        self.cells = [[Text("", 13, bold=column == 1) for column in range(4)] for _ in range(FIGURES)]
        self.recalls, self.differing = Recalls(), Differing()
        self.new_matrix = Confusion(self.tr("Confusion matrix of the new model"))
        self.old_matrix = Confusion(self.tr("Confusion matrix of the model in use"))
        self.differ_title = Text(size=16, bold=True)
        self._lay_out()
        self._show()

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(12)
        for widget in (self.headline, self.wait, self.why, self.warning, self.saved):
            column.addWidget(widget)
        self._found = QWidget()
        found = QVBoxLayout(self._found)
        found.setContentsMargins(0, 4, 0, 0)
        found.setSpacing(16)
        pair = QHBoxLayout()
        pair.setSpacing(16)
        pair.addWidget(self._figures_card(), 1)
        pair.addWidget(self._recalls_card(), 1)
        found.addLayout(pair)
        found.addWidget(self._matrices_card())
        frame, faces = card()
        faces.addWidget(self.differ_title)
        faces.addWidget(self.differing)
        found.addWidget(frame)
        column.addWidget(self._found)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(inside)
        self._scroll.setObjectName("readable")
        self._scroll.setAccessibleName(self.tr("The comparison"))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._scroll)

    def _figures_card(self) -> QWidget:
        frame, column = card()
        column.addWidget(Text(self.tr("Figures"), 16, bold=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        for index, title in enumerate(("", self.tr("New"), self.tr("In use"), self.tr("Difference"))):
            grid.addWidget(self._cell(Text(title, 12, muted=True), index), 0, index)
        for row, cells in enumerate(self.cells, start=1):
            for index, cell in enumerate(cells):
                grid.addWidget(self._cell(cell, index), row, index)
        grid.setColumnStretch(0, 1)
        column.addLayout(grid)
        column.addStretch(1)
        return frame

    def _cell(self, text: Text, column: int) -> Text:
        text.setWordWrap(column == 0)
        if column:
            text.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return text

    def _recalls_card(self) -> QWidget:
        frame, column = card()
        column.addWidget(Text(self.tr("Recall a class"), 16, bold=True))
        column.addWidget(
            Text(self.tr("Of the faces labelled so, read so. Filled: new; striped: in use."), 12, muted=True)
        )
        column.addWidget(self.recalls)
        return frame

    def _matrices_card(self) -> QWidget:
        frame, column = card()
        column.addWidget(Text(self.tr("What is taken for what"), 16, bold=True))
        text = self.tr(
            "Rows: the label. Columns: what was read. The stronger the colour, the larger the share of its row."
        )
        column.addWidget(Text(text, 12, muted=True))
        row = QHBoxLayout()
        row.setSpacing(24)
        for title, matrix in ((self.tr("New"), self.new_matrix), (self.tr("In use"), self.old_matrix)):
            one = QVBoxLayout()
            one.setSpacing(4)
            one.addWidget(Text(title, bold=True))
            one.addWidget(matrix)
            row.addLayout(one)
        row.addStretch(1)
        column.addLayout(row)
        return frame

    def can_go_on(self) -> bool:
        return self._child is None

    def set_theme(self, theme: Theme) -> None:
        for part in (self.warning, self.recalls, self.differing, self.new_matrix, self.old_matrix):
            part.set_theme(theme)

    def compare(self, data: Data, model: Path) -> None:
        self.shut_down()
        self.result = self.verdict = None
        self._problem, self._data, self.model = "", data, model
        self.saved.say("")
        try:
            against = ModelStore.default().active().path
        except ModelError as error:
            self._problem = str(error)
        else:
            self._start_child(commands.compare(data, model, against), "compare.log")
        self._show()

    def ask_where_to_save(self) -> None:
        if self.result is None:
            return
        name = self.tr("Comparison of {model}.html").format(model=self.result["model"])
        chosen, _ = QFileDialog.getSaveFileName(self, self.tr("Save the report"), name, "HTML (*.html)")
        if chosen:
            self.save(Path(chosen))

    def save(self, path: Path) -> None:
        assert self.result is not None
        made = f"FER Desktop {__version__}, {datetime.datetime.now().date()}"
        page = report_page.render(self.result, [path.name for path in self._data.paths], made)
        try:
            atomic_file.write(path, page)
        except OSError as error:
            self.saved.say(self.tr("Not saved as {path}: {why}").format(path=path, why=error.strerror or error))
        else:
            self.saved.say(self.tr("Saved as {path}").format(path=path))
        self.saved.setVisible(True)
        self._scroll.ensureWidgetVisible(self.saved)

    # Within

    def _told(self, result: dict[str, Any]) -> None:
        if "against" in result:
            self.result, self.verdict = result, verdict(result)
            self._fill(result)

    def _ended(self, child: Child, status: int) -> None:
        if self.result is None:
            self._problem = child.reason() or self.tr("exit status {n}").format(n=status)
        self._show()

    def _fill(self, result: dict[str, Any]) -> None:
        for cells, line in zip(self.cells, rows(result), strict=True):
            for cell, text in zip(cells, line, strict=True):
                cell.say(text)
        other = result["against"]
        self.recalls.show_recalls(result["recall"], other["recall"])
        self.new_matrix.show_matrix(result["confusion"])
        self.old_matrix.show_matrix(other["confusion"])
        shown, of = len(result["differ"]), result["differ_on"]
        title = self.tr("They differ on {n} faces").format(n=f"{of:,}")
        if shown < of:
            title += self.tr("; the {n} on which they are surest").format(n=shown)
        self.differ_title.say(title)
        self.differing.show_faces(result["differ"])

    def _show(self) -> None:
        comparing = self._child is not None
        self.wait.setVisible(comparing)
        self._found.setVisible(self.result is not None)
        self.saved.setVisible(bool(self.saved.text()))
        if comparing:
            self.headline.say(self.tr("The new model is ready"))
            self.why.say(self.tr("It and the one in use are reading the held-out faces…"))
        elif self.verdict is not None:
            self.headline.say(self.verdict.text)
            self.why.say(self.verdict.why)
        else:
            self.headline.say(self.tr("The two could not be compared"))
            self.why.say(self.tr("The new model is kept among your models; whether it is better is not known."))
        self.warning.say("" if comparing or self.result is not None else self._problem)
        self.changed.emit()
