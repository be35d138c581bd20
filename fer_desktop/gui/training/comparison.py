"""What `evaluate --against` found, in figures and pictures: two models on the same faces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from fer_desktop.gui.parts import Text, card
from fer_desktop.gui.theme import Theme
from fer_desktop.gui.training.pictures import Confusion, Differing, Recalls
from fer_desktop.gui.training.verdict import rows
from fer_desktop.overlay.painter import font

FIGURES: Final = 4
TITLE_WIDE: Final = 96
ROUND_THE_MATRICES: Final = 88


@dataclass(frozen=True, slots=True)
class Sides:
    """What the two are called, within a line of text and as titles."""

    first: str
    second: str
    titles: tuple[str, str]

    @classmethod
    def named(cls, first: str, second: str) -> Sides:
        return cls(first, second, (first, second))


class Comparison(QWidget):
    """`show_result` fills it."""

    def __init__(self, sides: Sides) -> None:
        super().__init__()
        self.cells = [[Text("", 13, bold=column == 1) for column in range(4)] for _ in range(FIGURES)]
        self.recalls, self.differing = Recalls(), Differing()
        self.matrices = (Confusion(), Confusion())
        self.differ_title = Text(size=16, bold=True)
        self._titles = [(Text(size=12, muted=True), Text(bold=True)) for _ in range(2)]
        self._legend = Text(size=12, muted=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(16)
        pair = QHBoxLayout()
        pair.setSpacing(16)
        pair.addWidget(self._figures_card(), 1)
        pair.addWidget(self._recalls_card(), 1)
        column.addLayout(pair)
        column.addWidget(self._matrices_card())
        frame, faces = card()
        faces.addWidget(self.differ_title)
        faces.addWidget(self.differing)
        column.addWidget(frame)
        self.set_sides(sides)

    def _figures_card(self) -> QWidget:
        frame, column = card()
        column.addWidget(Text(self.tr("Figures"), 16, bold=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        titles = (Text(), self._titles[0][0], self._titles[1][0], Text(self.tr("Difference"), 12, muted=True))
        for row, cells in enumerate([titles, *self.cells]):
            for index, cell in enumerate(cells):
                cell.setWordWrap(index == 0)
                if index:
                    cell.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                grid.addWidget(cell, row, index)
        grid.setColumnStretch(0, 1)
        column.addLayout(grid)
        column.addStretch(1)
        return frame

    def _recalls_card(self) -> QWidget:
        frame, column = card()
        column.addWidget(Text(self.tr("Recall a class"), 16, bold=True))
        column.addWidget(self._legend)
        column.addWidget(self.recalls)
        return frame

    def _matrices_card(self) -> QWidget:
        frame, column = card()
        column.addWidget(Text(self.tr("What was read as what"), 16, bold=True))
        text = self.tr(
            "Rows are the labels, columns what was read. The stronger the colour, the larger the share of its row."
        )
        column.addWidget(Text(text, 12, muted=True))
        self._pair = row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.setSpacing(24)
        for (_, title), matrix in zip(self._titles, self.matrices, strict=True):
            one = QVBoxLayout()
            one.setSpacing(4)
            one.addWidget(title)
            one.addWidget(matrix)
            row.addLayout(one)
        row.addStretch(1)
        column.addLayout(row)
        return frame

    def set_theme(self, theme: Theme) -> None:
        for part in (self.recalls, self.differing, *self.matrices):
            part.set_theme(theme)

    def fit(self, width: int) -> None:
        """The matrices one under the other where there is no room for both beside each other."""
        beside = width >= 2 * self.matrices[0].width() + ROUND_THE_MATRICES
        self._pair.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)

    def set_sides(self, sides: Sides) -> None:
        for texts, matrix, title in zip(self._titles, self.matrices, sides.titles, strict=True):
            small = QFontMetricsF(font(12)).elidedText(title, Qt.TextElideMode.ElideMiddle, TITLE_WIDE)
            large = QFontMetricsF(font(13, True)).elidedText(title, Qt.TextElideMode.ElideMiddle, matrix.width() - 8)
            for text, shown in zip(texts, (small, large), strict=True):
                text.say(shown)
                text.setToolTip("" if shown == title else title)
            matrix.setAccessibleName(self.tr("Confusion matrix: {name}").format(name=title))
        legend = self.tr("Of the faces labelled so, read so. Filled: {first}; striped: {second}.")
        self._legend.say(legend.format(first=sides.first, second=sides.second))
        self.recalls.sides = self.differing.sides = sides.first, sides.second

    def show_result(self, result: Mapping[str, Any]) -> None:
        for cells, line in zip(self.cells, rows(result), strict=True):
            for cell, text in zip(cells, line, strict=True):
                cell.say(text)
        other = result["against"]
        self.recalls.show_recalls(result["recall"], other["recall"])
        for matrix, one in zip(self.matrices, (result, other), strict=True):
            matrix.show_matrix(one["confusion"])
        shown, of = len(result["differ"]), result["differ_on"]
        title = self.tr("They differ on {n} faces").format(n=f"{of:,}")
        if shown < of:
            title += self.tr("; the {n} on which they are surest").format(n=shown)
        self.differ_title.say(title)
        self.differing.show_faces(result["differ"])
