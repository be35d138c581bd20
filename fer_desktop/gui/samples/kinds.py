"""The list of emotions beside the samples, with how many there are of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from fer_desktop.core import emotions
from fer_desktop.gui.samples.words import samples, tr
from fer_desktop.overlay import words

WIDTH: Final = 176


class Kinds(QListWidget):
    """All of them first, then the seven."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Emotions"))
        self.setFixedWidth(WIDTH)
        for name in ("", *emotions.NAMES):
            item = QListWidgetItem()
            item.setData(Qt.ItemDataRole.UserRole, name)
            self.addItem(item)
        self.setCurrentRow(0)

    @property
    def kind(self) -> str:
        """The emotion that is chosen; empty for all."""
        return str(self.currentItem().data(Qt.ItemDataRole.UserRole))

    def show_counts(self, counts: Mapping[str, int]) -> None:
        for row in range(self.count()):
            item = self.item(row)
            name = str(item.data(Qt.ItemDataRole.UserRole))
            title, count = (words.label(name), counts[name]) if name else (tr("All"), sum(counts.values()))
            item.setText(f"{title}  {count:,}")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{title}: {samples(count)}")
