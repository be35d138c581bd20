"""Step 4: the new model beside the one in use, on the same held-out faces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QFileDialog, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from fer_desktop.core.errors import ModelError
from fer_desktop.gui.parts import Text, WarningCard
from fer_desktop.gui.retrain import report_page
from fer_desktop.gui.theme import Theme
from fer_desktop.gui.training import commands
from fer_desktop.gui.training.child import Child
from fer_desktop.gui.training.child_page import ChildPage
from fer_desktop.gui.training.commands import Data
from fer_desktop.gui.training.comparison import Comparison, Sides
from fer_desktop.gui.training.verdict import Verdict, verdict
from fer_desktop.modelstore.store import ModelStore


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
        sides = Sides(self.tr("new"), self.tr("in use"), (self.tr("New"), self.tr("In use")))
        self.comparison = Comparison(sides)
        self._lay_out()
        self._show()

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(12)
        for widget in (self.headline, self.wait, self.why, self.warning, self.saved):
            column.addWidget(widget)
        column.addWidget(self.comparison)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(inside)
        self._scroll.setObjectName("readable")
        self._scroll.setAccessibleName(self.tr("The comparison"))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._scroll)

    def can_go_on(self) -> bool:
        return self._child is None

    def set_theme(self, theme: Theme) -> None:
        for part in (self.warning, self.comparison):
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
        self.saved.say(report_page.save(path, self.result, [path.name for path in self._data.paths]))
        self.saved.setVisible(True)
        self._scroll.ensureWidgetVisible(self.saved)

    # Within

    def _told(self, result: dict[str, Any]) -> None:
        if "against" in result:
            self.result, self.verdict = result, verdict(result)
            self.comparison.show_result(result)

    def _ended(self, child: Child, status: int) -> None:
        if self.result is None:
            self._problem = child.reason() or self.tr("exit status {n}").format(n=status)
        self._show()

    def _show(self) -> None:
        comparing = self._child is not None
        self.wait.setVisible(comparing)
        self.comparison.setVisible(self.result is not None)
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
