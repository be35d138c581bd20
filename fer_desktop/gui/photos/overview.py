"""All photos: what can be done with them, which of them are shown, and the gallery."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from fer_desktop.gui.parts import Button
from fer_desktop.gui.photos.filters import Filters
from fer_desktop.gui.photos.gallery import Gallery
from fer_desktop.gui.photos.gallery_model import GalleryModel
from fer_desktop.gui.photos.words import tr


class Overview(QWidget):
    def __init__(self, model: GalleryModel) -> None:
        super().__init__()
        self.filters, self.gallery = Filters(), Gallery(model)
        self.open_photos, self.open_folder = Button(tr("Open photos…")), Button(tr("Open folder…"))
        self.export, self.clear = Button(tr("Export…")), Button(tr("Clear"))
        self.clear.setToolTip(tr("Take all photos out of the list. The files stay where they are."))
        row = QHBoxLayout()
        row.setContentsMargins(8, 8, 8, 0)
        row.setSpacing(8)
        row.addWidget(self.open_photos)
        row.addWidget(self.open_folder)
        row.addStretch(1)
        row.addWidget(self.filters.shown)
        row.addWidget(self.filters.reset)
        row.addSpacing(8)
        row.addWidget(self.export)
        row.addWidget(self.clear)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(self.filters)
        column.addWidget(self.gallery, 1)
        filters = self.filters
        in_order: list[QWidget] = [self.open_photos, self.open_folder, filters.reset, self.export, self.clear]
        in_order += [filters.emotion, filters.at_least, filters.kind, filters.text, filters.order, filters.backwards]
        for before, after in pairwise([*in_order, self.gallery]):
            self.setTabOrder(before, after)
